"""How likely a model finds a translation: both engines on a tiny chat model, through the real loader."""

import math

import pytest

from common.errors import UsageError
from tests.support.models import tiny_models
from tests.support.models.tiny_models import SENTENCES
from translate.engines.base import EngineOptions, ModelFiles
from translate.engines.ctranslate2_engine import load_ctranslate2
from translate.engines.transformers_engine import load_transformers
from translate.likelihood import Rendition, load_likelihood
from translate.models.requests import ChatRequest, TextRequest, Turn
from translate.types import InputTooLongError, UnsupportedModelError

pytestmark = pytest.mark.slow

EXACT = EngineOptions(device="cpu", precision="float32", threads=1)
REQUESTS = [ChatRequest((Turn("system", "Translate."), Turn("user", text)), text) for text in SENTENCES[:6]]
TARGETS = [*SENTENCES[3:8], "Да"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tiny_models.make_qwen2(tmp_path_factory.mktemp("qwen2"), steps=5)


@pytest.fixture(scope="module")
def engines(folder):
    files = ModelFiles(folder, "chat")
    fast = load_ctranslate2(files, folder=folder / "converted", options=EXACT)
    return fast, load_transformers(files, options=EXACT)


def scores(engine, requests, targets, size=4):
    found = dict(engine.score_targets(requests, targets, batch_size=size))
    return [found[index] for index in range(len(requests))]


def test_both_engines_find_a_target_as_likely(engines):
    fast, exact = (scores(engine, REQUESTS, TARGETS) for engine in engines)
    for one, other in zip(fast, exact, strict=True):
        assert one.spans == other.spans
        assert one.log_probs == pytest.approx(other.log_probs, abs=1e-3)
        assert all(value <= 0 for value in one.log_probs)


def test_batches_change_no_score(engines):
    for engine in engines:
        together, alone = scores(engine, REQUESTS, TARGETS, 6), scores(engine, REQUESTS, TARGETS, 1)
        for one, other in zip(together, alone, strict=True):
            assert one.log_probs == pytest.approx(other.log_probs, abs=1e-4)


def test_what_a_model_would_say_itself_is_likelier_than_anything_else_at_the_first_token(engines):
    from translate.types import DecodeOptions  # noqa: PLC0415 - beside its only use

    exact = engines[1]
    said = exact.generate(REQUESTS[:1], options=DecodeOptions(max_length=4))[0]
    shares = [scores(exact, REQUESTS[:1], [text])[0].log_probs[0] for text in (said.text, *TARGETS) if text]
    assert shares[0] == pytest.approx(max(shares), abs=1e-4)


def test_tokens_tell_where_they_stand(engines):
    for found, target in zip(scores(engines[0], REQUESTS, TARGETS), TARGETS, strict=True):
        assert len(found.spans) == len(found.log_probs)
        assert {place for start, end in found.spans for place in range(start, end)} == set(range(len(target)))


def test_a_target_that_does_not_fit_is_refused_before_anything_runs(engines):
    with pytest.raises(InputTooLongError, match="too long for the model"):
        next(engines[0].score_targets(REQUESTS[:1], ["да " * 5000], batch_size=1))


def test_a_model_with_an_encoder_is_not_asked(tmp_path):
    engine = load_transformers(ModelFiles(tiny_models.make_t5(tmp_path), "t5"), options=EXACT)
    with pytest.raises(UnsupportedModelError, match="decoder-only"):
        next(engine.score_targets([TextRequest("Hello")], ["Привет"], batch_size=1))


def test_a_folder_is_read_as_a_translation_of_either_way(folder, tmp_path):
    model = load_likelihood(str(folder), device="cpu", cache_folder=tmp_path)
    one = Rendition("en", SENTENCES[0], "ru", SENTENCES[3])
    found = model.score([one, Rendition("ru", SENTENCES[3], "en", SENTENCES[0])])
    assert [len(scored.log_probs) > 0 for scored in found] == [True, True]
    assert all(math.isfinite(value) for scored in found for value in scored.log_probs)
    assert model.signature()["revision"]
    assert model.score([]) == []


def test_a_model_that_only_translates_is_wrong_usage(tmp_path):
    with pytest.raises(UsageError, match="t5-enruzh-small is not a chat model"):
        load_likelihood("t5-enruzh-small", cache_folder=tmp_path)
