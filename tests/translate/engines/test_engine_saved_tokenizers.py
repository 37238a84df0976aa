"""Saved tokenizers are read without transformers, and spell exactly as transformers does; what cannot be is refused."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from common.errors import InputError
from tests.support.models import tiny_models
from tests.support.models.tiny_models import SENTENCES
from translate.engines.base import ModelFiles
from translate.engines.loaders import (
    FastTokenizer,
    PieceTokenizer,
    load_saved_tokenizer,
    load_tokenizer,
    read_saved_tokenizer,
)
from translate.engines.tokens import LibraryTokenizer, ModelTokenizer, TextTokenizer
from translate.models.requests import ChatRequest, TextRequest, Turn
from translate.types import ModelFilesError, UnsupportedModelError

ODD = (
    "",
    " ",
    "a  b",
    " a",
    "ÅéЁ",
    "ﬁ ½ Ａ１",
    "한국어 🙂",
    "one</s> two",
    "<unk>",
    "▁x",
    "»>>rus<<",
    "\ttab\n",
    "e\u0301",
)
TURNS = (Turn("system", "Translate."), Turn("user", "Hello"), Turn("assistant", "Привет"), Turn("user", "Moscow"))

Saved = tuple[TextTokenizer, LibraryTokenizer, Path]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Saved]:
    """Give the tokenizer of a family as it is saved, read by us and by transformers, and its folder."""
    makers: dict[str, Callable[[Path], Path]] = {
        "t5": tiny_models.make_t5,
        "marian": lambda folder: tiny_models.make_marian(folder, steps=0),
        "m2m100": tiny_models.make_m2m100,
        "nllb": tiny_models.make_nllb,
        "chat": lambda folder: tiny_models.make_qwen2(folder, steps=0),
    }
    made: dict[str, Saved] = {}

    def read(family: Any) -> Saved:
        if family not in made:
            folder = tmp_path_factory.mktemp(family)
            theirs = load_tokenizer(ModelFiles(makers[family](folder), family))
            theirs.save_pretrained(folder / "saved")
            made[family] = (read_saved_tokenizer(folder / "saved"), LibraryTokenizer(theirs), folder / "saved")
        return made[family]

    return read


@pytest.mark.parametrize("family", ["t5", "marian", "m2m100", "nllb", "chat"])
def test_texts_are_spelled_as_transformers_does(saved: Callable[[str], Saved], family: str) -> None:
    ours, theirs, _ = saved(family)
    asked = [TextRequest(text, source_token="a", target_token="b") for text in (*SENTENCES, *ODD)]  # noqa: S106
    found, expected = (ModelTokenizer(one).encode_all(asked) for one in (ours, theirs))
    assert found == expected
    for one in found:
        assert ModelTokenizer(ours).text_of(one.tokens) == ModelTokenizer(theirs).text_of(one.tokens)


@pytest.mark.parametrize("family", ["t5", "marian", "m2m100", "nllb", "chat"])
def test_tokens_and_numbers_are_those_of_transformers(saved: Callable[[str], Saved], family: str) -> None:
    ours, theirs, _ = saved(family)
    (tokens,) = ours.spell([" ".join(SENTENCES)])
    assert ours.ids(tokens) == theirs.ids(tokens)
    assert ours.tokens(ours.ids(tokens)) == tokens
    assert ours.special_tokens == theirs.special_tokens
    assert ours.end_token == theirs.end_token


@pytest.mark.parametrize("family", ["t5", "nllb", "chat"])
def test_a_fast_tokenizer_tells_where_tokens_stand(saved: Callable[[str], Saved], family: str) -> None:
    ours, theirs, _ = saved(family)
    assert ours.spell_spans(SENTENCES[3]) == theirs.spell_spans(SENTENCES[3])


@pytest.mark.parametrize("family", ["marian", "m2m100"])
def test_pieces_do_not_tell_where_they_stand(saved: Callable[[str], Saved], family: str) -> None:
    ours, _, _ = saved(family)
    assert isinstance(ours, PieceTokenizer)
    with pytest.raises(UnsupportedModelError, match="has no positions of tokens"):
        ours.spell_spans("text")


@pytest.mark.parametrize("count", [1, 2, 4])
def test_chats_are_written_as_transformers_does(saved: Callable[[str], Saved], count: int) -> None:
    ours, theirs, _ = saved("chat")
    assert isinstance(ours, FastTokenizer)
    asked = [ChatRequest(TURNS[-count:], "Moscow"), TextRequest("Hello"), ChatRequest(TURNS[-1:], "Moscow")]
    assert ModelTokenizer(ours).encode_all(asked) == ModelTokenizer(theirs).encode_all(asked)


def test_a_plain_prompt_has_no_template(saved: Callable[[str], Saved]) -> None:
    ours, theirs, _ = saved("chat")
    asked = ChatRequest((Turn("user", "Translate: <|im_end|>Hello", " <|im_start|>"),), "Hello", form="plain")
    found = ModelTokenizer(ours).encode(asked)
    assert found == ModelTokenizer(theirs).encode(asked)
    assert found.tokens[-1] == "<|im_start|>"
    assert "<|im_end|>" not in found.tokens
    assert found.shared == 0


def test_a_model_without_a_template_takes_no_chat(saved: Callable[[str], Saved]) -> None:
    for one in saved("t5")[:2]:
        with pytest.raises(UnsupportedModelError, match="no chat template"):
            ModelTokenizer(one).encode(ChatRequest(TURNS, "Moscow"))


@pytest.mark.parametrize("family", ["chat", "marian"])
@pytest.mark.parametrize("damage", [b"", b"\0" * 99, b"[]"])
def test_damaged_settings_are_named(saved: Callable[[str], Saved], tmp_path: Path, family: str, damage: bytes) -> None:
    for path in saved(family)[2].iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "tokenizer_config.json").write_bytes(damage)
    with pytest.raises(ModelFilesError, match="cannot load the tokenizer"):
        load_saved_tokenizer(tmp_path)


PANICS = r"^[^:]*:(\w|\s|\w\s|\w\w)*(?!.|\n|$)"
"""Tried on a long text after a colon, it goes beyond the tries that its library has for a match, which then panics."""


def pattern_tokenizer(part: str) -> Any:
    """Return a tokenizer with a pattern that fails for some texts only."""
    from tokenizers import Tokenizer  # noqa: PLC0415 - collecting tests loads no libraries

    return Tokenizer.from_str(json.dumps({
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "post_processor": None,
        "normalizer": None, "pre_tokenizer": None, "decoder": None,
        "model": {"type": "WordLevel", "vocab": {"<unk>": 0}, "unk_token": "<unk>"},
        part: {"type": "Replace", "pattern": {"Regex": PANICS}, "content": "x"},
    }))  # fmt: skip


def both_readers(tokenizer: Any, folder: Path) -> list[TextTokenizer]:
    from transformers import PreTrainedTokenizerFast  # noqa: PLC0415 - slow to import

    theirs = PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="<unk>", eos_token="<unk>")  # noqa: S106
    theirs.save_pretrained(folder)
    return [read_saved_tokenizer(folder), LibraryTokenizer(theirs)]


@pytest.mark.parametrize("use", ["spell", "spell_spans", "text_of"])
def test_a_panic_is_told(tmp_path: Path, use: str) -> None:
    text = "a: " + "ab c " * 40
    tokenizer = pattern_tokenizer("decoder" if use == "text_of" else "normalizer")
    for one in both_readers(tokenizer, tmp_path):
        with pytest.raises(InputError, match="the model's tokenizer fails: Onig"):
            getattr(one, use)(text if use == "spell_spans" else [text])


@pytest.mark.parametrize(
    ("family", "name"), [("chat", "tokenizer.json"), ("marian", "source.spm"), ("marian", "vocab.json")]
)
def test_a_damaged_tokenizer_is_named(saved: Callable[[str], Saved], tmp_path: Path, family: str, name: str) -> None:
    for path in saved(family)[2].iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / name).write_bytes(b"\0" * 99)
    with pytest.raises(ModelFilesError, match="cannot load the tokenizer"):
        load_saved_tokenizer(tmp_path)


@pytest.mark.parametrize(
    "changes", [{"sp_model_kwargs": {"alpha": 0.1}}, {"separate_vocabs": True}, {"tokenizer_class": "X"}]
)
def test_what_only_transformers_reads_is_refused(
    saved: Callable[[str], Saved], tmp_path: Path, changes: dict[str, object]
) -> None:
    for path in saved("marian")[2].iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    settings = json.loads((tmp_path / "tokenizer_config.json").read_text(encoding="utf-8"))
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(settings | changes), encoding="utf-8")
    with pytest.raises(UnsupportedModelError, match="only transformers reads"):
        read_saved_tokenizer(tmp_path)
