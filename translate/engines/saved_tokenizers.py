"""Reads the tokenizers that were saved beside converted models with the small libraries they are made of.

Loading transformers for it takes longer than loading a small model. What these readers do not know how to read exactly
as transformers does is refused, and transformers reads it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from common.model_files import failures_as, spelling
from translate.engines.chat_template import ChatTemplate
from translate.engines.errors import UnsupportedModelError
from translate.engines.text_tokenizer import TextTokenizer, TokenSpans

FAST: Final = "tokenizer.json"
_SETTINGS: Final = "tokenizer_config.json"
_TEMPLATE: Final = "chat_template.jinja"
_NAMES: Final = ("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token")
_SPACE: Final = "\N{LOWER ONE EIGHTH BLOCK}"
_TOGETHER: Final = 256
_PIECES: Final = {
    "MarianTokenizer": ("source.spm", "target.spm"),
    "M2M100Tokenizer": ("sentencepiece.bpe.model", "sentencepiece.bpe.model"),
}
"""Tokenizers that are SentencePiece and a list of numbers: the models that read and write, by the name of the class."""


@dataclass(frozen=True)
class Settings:
    """What is saved beside a tokenizer.

    Attributes:
        content: The file of settings as it is.
        template: The chat template, empty where there is none.
    """

    content: Mapping[str, Any]
    template: str = ""
    named: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        found = {name: self.content.get(name) for name in _NAMES}
        extra = self.content.get("extra_special_tokens")
        found |= extra if isinstance(extra, dict) else {}
        object.__setattr__(self, "named", {name: _token(value) for name, value in found.items() if value is not None})

    @property
    def special(self) -> frozenset[str]:
        """Tokens that mean something other than the text they look like."""
        listed = [self.content.get(name) for name in ("extra_special_tokens", "additional_special_tokens")]
        more = [_token(one) for tokens in listed if isinstance(tokens, list) for one in tokens]
        return frozenset([*self.named.values(), *more])


def read_saved_tokenizer(folder: Path) -> TextTokenizer:
    """Return a tokenizer that was saved beside a converted model.

    Raises:
        UnsupportedModelError: Only transformers reads it.
        OSError: A file is missing.
        ValueError: A file is damaged; TypeError, LookupError, AttributeError, RuntimeError mean the same.
    """
    settings = _read_settings(folder)
    if (folder / FAST).exists():
        return FastTokenizer(folder / FAST, settings)
    return PieceTokenizer(folder, settings)


def _read_settings(folder: Path) -> Settings:
    content = json.loads((folder / _SETTINGS).read_text(encoding="utf-8"))
    saved = folder / _TEMPLATE
    template = saved.read_text(encoding="utf-8") if saved.exists() else content.get("chat_template") or ""
    if not isinstance(template, str):
        # Several templates under names, as older libraries saved them.
        template = {one["name"]: one["template"] for one in template}.get("default", "")
    return Settings(content, template)


def _token(value: Any) -> str:
    return str(value["content"] if isinstance(value, dict) else value)


class _Saved:
    """What both kinds have in common."""

    def __init__(self, settings: Settings, special: frozenset[str]) -> None:
        self.special_tokens = special | settings.special
        self.end_token = settings.named["eos_token"]
        self._template = ChatTemplate(settings.template, settings.named) if settings.template else None

    def render(self, messages: Sequence[Mapping[str, object]], *, asks: bool) -> str:
        """Return a chat as the model's template writes it."""
        if self._template is None:
            raise UnsupportedModelError("the model has no chat template", hint="Name a model made for chats")
        return self._template.render(messages, asks=asks)


class FastTokenizer(_Saved):
    """A tokenizer in the one file that the library `tokenizers` reads."""

    def __init__(self, path: Path, settings: Settings) -> None:
        from tokenizers import Tokenizer  # noqa: PLC0415 - only where a model is loaded

        with failures_as(RuntimeError):
            self._tokenizer: Any = Tokenizer.from_buffer(path.read_bytes())
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        added = self._tokenizer.get_added_tokens_decoder().values()
        super().__init__(settings, frozenset(token.content for token in added if token.special))
        self._by_id: dict[int, str] = {}
        self._unknown = settings.named.get("unk_token", "")

    @cached_property
    def vocabulary(self) -> Mapping[str, int]:
        """The number of every token."""
        return dict(self._tokenizer.get_vocab(with_added_tokens=True))

    @spelling()
    def spell(self, texts: Sequence[str], *, framed: bool = False) -> list[list[str]]:
        """Return the tokens of each text."""
        # Not all at once: what the library tells about a text takes a hundred times the memory of its tokens.
        runs = (list(texts[start : start + _TOGETHER]) for start in range(0, len(texts), _TOGETHER))
        found = (self._tokenizer.encode_batch(run, add_special_tokens=framed) for run in runs)
        return [self.tokens(one.ids) for run in found for one in run]

    @spelling()
    def spell_spans(self, text: str) -> tuple[list[str], TokenSpans]:
        """Return the tokens of a text, and where each stands in it."""
        found = self._tokenizer.encode(text, add_special_tokens=False)
        return self.tokens(found.ids), tuple((int(start), int(end)) for start, end in found.offsets)

    def ids(self, tokens: Sequence[str]) -> list[int]:
        """Return the numbers of tokens."""
        unknown = self.vocabulary.get(self._unknown, 0)
        return [self.vocabulary.get(token, unknown) for token in tokens]

    def tokens(self, ids: Sequence[int]) -> list[str]:
        """Return the tokens of numbers."""
        # One string for each token, however often it comes: ten thousand prompts are millions of tokens.
        names = self._by_id
        for number in ids:
            if number not in names:
                names[number] = str(self._tokenizer.id_to_token(number))
        return [names[number] for number in ids]

    @spelling()
    def text_of(self, tokens: Sequence[str]) -> str:
        """Return the text that tokens spell."""
        decoder = self._tokenizer.decoder
        return str(decoder.decode(list(tokens))) if decoder is not None else " ".join(tokens)


class PieceTokenizer(_Saved):
    """A tokenizer that is SentencePiece and a list of numbers, as Marian and M2M100 have it.

    Raises:
        UnsupportedModelError: It is of another kind, or with settings that only transformers follows.
    """

    def __init__(self, folder: Path, settings: Settings) -> None:
        import sentencepiece  # noqa: PLC0415 - only where such a model is loaded

        content, names = settings.content, _PIECES.get(settings.content["tokenizer_class"])
        added = content.get("added_tokens_decoder", {}).values()
        plain_added = any(not token["special"] for token in added)
        if names is None or plain_added or content.get("separate_vocabs") or content.get("sp_model_kwargs"):
            raise UnsupportedModelError(f"only transformers reads the tokenizer in {folder}")
        super().__init__(settings, frozenset(map(_token, added)))
        self._source, self._target = (sentencepiece.SentencePieceProcessor(model_file=str(folder / it)) for it in names)
        numbers: dict[str, int] = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))
        self.vocabulary: Mapping[str, int] = numbers
        self._by_id = {number: token for token, number in numbers.items()}
        self._unknown = settings.named["unk_token"]

    def spell(self, texts: Sequence[str], *, framed: bool = False) -> list[list[str]]:
        """Return the tokens of each text; what frames it is up to the request."""
        del framed
        known, unknown = self.vocabulary, self._unknown
        return [
            [piece if piece in known else unknown for piece in pieces]
            for pieces in self._source.encode(list(texts), out_type=str)
        ]

    def spell_spans(self, text: str) -> tuple[list[str], TokenSpans]:
        """Refuse: what SentencePiece normalised is no longer where it was."""
        del text
        raise UnsupportedModelError("the model's tokenizer does not tell where its tokens stand")

    def ids(self, tokens: Sequence[str]) -> list[int]:
        """Return the numbers of tokens."""
        unknown = self.vocabulary[self._unknown]
        return [self.vocabulary.get(token, unknown) for token in tokens]

    def tokens(self, ids: Sequence[int]) -> list[str]:
        """Return the tokens of numbers."""
        return [self._by_id.get(number, self._unknown) for number in ids]

    def text_of(self, tokens: Sequence[str]) -> str:
        """Return the text that tokens spell."""
        return str(self._target.decode_pieces(list(tokens))).replace(_SPACE, " ")
