"""Ctrl-C while a batch is being decoded is seen at once."""

from threading import Event

import pytest
from tiny_models import make_qwen2

from translate.engines import ctranslate2_engine
from translate.engines.base import EngineOptions, ModelFiles
from translate.families.requests import ChatRequest, Turn
from translate.types import DecodeOptions

REQUESTS = [ChatRequest((Turn("user", text),), text) for text in ("The minister said on Monday.", "Prices rose.")]


class Pending:
    """A result that is never there: waiting for it is interrupted."""

    def done(self) -> bool:
        raise KeyboardInterrupt


def test_interruption_stops_the_batch():
    stop = Event()
    with pytest.raises(KeyboardInterrupt):
        ctranslate2_engine._wait([Pending()], stop)
    assert stop.is_set()


def test_engine_works_on_after_an_interruption(tmp_path, monkeypatch):
    files = ModelFiles(make_qwen2(tmp_path / "model", steps=1), "chat")
    engine = ctranslate2_engine.load_ctranslate2(files, folder=tmp_path, options=EngineOptions("cpu", "float32"))
    options = DecodeOptions(max_length=12)
    before = engine.generate(REQUESTS, options=options)

    def interrupt(_seconds):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(ctranslate2_engine.time, "sleep", interrupt)
        with pytest.raises(KeyboardInterrupt):
            engine.generate(REQUESTS, options=DecodeOptions(max_length=200))
    assert engine.generate(REQUESTS, options=options) == before
