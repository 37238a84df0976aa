import math

import pytest

from common.errors import InputError, UsageError
from eval import assess, assess_translation
from eval.qe.reference_free import usual_length_ratio
from tests.support.eval_fakes import LetterEncoder, article
from translate.types import Check, TranslatedArticle, Translation

ENCODER = LetterEncoder()


def test_adequacy_is_the_mean_cosine_of_the_beads_with_both_sides() -> None:
    source, target = article("en", "aa", "ab", "zz"), article("en", "aaaa", "a")
    found = assess(source, target, beads=[((0,), (0,)), ((1,), (1,)), ((2,), ())], encoder=ENCODER)
    assert found.beads[0] == pytest.approx(1.0)
    assert found.beads[1] == pytest.approx(math.sqrt(0.5))
    assert found.beads[2] is None
    assert found.adequacy == pytest.approx((1 + math.sqrt(0.5)) / 2)


def test_cosines_stay_within_their_range() -> None:
    texts = ["abcdefg", "hijklmnop", "qqrrsst"]
    found = assess(
        article("en", *texts), article("en", *texts), beads=[((k,), (k,)) for k in range(3)], encoder=ENCODER
    )
    assert all(cosine is not None and 0.999 < cosine <= 1.0 for cosine in found.beads)


def test_coverage_counts_source_sentences_with_a_counterpart() -> None:
    found = assess(
        article("en", "a", "b", "c", "d"), article("en", "a", "d"),
        beads=[((0, 1), (0,)), ((2,), ()), ((3,), (1,))], encoder=ENCODER,
    )  # fmt: skip
    assert found.coverage == 0.75


def test_nothing_aligned_gives_no_adequacy_and_no_coverage() -> None:
    found = assess(article("en", "a"), article("en", "b"), beads=[((0,), ()), ((), (0,))], encoder=ENCODER)
    assert (found.adequacy, found.beads, found.coverage) == (None, (None, None), 0.0)


def test_failed_checks_are_counted_by_sentence_and_by_kind() -> None:
    number, loop = Check("number", "2 is missing"), Check("loop", "again and again")
    translations = [
        Translation("a", ("en", "ru"), (number, loop, number)),
        Translation("b", ("en", "ru")),
        Translation("c", ("en", "ru"), (number,)),
        Translation("d", ("en", "ru")),
    ]
    source = article("en", "a", "b", "c", "d")
    beads = tuple(((k,), (k,)) for k in range(4))
    found = assess_translation(source, TranslatedArticle(source, tuple(translations), beads), encoder=ENCODER)
    assert found.failed_checks == 0.5
    assert found.checks == {"loop": 1, "number": 2}


def test_a_text_that_was_not_translated_here_has_no_rate_of_failed_checks() -> None:
    found = assess(article("en", "a"), article("en", "a"), beads=[((0,), (0,))], encoder=ENCODER)
    assert (found.failed_checks, found.checks) == (None, {})


def test_length_ratio_counts_no_white_space_and_comes_with_the_usual_one() -> None:
    found = assess(article("en", "a b c d"), article("zh", "abc"), beads=[((0,), (0,))], encoder=ENCODER)
    assert (found.length_ratio, found.usual_length_ratio) == (0.75, 0.402)


def test_the_signature_names_the_encoder() -> None:
    found = assess(article("en", "a"), article("en", "a"), beads=[((0,), (0,))], encoder=ENCODER)
    assert found.signature == {"encoder": "letters", "revision": "1"}


def test_usual_length_ratios_of_a_pair_are_inverse() -> None:
    assert usual_length_ratio("ru", "zh-Hant") == pytest.approx(1 / usual_length_ratio("zh", "ru"))
    assert usual_length_ratio("en", "ru") == 1.145


def test_an_unknown_language_has_no_usual_length() -> None:
    with pytest.raises(UsageError, match="unknown language 'xx'"):
        usual_length_ratio("en", "xx")


@pytest.mark.parametrize("role", ["source", "translation"])
def test_an_empty_article_is_refused(role: str) -> None:
    articles = [article("en"), article("en", "a")]
    with pytest.raises(InputError, match=f"the {role} has no sentences to assess"):
        assess(*(articles if role == "source" else articles[::-1]), beads=[], encoder=ENCODER)


def test_the_embedded_encoder_tells_a_translation_from_another_text() -> None:
    source = article("en", "The navies held joint exercises at sea.", "Potato prices rose by a third in March.")
    texts = ["Военно-морские силы провели совместные учения в море.", "Цены на картофель в марте выросли на треть."]
    beads = [((0,), (0,)), ((1,), (1,))]
    faithful, swapped = (assess(source, article("ru", *each), beads=beads).adequacy for each in (texts, texts[::-1]))
    assert faithful is not None
    assert swapped is not None
    assert faithful > swapped + 0.3
