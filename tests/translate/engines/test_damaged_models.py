"""Whatever the JSON files of a model's folder hold: it loads, or ends in our words, soon and without much memory."""

import json
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from common.errors import InputError, TolmachError
from common.model_files import model_view
from tests.support.models import tiny_models
from translate.engines.base import EngineOptions, ModelFiles
from translate.engines.loaders import load_tokenizer
from translate.engines.transformers_engine import load_transformers
from translate.models.registry import family_of
from translate.models.requests import ChatRequest, Request, TextRequest, Turn
from translate.models.specs import Family
from translate.types import DecodeOptions, ModelFilesError

pytestmark = pytest.mark.slow  # a model is loaded for each case: half a minute for all
CPU = EngineOptions(device="cpu", threads=1)
MAKERS: dict[Family, Callable[[Path], Path]] = {
    "t5": tiny_models.make_t5,
    "chat": lambda folder: tiny_models.make_qwen2(folder, steps=1),
    "m2m100": tiny_models.make_m2m100,
}
REQUESTS: dict[Family, Request] = {
    "t5": TextRequest("One."),
    "m2m100": TextRequest("One."),
    "chat": ChatRequest((Turn("user", "One."),), "One."),
}
CONTENTS = {
    "empty": b"",
    "cut": b'{"model_type": "t5',
    "null": b"null",
    "list": b"[]",
    "number": b"5",
    "text": b'"x"',
    "nothing": b"{}",
    "zeros": b"\0" * 99,
    "utf-16": '{"a": 1}'.encode("utf-16"),
    "latin": b'{"a": "\xe9"}',
    "nested": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "nested lists": b"[" * 100_000,
    "digits": b'{"vocab_size": 1' + b"0" * 5000 + b"}",
}
VALUES = (
    None, [], {}, "x", "", "\ud800", -1, True, 1.5, 2**31, 10**12, 10**30, float("nan"), float("inf"), [None], {"a": 5},
)  # fmt: skip
NAMES = ("config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json", "vocab.json")
EACH = 6
"""Changed values of each file that are tried, drawn once from all."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Family], Path]:
    found: dict[Family, Path] = {}

    def make(family: Family) -> Path:
        if family not in found:
            found[family] = MAKERS[family](tmp_path_factory.mktemp(family))
        return found[family]

    return make


@pytest.fixture(autouse=True)
def _little_memory() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (16 << 30, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)


def copied(source: Path, folder: Path, **changed: bytes) -> Path:
    folder.mkdir(exist_ok=True)
    for path in source.iterdir():
        os.link(path, folder / path.name)
    for name, content in changed.items():
        (folder / name).unlink(missing_ok=True)
        (folder / name).write_bytes(content)
    return folder


def run(folder: Path, family: Family) -> None:
    family_of(folder)
    engine = load_transformers(ModelFiles(folder, family), options=CPU)
    engine.generate([REQUESTS[family]], options=DecodeOptions(max_length=4))


def loads_or_says_why(folder: Path, family: Family) -> str | None:
    began = time.monotonic()
    try:
        run(folder, family)
    except TolmachError as error:
        return error.message
    finally:
        assert time.monotonic() - began < 60
    return None


@pytest.mark.parametrize("damage", CONTENTS)
@pytest.mark.parametrize("name", ["config.json", "tokenizer.json"])
def test_a_damaged_file_is_told(made: Callable[[Family], Path], tmp_path: Path, name: str, damage: str) -> None:
    told = loads_or_says_why(copied(made("chat"), tmp_path / "x", **{name: CONTENTS[damage]}), "chat")
    assert told
    assert "\n" not in told


@pytest.mark.parametrize("family", MAKERS)
@pytest.mark.parametrize("name", NAMES)
def test_a_wrong_value_is_told_or_does_no_harm(
    made: Callable[[Family], Path], tmp_path: Path, family: Family, name: str
) -> None:
    source = made(family)
    if not (source / name).exists():
        pytest.skip("this model has no such file")
    content = json.loads((source / name).read_text(encoding="utf-8"))
    draw = random.Random(f"{family} {name}")  # noqa: S311 - a fixed draw
    for number, key in enumerate(draw.choices(sorted(content), k=EACH)):
        changed = json.dumps(content | {key: draw.choice(VALUES)}).encode("ascii")
        loads_or_says_why(copied(source, tmp_path / str(number), **{name: changed}), family)


@pytest.mark.parametrize(
    ("name", "changes", "told"),
    [
        ("config.json", {"vocab_size": 10**12}, "its configuration describes"),
        ("config.json", {"d_model": 10**9}, "its configuration describes"),
        ("config.json", {"num_layers": 10**9}, "no model has num_layers"),
        ("config.json", {"num_labels": 10**9}, "no model has num_labels"),
        ("config.json", {"architectures": 5, "model_type": "x"}, "a model of type 'x'"),
        ("config.json", {"dropout_rate": 2}, "no probability"),
        ("generation_config.json", {"eos_token_id": 10**6}, "its eos_token_id is"),
        ("generation_config.json", {"decoder_start_token_id": -5}, "its decoder_start_token_id is"),
        ("tokenizer_config.json", {"extra_ids": 2**31}, "no model has extra_ids"),
        ("tokenizer_config.json", {"added_tokens_decoder": {str(2**31): {"content": "x"}}}, "no token has the number"),
    ],
)
def test_a_claim_that_no_model_makes_is_told(
    made: Callable[[Family], Path], tmp_path: Path, name: str, changes: dict[str, object], told: str
) -> None:
    source = made("t5")
    content = json.loads((source / name).read_text(encoding="utf-8")) if (source / name).exists() else {}
    changed = json.dumps(content | changes).encode("ascii")
    assert told in str(loads_or_says_why(copied(source, tmp_path / "x", **{name: changed}), "t5"))


@pytest.mark.parametrize("number", [2**31, 2**22, -1, 1.5, "1", None, True, 10**30])
@pytest.mark.parametrize("place", ["added", "vocabulary"])
def test_a_token_s_number_is_one(made: Callable[[Family], Path], tmp_path: Path, number: object, place: str) -> None:
    source = made("chat")
    content = json.loads((source / "tokenizer.json").read_text(encoding="utf-8"))
    if place == "added":
        content["added_tokens"][0]["id"] = number
    else:
        content["model"]["vocab"]["!"] = number
    changed = json.dumps(content).encode("ascii")
    told = loads_or_says_why(copied(source, tmp_path / "x", **{"tokenizer.json": changed}), "chat")
    assert "no token has the number" in str(told)


@pytest.mark.parametrize(
    "changes",
    [
        {"pre_tokenizer": {"type": "Split", "pattern": {"Regex": "(" * 5000}, "behavior": "Isolated", "invert": False}},
        {"pre_tokenizer": {"type": "Split", "pattern": {"Regex": "["}, "behavior": "Isolated", "invert": False}},
        {"model": {"type": "Wrong"}},
        {"model": {"type": "BPE", "vocab": {"a": 0}, "merges": [["a", "b"]]}},
    ],
)
def test_a_tokenizer_that_its_library_refuses_is_told(
    made: Callable[[Family], Path], tmp_path: Path, changes: dict[str, object]
) -> None:
    source = made("chat")
    content = json.loads((source / "tokenizer.json").read_text(encoding="utf-8")) | changes
    changed = json.dumps(content).encode("ascii")
    told = loads_or_says_why(copied(source, tmp_path / "x", **{"tokenizer.json": changed}), "chat")
    assert "tokenizer.json is damaged: " in str(told)


def test_a_tokenizer_that_ends_the_process_of_its_library_is_told(
    made: Callable[[Family], Path], tmp_path: Path
) -> None:
    source = made("chat")
    content = json.loads((source / "tokenizer.json").read_text(encoding="utf-8"))
    content["model"]["continuing_subword_prefix"] = "../x"
    changed = json.dumps(content).encode("ascii")
    told = loads_or_says_why(copied(source, tmp_path / "x", **{"tokenizer.json": changed}), "chat")
    assert "tokenizer.json is damaged: " in str(told)


def doubling(letter: str, times: int) -> dict[str, object]:
    one = {"type": "Replace", "pattern": {"String": letter}, "content": letter * 2}
    return {"type": "Sequence", "normalizers": [one] * times, "decoders": [one] * times}


@pytest.mark.parametrize(("letter", "times"), [("e", 8), ("e", 40), ("Ж", 8), ("国", 8), ("7", 8), (",", 8)])
@pytest.mark.parametrize("part", ["normalizer", "decoder"])
def test_a_tokenizer_that_makes_endless_texts_is_told(
    made: Callable[[Family], Path], tmp_path: Path, part: str, letter: str, times: int
) -> None:
    content = json.loads((made("chat") / "tokenizer.json").read_text(encoding="utf-8"))
    content["model"]["vocab"].setdefault(letter, len(content["model"]["vocab"]) + len(content["added_tokens"]))
    path = tmp_path / "tokenizer.json"
    path.write_text(json.dumps(content | {part: doubling(letter, times)}), encoding="utf-8")
    with (
        pytest.raises(InputError, match="100 times as long" if times < 40 else "dies of it|[Mm]emory"),
        model_view(tmp_path, [path.name]),
    ):
        pass


@pytest.mark.parametrize("template", ["{% set x = 1 %}", "{{ namespace.__init__ }}", "Two."])
def test_a_template_that_leaves_out_the_text_is_told(
    made: Callable[[Family], Path], tmp_path: Path, template: str
) -> None:
    folder = copied(made("chat"), tmp_path / "x", **{"chat_template.jinja": template.encode("ascii")})
    assert loads_or_says_why(folder, "chat") == "the model's chat template omits the user's text"


def test_a_merge_without_its_token_is_told(made: Callable[[Family], Path], tmp_path: Path) -> None:
    name = tiny_models.make_qwen2_gguf(tmp_path, made("chat"))
    content = (tmp_path / name).read_bytes()
    merges = json.loads((made("chat") / "tokenizer.json").read_text(encoding="utf-8"))["model"]["merges"]
    spelled = next(" ".join(merge) for merge in merges if "".join(merge).isascii()).encode("ascii")
    assert spelled in content
    (tmp_path / name).write_bytes(content.replace(spelled, b"\x01" + spelled[1:]))
    with pytest.raises(ModelFilesError, match="out of vocabulary"):
        load_tokenizer(ModelFiles(tmp_path, "chat", gguf_file=name))


@pytest.mark.parametrize(
    "name", ["x" * 300, "a\0b", "..", "../..", "a/b/c", "hf:../..", "hf:" + "x" * 300 + "/y", "\x1b[2J", "\udcff\udcfe",
             "hf:a/b@" + "c" * 300, "~nosuch/x", "/" * 300, "hf:a/b@\0", "hf:/", "", " "],
)  # fmt: skip
@pytest.mark.parametrize("verb", ["show", "verify", "fetch", "remove"])
def test_an_odd_name_is_told(tmp_path: Path, verb: str, name: str) -> None:
    from click.testing import CliRunner  # noqa: PLC0415 - only here

    from tolmach.cli import main  # noqa: PLC0415 - only here

    environment = {"TOLMACH_CACHE": str(tmp_path / "cache"), "TOLMACH_OFFLINE": "1"}
    result = CliRunner().invoke(main, ["models", verb, "--", name], env=environment)
    assert "bug" not in result.output
    assert result.exit_code in {0, 1, 2}, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)


def test_a_name_that_is_not_utf_8_is_told(tmp_path: Path) -> None:
    environment = os.environ | {"TOLMACH_CACHE": str(tmp_path), "TOLMACH_OFFLINE": "1"}
    command = [sys.executable, "-m", "tolmach", "models", "show", b"bad\xff\xfe"]
    ended = subprocess.run(command, capture_output=True, env=environment, check=False)
    assert ended.returncode == 1
    assert b"must be UTF-8" in ended.stderr
