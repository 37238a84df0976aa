"""The array formulas and the n-gram counts against sacrebleu's own."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.counts import formulas
from eval.counts.statistics import Reference, characters, extract_statistics
from eval.metrics import METRICS
from eval.significance.systems import FORMULAS, measure_texts
from eval.types import Segments

FAST = ("bleu", "chrf", "chrf++")
WORDS = st.sampled_from(
    ["the", "cat", "Кот", "сидел", "on,", "(mat)", "猫", "坐在", "«да»", "12.5", "a", ".", "", "\u3000"]
)
LINE = st.lists(WORDS, max_size=9).map(" ".join)
FILLED = LINE.filter(str.strip)


def own_statistics(metric: str, hypotheses: list[str], references: list[list[str]], language: str) -> list[list[float]]:
    scorer = METRICS[metric].build(language, sentence_level=False)
    found: list[list[float]] = scorer._extract_corpus_statistics(hypotheses, references)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "ru", "zh"])
@pytest.mark.parametrize("metric", FAST)
@given(pairs=st.lists(st.tuples(LINE, FILLED), min_size=1, max_size=6))
def test_counts_of_one_reference_are_sacrebleus(metric: str, language: str, pairs: list[tuple[str, str]]) -> None:
    hypotheses, reference = [one for one, _ in pairs], [other for _, other in pairs]
    found = extract_statistics(metric, [hypotheses], Segments([reference], language))
    assert found.statistics[0].tolist() == own_statistics(metric, hypotheses, [reference], language)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("metric", FAST)
@given(
    rows=st.lists(
        st.tuples(LINE, FILLED, st.none() | FILLED, st.none() | FILLED, st.integers(0, 2)), min_size=1, max_size=6
    )
)
def test_counts_of_several_references_are_sacrebleus(metric: str, language: str, rows: list[Any]) -> None:
    hypotheses = [row[0] for row in rows]
    # Each segment has at least one reference, anywhere among the three.
    turned = [(*row[1:4], *row[1:4])[row[4] : row[4] + 3] for row in rows]
    references = [list(column) for column in zip(*turned, strict=True)]
    found = extract_statistics(metric, [hypotheses], Segments(references, language))
    scorer = METRICS[metric].build(language, sentence_level=False)
    assert found.statistics[0].tolist() == scorer._extract_corpus_statistics(hypotheses, references)
    assert found.signature == scorer.get_signature().format()


@pytest.mark.parametrize("metric", ["bleu", "chrf", "chrf++", "ter"])
def test_counts_of_two_references_are_sacrebleus(metric: str) -> None:
    hypotheses = ["the cat sat", "", "кот сидел"]
    references: list[list[str | None]] = [["the cat sat on", "a mat", "кот"], ["a cat", None, "кот сидел тут"]]
    found = extract_statistics(metric, [hypotheses], Segments(references, "en"))
    scorer = METRICS[metric].build("en", sentence_level=False)
    assert found.statistics[0].tolist() == scorer._extract_corpus_statistics(hypotheses, references)
    assert found.signature == scorer.get_signature().format()


@pytest.mark.parametrize("metric", ["bleu", "chrf", "chrf++", "ter"])
@given(pairs=st.lists(st.tuples(LINE, FILLED), min_size=1, max_size=5))
def test_formula_gives_the_corpus_score(metric: str, pairs: list[tuple[str, str]]) -> None:
    hypotheses, reference = [one for one, _ in pairs], [other for _, other in pairs]
    measured = measure_texts(metric, {"a": hypotheses}, Segments([reference], "en"))
    scorer: Any = METRICS[metric].build("en", sentence_level=False)
    expected = scorer.corpus_score(hypotheses, [reference]).score
    assert measured.formula(measured.statistics["a"].sum(axis=0)) == pytest.approx(expected, abs=1e-9)
    assert measured.signature == scorer.get_signature().format()


@pytest.mark.parametrize("metric", ["bleu", "chrf", "ter", "mean"])
def test_formulas_take_any_number_of_sums(metric: str) -> None:
    formula = formulas.mean if metric == "mean" else FORMULAS[metric]
    columns = {"bleu": 10, "chrf": 18, "ter": 2, "mean": 2}[metric]
    totals = np.random.default_rng(1).integers(0, 50, size=(4, 3, columns)).astype(np.float64)
    one_by_one = [[float(formula(row)) for row in rows] for rows in totals]
    assert formula(totals) == pytest.approx(np.array(one_by_one))


@pytest.mark.parametrize("metric", ["bleu", "chrf", "ter", "mean"])
def test_nothing_at_all_scores_nothing(metric: str) -> None:
    formula = formulas.mean if metric == "mean" else FORMULAS[metric]
    assert formula(np.zeros(18)) == 0.0


def test_ngrams_of_one_segment_are_not_those_of_another() -> None:
    found = Reference([characters(["abc", "xyz"])], 3).overlaps(characters(["xyz", "abc"]))[0]
    assert found[:, :, 2].sum() == 0
    assert found[:, :, 0].tolist() == [[3, 2, 1], [3, 2, 1]]


def test_an_ngram_counts_as_often_as_it_stands_in_both() -> None:
    found = Reference([characters(["aab"])], 2).overlaps(characters(["aaa"]))[0]
    assert found[0].tolist() == [[3, 3, 2], [2, 2, 1]]


def test_order_of_the_tokens_matters() -> None:
    assert Reference([characters(["abab"])], 4).overlaps(characters(["baba"]))[0, 0, 3, 2] == 0
