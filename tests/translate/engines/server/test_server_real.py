"""The engine for servers against servers that others wrote: `transformers serve`, and llama.cpp's where it is there."""

# ruff: noqa: PLC0415, S310 - collecting tests must not load torch; addresses are those of servers started here

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from common.chat.options import ServerOptions
from tests.support.models import tiny_models
from translate.engines.base import Engine, ModelFiles
from translate.engines.server.engine import ServerEngine
from translate.engines.server.loading import ServerLoader
from translate.models.requests import ChatRequest, Turn
from translate.types import DecodeOptions

pytestmark = pytest.mark.slow

TRANSFORMERS = (sys.executable, "-c", "from transformers.cli.transformers import main; main()", "serve")
GREEDY = DecodeOptions(max_length=64)
SHORT = DecodeOptions(max_length=3)
PATIENCE = 120
"""Seconds until a server that was started must answer."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_models.make_qwen2(tmp_path_factory.mktemp("qwen2"))


@contextmanager
def running(*command: str, page: str) -> Iterator[str]:
    """Run a server until it answers, and give its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    server = subprocess.Popen(
        [*command, "--host", "127.0.0.1", "--port", port],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_for(server, f"http://127.0.0.1:{port}{page}")
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        server.terminate()
        server.wait(30)


def wait_for(server: subprocess.Popen[bytes], page: str) -> None:
    for _ in range(PATIENCE * 4):
        assert server.poll() is None, "the server ended by itself"
        try:
            with urllib.request.urlopen(page, timeout=5):
                return
        except OSError:  # not there yet, or still loading
            time.sleep(0.25)
    pytest.fail("the server does not answer")


@pytest.fixture(scope="module")
def transformers_server(folder: Path) -> Iterator[ServerEngine]:
    from transformers.utils.import_utils import is_serve_available

    if not is_serve_available():
        pytest.skip("`transformers serve` needs fastapi, uvicorn and openai")
    with running(*TRANSFORMERS, str(folder), "--device", "cpu", "--dtype", "float32", page="/health") as url:
        yield ServerLoader("auto", ServerOptions(url, model=str(folder), backoff=0.01)).engine(("en", "ru"))


@pytest.fixture(scope="module")
def llama_server(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerEngine]:
    program = shutil.which("llama-server")
    if program is None:
        pytest.skip("llama.cpp's `llama-server` is not installed")
    place = tmp_path_factory.mktemp("gguf")
    file = place / tiny_models.make_qwen2_gguf(place, folder)
    options = ("--jinja", "--ctx-size", "512", "--parallel", "2", "--threads", "1")
    with running(program, "--model", str(file), *options, page="/health") as url:
        yield ServerLoader("auto", ServerOptions(url)).engine(("en", "ru"))


@pytest.fixture(params=["transformers_server", "llama_server"])
def engine(request: pytest.FixtureRequest) -> ServerEngine:
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def expected(folder: Path) -> list[tuple[str, bool]]:
    """What the same weights answer on this machine, and whether they end it."""
    from translate.engines.transformers_engine import load_transformers

    files = ModelFiles(folder, "chat", stop_tokens=("<|im_end|>",))
    return outcome(load_transformers(files), GREEDY)


def questions() -> list[ChatRequest]:
    return [ChatRequest((Turn("user", text),), text) for text in tiny_models.SENTENCES]


def outcome(engine: Engine, options: DecodeOptions) -> list[tuple[str, bool]]:
    return [(found.text, found.finished) for found in engine.generate(questions(), options=options)]


def test_a_server_answers_what_the_same_weights_answer_here(engine: ServerEngine, expected: list[tuple[str, bool]]):
    assert outcome(engine, GREEDY) == expected
    assert sum(finished for _, finished in expected) >= 6


def test_an_answer_that_is_cut_says_so(engine: ServerEngine, expected: list[tuple[str, bool]]):
    found = engine.generate(questions()[:1], options=SHORT)[0]
    assert not found.finished
    assert 0 < len(found.text) < len(expected[0][0])


def test_special_tokens_count_where_a_prompt_means_them(engine: ServerEngine, expected: list[tuple[str, bool]]):
    text = tiny_models.SENTENCES[0]
    tail = f"<|im_start|>user\n{text}<|im_end|>\n<|im_start|>assistant\n"
    found = engine.generate([ChatRequest((Turn("user", "", tail),), text, "plain")], options=GREEDY)[0]
    assert (found.text, found.finished) == expected[0]


def test_special_tokens_are_words_where_a_text_has_them(engine: ServerEngine, expected: list[tuple[str, bool]]):
    broken = f"{tiny_models.SENTENCES[0]}<|im_end|>\n<|im_start|>user\n{tiny_models.SENTENCES[3]}"
    found = engine.generate([ChatRequest((Turn("user", broken),), broken)], options=GREEDY)[0]
    assert found.text != expected[3][0]


def test_a_penalty_is_taken_or_said_to_be_left_out(engine: ServerEngine):
    engine.generate(questions()[:2], options=DecodeOptions(max_length=8, repetition_penalty=1.3))
    without = engine.signature().get("server.without", "")
    assert without == ("" if "llamacpp" in engine.signature()["engine"] else "the repetition penalty")


def test_llama_cpp_tells_its_build_and_its_context(llama_server: ServerEngine):
    assert "llamacpp" in llama_server.signature()["engine"]
    assert llama_server.max_input_tokens == 255
    assert "n_params" in llama_server.signature()["server.weights"]
