"""Which model is taken, and that the real loading code runs it from a folder and from a hub."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from common.errors import OfflineError
from tests.support.models.tiny_models import make_hunyuan, make_t5
from tests.support.servers.hub_server import FakeHub, Recorder, isolated_hub
from translate.loading import TranslatorOptions, choose_model, load_translator
from translate.models.registry import UnknownModelError, load_registry
from translate.models.specs import HubSource
from translate.types import DecodeOptions
from translate.weights.store import WeightsStore

SENTENCES = ["The minister said on Monday.", "Prices rose by 4.5 per cent."]
SHORT = DecodeOptions(max_length=8)


@pytest.fixture(scope="module")
def t5(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_t5(tmp_path_factory.mktemp("t5"))


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    with isolated_hub(monkeypatch, tmp_path) as server:
        yield server


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def publish_default(hub: FakeHub, folder: Path) -> str:
    return hub.commit(load_registry().default.source.repositories[0].repo_id, files_of(folder))


def test_folder_is_run_where_it_is(t5, tmp_path):
    translator = load_translator(str(t5), options=TranslatorOptions(decode=SHORT), cache_folder=tmp_path)
    found = translator.translate(SENTENCES, source="en", target="ru")
    assert [one.route for one in found] == [("en", "ru")] * 2
    assert all(one.text for one in found)


@pytest.mark.slow
def test_both_engines_translate_alike(t5, tmp_path):
    texts = {}
    for engine in ("ctranslate2", "transformers"):
        options = TranslatorOptions(engine, precision="float32", decode=SHORT)
        translator = load_translator(str(t5), device="cpu", options=options, cache_folder=tmp_path)
        texts[engine] = [one.text for one in translator.translate(SENTENCES, source="en", target="ru")]
    assert texts["ctranslate2"] == texts["transformers"]


@pytest.mark.slow
def test_second_run_converts_and_translates_nothing(t5, tmp_path):
    options, progress = TranslatorOptions(decode=SHORT), Recorder()
    before = load_translator(str(t5), options=options, cache_folder=tmp_path).translate(
        SENTENCES, source="en", target="zh"
    )
    again = load_translator(str(t5), options=options, cache_folder=tmp_path, progress=progress)
    assert again.translate(SENTENCES, source="en", target="zh") == before
    assert progress.bars == []


def test_engine_that_lacks_the_architecture_gives_way_with_a_note(tmp_path):
    folder, progress = make_hunyuan(tmp_path / "model"), Recorder()
    translator = load_translator(
        str(folder), options=TranslatorOptions(decode=SHORT), cache_folder=tmp_path / "cache", progress=progress
    )
    assert len(translator.translate(SENTENCES[:1], source="en", target="ru")) == 1
    (note,) = [note for note in progress.notes if "transformers" in note]
    assert "CTranslate2 cannot" in note


@pytest.mark.slow
def test_auto_fetches_the_default_from_the_hub_and_pins_it(hub, t5, tmp_path):
    commit = publish_default(hub, t5)
    translator = load_translator(options=TranslatorOptions(decode=SHORT), cache_folder=tmp_path / "cache")
    assert translator.spec.name == load_registry().default.name
    translator.translate(SENTENCES[:1], source="en", target="ru")
    assert WeightsStore(tmp_path / "cache").manifest(translator.spec).revision == commit


@pytest.mark.usefixtures("hub")
@pytest.mark.parametrize(
    ("directions", "name"),
    [
        ([], "t5-enruzh-large"),
        ([("en", "ru"), ("en", "zh-Hant")], "opus-mt-big"),
        ([("en", "ru"), ("zh", "ru")], "t5-enruzh-large"),
        ([("en", "en")], "t5-enruzh-large"),
    ],
)
def test_auto_takes_the_smallest_default_that_has_the_directions(tmp_path, directions, name):
    assert choose_model(WeightsStore(tmp_path), directions=directions).name == name


def test_auto_prefers_what_is_cached(hub, t5, tmp_path):
    small = next(spec for spec in load_registry().models if spec.name == "t5-enruzh-small")
    hub.commit(small.source.repositories[0].repo_id, files_of(t5))
    store = WeightsStore(tmp_path / "cache")
    store.fetch(small)
    assert choose_model(store).name == "t5-enruzh-small"


def test_auto_never_takes_a_restricted_model(hub, t5, tmp_path):
    restricted = next(one for one in load_registry().models if one.restricted and isinstance(one.source, HubSource))
    hub.commit(restricted.source.repositories[0].repo_id, files_of(t5))
    store = WeightsStore(tmp_path / "cache")
    store.fetch(restricted)
    assert choose_model(store).name == load_registry().default.name


@pytest.mark.parametrize(
    ("directions", "name"),
    [
        ([], "gemma3-270m-news"),
        ([("en", "ru"), ("en", "zh-Hant")], "gemma3-270m-news"),
        ([("ru", "zh"), ("ru", "en")], "qwen2.5-coder-1.5b"),
        ([("en", "en")], "qwen2.5-coder-1.5b"),
    ],
)
def test_without_a_hub_auto_takes_what_the_index_carries_for_the_directions_and_says_so(
    hub, tmp_path, directions, name
):
    hub.status = 503
    progress = Recorder()
    assert choose_model(WeightsStore(tmp_path), progress, directions).name == name
    assert progress.notes == [f"No model hub can be reached: using {name}, which the package index carries"]


@pytest.mark.usefixtures("hub")
def test_a_cached_model_is_taken_only_for_directions_that_it_has(tmp_path, monkeypatch):
    monkeypatch.setattr(WeightsStore, "locate", lambda _, spec: tmp_path if spec.name == "gemma3-270m-news" else None)
    store = WeightsStore(tmp_path)
    assert choose_model(store, directions=[("en", "ru")]).name == "gemma3-270m-news"
    assert choose_model(store, directions=[("ru", "zh"), ("ru", "en")]) == load_registry().default


def test_offline_with_nothing_cached_names_a_way_out(monkeypatch, tmp_path):
    monkeypatch.setenv("TOLMACH_OFFLINE", "1")
    with pytest.raises(OfflineError, match=r"no translation model is cached.*tolmach models fetch"):
        choose_model(WeightsStore(tmp_path))


def test_unknown_model_is_refused_before_anything_is_made(tmp_path):
    with pytest.raises(UnknownModelError, match="Did you mean opus-mt"):
        load_translator("opus-m", cache_folder=tmp_path / "cache")
    assert not (tmp_path / "cache").exists()
