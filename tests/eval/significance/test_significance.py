"""Paired tests: sacrebleu's numbers where it has them, and what they must do by themselves."""

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sentencepiece
from hypothesis import given
from hypothesis import strategies as st
from sacrebleu.significance import PairedTest
from sacrebleu.tokenizers import tokenizer_spm

from common.errors import InputError, IntegrityError, OfflineError, UsageError
from corpora.readers.load import Page
from eval import METRICS, evaluate
from eval import metrics as spbleu_model
from eval.significance import Resampling, Significance, SystemComparison, compare_systems, holm
from eval.significance.systems import compare_measured, measure_means
from eval.significance.types import SystemScore

WORDS = ("the", "a", "minister", "said", "that", "talks", "trade", "would", "go", "on", "in", "May", "June", "Asia")

METRICS_HERE = ("bleu", "chrf", "chrf++", "ter")


def make_systems(segments: int = 60) -> tuple[list[str], dict[str, list[str]]]:
    chance = random.Random(7)  # noqa: S311 - not for secrets
    reference = [" ".join(chance.choices(WORDS, k=chance.randint(3, 14))) + "." for _ in range(segments)]

    def damaged(share: float) -> list[str]:
        return [" ".join(w if chance.random() > share else chance.choice(WORDS) for w in r.split()) for r in reference]

    return reference, {"good": damaged(0.1), "same": damaged(0.1), "bad": damaged(0.4)}


def score_of(found: Significance, system: str, metric: str) -> SystemScore:
    return next(one for one in found.scores if (one.system, one.metric) == (system, metric))


def against_good(found: Significance, system: str, metric: str) -> SystemComparison:
    return next(one for one in found.comparisons if (one.system, one.baseline, one.metric) == (system, "good", metric))


@pytest.mark.parametrize("metric", ["bleu", "chrf", "chrf++", "ter"])
@pytest.mark.parametrize("kind", ["bs", "ar"])
def test_numbers_are_sacrebleus(metric: str, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SACREBLEU_SEED", raising=False)
    reference, systems = make_systems()
    scorer: Any = METRICS[metric].build("en", sentence_level=False)
    _, theirs = PairedTest(list(systems.items()), {"m": scorer}, [reference], kind, 200)()
    column = next(name for name in theirs if name != "System")
    options = Resampling(resamples=200, trials=200)
    ours = compare_systems(
        systems, [reference], target_language="en", metrics=[metric], baseline="good", options=options
    )
    for name, result in zip(theirs["System"], theirs[column], strict=True):
        assert isinstance(name, str)
        assert not isinstance(result, str)
        score = score_of(ours, name, metric)
        assert score.score == pytest.approx(result.score, abs=1e-9)
        if kind == "bs":
            assert score.mean == pytest.approx(result.mean, abs=1e-4)
            assert score.interval.half_width == pytest.approx(result.ci, abs=1e-4)
        if name != "good":
            comparison = against_good(ours, name, metric)
            assert result.p_value == (comparison.p_bootstrap if kind == "bs" else comparison.p_randomisation)


def test_scores_are_those_of_evaluate() -> None:
    reference, systems = make_systems()
    found = compare_systems(systems, [reference], target_language="en", metrics=list(METRICS_HERE))
    for system, texts in systems.items():
        expected = evaluate(texts, [reference], target_language="en", metrics=list(METRICS_HERE))
        for metric in METRICS_HERE:
            score = score_of(found, system, metric)
            assert score.score == pytest.approx(expected[metric].score, abs=1e-9)
            assert score.signature == f"{expected[metric].signature}|bs:1000|ar:10000|seed:12345"
            assert score.interval.low <= score.mean <= score.interval.high


def test_a_real_difference_is_found_and_an_imagined_one_is_not() -> None:
    reference, systems = make_systems()
    found = compare_systems(systems, [reference], target_language="en", metrics=["chrf", "ter"])
    worse = against_good(found, "bad", "chrf")
    assert worse.significant
    assert worse.difference < 0
    assert worse.effect_size is not None
    assert worse.effect_size < 0
    assert worse.better < 0.01
    assert worse.interval.high < 0
    alike = against_good(found, "same", "chrf")
    assert not alike.significant
    assert alike.detectable is not None
    assert abs(alike.difference) < alike.detectable
    # Fewer edits are better: a higher TER is a worse system.
    edits = against_good(found, "bad", "ter")
    assert edits.difference > 0
    assert edits.effect_size is not None
    assert edits.effect_size < 0
    assert edits.better < 0.01


def test_every_two_systems_are_compared_without_a_baseline() -> None:
    reference, systems = make_systems(20)
    found = compare_systems(systems, [reference], target_language="en", metrics=["chrf"])
    assert [(one.system, one.baseline) for one in found.comparisons] == [
        ("same", "good"),
        ("bad", "good"),
        ("bad", "same"),
    ]
    p_values = [one.p_value for one in found.comparisons]
    assert [one.p_holm for one in found.comparisons] == holm(p_values)


def test_the_rest_is_corrected_for_all_pairs_and_the_baseline_for_its_own() -> None:
    scores = {name: np.random.default_rng(at).normal(at / 9, 1, 60) for at, name in enumerate(("a", "b", "c"))}
    measured = [measure_means("m", scores, signature="")]
    alone = compare_measured(measured, baseline="b").comparisons
    every = compare_measured(measured).comparisons
    found = compare_measured(measured, baseline="b", rest=True).comparisons
    assert found == (*alone, every[1])
    assert (every[1].system, every[1].baseline) == ("c", "a")


@pytest.mark.parametrize("metric", METRICS_HERE)
def test_a_system_beside_itself_differs_by_nothing(metric: str) -> None:
    reference, systems = make_systems(20)
    twice = {"one": systems["bad"], "two": list(systems["bad"])}
    one = compare_systems(twice, [reference], target_language="en", metrics=[metric]).comparisons[0]
    assert (one.difference, one.better, one.effect_size, one.detectable) == (0.0, 0.5, None, None)
    assert (one.p_value, one.p_holm, one.significant) == (1.0, 1.0, False)


@pytest.mark.parametrize("metric", METRICS_HERE)
def test_one_segment_shows_nothing(metric: str) -> None:
    found = compare_systems(
        {"a": ["The cat sat on a mat."], "b": ["A dog stood there."]},
        [["The cat sat on the mat."]],
        target_language="en",
        metrics=[metric],
    )
    one = found.comparisons[0]
    assert (one.p_value, one.significant, one.effect_size, one.detectable) == (1.0, False, None, None)


def test_one_segment_of_many_that_differs_is_no_difference_of_systems() -> None:
    reference, systems = make_systems(30)
    other = [*systems["good"][:-1], "Nothing of it."]
    one = compare_systems(
        {"good": systems["good"], "other": other}, [reference], target_language="en", metrics=["chrf"]
    ).comparisons[0]
    assert one.difference < 0
    assert (one.p_value, one.significant) == (1.0, False)


def test_alarms_are_false_as_seldom_as_alpha_says() -> None:
    chance = np.random.default_rng(11)
    alarms = 0
    for number in range(200):
        both = chance.normal(size=(2, 30))
        scores = {"a": both[0].tolist(), "b": both[1].tolist()}
        options = Resampling(resamples=40, trials=400, seed=number)
        alarms += (
            compare_measured([measure_means("m", scores, signature="")], options=options).comparisons[0].significant
        )
    assert alarms <= 20  # 10 are expected; more than 20 come once in 700 such tests


def test_all_metrics_see_the_same_resamples() -> None:
    scores = {"a": [0.1, 0.5, 0.9, 0.3] * 5, "b": [0.2, 0.4, 0.8, 0.3] * 5}
    doubled = {name: [2 * value for value in values] for name, values in scores.items()}
    found = compare_measured(
        [measure_means("one", scores, signature="x"), measure_means("two", doubled, signature="y")]
    )
    first, second = found.comparisons
    assert first.p_bootstrap == second.p_bootstrap
    assert first.p_randomisation == second.p_randomisation
    assert 2 * first.interval.low == pytest.approx(second.interval.low)


def test_two_runs_give_the_same_and_another_seed_does_not() -> None:
    reference, systems = make_systems(20)

    def run(seed: int) -> Any:
        return compare_systems(systems, [reference], target_language="en", options=Resampling(seed=seed))

    assert run(1) == run(1)
    assert run(1).scores[0].mean != run(2).scores[0].mean


def test_smallest_difference_is_found_as_often_as_it_says() -> None:
    """Ten systems by means of segments; one is better by what the set is said to show four times of five."""
    rng, found, runs, segments = np.random.default_rng(7), 0, 100, 100
    options = Resampling(resamples=200, trials=400)
    smallest = [one.detectable or 0.0 for one in _noise(rng, segments, 0.0, options)]
    for _ in range(runs):
        tested = next(one for one in _noise(rng, segments, float(np.mean(smallest)), options) if one.system == "s1")
        found += tested.significant
    assert 0.65 < found / runs < 0.95


def _noise(rng: np.random.Generator, segments: int, better: float, options: Resampling) -> tuple[SystemComparison, ...]:
    scores = {f"s{number}": rng.normal(better * (number == 1), 1.0, segments).tolist() for number in range(10)}
    return compare_measured([measure_means("made", scores, signature="")], baseline="s0", options=options).comparisons


@pytest.mark.slow
def test_size_of_an_effect_does_not_grow_with_the_set() -> None:
    chance = np.random.default_rng(3)
    small, large = (chance.normal(0.2, 1.0, size=number) for number in (200, 3200))

    def effect(differences: Any) -> tuple[float, float]:
        scores = {"base": np.zeros(len(differences)).tolist(), "new": differences.tolist()}
        one = compare_measured([measure_means("m", scores, signature="")], baseline="base").comparisons[0]
        assert one.effect_size is not None
        assert one.detectable is not None
        return one.effect_size, one.detectable

    (effect_small, detectable_small), (effect_large, detectable_large) = effect(small), effect(large)
    assert effect_small == pytest.approx(small.mean() / small.std(), rel=0.1)
    assert effect_large == pytest.approx(large.mean() / large.std(), rel=0.1)
    assert detectable_small / detectable_large == pytest.approx(4.0, rel=0.2)


@given(st.lists(st.floats(0, 1), max_size=12))
def test_holm_never_lowers_a_value_and_keeps_the_order(p_values: list[float]) -> None:
    corrected = holm(p_values)
    assert all(old <= new <= 1 for old, new in zip(p_values, corrected, strict=True))
    pairs = sorted(zip(p_values, corrected, strict=True))
    assert [new for _, new in pairs] == sorted(corrected)
    assert all(new <= min(1.0, old * len(p_values)) + 1e-12 for old, new in zip(p_values, corrected, strict=True))


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (Resampling(resamples=10), "10 resamples are too few"),
        (Resampling(trials=0), "at least one trial"),
        (Resampling(seed=-1), "cannot be negative"),
        (Resampling(confidence=1.0), "confidence must lie"),
        (Resampling(alpha=0.0), "alpha must lie"),
        (Resampling(power=2.0), "power must lie"),
    ],
)
def test_impossible_options_are_refused(options: Resampling, words: str) -> None:
    reference, systems = make_systems(10)
    with pytest.raises(UsageError, match=words):
        compare_systems(systems, [reference], target_language="en", options=options)


def test_one_system_alone_is_refused() -> None:
    reference, systems = make_systems(10)
    with pytest.raises(UsageError, match="nothing to compare"):
        compare_systems({"good": systems["good"]}, [reference], target_language="en")


def test_unknown_baseline_is_refused_with_the_names() -> None:
    reference, systems = make_systems(10)
    with pytest.raises(UsageError, match="no system is called 'best'") as caught:
        compare_systems(systems, [reference], target_language="en", baseline="best")
    assert "good, same, bad" in (caught.value.hint or "")


def test_a_system_with_fewer_lines_is_refused() -> None:
    reference, systems = make_systems(10)
    with pytest.raises(InputError, match="line 10 is missing"):
        compare_systems({**systems, "short": systems["good"][:9]}, [reference], target_language="en")


def test_metrics_of_different_segments_are_refused() -> None:
    one = measure_means("one", {"a": [1.0, 2.0], "b": [1.0, 2.0]}, signature="")
    other = measure_means("two", {"a": [1.0], "b": [1.0]}, signature="")
    with pytest.raises(UsageError, match="two was measured on other"):
        compare_measured([one, other])


def test_spbleu_counts_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reference, systems = make_systems(40)
    folder = tmp_path / "models"
    folder.mkdir()
    corpus = tmp_path / "corpus.txt"
    corpus.write_text("\n".join(reference), encoding="utf-8")
    sentencepiece.SentencePieceTrainer.train(
        input=str(corpus), model_prefix=str(folder / "made"), vocab_size=36, minloglevel=2
    )
    (folder / "made.model").rename(folder / "flores200sacrebleuspm")
    monkeypatch.setenv("SACREBLEU", str(tmp_path))
    monkeypatch.setattr(tokenizer_spm, "SACREBLEU_DIR", str(tmp_path))
    found = evaluate(systems["bad"], [reference], target_language="ru", metrics=["spbleu", "bleu"])
    assert "tok:flores200" in found["spbleu"].signature
    assert found["spbleu"].score > found["bleu"].score
    tested = compare_systems(systems, [reference], target_language="ru", metrics=["spbleu"])
    assert score_of(tested, "bad", "spbleu").score == pytest.approx(found["spbleu"].score, abs=1e-9)


@pytest.mark.parametrize("content", [b"", b"<html>not here</html>" * 200])
def test_damaged_pieces_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    place = tmp_path / "models" / "flores200sacrebleuspm"
    place.parent.mkdir(parents=True)
    place.write_bytes(content)
    monkeypatch.setenv("SACREBLEU", str(tmp_path))
    monkeypatch.setattr(tokenizer_spm, "SACREBLEU_DIR", str(tmp_path))
    with pytest.raises(InputError, match="cannot be read"):
        evaluate(["a cat"], [["a cat"]], target_language="en", metrics=["spbleu"])


@pytest.mark.parametrize("sent", [b"abc", b"<html>gone</html>" * 200])
def test_pieces_that_are_none_are_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sent: bytes) -> None:
    monkeypatch.setenv("SACREBLEU", str(tmp_path))
    monkeypatch.setattr(tokenizer_spm, "SACREBLEU_DIR", str(tmp_path))
    monkeypatch.setattr(spbleu_model, "fetch", lambda *_, **__: Page(sent, "", None))
    with pytest.raises(IntegrityError, match="not a model of SentencePiece"):
        evaluate(["a cat"], [["a cat"]], target_language="en", metrics=["spbleu"])
    assert not list((tmp_path / "models").iterdir())


def test_spbleu_without_its_pieces_asks_no_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SACREBLEU", str(tmp_path))
    monkeypatch.setenv("TOLMACH_OFFLINE", "1")
    with pytest.raises(OfflineError, match="flores200sacrebleuspm"):
        evaluate(["a"], [["a"]], target_language="en", metrics=["spbleu"])
