"""What an engine is asked to continue or translate, already in the model's own terms."""

from dataclasses import dataclass
from typing import Literal

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a chat.

    Attributes:
        role: Who speaks.
        content: What is said, as plain text: tokens with a special meaning lose it when the engine reads them here.
    """

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class TextRequest:
    """A source text for a model with an encoder and a decoder.

    Attributes:
        text: What is to be translated, as plain text.
        prefix: Text before it, in which tokens keep their special meaning: `translate to zh: `, `<2zh> `.
        tags: Tokens that name the target language, in order of preference; the first one that the vocabulary holds
            goes before everything else, none where it holds none of them or where `prefix` already begins with a tag.
        source_token: Token that names the source language to the encoder; None where the model wants none.
        target_token: Token that the decoder is made to begin with; None where it begins as it likes.
    """

    text: str
    prefix: str = ""
    tags: tuple[str, ...] = ()
    source_token: str | None = None
    target_token: str | None = None


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """A chat that a decoder continues with its answer.

    Attributes:
        turns: What was said so far; the last turn is the user's.
        text: The sentence that the answer translates: a part of the last turn, from which the answer's length is
            estimated.
    """

    turns: tuple[Turn, ...]
    text: str


Request = TextRequest | ChatRequest
