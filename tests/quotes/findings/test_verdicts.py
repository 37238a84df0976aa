"""What a verdict may stand beside: findings that it contradicts never."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpora.article import Article
from quotes import comparison
from quotes.facts.passages import PassagePair
from quotes.findings.evidence import Evidence
from quotes.findings.measure import share_right
from quotes.matching.members import Member
from quotes.types import VERDICTS, Finding, QuotePair, VerdictOptions, gravest
from tests.support.comparison_fakes import pair_of

KINDS = ("number", "negation", "omission", "words", "degree", "wording", "speaker", "contrast")
FINDINGS = st.builds(
    Finding, st.sampled_from(KINDS), st.sampled_from(["note", "warning", "serious"]), st.just("Something differs.")
)
EVIDENCE = st.lists(
    st.builds(
        Evidence,
        st.sampled_from(["number_changed", "negation_flipped", "unanswered", "wording", "clause_lost", "nothing"]),
        st.floats(0.01, 1),
        st.none() | FINDINGS,
    ),
    max_size=5,
)
PAIRS = (
    pair_of(("en", "hope"), ("ru", "надежда")),
    pair_of(("en", "hope"), ("en", "a hope")),
    pair_of(("zh", "希望"), ("zh-Hant", "希望！")),
)


def judge(pair: PassagePair, evidence: list[Evidence], opinion: Evidence | None = None) -> QuotePair:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(comparison, "gather_evidence", lambda _: evidence)
        members = (Member(pair.first.quote, pair.first.spans), Member(pair.second.quote, pair.second.spans))
        return comparison.judge_pair((0, 1), pair, members, VerdictOptions(), opinion=opinion)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(PAIRS), EVIDENCE, st.none() | st.builds(Evidence, st.just("judge"), st.floats(0, 1), FINDINGS))
def test_no_verdict_contradicts_its_findings(pair, evidence, opinion):
    judged = judge(pair, evidence, opinion)
    severities = {finding.severity for finding in judged.findings}
    told = {item.finding.severity for item in evidence if item.finding}
    if judged.verdict in {"same", "reworded"}:
        assert severities <= {"note"}
        assert "serious" not in told
        assert judged.altered < VerdictOptions().uncertain or not told
    if judged.verdict == "altered":
        assert severities - {"note"}
        assert judged.altered >= VerdictOptions().altered
    if pair.same_language and told - {"note"}:
        assert judged.verdict in {"altered", "uncertain"}
    assert (judged.right is not None) == (judged.verdict == "altered" and not pair.same_language)


@pytest.mark.parametrize("kind", ["number", "negation", "name", "contrast", "opposite"])
def test_a_serious_finding_in_one_language_is_no_rewording(kind):
    judged = judge(PAIRS[1], [Evidence("nothing", 1.0, Finding(kind, "serious", "It differs."))])
    assert judged.verdict == "altered"


def test_how_often_it_is_right_is_the_same_in_either_order():
    assert share_right("en", "ru") == share_right("ru", "en")
    assert share_right("ru", "ru") is None


def test_every_share_of_the_calibration_is_one():
    pairs = [f"{one}-{other}" for one, other in itertools.combinations(("en", "ru", "zh"), 2)]
    table = comparison_table()
    assert set(table) <= set(pairs)
    assert all(set(row) >= {"right"} and 0 < row["right"] < 1 for row in table.values())


def comparison_table():
    from common.data import load_table  # noqa: PLC0415 - only here

    return load_table("quotes.findings.measure", "calibration.toml")


def test_the_gravest_verdict_leaves_out_pairs_that_both_lack_the_quote():
    pairs = [QuotePair((0, 1), "same", 1.0, 0.0), QuotePair((1, 2), "missing", None, 0.0)]
    quote = PAIRS[0].first.quote
    assert gravest(pairs, [quote, None, None]) == "same"
    assert gravest(pairs, [None, None, None]) is None
    assert VERDICTS[0] == "altered"


def test_a_quote_in_traditional_characters_is_compared_in_simplified_and_shown_as_written():
    simplified = Article.from_text("他说：“我们没有再等五年。”", language="zh")
    traditional = Article.from_text("他說：「我們沒有再等十五年。」", language="zh-Hant")
    english = Article.from_text("He said: “We did not wait another five years.”", language="en")
    (group,) = comparison.compare_versions([english, simplified, traditional]).groups
    assert [member.text for member in group.members] == [
        "We did not wait another five years.",
        "我们没有再等五年。",
        "我們沒有再等十五年。",
    ]
    verdicts = {pair.versions: pair.verdict for pair in group.pairs}
    assert (verdicts[0, 1], verdicts[0, 2], verdicts[1, 2]) == ("same", "altered", "altered")
    (number,) = [one for one in group.pairs[1].findings if one.kind == "number"]
    assert (number.values.first, number.values.second) == ("5 year", "15 year")
    assert "十五" in number.message


def test_two_versions_in_one_language_are_told_apart_beside_a_third():
    texts = ["He said: “We need 5 ships.”", "He said: “We need 15 ships.”"]
    versions = [Article.from_text(text, language="en") for text in texts]
    russian = Article.from_text("Он сказал: «Нам нужно 25 кораблей».", language="ru")
    (group,) = comparison.compare_versions([*versions, russian]).groups
    messages = {pair.versions: " ".join(one.message for one in pair.findings) for pair in group.pairs}
    assert "The first English version says “5”, the second English one “15”." in messages[0, 1]
    assert "The second English version says “15”, the Russian one “25”." in messages[1, 2]
