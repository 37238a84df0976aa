"""The adequacy of sentences: what it finds, and what it is made of."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import InputError, UsageError
from corpora.testsets import load_set
from eval.qe.adequacy import FEATURES, load_weights, measure_features, sentence_adequacy, system_adequacy
from eval.qe.fluency import DATA, load_fluency, pack, train

ENGLISH = "The minister said on Monday that the talks with the neighbours would go on in May."
RUSSIAN = "Министр заявил в понедельник, что переговоры с соседями продолжатся в мае."
CHINESE = "部长周一表示，与邻国的会谈将在五月继续进行。"
VERSIONS = {"en": ENGLISH, "ru": RUSSIAN, "zh": CHINESE}
PAIRS = [(a, b) for a in VERSIONS for b in VERSIONS if a != b]


def adequacy(source: str, hypothesis: str, pair: tuple[str, str]) -> float:
    return sentence_adequacy([source], [hypothesis], source_language=pair[0], target_language=pair[1])[0]


def words_of(text: str) -> tuple[list[str], str]:
    return (text.split(), " ") if " " in text else (list(text), "")


@pytest.mark.parametrize("pair", PAIRS)
def test_damaged_translations_score_below_the_whole_one(pair: tuple[str, str]) -> None:
    source, target = VERSIONS[pair[0]], VERSIONS[pair[1]]
    words, glue = words_of(target)
    other = load_set("samples", pair).references["A"][3]
    whole = adequacy(source, target, pair)
    damaged = {
        "half": glue.join(words[: len(words) // 2]),
        "loop": glue.join([*words[:5], *words[2:5] * 6]),
        "shuffled": glue.join(words[::-1]),
        "another": other,
        "left as it was": source,
    }
    assert whole > 0.5
    assert {kind: adequacy(source, text, pair) < whole - 0.1 for kind, text in damaged.items()} == dict.fromkeys(
        damaged, True
    )


@pytest.mark.slow
def test_exchanged_translations_of_the_samples_are_found() -> None:
    loaded = load_set("samples", ("en", "ru"))
    sources, targets = loaded.sources[:60], loaded.references["A"][:60]
    own = sentence_adequacy(sources, targets, source_language="en", target_language="ru")
    exchanged = sentence_adequacy(sources, targets[::-1], source_language="en", target_language="ru")
    found = np.mean([good > bad for good in own for bad in exchanged])
    assert found > 0.97


def test_empty_sides_need_no_model() -> None:
    found = sentence_adequacy(["A.", "", " "], ["", "Б.", ""], source_language="en", target_language="ru")
    assert found == [0.0, 0.0, 1.0]


def test_many_at_once_score_as_one_by_one() -> None:
    loaded = load_set("samples", ("en", "zh"))
    sources, targets = loaded.sources[:6], loaded.references["A"][:6]
    together = sentence_adequacy(sources, targets, source_language="en", target_language="zh")
    alone = [adequacy(one, other, ("en", "zh")) for one, other in zip(sources, targets, strict=True)]
    assert together == pytest.approx(alone, abs=1e-3)


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_texts_have_a_score_from_0_to_1(source: str, hypothesis: str) -> None:
    assert 0.0 <= adequacy(source, hypothesis, ("en", "ru")) <= 1.0


def test_features_lie_in_their_ranges() -> None:
    loaded = load_set("samples", ("ru", "zh"))
    found = measure_features(loaded.sources[:20], loaded.references["A"][:20], ("ru", "zh"))
    assert found.shape == (20, len(FEATURES))
    named = dict(zip(FEATURES, found.T, strict=True))
    for name in ("source_coverage", "target_coverage", "order", "neighbours"):
        assert named[name].min() >= 0.0
        assert named[name].max() <= 1.0
    assert named["length"].min() >= 0.0


@pytest.mark.parametrize("language", ["en", "ru", "zh"])
@pytest.mark.parametrize("name", FEATURES)
def test_a_better_feature_never_means_a_worse_score(language: str, name: str) -> None:
    weights = load_weights(language)
    middle = np.array([weights.mean])
    at = list(FEATURES).index(name)
    changed = middle.copy()
    changed[:, at] += FEATURES[name] * weights.deviation[at]
    assert weights.probabilities(changed)[0] >= weights.probabilities(middle)[0]


@pytest.mark.parametrize("language", ["en", "ru", "zh"])
@pytest.mark.parametrize("name", ["meaning", "source_coverage", "length", "fluency", "beginning", "ending"])
def test_features_that_matter_have_a_weight(language: str, name: str) -> None:
    if (language, name) != ("zh", "beginning"):  # Chinese has no small letters
        assert abs(load_weights(language).weight[list(FEATURES).index(name)]) > 0.1


def test_fluency_knows_sentences_from_shuffled_words() -> None:
    for language, text in VERSIONS.items():
        model = load_fluency(language)
        words, glue = words_of(text)
        assert model.score(text) > model.score(glue.join(words[::-1]))


def test_models_of_fluency_come_back_from_their_arrays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = train(["The cat sat.", "The dog sat on 2 mats."], "en")
    np.savez_compressed(tmp_path / DATA, **pack([model]))
    monkeypatch.setattr("eval.qe.fluency.resources.files", lambda _package: tmp_path)
    load_fluency.cache_clear()
    try:
        assert load_fluency("en") == model
        assert load_fluency("en").score("A cat sat.") == model.score("A cat sat.")
    finally:
        load_fluency.cache_clear()


def test_lists_of_different_length_are_refused() -> None:
    with pytest.raises(InputError, match="1 translations for 2 sources"):
        sentence_adequacy(["a", "b"], ["а"], source_language="en", target_language="ru")


def test_unknown_language_is_refused() -> None:
    with pytest.raises(UsageError, match="unknown language"):
        sentence_adequacy(["a"], ["b"], source_language="en", target_language="xx")


def test_a_system_is_as_good_as_its_worst_tenth() -> None:
    assert system_adequacy([0.9] * 19 + [0.1]) == pytest.approx(0.5)
    assert system_adequacy([0.7]) == 0.7
    assert system_adequacy([0.2, 0.4, 0.6]) == 0.2
