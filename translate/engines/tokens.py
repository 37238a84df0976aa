"""From requests to tokens and back, the same for every engine."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from translate.engines.errors import UnsupportedModelError
from translate.families.requests import ChatRequest, Request, TextRequest, Turn

_TAG_START = ">>"


@dataclass(frozen=True, slots=True)
class Encoded:
    """A request in tokens.

    Attributes:
        tokens: What the model reads: the encoder's input, or a decoder's prompt.
        target_prefix: Tokens that the translation is made to begin with.
        text_length: Tokens of the sentence, at least 1; a text prefix counts, a chat's prompt does not.
        shared: How many of `tokens` come before the last turn of a chat, and so may be the same in many requests.
    """

    tokens: tuple[str, ...]
    target_prefix: tuple[str, ...] = ()
    text_length: int = 1
    shared: int = 0


class ModelTokenizer:
    """A tokenizer of transformers that reads requests.

    It holds no state between calls, so several threads may use it.

    Args:
        tokenizer: Any tokenizer of transformers, fast or slow.
    """

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        special = {str(token) for token in tokenizer.added_tokens_decoder.values() if token.special}
        self.special_tokens = frozenset(special | set(tokenizer.all_special_tokens))
        longest_first = sorted((token for token in self.special_tokens if len(token) > 1), key=len, reverse=True)
        self._special = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    @cached_property
    def vocabulary(self) -> dict[str, int]:
        """Return the number of every token."""
        return dict(self._tokenizer.get_vocab())

    @property
    def end_token(self) -> str:
        """The token that ends a text."""
        return str(self._tokenizer.eos_token)

    def encode(self, request: Request) -> Encoded:
        """Return `request` in tokens; a special token inside its plain text loses its meaning."""
        return self._encode_chat(request) if isinstance(request, ChatRequest) else self._encode_text(request)

    def ids(self, tokens: Sequence[str]) -> list[int]:
        """Return the numbers of tokens."""
        return [int(number) for number in self._tokenizer.convert_tokens_to_ids(list(tokens))]

    def spell_spans(self, text: str) -> tuple[tuple[str, ...], tuple[tuple[int, int], ...]]:
        """Return the tokens of a plain text and where each stands in it, in code points.

        Raises:
            UnsupportedModelError: The tokenizer does not tell where they stand.
        """
        if not self._tokenizer.is_fast:
            raise UnsupportedModelError("the model's tokenizer does not tell where its tokens stand")
        # A special token loses its meaning as in a request; that puts in a blank, so places behind it move by one.
        found = self._tokenizer(self._plain(text), add_special_tokens=False, return_offsets_mapping=True)
        spans = tuple((int(start), int(end)) for start, end in found["offset_mapping"])
        return tuple(self.tokens(found["input_ids"])), spans

    def tokens(self, ids: Sequence[int]) -> list[str]:
        """Return the tokens of numbers."""
        return [str(token) for token in self._tokenizer.convert_ids_to_tokens(list(ids))]

    def text_of(self, tokens: Sequence[str]) -> str:
        """Return the text that tokens spell, without special tokens and outer spaces."""
        plain = [token for token in tokens if token not in self.special_tokens]
        return str(self._tokenizer.convert_tokens_to_string(plain)).strip() if plain else ""

    def _encode_text(self, request: TextRequest) -> Encoded:
        tag = self._tag(request)
        prefix = "" if request.prefix.startswith(_TAG_START) else request.prefix
        text = self._spell(prefix + self._plain(request.text, alone=not prefix))
        start = [token for token in (request.source_token, tag) if token]
        return Encoded(
            tokens=(*start, *text, self.end_token),
            target_prefix=(request.target_token,) if request.target_token else (),
            text_length=max(1, len(text)),
        )

    def _tag(self, request: TextRequest) -> str | None:
        """Return the language tag that the vocabulary holds: the prefix's own before any other."""
        asked = request.prefix.strip()
        candidates = (asked, *request.tags) if asked else request.tags
        return next((tag for tag in candidates if tag.startswith(_TAG_START) and tag in self.vocabulary), None)

    def _encode_chat(self, request: ChatRequest) -> Encoded:
        prompt = self._spell(self._render(request.turns, asks=True))
        earlier = self._spell(self._render(request.turns[:-1], asks=False)) if len(request.turns) > 1 else []
        # A template may write earlier turns differently once another one follows.
        shared = len(earlier) if prompt[: len(earlier)] == earlier else 0
        return Encoded(tuple(prompt), text_length=max(1, len(self._spell(self._plain(request.text)))), shared=shared)

    def _render(self, turns: Sequence[Turn], *, asks: bool) -> str:
        messages = [{"role": turn.role, "content": self._plain(turn.content)} for turn in turns]
        return str(self._tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=asks))

    def _spell(self, text: str) -> list[str]:
        return self.tokens(self._tokenizer.encode(text, add_special_tokens=False))

    def _plain(self, text: str, *, alone: bool = False) -> str:
        # Text from outside must not end a turn, switch the language or close the sentence.
        safe = self._special.sub(lambda match: f"{match[0][0]} {match[0][1:]}", text)
        # Marian's tokenizer takes what stands between >> and << at the very beginning for a language.
        return f" {safe}" if alone and safe.startswith(_TAG_START) else safe
