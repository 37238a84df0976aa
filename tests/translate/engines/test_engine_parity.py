"""CTranslate2 and transformers must give the same tokens: they are two readings of the same weights."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.models import tiny_models
from tests.support.models.tiny_models import SENTENCES
from translate.engines import ctranslate2_engine
from translate.engines.base import Engine, EngineOptions, ModelFiles
from translate.engines.ctranslate2_engine import load_ctranslate2
from translate.engines.transformers_engine import load_transformers
from translate.models.requests import ChatRequest, Request, TextRequest, Turn
from translate.types import DecodeOptions, InputTooLongError

pytestmark = pytest.mark.slow
"""The default run has two minutes for all; what parity rests on (tokens, requests, batches) is tested there, too."""

EXACT = EngineOptions(device="cpu", precision="float32", threads=1)
SHORT = DecodeOptions(max_length=24)
EXAMPLES = (Turn("system", "Translate."), Turn("user", "Hello"), Turn("assistant", "Привет"))


@dataclass(frozen=True)
class Case:
    """One tiny model in both engines."""

    name: str
    files: ModelFiles
    fast: Engine
    exact: Engine
    requests: list[Request]


def text_requests(**changes: str) -> list[Request]:
    return [TextRequest(sentence, **changes) for sentence in SENTENCES]


def multilingual_requests(source: str, *targets: str) -> list[Request]:
    wanted = [targets[at % len(targets)] for at in range(len(SENTENCES))]
    return [
        TextRequest(text, source_token=source, target_token=target)
        for text, target in zip(SENTENCES, wanted, strict=True)
    ]


def chat_requests() -> list[Request]:
    return [ChatRequest((*EXAMPLES, Turn("user", sentence)), sentence) for sentence in SENTENCES]


MAKERS: dict[str, tuple[str, Callable[[Path], Path], Callable[[], list[Request]]]] = {
    "t5": ("t5", tiny_models.make_t5, lambda: text_requests(prefix="translate to zh: ")),
    "t5-untied": (
        "madlad",
        lambda folder: tiny_models.make_t5(folder, tied=False),
        lambda: text_requests(prefix="<2zh> "),
    ),
    "marian": ("marian", tiny_models.make_marian, text_requests),
    "m2m100": ("m2m100", tiny_models.make_m2m100, lambda: multilingual_requests("__en__", "__ru__", "__zh__")),
    "nllb": ("nllb", tiny_models.make_nllb, lambda: multilingual_requests("eng_Latn", "rus_Cyrl", "zho_Hans")),
    "qwen2": ("chat", tiny_models.make_qwen2, chat_requests),
}
ALL = (*MAKERS, "qwen2-gguf")


@pytest.fixture(scope="session")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Case]:
    made: dict[str, Case] = {}

    def case(name: str) -> Case:
        if name not in made:
            folder = tmp_path_factory.mktemp(name)
            if name in MAKERS:
                family, maker, requests = MAKERS[name]
                made[name] = load_case(name, ModelFiles(maker(folder), family), requests())
            else:
                packed = tiny_models.make_qwen2_gguf(folder, case("qwen2").files.path)
                made[name] = load_case(name, ModelFiles(folder, "chat", packed), chat_requests())
        return made[name]

    return case


def load_case(name: str, files: ModelFiles, requests: list[Request]) -> Case:
    fast = load_ctranslate2(files, folder=files.path / "converted", options=EXACT)
    return Case(name, files, fast, load_transformers(files, options=EXACT), requests)


@pytest.fixture(params=ALL)
def case(request: pytest.FixtureRequest, cases: Callable[[str], Case]) -> Case:
    return cases(request.param)


def tokens_of(engine: Engine, requests: list[Request], options: DecodeOptions = SHORT) -> list[tuple[str, ...]]:
    return [found.tokens for found in engine.generate(requests, options=options)]


def test_both_engines_give_the_same_tokens(case: Case) -> None:
    assert tokens_of(case.fast, case.requests) == tokens_of(case.exact, case.requests)


def test_parity_is_tested_on_varied_outputs(case: Case) -> None:
    found = tokens_of(case.exact, case.requests)
    assert len(set(found)) >= 7
    assert len({token for tokens in found for token in tokens}) >= 30


def test_both_engines_give_the_same_text_and_score(case: Case) -> None:
    pairs = zip(
        case.fast.generate(case.requests, options=SHORT), case.exact.generate(case.requests, options=SHORT), strict=True
    )
    for fast, exact in pairs:
        assert (fast.text, fast.finished) == (exact.text, exact.finished)
        assert fast.score == pytest.approx(exact.score, abs=1e-3)


@pytest.mark.parametrize(
    "options",
    [DecodeOptions(max_length=16, repetition_penalty=1.3), DecodeOptions(max_length=16, no_repeat_ngram_size=2)],
)
def test_both_engines_avoid_repetition_alike(case: Case, options: DecodeOptions) -> None:
    assert tokens_of(case.fast, case.requests, options) == tokens_of(case.exact, case.requests, options)


@pytest.mark.parametrize("engine", ["fast", "exact"])
@pytest.mark.parametrize(
    "options", [SHORT, DecodeOptions(max_length=16, beam_size=3), DecodeOptions(max_length=16, no_repeat_ngram_size=2)]
)
def test_a_result_does_not_depend_on_its_batch(case: Case, engine: str, options: DecodeOptions) -> None:
    runner: Engine = getattr(case, engine)
    alone = [tokens_of(runner, [request], options)[0] for request in case.requests[:4]]
    assert tokens_of(runner, case.requests, options)[:4] == alone


@pytest.mark.parametrize("name", ["t5", "m2m100", "qwen2"])
def test_a_request_keeps_its_own_limit_in_a_batch(cases: Callable[[str], Case], name: str) -> None:
    case = cases(name)
    texts = [SENTENCES[0][:9], " ".join(SENTENCES[:2])]
    asked: list[Request] = [
        ChatRequest((Turn("user", text),), text)
        if name == "qwen2"
        else TextRequest(text, target_token="__ru__" if name == "m2m100" else None)
        for text in texts
    ]
    together = case.fast.generate(asked, options=DecodeOptions())
    assert together[0].tokens == case.fast.generate(asked[:1], options=DecodeOptions())[0].tokens
    assert len(together[0].tokens) <= 64


@pytest.mark.parametrize("engine", ["fast", "exact"])
def test_a_cut_answer_says_so(case: Case, engine: str) -> None:
    found = getattr(case, engine).generate(case.requests, options=DecodeOptions(max_length=3))
    assert all(len(one.tokens) <= 3 for one in found)
    cut = [one for one in found if not one.finished]
    assert {len(one.tokens) for one in cut} == {3}


@pytest.mark.parametrize("name", ["marian", "qwen2"])
@pytest.mark.parametrize("engine", ["fast", "exact"])
def test_a_whole_answer_is_finished_and_shows_no_end(cases: Callable[[str], Case], name: str, engine: str) -> None:
    found = getattr(cases(name), engine).generate(cases(name).requests, options=DecodeOptions(max_length=90))
    whole = [one for one in found if one.finished]
    assert whole
    assert not any("</s>" in one.text or "<|im_end|>" in one.text for one in whole)


def test_a_gguf_file_is_the_model_it_was_made_from(cases: Callable[[str], Case]) -> None:
    plain, packed = cases("qwen2"), cases("qwen2-gguf")
    assert tokens_of(packed.fast, packed.requests) == tokens_of(plain.fast, plain.requests)


def test_a_shared_prompt_is_cached_without_changing_results(
    cases: Callable[[str], Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    case = cases("qwen2")
    cached = tokens_of(case.fast, case.requests)
    monkeypatch.setattr(ctranslate2_engine, "_WORTH_CACHING", len(SENTENCES) + 1)
    assert tokens_of(case.fast, case.requests) == cached


def test_prompts_that_share_nothing_run_in_one_batch(cases: Callable[[str], Case]) -> None:
    case = cases("qwen2")
    turns = [(Turn("system", f"Say {at}."), Turn("user", text)) for at, text in enumerate(SENTENCES)]
    requests: list[Request] = [ChatRequest(pair, text) for pair, text in zip(turns, SENTENCES, strict=True)]
    assert tokens_of(case.fast, requests) == tokens_of(case.exact, requests)


@pytest.mark.parametrize(("name", "limit"), [("marian", 96), ("m2m100", 96), ("qwen2", 511)])
@pytest.mark.parametrize("engine", ["fast", "exact"])
def test_a_text_that_is_too_long_is_refused(cases: Callable[[str], Case], name: str, limit: int, engine: str) -> None:
    case = cases(name)
    long = " ".join(SENTENCES * 20)
    asked = ChatRequest((Turn("user", long),), long) if name == "qwen2" else TextRequest(long)
    runner: Engine = getattr(case, engine)
    assert runner.max_input_tokens == limit
    count = runner.count_tokens(asked)
    with pytest.raises(
        InputTooLongError, match=f"a text of {count} tokens is too long for the model, which reads {limit}"
    ):
        runner.generate([*case.requests, asked], options=SHORT)


def test_a_model_with_relative_positions_has_no_limit(cases: Callable[[str], Case]) -> None:
    case = cases("t5")
    asked: list[Request] = [TextRequest(" ".join(SENTENCES * 4))]
    assert case.fast.max_input_tokens is None
    assert tokens_of(case.fast, asked) == tokens_of(case.exact, asked)


def test_an_answer_never_outgrows_the_positions(cases: Callable[[str], Case]) -> None:
    case = cases("marian")
    options = DecodeOptions(max_length=1000, no_repeat_ngram_size=1)
    found = case.fast.generate(case.requests, options=options)
    assert max(len(one.tokens) for one in found) <= 95
    assert [one.tokens for one in found] == tokens_of(case.exact, case.requests, options)


def test_stream_yields_every_request_once(case: Case) -> None:
    options = DecodeOptions(max_length=4, batch_size=2)
    assert sorted(index for index, _ in case.fast.stream(case.requests, options=options)) == list(range(len(SENTENCES)))


def test_no_requests_give_no_results(case: Case) -> None:
    assert case.fast.generate([], options=SHORT) == case.exact.generate([], options=SHORT) == []


def test_signatures_name_engine_precision_and_device(cases: Callable[[str], Case]) -> None:
    fast, exact = cases("t5").fast.signature(), cases("t5").exact.signature()
    assert fast["engine"].startswith("ctranslate2 ")
    assert exact["engine"].startswith("transformers ")
    assert (fast["precision"], exact["precision"]) == ("float32", "float32")
    assert (fast["device"], exact["device"]) == ("cpu", "cpu")
