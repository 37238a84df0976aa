"""Encodes requests as tokens and decodes results, for all engines."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol, runtime_checkable

from common.model_files import spelling
from translate.engines.chat_template import ChatTemplate
from translate.models.requests import ChatRequest, Request, TextRequest
from translate.types import UnsupportedModelError

TokenSpans = tuple[tuple[int, int], ...]
"""Position of each token of a text, in code points."""


@runtime_checkable
class TextTokenizer(Protocol):
    """Tokenizes text for one model; it is stateless, so threads may share it."""

    @property
    def special_tokens(self) -> frozenset[str]:
        """Tokens with a special meaning."""
        ...

    @property
    def end_token(self) -> str:
        """The token that ends a text."""
        ...

    @property
    def vocabulary(self) -> Mapping[str, int]:
        """The id of every token."""
        ...

    def spell(self, texts: Sequence[str], *, framed: bool = False) -> list[list[str]]:
        """Return the tokens of each text.

        Args:
            texts: Texts in which special tokens are interpreted.
            framed: Whether to add the framing tokens of the model, such as a start.
        """
        ...

    def spell_spans(self, text: str) -> tuple[list[str], TokenSpans]:
        """Return the tokens of a text, and their positions.

        Raises:
            UnsupportedModelError: The tokenizer has no positions.
        """
        ...

    def ids(self, tokens: Sequence[str]) -> list[int]:
        """Return the ids of tokens, with the unknown id for unknown ones."""
        ...

    def tokens(self, ids: Sequence[int]) -> list[str]:
        """Return the tokens of ids."""
        ...

    def text_of(self, tokens: Sequence[str]) -> str:
        """Return the text of tokens, none of them special."""
        ...

    def render(self, messages: Sequence[Mapping[str, object]], *, asks: bool) -> str:
        """Render a chat with the model's template.

        Args:
            messages: Turns with `role` and `content`.
            asks: Whether to append the beginning of the model's answer.

        Raises:
            UnsupportedModelError: The model has no template.
        """
        ...


class LibraryTokenizer:
    """A tokenizer of transformers, fast or slow, or a compatible one."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        special = {str(token) for token in tokenizer.added_tokens_decoder.values() if token.special}
        self.special_tokens = frozenset(special | set(tokenizer.all_special_tokens))

    @property
    def end_token(self) -> str:
        """The token that ends a text."""
        return str(self._tokenizer.eos_token)

    @cached_property
    def vocabulary(self) -> Mapping[str, int]:
        """The id of every token."""
        return dict(self._tokenizer.get_vocab())

    @spelling()
    def spell(self, texts: Sequence[str], *, framed: bool = False) -> list[list[str]]:
        """Return the tokens of each text."""
        return [self.tokens(self._tokenizer.encode(text, add_special_tokens=framed)) for text in texts]

    @spelling()
    def spell_spans(self, text: str) -> tuple[list[str], TokenSpans]:
        """Return the tokens of a text, and their positions."""
        if not self._tokenizer.is_fast:
            raise UnsupportedModelError("the model's tokenizer has no positions of tokens")
        found = self._tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
        spans = tuple((int(start), int(end)) for start, end in found["offset_mapping"])
        return self.tokens(found["input_ids"]), spans

    def ids(self, tokens: Sequence[str]) -> list[int]:
        """Return the ids of tokens."""
        return [int(number) for number in self._tokenizer.convert_tokens_to_ids(list(tokens))]

    def tokens(self, ids: Sequence[int]) -> list[str]:
        """Return the tokens of ids."""
        return [str(token) for token in self._tokenizer.convert_ids_to_tokens(list(ids))]

    @spelling()
    def text_of(self, tokens: Sequence[str]) -> str:
        """Return the text of tokens."""
        return str(self._tokenizer.convert_tokens_to_string(list(tokens)))

    def render(self, messages: Sequence[Mapping[str, object]], *, asks: bool) -> str:
        """Render a chat with the model's template."""
        if self._template is None:
            raise UnsupportedModelError("the model has no chat template", hint="Name a model made for chats")
        return self._template.render(messages, asks=asks)

    @cached_property
    def _template(self) -> ChatTemplate | None:
        # transformers itself does not limit time and memory.
        found = getattr(self._tokenizer, "chat_template", None)
        source = found.get("default") if isinstance(found, dict) else found
        return ChatTemplate(source, self._tokenizer.special_tokens_map) if source else None


_TAG_START = ">>"


@dataclass(frozen=True, slots=True)
class EncodedRequest:
    """A request in tokens.

    Attributes:
        tokens: Input of the encoder, or prompt of a decoder.
        text_length: Tokens of the sentence, at least 1; a text prefix counts, a chat's prompt does not.
        shared: Number of `tokens` before the last turn of a chat, which many requests may share.
    """

    tokens: tuple[str, ...]
    target_prefix: tuple[str, ...] = ()
    text_length: int = 1
    shared: int = 0


class ModelTokenizer:
    """A tokenizer of requests; it is stateless, so several threads may use it.

    Args:
        tokenizer: A `TextTokenizer`, or any tokenizer of transformers, fast or slow.
    """

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer: TextTokenizer = tokenizer if hasattr(type(tokenizer), "spell") else LibraryTokenizer(tokenizer)
        self.special_tokens = self._tokenizer.special_tokens
        longest_first = sorted((token for token in self.special_tokens if len(token) > 1), key=len, reverse=True)
        self._special = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    @property
    def vocabulary(self) -> Mapping[str, int]:
        """The id of every token."""
        return self._tokenizer.vocabulary

    @property
    def end_token(self) -> str:
        """The token that ends a text."""
        return self._tokenizer.end_token

    def encode(self, request: Request) -> EncodedRequest:
        """Return `request` in tokens; special tokens inside its plain text lose their meaning."""
        return self.encode_all([request])[0]

    def encode_all(self, requests: Sequence[Request]) -> list[EncodedRequest]:
        """Return requests in tokens, in order: faster than one by one."""
        texts = {at: request for at, request in enumerate(requests) if isinstance(request, TextRequest)}
        chats = {at: request for at, request in enumerate(requests) if isinstance(request, ChatRequest)}
        found = dict(zip(texts, self._encode_texts(list(texts.values())), strict=True))
        found |= zip(chats, self._encode_chats(list(chats.values())), strict=True)
        return [found[at] for at in range(len(requests))]

    def ids(self, tokens: Sequence[str]) -> list[int]:
        """Return the ids of tokens."""
        return self._tokenizer.ids(tokens)

    def spell_spans(self, text: str) -> tuple[tuple[str, ...], tuple[tuple[int, int], ...]]:
        """Return the tokens of a plain text and their positions, in code points."""
        # As in a request, a special token is broken up by a blank, so later positions move by one.
        tokens, spans = self._tokenizer.spell_spans(self._plain(text))
        return tuple(tokens), spans

    def tokens(self, ids: Sequence[int]) -> list[str]:
        """Return the tokens of ids."""
        return self._tokenizer.tokens(ids)

    def text_of(self, tokens: Sequence[str]) -> str:
        """Return the text of tokens, without special tokens and outer spaces."""
        plain = [token for token in tokens if token not in self.special_tokens]
        return self._tokenizer.text_of(plain).strip() if plain else ""

    def _encode_texts(self, requests: Sequence[TextRequest]) -> list[EncodedRequest]:
        prefixes = ["" if one.prefix.startswith(_TAG_START) else one.prefix for one in requests]
        texts = [
            prefix + self._plain(request.text, alone=not prefix)
            for prefix, request in zip(prefixes, requests, strict=True)
        ]
        return [
            self._framed(request, text) for request, text in zip(requests, self._tokenizer.spell(texts), strict=True)
        ]

    def _framed(self, request: TextRequest, text: Sequence[str]) -> EncodedRequest:
        start = [token for token in (request.source_token, self._tag(request)) if token]
        return EncodedRequest(
            tokens=(*start, *text, self.end_token),
            target_prefix=(request.target_token,) if request.target_token else (),
            text_length=max(1, len(text)),
        )

    def _tag(self, request: TextRequest) -> str | None:
        """Return the language tag in the vocabulary: the prefix's own before any other."""
        asked = request.prefix.strip()
        candidates = (asked, *request.tags) if asked else request.tags
        return next((tag for tag in candidates if tag.startswith(_TAG_START) and tag in self.vocabulary), None)

    def _encode_chats(self, requests: Sequence[ChatRequest]) -> list[EncodedRequest]:
        lengths = map(len, self._tokenizer.spell([self._plain(request.text) for request in requests]))
        earlier = self._earlier(requests)
        found = []
        for request, prompt, length in zip(requests, self._prompts(requests), lengths, strict=True):
            before = earlier[_before(request)]
            # A template may render earlier turns differently once another one follows.
            shared = len(before) if prompt[: len(before)] == before else 0
            found.append(EncodedRequest(tuple(prompt), text_length=max(1, length), shared=shared))
        return found

    def _prompts(self, requests: Sequence[ChatRequest]) -> list[list[str]]:
        """Return the prompts of a decoder."""
        found: dict[int, list[str]] = {}
        for framed in (False, True):
            # A prompt without a template needs the start token that templates add themselves.
            places = [at for at, request in enumerate(requests) if (request.form == "plain") == framed]
            texts = [
                requests[at].plain_prompt(self._plain) if framed else self._render(requests[at], last=True)
                for at in places
            ]
            found |= zip(places, self._tokenizer.spell(texts, framed=framed), strict=True)
        return [found[at] for at in range(len(requests))]

    def _earlier(self, requests: Sequence[ChatRequest]) -> dict[Any, list[str]]:
        """Return the tokens before the last turn, once for all requests that share them."""
        distinct = {_before(request): request for request in requests}
        long = {key: one for key, one in distinct.items() if len(one.turns) > 1 and one.form != "plain"}
        spelled = self._tokenizer.spell([self._render(one, last=False) for one in long.values()])
        return {key: [] for key in distinct} | dict(zip(long, spelled, strict=True))

    def _render(self, request: ChatRequest, *, last: bool) -> str:
        return self._tokenizer.render(request.messages(self._plain, last=last), asks=last)

    def _plain(self, text: str, *, alone: bool = False) -> str:
        # Untrusted text must not end a turn, switch the language or close the sentence.
        safe = self._special.sub(lambda match: f"{match[0][0]} {match[0][1:]}", text)
        # Marian's tokenizer takes text between >> and << at the very beginning for a language.
        return f" {safe}" if alone and safe.startswith(_TAG_START) else safe


def _before(request: ChatRequest) -> tuple[object, ...]:
    return (request.form, request.codes, request.turns[:-1])
