import json

import pytest

from alignment.encoders import load_encoder
from quotes.facts.negation import find_denials, in_force
from quotes.facts.passages import PassagePair
from quotes.facts.tokens import read_tokens
from quotes.facts.vectors import Vectors
from quotes.findings.negation import compare_negation
from tests.support.comparison_fakes import pair_of
from tests.support.places import CASES_PATH

CASES = json.loads((CASES_PATH / "findings" / "negation.json").read_text(encoding="utf-8"))


def real_pair(first, second):
    pair = pair_of(tuple(first), tuple(second))
    return PassagePair(pair.first, pair.second, Vectors(load_encoder()))


@pytest.mark.parametrize("case", [pytest.param(case, id=case["label"]) for case in CASES])
def test_case_gives_exactly_its_evidence(case):
    found = compare_negation(real_pair(case["first"], case["second"]))
    assert sorted({item.feature for item in found}) == case["expected"]


def test_a_flipped_denial_shows_its_words_and_only_those():
    (item,) = compare_negation(real_pair(("en", "He will not sign the deal."), ("en", "He will sign the deal.")))
    assert (item.finding.kind, item.finding.first, item.finding.second) == ("negation", ((8, 11),), ())


@pytest.mark.parametrize(
    ("text", "language"), [("not only the mayor", "en"), ("не только мэр", "ru"), ("不过他来了", "zh")]
)
def test_a_word_that_merely_holds_a_denial_denies_nothing(text, language):
    assert find_denials(read_tokens(text, language), language) == []


def test_no_words_deny_nothing():
    assert find_denials((), "en") == []


@pytest.mark.parametrize(
    ("text", "language", "denied"),
    [
        ("We will not hesitate to act", "en", 0),
        ("We will hesitate to act", "en", 1),
        ("Мы без колебаний примем меры", "ru", 0),
        ("Мы не могли не заметить этого", "ru", 0),
        ("我们不会犹豫", "zh", 0),
        ("It is not impossible", "en", 0),
        ("Судьба завода ему не безразлична", "ru", 0),
        ("Мы не будем действовать", "ru", 1),
    ],
)
def test_what_is_denied_twice_is_not_denied(text, language, denied):
    assert len(in_force(find_denials(read_tokens(text, language), language))) == denied
