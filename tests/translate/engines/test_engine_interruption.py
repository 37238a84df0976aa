"""Ctrl-C while batches are being decoded is seen at once, and the engine works on."""

import subprocess
import sys
import textwrap
from dataclasses import dataclass
from threading import Event

import pytest

from tests.support.models.tiny_models import make_qwen2
from translate.engines import batches, ctranslate2_engine
from translate.engines.base import EngineOptions, ModelFiles
from translate.engines.ctranslate2_engine import QueuedBatch, Watch, leave
from translate.models.requests import ChatRequest, Turn
from translate.types import DecodeOptions

REQUESTS = [ChatRequest((Turn("user", text),), text) for text in ("The minister said on Monday.", "Prices rose.")]


@pytest.mark.slow
@pytest.mark.parametrize("beam_size", [1, 2])
def test_engine_works_on_after_an_interruption(tmp_path, monkeypatch, beam_size):
    files = ModelFiles(make_qwen2(tmp_path / "model", steps=1), "chat")
    engine = ctranslate2_engine.load_ctranslate2(files, folder=tmp_path, options=EngineOptions("cpu", "float32"))
    options = DecodeOptions(max_length=12, beam_size=beam_size)
    before = engine.generate(REQUESTS, options=options)

    def interrupt(_seconds):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(batches.time, "sleep", interrupt)
        with pytest.raises(KeyboardInterrupt):
            engine.generate(REQUESTS, options=DecodeOptions(max_length=200, beam_size=beam_size))
    assert engine.generate(REQUESTS, options=options) == before


@dataclass
class Pending:
    """A result that is there when it was asked for so often."""

    asked: int

    def done(self) -> bool:
        self.asked -= 1
        return self.asked <= 0


@dataclass
class Step:
    """What CTranslate2 tells about a token."""

    batch_id: int
    token: str = "a"  # noqa: S105 - a word
    log_prob: float = -1.0
    is_last: bool = False


def test_a_watch_ends_each_request_at_its_own_limit():
    watch = Watch([1, 2])
    assert [watch(Step(0)), watch(Step(1)), watch(Step(1))] == [True, False, True]


def test_requests_that_have_ended_are_taken_before_their_batch_is_done():
    watch = Watch([9, 9])
    batch = QueuedBatch([Pending(9), Pending(9)], lambda at, said: (at, said.sequences[0], said.scores[0]), None, watch)
    for step in (Step(0), Step(1), Step(1, "b", -2.0, is_last=True)):
        watch(step)
    assert batch.take() == [(1, (1, ["a", "b"], -1.5))]
    assert batch.take() == []


def test_a_long_call_of_a_library_does_not_hide_an_interruption(monkeypatch):
    def interrupt(_seconds):
        raise KeyboardInterrupt

    over = Event()
    with monkeypatch.context() as patch:
        patch.setattr(ctranslate2_engine.time, "sleep", interrupt)
        with pytest.raises(KeyboardInterrupt):
            ctranslate2_engine.in_thread(lambda: over.wait(30))
    over.set()
    with pytest.raises(ValueError, match="no"):
        ctranslate2_engine.in_thread(lambda: int("no"))


def test_a_stopped_watch_ends_every_request():
    watch = Watch([9, 9])
    QueuedBatch([Pending(9)], lambda _at, result: result, object(), watch).stop()
    assert watch(Step(0))
    assert watch(Step(1))


def test_the_end_of_the_process_waits_for_a_batch_that_asks_python(monkeypatch):
    monkeypatch.setattr(ctranslate2_engine, "_POLL_SECONDS", 0)
    pending = Pending(5)
    leave([QueuedBatch([pending], lambda _at, result: result, object(), Watch([9]))])
    assert pending.asked <= 0


def test_the_end_of_the_process_does_not_wait_for_a_beam_search():
    model = object()
    before = sys.getrefcount(model)
    leave([QueuedBatch([Pending(10**9)], lambda _at, result: result, model)])
    assert sys.getrefcount(model) == before + 1


@pytest.mark.slow
@pytest.mark.parametrize("beam_size", [1, 4])
def test_an_interrupted_process_ends_with_its_own_status(tmp_path, beam_size):
    files = ModelFiles(make_qwen2(tmp_path / "model", steps=1), "chat", digest="1")
    ctranslate2_engine.load_ctranslate2(files, folder=tmp_path, options=EngineOptions("cpu", "float32"))
    script = f"""
        import sys
        from pathlib import Path
        from translate.engines import batches
        from translate.engines.base import EngineOptions, ModelFiles
        from translate.engines.ctranslate2_engine import load_ctranslate2
        from translate.models.requests import ChatRequest, Turn
        from translate.types import DecodeOptions
        files = ModelFiles(Path({str(files.path)!r}), "chat", digest="1")
        engine = load_ctranslate2(files, folder=Path({str(tmp_path)!r}), options=EngineOptions("cpu", "float32"))
        def interrupt(seconds):
            raise KeyboardInterrupt
        batches.time = type("Clock", (), {{"sleep": interrupt}})
        asked = [ChatRequest((Turn("user", "Hi"),), "Hi")] * 64
        try:
            engine.generate(asked, options=DecodeOptions(max_length=480, beam_size={beam_size}, batch_size=32))
        except KeyboardInterrupt:
            sys.exit(7)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (7, "")
