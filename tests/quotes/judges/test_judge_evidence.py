"""A judge in a comparison: what it is asked, and how much its answer counts."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alignment.types import Alignment, Bead
from common.data import load_table
from common.errors import TolmachError
from corpora.article import Article
from quotes import comparison as verdicts
from quotes.comparison import compare_versions
from quotes.facts.passages import Passage, PassagePair
from quotes.facts.vectors import Vectors
from quotes.findings.evidence import Evidence
from quotes.judges.base import Judgement, collect
from quotes.matching.members import Member
from quotes.types import Finding, Quote, VerdictOptions
from tests.support.comparison_fakes import FakeEncoder, pair_of, quote_of


class FakeJudge:
    name = "the judge fake"

    def __init__(self, *answers, neutral=0.5):
        self.answers = answers
        self.neutral = neutral
        self.asked = []

    def signature(self):
        return (("judge", "fake"),)

    def score(self, questions, progress=None):
        del progress
        self.asked.append(list(questions))
        return [self.answers[at % len(self.answers)] for at in range(len(questions))]


PAIR = pair_of(("en", "We agree with them"), ("ru", "Мы согласны с ними"))


def judged(opinion, pair=PAIR, typed=None, monkeypatch=None):
    if typed is not None:
        monkeypatch.setattr(verdicts, "gather_evidence", lambda _: typed)
    members = tuple(Member(side.quote, side.spans) for side in (pair.first, pair.second))
    return verdicts.judge_pair((0, 1), pair, members, VerdictOptions(), opinion=opinion)


def test_a_doubt_becomes_evidence_with_a_note():
    evidence = collect(FakeJudge(Judgement(0.9)), {"k": PAIR})["k"]
    assert (evidence.feature, round(evidence.strength, 3)) == ("judge", 0.8)
    message = "The judge fake doubts that the two say the same (90%)."
    assert evidence.finding == Finding("judge", "note", message, PAIR.first.spans, PAIR.second.spans)


def test_what_is_at_or_below_the_neutral_point_weighs_nothing():
    evidence = collect(FakeJudge(Judgement(0.2), neutral=0.3), {"k": PAIR})["k"]
    assert (evidence.strength, evidence.finding) == (0.0, None)


def test_a_faint_doubt_counts_and_is_not_told():
    evidence = collect(FakeJudge(Judgement(0.4), neutral=0.2), {"k": PAIR})["k"]
    assert (round(evidence.strength, 3), evidence.finding) == (0.25, None)


def test_a_judge_that_cannot_tell_leaves_no_evidence():
    assert collect(FakeJudge(None), {"k": PAIR}) == {}


def test_a_judge_is_asked_once_about_all_pairs():
    judge = FakeJudge(Judgement(0.9), None)
    assert list(collect(judge, {"a": PAIR, "b": PAIR})) == ["a"]
    assert judge.asked == [[PAIR, PAIR]]


def test_nobody_is_asked_without_a_judge():
    assert collect(None, {"k": PAIR}) == {}


@pytest.mark.parametrize(
    "pair",
    [
        pair_of(("en", "We agree"), ("en", "We agree")),
        PassagePair(
            *(
                Passage(Article("Title", "en"), ((0, 5),), Quote("q1", "title", "Title", ("Title",), ((0, 5),)))
                for _ in range(2)
            ),
            Vectors(FakeEncoder()),
        ),
    ],
)
def test_names_and_equal_wordings_are_no_question(pair):
    judge = FakeJudge(Judgement(0.9))
    assert collect(judge, {"k": pair}) == {}
    assert judge.asked == []


def test_words_that_a_judge_points_at_are_found_in_the_article():
    text = "“We never,” he said, “gave up.”"
    spans = ((1, 10), (22, 29))
    quote = Quote("q1", "direct", "We never, gave up.", ("We never,", "gave up."), spans)
    pair = PassagePair(Passage(Article(text, "en"), spans, quote), PAIR.second, Vectors(FakeEncoder()))
    # "never, gave" runs over the attribution between the two parts.
    evidence = collect(FakeJudge(Judgement(0.9, first=((3, 14),))), {"k": pair})["k"]
    assert [text[start:end] for start, end in evidence.finding.first] == ["never,", "gave"]


@settings(max_examples=25, deadline=None)
@given(st.floats(0, 1))
def test_a_judge_alone_never_makes_a_pair_altered(strength):
    found = judged(Evidence("judge", strength, Finding("judge", "note", "doubt")))
    assert found.verdict in {"same", "reworded", "uncertain"}
    assert {finding.severity for finding in found.findings} <= {"note"}


def test_even_a_judge_that_weighs_everything_makes_a_pair_uncertain_at_most(monkeypatch):
    monkeypatch.setattr(verdicts, "altered", lambda _: 1.0)
    note = [Evidence("clause_lost", 1.0, Finding("omission", "note", "a guess"))]
    doubt = Evidence("judge", 1.0, Finding("judge", "note", "doubt"))
    assert judged(doubt, typed=note, monkeypatch=monkeypatch).verdict == "uncertain"


def test_typed_evidence_and_a_judge_together_can(monkeypatch):
    monkeypatch.setattr(verdicts, "altered", lambda strengths: 0.4 * len(strengths))
    typed = [Evidence("degree_clash", 1.0, Finding("degree", "warning", "opposed"))]
    doubt = Evidence("judge", 0.8, Finding("judge", "note", "doubt"))
    assert judged(None, typed=typed, monkeypatch=monkeypatch).verdict != "altered"
    found = judged(doubt, typed=typed, monkeypatch=monkeypatch)
    assert found.verdict == "altered"
    assert [(finding.kind, finding.severity) for finding in found.findings] == [
        ("degree", "warning"),
        ("judge", "warning"),
    ]


def test_a_judge_has_a_weight_that_is_not_negative():
    assert load_table("quotes.findings.evidence", "weights.toml")["weights"]["judge"] > 0


ENGLISH = Article.from_text("“We will build ferries,” Ivan Petrov said.", language="en")
RUSSIAN = Article.from_text("«Мы построим паромы», — сказал Иван Петров.", language="ru")


def compare(judge=None):
    quotes = [
        [quote_of(ENGLISH, "We will build ferries,", speaker="Ivan Petrov")],
        [quote_of(RUSSIAN, "Мы построим паромы", speaker="Иван Петров")],
    ]
    alignments = {(0, 1): Alignment((Bead((0,), (0,)),))}
    return compare_versions(
        [ENGLISH, RUSSIAN], encoder=FakeEncoder(), quotes=quotes, alignments=alignments, judge=judge
    )


def test_a_comparison_shows_the_doubt_and_who_was_asked():
    found, without = compare(FakeJudge(Judgement(1.0))), compare()
    (pair,), (plain,) = found.groups[0].pairs, without.groups[0].pairs
    assert [finding.kind for finding in pair.findings if finding.kind == "judge"] == ["judge"]
    assert pair.altered > plain.altered
    assert ("judge", "fake") in found.signature
    assert ("judge", "fake") not in without.signature
    assert ("judge", "fake") not in compare(FakeJudge(None)).signature


def test_a_judge_that_cannot_be_asked_ends_the_comparison():
    class Broken(FakeJudge):
        def score(self, *_arguments):
            raise TolmachError("the judge cannot be asked")

    with pytest.raises(TolmachError, match="cannot be asked"):
        compare(Broken())
