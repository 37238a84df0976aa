"""Before a model is downloaded its size is said, and asked about where it is large."""

import pytest

from common.errors import UsageError
from tests.support.servers.hub_server import Recorder
from tolmach.workflow import translators
from tolmach.workflow.translators import announce_download
from translate.models.registry import find_model
from translate.weights.store import WeightsStore


@pytest.fixture
def terminal(monkeypatch):
    """Pretend that a person sits at a terminal, and return the answers to be given and the questions asked."""
    answers, asked = [], []
    for stream in (translators.sys.stdin, translators.sys.stderr):
        monkeypatch.setattr(stream, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(translators.click, "confirm", lambda text, **_: asked.append(text) or answers.pop())
    return answers, asked


def announce(name, directions, folder):
    progress = Recorder()
    announce_download(find_model(name), WeightsStore(folder), directions, progress)
    return progress.notes


@pytest.mark.parametrize(
    ("name", "directions", "size"),
    [
        ("gemma3-270m-news", [("en", "ru"), ("en", "zh-Hant")], "0.3 GB"),
        ("opus-mt-big", [("en", "ru")], "0.6 GB"),
        ("opus-mt-big", [("ru", "zh")], "1.1 GB"),
        ("t5-enruzh-large", [("en", "ru")], "3.4 GB"),
    ],
)
def test_the_size_of_what_the_directions_need_is_said(tmp_path, name, directions, size):
    assert announce(name, directions, tmp_path) == [f"{name} is not in the cache yet: about {size} will be downloaded"]


def test_nothing_is_said_of_cached_models_and_of_those_of_unknown_size(tmp_path, monkeypatch):
    assert announce("hf:owner/name", [("en", "ru")], tmp_path) == []
    monkeypatch.setattr(WeightsStore, "locate", lambda *_: tmp_path)
    assert announce("t5-enruzh-large", [("en", "ru")], tmp_path) == []


def test_a_large_download_is_asked_about_on_a_terminal(tmp_path, terminal):
    answers, asked = terminal
    answers[:] = [False, True]
    announce("t5-enruzh-large", [("en", "ru")], tmp_path)
    assert asked == ["Download it?"]
    with pytest.raises(UsageError, match="declined"):
        announce("t5-enruzh-large", [("en", "ru")], tmp_path)
    announce("gemma3-270m-news", [("en", "ru")], tmp_path)
    assert len(asked) == 2
