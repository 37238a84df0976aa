"""The interface of tokenizers, independent of the library."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Protocol, runtime_checkable

from common.model_files import spelling
from translate.engines.chat_template import ChatTemplate, UnsupportedModelError

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
