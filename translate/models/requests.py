"""What an engine is asked to continue or translate, already in the model's own terms."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Literal

from common.errors import UsageError
from corpora.languages import NAMES, Direction, base_language
from translate.models.specs import ChatForm

TurnRole = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a chat.

    Attributes:
        role: Who speaks.
        content: What is said, as plain text: tokens with a special meaning lose it when the engine reads them here.
        tail: Text after it, in which tokens keep their special meaning: ` <zh>`.
    """

    role: TurnRole
    content: str
    tail: str = ""


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
        form: How the model gets it: see `translate.models.specs.ChatForm`.
        codes: The model's own codes of source and target language, for the form `coded`; None for the others.
    """

    turns: tuple[Turn, ...]
    text: str
    form: ChatForm = "chat"
    codes: tuple[str, str] | None = None

    def messages(self, clean: Callable[[str], str] = str, *, last: bool = True) -> list[dict[str, object]]:
        """Return the turns as a chat template or a server reads them.

        Args:
            clean: What is done to plain text first, such as taking the meaning from special tokens.
            last: Whether the last turn is there, too.
        """
        turns = self.turns if last else self.turns[:-1]
        return [{"role": turn.role, "content": self._content(turn, clean)} for turn in turns]

    def plain_prompt(self, clean: Callable[[str], str] = str) -> str:
        """Return the last turn as it stands: what a model without a chat template continues.

        Args:
            clean: As for `messages`; it does not touch a tail.
        """
        turn = self.turns[-1]
        return clean(turn.content) + turn.tail

    def _content(self, turn: Turn, clean: Callable[[str], str]) -> object:
        text = clean(turn.content) + turn.tail
        if self.codes is None or turn.role != "user":
            return text
        source, target = self.codes
        return [{"type": "text", "source_lang_code": source, "target_lang_code": target, "text": text}]


Request = TextRequest | ChatRequest


def plan_route(
    directions: Collection[Direction], source: str, target: str, *, via: str | None = None
) -> tuple[str, ...]:
    """Return the languages from `source` to `target`: direct where the model can, else through one other language.

    Args:
        directions: Pairs of base languages that the model translates directly.
        source: Tag of the language to translate from.
        target: Tag of the language to translate into.
        via: Language to go through even where a direct way exists.

    Returns:
        Two or three tags: `source`, perhaps a pivot, `target`.

    Raises:
        UsageError: The model has no way from `source` to `target`, or not through `via`; or they are one language.
    """
    ends = base_language(source), base_language(target)
    if ends[0] == ends[1]:
        raise UsageError(f"source and target are both {NAMES[source]}", hint="Name another language with --to")
    if via is None and ends in directions:
        return source, target
    # English first: every family of open models is best to and from it.
    pivots = (
        [via]
        if via
        else sorted({pair[1] for pair in directions if pair[0] == ends[0]}, key=lambda tag: (tag != "en", tag))
    )
    for pivot in pivots:
        if (ends[0], base_language(pivot)) in directions and (base_language(pivot), ends[1]) in directions:
            return source, pivot, target
    known = ", ".join(f"{a}-{b}" for a, b in sorted(directions))
    through = f" through {via}" if via else ""
    raise UsageError(f"the model does not translate {source} to {target}{through}", hint=f"It translates {known}")
