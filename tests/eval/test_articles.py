from collections.abc import Callable, Sequence

import pytest

import alignment
from alignment.types import Alignment, Bead
from common.errors import InputError, UsageError
from corpora.article import Article
from eval import evaluate, evaluate_articles
from eval.types import Scores, Segments
from tests.support.eval_fakes import article


@pytest.fixture
def aligned(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Make the aligner answer with given beads."""

    def give(*beads: tuple[tuple[int, ...], tuple[int, ...]]) -> None:
        found = Alignment(tuple(Bead(source, target, 0.5) for source, target in beads))

        def align(source: Article, target: Article) -> Alignment:
            del source, target
            return found

        monkeypatch.setattr(alignment, "align", align, raising=False)

    return give


def test_sentences_one_to_one_score_as_lines_and_are_not_called_realigned(aligned: Callable[..., None]) -> None:
    aligned(((0,), (0,)), ((1,), (1,)))
    hypothesis, reference = article("en", "The cat sat.", "It slept."), article("en", "A cat sat.", "It slept.")
    found = evaluate_articles(hypothesis, reference)
    lines = evaluate(["The cat sat.", "It slept."], [["A cat sat.", "It slept."]], target_language="en")
    assert (found.scores, found.realigned) == (lines, False)


def test_beads_are_joined_to_segments_and_reported_as_realigned(aligned: Callable[..., None]) -> None:
    aligned(((0, 1), (0,)), ((2,), (1, 2)))
    found = evaluate_articles(article("en", "A.", "B.", "C D."), article("en", "A B.", "C.", "D."))
    assert (found.hypotheses, found.references) == (("A. B.", "C D."), ("A B.", "C. D."))
    assert found.realigned
    assert found.scores.segments == 2


def test_chinese_sentences_are_joined_without_a_space(aligned: Callable[..., None]) -> None:
    aligned(((0, 1), (0,)))
    found = evaluate_articles(article("zh", "猫。", "狗。"), article("zh-Hant", "貓狗。"))
    assert found.hypotheses == ("猫。狗。",)


def test_a_missing_sentence_scores_against_an_empty_hypothesis(aligned: Callable[..., None]) -> None:
    aligned(((0,), (0,)), ((), (1,)))
    found = evaluate_articles(article("en", "One two."), article("en", "One two.", "Three four."), metrics=["ter"])
    assert (found.hypotheses, found.references) == (("One two.", ""), ("One two.", "Three four."))
    assert found.scores["ter"].score == 50.0


@pytest.mark.parametrize(
    ("beads", "segments"),
    [
        ((((0,), (0,)), ((1,), ()), ((2,), (1,))), ("A x.", "B.")),
        ((((0,), ()), ((1,), (0,)), ((2,), (1,))), ("A x.", "B.")),
        ((((0,), (1,)), ((1,), (0,)), ((2,), ())), ("x. B.", "A")),
    ],
)
def test_a_surplus_sentence_joins_the_segment_of_the_one_before_it(
    aligned: Callable[..., None], beads: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...], segments: tuple[str, ...]
) -> None:
    aligned(*beads)
    found = evaluate_articles(article("en", "A", "x.", "B."), article("en", "A", "B."))
    assert found.hypotheses == segments


@pytest.mark.parametrize("metric", ["bleu", "chrf", "chrf++"])
def test_surplus_text_costs_in_every_metric(aligned: Callable[..., None], metric: str) -> None:
    reference = article("en", "The cat sat on the mat.", "It slept all day.")
    aligned(((0,), (0,)), ((1,), (1,)))
    clean = evaluate_articles(reference, reference, metrics=[metric]).scores[metric].score
    aligned(((0,), (0,)), ((1,), (1,)), ((2,), ()))
    padded = article("en", "The cat sat on the mat.", "It slept all day.", "Buy our new product now.")
    assert evaluate_articles(padded, reference, metrics=[metric]).scores[metric].score < clean - 5


def test_other_languages_are_refused() -> None:
    with pytest.raises(InputError, match="a translation into ru cannot be scored against a reference in en"):
        evaluate_articles(article("ru", "Кот."), article("en", "Cat."))


@pytest.mark.parametrize("role", ["translation", "reference"])
def test_an_article_without_sentences_is_refused(role: str) -> None:
    articles = [article("en"), article("en", "Cat.")]
    with pytest.raises(InputError, match=f"the {role} has no sentences to score"):
        evaluate_articles(*(articles if role == "translation" else articles[::-1]))


def test_an_unknown_metric_is_refused_before_anything_is_aligned() -> None:
    with pytest.raises(UsageError, match="unknown metric 'comet'"):
        evaluate_articles(article("en", "Cat."), article("en", "Cat."), metrics=["comet"])


def test_the_embedded_aligner_finds_merged_and_dropped_sentences() -> None:
    reference = article(
        "en",
        "The navies held joint exercises in the East China Sea.",
        "Smith told a newspaper that the two share a toolkit.",
        "Prices of potatoes rose by a third in March.",
        "The minister will visit Beijing on Friday.",
    )
    hypothesis = article(
        "en",
        "The fleets held joint drills in the East China Sea, and Smith told a newspaper the two share a set of tools.",
        "On Friday the minister travels to Beijing.",
    )
    found = evaluate_articles(hypothesis, reference, metrics=["chrf"])
    assert [(bead.source, bead.target) for bead in found.alignment.beads] == [((0,), (0, 1)), ((), (2,)), ((1,), (3,))]
    assert found.realigned
    assert found.hypotheses[1] == ""


def test_metrics_that_read_the_source_get_what_answers_each_segment(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Segments] = []

    def score(hypotheses: Sequence[str], segments: Segments, **_: object) -> Scores:
        asked.append(segments)
        return Scores({}, len(hypotheses), segments.language)

    monkeypatch.setattr("eval.articles.score_segments", score)
    source = article("en", "The talks went on until May.", "It rained all day.", "Nobody came to the meeting.")
    reference = article("ru", "Переговоры шли до мая, весь день лил дождь.", "На встречу никто не пришёл.")
    hypothesis = article("ru", "Переговоры продолжались до мая, весь день шёл дождь.", "На собрание никто не пришёл.")
    evaluate_articles(hypothesis, reference, source=source, metrics=["comet-22"])
    assert asked[0].sources == (
        "The talks went on until May. It rained all day.",
        "Nobody came to the meeting.",
    )
