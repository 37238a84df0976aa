"""Reads a model's files through transformers: safetensors or GGUF, from a folder, never from a network."""

import json
import logging
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Final

from common.errors import TolmachError
from common.model_files import (
    TOKENIZER,
    check_claims,
    failures_as,
    loading_errors,
    model_view,
    quiet_transformers,
    spelling,
)
from translate.engines.adapter import PIECES, merge, read_adapter
from translate.engines.base import ModelFiles
from translate.engines.chat_template import ChatTemplate
from translate.engines.gguf_cutting import cut_gguf
from translate.engines.tokens import LibraryTokenizer, TextTokenizer, TokenSpans
from translate.files import folder_files
from translate.types import ModelFilesError, UnsupportedModelError

_TRIAL: Final = "A, b 1."

_END: Final = "eos_token_id"
_PAD: Final = "pad_token_id"
_IDS: Final = (_END, _PAD, "decoder_start_token_id")
"""Settings with token ids that are used here."""

_GGUF_PER_BYTE: Final = 8
"""Most weights per byte of a GGUF file: no quantization takes less than a bit for each."""


def load_tokenizer(files: ModelFiles) -> Any:
    """Return the tokenizer of a model."""
    from transformers import AutoTokenizer, M2M100Tokenizer  # noqa: PLC0415 - slow to import

    # SMaLL-100 names a class of its own, which is code beside its weights; its vocabulary is M2M100's.
    kind = M2M100Tokenizer if files.family == "small100" else AutoTokenizer
    adapter = read_adapter(files.adapter) if files.adapter else None
    with reading(files.path, "tokenizer", _selected(files, adapter, "tokenizer")) as folder:
        tokenizer = kind.from_pretrained(folder, **_where(files))
        tokenizer.encode(_TRIAL)  # some invalid settings fail only when used
        return tokenizer


def load_model(files: ModelFiles, *, dtype: str) -> Any:
    """Return the model on the CPU, ready to run.

    Args:
        files: Its files.
        dtype: `float32`, `float16`, `bfloat16`, or `auto` for the type of the files.
    """
    from transformers import (  # noqa: PLC0415 - slow to import
        AutoConfig,
        AutoModelForCausalLM,
        AutoModelForSeq2SeqLM,
        GgufConfig,
    )

    kind: Any = AutoModelForCausalLM if files.family == "chat" else AutoModelForSeq2SeqLM
    per_byte = _GGUF_PER_BYTE if files.gguf_file else 1
    adapter = read_adapter(files.adapter) if files.adapter else None
    # A quantized GGUF is unpacked into a plain model: only that can be converted, or run without extra kernels.
    source = {"quantization_config": GgufConfig(dequantize=True)} if files.gguf_file else {"use_safetensors": True}
    with reading(files.path, "model", _selected(files, adapter, "model")) as folder, _without_gguf_bar():
        config = AutoConfig.from_pretrained(folder, **_where(files))
        check_claims(partial(kind.from_config, config), folder, per_byte=per_byte)
        model = kind.from_pretrained(folder, dtype=dtype, **source, **_where(files))
        if adapter:
            merge(model, adapter)
        _check_ids(model)
    if files.gguf_file:
        # After unpacking it is still marked as quantized, which prevents running it everywhere and converting it.
        model.config.quantization_config = None
    return model


def load_saved_tokenizer(folder: Path) -> TextTokenizer:
    """Return the tokenizer saved beside a converted model, without loading torch if possible.

    Raises:
        ModelFilesError: Its files are missing or damaged.
    """
    try:
        return read_saved_tokenizer(folder)
    except UnsupportedModelError:
        return _load_with_transformers(folder)
    except loading_errors() as error:
        raise _unreadable(folder, "tokenizer", error) from error


def _load_with_transformers(folder: Path) -> TextTokenizer:
    import transformers  # noqa: PLC0415 - slow to import

    with reading(folder, "tokenizer"):
        if (folder / FAST).exists():
            return LibraryTokenizer(transformers.PreTrainedTokenizerFast.from_pretrained(folder, local_files_only=True))
        name = json.loads((folder / "tokenizer_config.json").read_text(encoding="utf-8"))["tokenizer_class"]
        return LibraryTokenizer(getattr(transformers, name).from_pretrained(folder, local_files_only=True))


def _where(files: ModelFiles) -> dict[str, Any]:
    place: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    return place | {"gguf_file": files.gguf_file} if files.gguf_file else place


@contextmanager
def _without_gguf_bar() -> Iterator[None]:
    """Keep the GGUF reader from drawing its progress bar: it alone ignores transformers' settings."""
    from transformers import modeling_gguf_pytorch_utils as reader  # noqa: PLC0415 - slow to import

    shown = vars(reader).get("tqdm")
    setattr(reader, "tqdm", lambda items, **_: items)  # noqa: B010 - types know it as a class
    try:
        yield
    finally:
        setattr(reader, "tqdm", shown)  # noqa: B010 - as above


def _check_ids(model: Any) -> None:
    """Refuse token ids that the model does not have: they would abort its first run."""
    size = model.get_input_embeddings().num_embeddings
    for name in _IDS:
        for holder in (model.config, model.generation_config):
            given = getattr(holder, name, None)
            for one in given if isinstance(given, list) and name == _END else [given]:
                # A padding of -1 means none, in models of 2023.
                if one is not None and not (type(one) is int and -1 <= one < size and (one >= 0 or name == _PAD)):
                    raise ValueError(f"its {name} is {one!r}, it has {size} tokens")


@contextmanager
def _selected(files: ModelFiles, adapter: Mapping[str, Any] | None, what: str) -> Iterator[Path]:
    """Yield a folder with the files of a part; of a base for an adapter, only the pieces that this needs."""
    without = TOKENIZER if what == "model" else ""
    with model_view(files.path, (name for name in folder_files(files.path) if name != without)) as view:
        if adapter and files.gguf_file:
            # Unpacked whole, the vocabulary takes more memory than everything else.
            cut_gguf(files.path / files.gguf_file, adapter[PIECES].tolist(), view / "cut", named=what == "tokenizer")
            (view / "cut").replace(view / files.gguf_file)
        yield view


@contextmanager
def reading(path: Path, what: str, view: AbstractContextManager[Path] | None = None) -> Iterator[Path]:
    """Turn any error of the libraries about a model's files into one error that names `path`."""
    place = path
    try:
        with quiet_libraries(), view or nullcontext(path) as place:
            yield place
    except loading_errors(TolmachError) as error:
        raise _unreadable(path, what, error, place) from error


def _unreadable(path: Path, what: str, error: Exception, place: Path | None = None) -> ModelFilesError:
    told = (error.message if isinstance(error, TolmachError) else str(error)).strip().splitlines()
    reason = told[0].rstrip(".").replace(str(place), str(path)) if told else type(error).__name__
    return ModelFilesError(
        f"cannot load the {what} in {path}: {reason}", hint="Fetch the model again, or name another one"
    )


def max_positions(config: Any) -> int | None:
    """Return how many positions a model has; None if they are relative, as in T5."""
    found = getattr(config, "max_position_embeddings", None)
    return int(found) if found else None


def end_tokens(model: Any, tokenizer: Any, more: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the tokens that end an answer: those of the configuration, of the tokenizer, and `more` that exist."""
    configured = model.generation_config.eos_token_id
    ids = configured if isinstance(configured, list) else [configured]
    named = [str(tokenizer.convert_ids_to_tokens(one)) for one in ids if one is not None]
    known = tokenizer.get_vocab()
    return tuple(dict.fromkeys([*named, str(tokenizer.eos_token), *(token for token in more if token in known)]))


@contextmanager
def quiet_libraries() -> Iterator[None]:
    """Silence the progress bars, warnings and logs of transformers and CTranslate2, except errors.

    They are advice to programmers (optional packages, changed defaults); Tolmach itself reports what a user must know.
    Libraries are not loaded only to be silenced, which takes half a second.
    """
    if "ctranslate2" in sys.modules:
        sys.modules["ctranslate2"].set_log_level(logging.ERROR)
    with quiet_transformers():
        yield


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
"""Tokenizers of SentencePiece and a table of ids: their two models, by class name."""


@dataclass(frozen=True)
class Settings:
    """The settings saved beside a tokenizer."""

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
        """Tokens with a special meaning."""
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
        # Several named templates, as saved by older libraries.
        template = {one["name"]: one["template"] for one in template}.get("default", "")
    return Settings(content, template)


def _token(value: Any) -> str:
    return str(value["content"] if isinstance(value, dict) else value)


class _Saved:
    """Shared parts of both kinds."""

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
    """A tokenizer in the single-file format of the library `tokenizers`."""

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
        """The id of every token."""
        return dict(self._tokenizer.get_vocab(with_added_tokens=True))

    @spelling()
    def spell(self, texts: Sequence[str], *, framed: bool = False) -> list[list[str]]:
        """Return the tokens of each text."""
        # Not all at once: the library's results take a hundred times the memory of the tokens.
        runs = (list(texts[start : start + _TOGETHER]) for start in range(0, len(texts), _TOGETHER))
        found = (self._tokenizer.encode_batch(run, add_special_tokens=framed) for run in runs)
        return [self.tokens(one.ids) for run in found for one in run]

    @spelling()
    def spell_spans(self, text: str) -> tuple[list[str], TokenSpans]:
        """Return the tokens of a text, and their positions."""
        found = self._tokenizer.encode(text, add_special_tokens=False)
        return self.tokens(found.ids), tuple((int(start), int(end)) for start, end in found.offsets)

    def ids(self, tokens: Sequence[str]) -> list[int]:
        """Return the ids of tokens."""
        unknown = self.vocabulary.get(self._unknown, 0)
        return [self.vocabulary.get(token, unknown) for token in tokens]

    def tokens(self, ids: Sequence[int]) -> list[str]:
        """Return the tokens of ids."""
        # One string object per token: ten thousand prompts are millions of tokens.
        names = self._by_id
        for number in ids:
            if number not in names:
                names[number] = str(self._tokenizer.id_to_token(number))
        return [names[number] for number in ids]

    @spelling()
    def text_of(self, tokens: Sequence[str]) -> str:
        """Return the text of tokens."""
        decoder = self._tokenizer.decoder
        return str(decoder.decode(list(tokens))) if decoder is not None else " ".join(tokens)


class PieceTokenizer(_Saved):
    """A tokenizer of SentencePiece and a table of ids, as of Marian and M2M100.

    Raises:
        UnsupportedModelError: It is of another kind, or has settings that only transformers supports.
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
        """Return the tokens of each text; framing tokens are up to the request."""
        del framed
        known, unknown = self.vocabulary, self._unknown
        return [
            [piece if piece in known else unknown for piece in pieces]
            for pieces in self._source.encode(list(texts), out_type=str)
        ]

    def spell_spans(self, text: str) -> tuple[list[str], TokenSpans]:
        """Refuse: positions are lost in SentencePiece's normalisation."""
        del text
        raise UnsupportedModelError("the model's tokenizer has no positions of tokens")

    def ids(self, tokens: Sequence[str]) -> list[int]:
        """Return the ids of tokens."""
        unknown = self.vocabulary[self._unknown]
        return [self.vocabulary.get(token, unknown) for token in tokens]

    def tokens(self, ids: Sequence[int]) -> list[str]:
        """Return the tokens of ids."""
        return [self._by_id.get(number, self._unknown) for number in ids]

    def text_of(self, tokens: Sequence[str]) -> str:
        """Return the text of tokens."""
        return str(self._target.decode_pieces(list(tokens))).replace(_SPACE, " ")
