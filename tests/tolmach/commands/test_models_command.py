"""`tolmach models` end to end, against a hub on the loopback interface."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.support.models import tiny_models
from tests.support.servers.hub_server import FakeHub, isolated_hub
from tolmach.cli import main
from translate.loading import load_translator
from translate.models.registry import UnknownModelError, find_model
from translate.models.specs import HubSource

FILES = {"config.json": b'{"model_type": "t5"}', "model.safetensors": bytes(2000)}


@pytest.fixture(autouse=True)
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeHub]:
    monkeypatch.setenv("TOLMACH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "160")
    with isolated_hub(monkeypatch, tmp_path) as server:
        yield server


def publish(hub: FakeHub, name: str, files: dict[str, bytes] | None = None) -> None:
    source = find_model(name).source
    assert isinstance(source, HubSource)
    for repository in source.repositories:
        hub.commit(repository.repo_id, files or FILES, repository.revision or "main")


def tolmach(*words: str, status: int = 0) -> Result:
    result = CliRunner().invoke(main, ["models", *words])
    assert result.exit_code == status, result.output
    return result


def listed(name: str) -> dict:
    return {model["name"]: model for model in json.loads(tolmach("list").stdout)}[name]


def test_list_shows_what_is_on_disk(hub: FakeHub) -> None:
    assert (listed("t5-enruzh-small")["cached"], listed("t5-enruzh-small")["disk_use"]) == (False, 0)
    publish(hub, "t5-enruzh-small")
    tolmach("fetch", "t5-enruzh-small")
    assert listed("t5-enruzh-small")["cached"]
    assert listed("t5-enruzh-small")["disk_use"] > 2000
    table = tolmach("list", "--format", "table").stdout
    assert "no commercial use" in table
    assert "--model auto now takes t5-enruzh-small, which is cached" in table


def test_list_says_what_auto_takes() -> None:
    assert "--model auto now fetches t5-enruzh-large" in tolmach("list", "--format", "table").stdout
    assert not any(model["auto"] for model in json.loads(tolmach("list").stdout))


def test_a_part_of_a_name_suggests_what_is_cached(hub: FakeHub) -> None:
    publish(hub, "t5-enruzh-small")
    tolmach("fetch", "t5-enruzh-small")
    with pytest.raises(UnknownModelError) as refused:
        load_translator("T5")
    assert refused.value.hint == "Did you mean t5-enruzh-small, which is cached?"


def test_fetch_of_one_direction_brings_its_weights_only(hub: FakeHub) -> None:
    publish(hub, "opus-mt")
    (folder,) = tolmach("fetch", "opus-mt", "--pair", "en-ru").stdout.split()
    assert folder.endswith("en-ru")
    model = listed("opus-mt")
    assert (model["cached"], model["fetched"]) == (False, ["en-ru"])
    assert "(en-ru)" in tolmach("list", "--format", "table").stdout


def test_fetch_of_a_pair_that_needs_a_pivot_brings_both_steps(hub: FakeHub) -> None:
    publish(hub, "opus-mt")
    tolmach("fetch", "opus-mt", "--pair", "ru-zh-Hant", "--quiet")
    assert listed("opus-mt")["fetched"] == ["ru-en", "en-zh"]


@pytest.mark.parametrize(
    ("pair", "status", "message"),
    [
        ("en", 2, "'en' is no direction. Write one as en-ru"),
        ("en-de", 1, "unknown language 'de'"),
        ("en-en", 2, "both English"),
    ],
)
def test_bad_pair_is_refused(pair: str, status: int, message: str) -> None:
    assert message in tolmach("fetch", "opus-mt", "--pair", pair, status=status).stderr


def test_quiet_fetch_prints_paths_and_nothing_else(hub: FakeHub) -> None:
    publish(hub, "nllb-600m")
    result = tolmach("fetch", "nllb-600m", "--quiet")
    assert result.stderr == ""
    assert result.stdout.endswith("nllb-600m/all\n")


def test_fetch_says_what_the_licence_forbids(hub: FakeHub) -> None:
    publish(hub, "nllb-600m")
    assert "no commercial use" in tolmach("fetch", "nllb-600m").stderr


def test_fetch_of_a_gated_model_says_how_to_get_it(hub: FakeHub) -> None:
    publish(hub, "translategemma-4b")
    hub.repositories["google/translategemma-4b-it"].gated = True
    result = tolmach("fetch", "translategemma-4b", status=1)
    assert "accept the terms at https://huggingface.co/google/translategemma-4b-it" in result.stderr
    assert "set HF_TOKEN" in result.stderr


@pytest.mark.parametrize(
    ("card", "warning"),
    [
        (b"---\nlicense: cc-by-nc-4.0\n---\n", "restricts its use: no commercial use"),
        (b"# no front matter", "The licence of hf:maker/own is unknown"),
    ],
)
def test_licence_of_a_repository_is_read_and_told(hub: FakeHub, card: bytes, warning: str) -> None:
    hub.commit("maker/own", FILES | {"README.md": card})
    assert warning in tolmach("fetch", "hf:maker/own").stderr
    assert listed("hf:maker/own")["restriction"]
    assert "hf:maker/own" in tolmach("list", "--format", "table").stdout


def test_permissive_licence_of_a_repository_needs_no_word(hub: FakeHub) -> None:
    hub.commit("maker/own", FILES | {"README.md": b"---\nlicense: mit\n---\n"})
    assert "licence" not in tolmach("fetch", "hf:maker/own").stderr
    shown = json.loads(tolmach("show", "hf:maker/own").stdout)
    assert (shown["licence"], shown["restriction"], shown["family"]) == ("MIT", None, "t5")


def test_verify_reads_what_was_fetched(hub: FakeHub) -> None:
    publish(hub, "t5-enruzh-small")
    tolmach("fetch", "t5-enruzh-small")
    assert tolmach("verify", "t5-enruzh-small").stdout == "t5-enruzh-small: 2 files, 0.0 MB, as they were\n"
    assert tolmach("verify").stdout.startswith("t5-enruzh-small: 2 files")


def test_verify_names_the_damaged_file(hub: FakeHub) -> None:
    publish(hub, "t5-enruzh-small")
    (folder,) = tolmach("fetch", "t5-enruzh-small").stdout.split()
    (Path(folder) / "model.safetensors").write_bytes(bytes(1999) + b"x")
    for words in (["t5-enruzh-small"], []):
        result = tolmach("verify", *words, status=1)
        assert f"{folder}/model.safetensors" in result.stderr
        assert "config.json" not in result.stderr


def test_verify_reads_what_was_converted(tmp_path: Path) -> None:
    folder = tiny_models.make_t5(tmp_path / "mine")
    translator = load_translator(str(folder), device="cpu")
    translator.translate(["One."], source="en", target="ru")
    for words in ([str(folder)], []):
        result = tolmach("verify", *words)
        assert re.fullmatch(r"local:mine: [5-9] files, 0\.\d MB, as they were\n", result.stdout)
        assert "there are no checksums of its own files" in result.stderr
    (weights,) = (tmp_path / "cache").rglob("model.bin")
    content = bytearray(weights.read_bytes())
    content[len(content) // 2] ^= 1
    weights.write_bytes(bytes(content))
    assert f"conversions of local:mine are damaged: {weights}" in tolmach("verify", str(folder), status=1).stderr


def test_verify_of_what_was_not_fetched_fails() -> None:
    assert "are not there" in tolmach("verify", "madlad-3b", status=1).stderr
    assert tolmach("verify").stdout == ""


def test_show_says_how_a_model_is_asked() -> None:
    shown = json.loads(tolmach("show", "seed-x-7b").stdout)
    assert shown["form"] == "plain"
    assert shown["prompt"]["tail"] == " <{code}>"
    assert shown["decode"] == {"beam_size": 4, "repetition_penalty": 1.0, "no_repeat_ngram_size": 0}
    table = tolmach("show", "hy-mt2-7b", "--format", "table").stdout
    assert "Reference the following translations" in table
    assert "repetition_penalty 1.05" in table


def test_show_says_that_a_model_is_gated() -> None:
    shown = json.loads(tolmach("show", "translategemma-12b").stdout)
    assert "set HF_TOKEN" in shown["access"]
    assert shown["prompt"] is None
    assert "Gemma terms" in shown["restriction"]


def test_remove_frees_the_space(hub: FakeHub) -> None:
    publish(hub, "t5-enruzh-small")
    tolmach("fetch", "t5-enruzh-small")
    assert "freed" in tolmach("remove", "t5-enruzh-small").stderr
    assert listed("t5-enruzh-small")["disk_use"] == 0


def test_offline_fetch_of_what_is_not_there_is_refused() -> None:
    assert "no network is allowed" in tolmach("fetch", "opus-mt", "--offline", status=1).stderr
