"""Who speaks in English: golden texts, and the parts that tell."""

import json
from typing import Any

import pytest

from corpora.article import Article
from quotes.lexicon import Cue, find_cues, load_lexicon
from quotes.marks.passages import find_passages
from quotes.speakers.attribution import attribute
from quotes.speakers.english.cues import CueReader, skip_dateline
from quotes.speakers.english.finder import EnglishFinder
from quotes.speakers.english.roles import EnglishBodies
from quotes.speakers.names import Names
from quotes.types import QuoteOptions
from tests.support.places import CASES_PATH

CASES = CASES_PATH / "quotes" / "english-speakers.json"
FIELDS = ("parts", "speaker", "speaker_name", "cue")


def load() -> list[Any]:
    cases = json.loads(CASES.read_text(encoding="utf-8"))
    return [pytest.param(case, id=case["label"]) for case in cases]


@pytest.mark.parametrize("case", load())
def test_case_gives_exactly_its_speakers(case: dict[str, Any]) -> None:
    article = Article.from_text(case["text"], language=case["language"])
    passages = find_passages(article, QuoteOptions())
    found = attribute(article, passages, QuoteOptions())
    told = [
        ([article.text[start:end] for start, end in passage.spans], one.speaker, one.name, one.cue)
        for passage, one in zip(passages, found, strict=True)
    ]
    for quote in case["quotes"]:
        assert tuple(quote[field] for field in FIELDS) in told


def use(text: str) -> list[tuple[str, bool]]:
    reader = CueReader(load_lexicon("en"))
    uses = [reader.read(text, 0, cue) for cue in find_cues(text, "en")]
    return [(one.cue.word, one.passive) for one in uses if one]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bell claims the pier is safe", [("claims", False)]),
        ("the latest claims", []),
        ("Bell’s claim", []),
        ("the pier was described by Bell", [("described", True)]),
        ("Bell was quoted", [("quoted", False)]),
        ("a promising chef", []),
        ("certain people", []),
        ("Bell pointed out the pier", [("pointed", False)]),
        ("Bell pointed at the pier", []),
    ],
)
def test_a_word_of_saying_reports_only_as_a_verb(text: str, expected: list[tuple[str, bool]]) -> None:
    assert use(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Finance Minister Aino Lahtela met Henrik Sandvik.",
            [("Aino Lahtela", "f", True), ("Henrik Sandvik", "m", True)],
        ),
        ("The Foreign Secretary left.", []),
        ("We read Stephen King.", [("Stephen King", "m", True)]),
        ("The Ministry of Fisheries called.", [("Ministry of Fisheries", "", False)]),
        ("We met Khalil al-Rashidi.", [("Khalil al-Rashidi", "m", True)]),
        ("Harlow & Finch, the shop, is shut.", [("Harlow & Finch", "", False)]),
        ("Police came. Elsewhere it rained.", []),
    ],
)
def test_names_lose_titles_and_tell_persons(text: str, expected: list[tuple[str, str, bool]]) -> None:
    assert [(m.text, m.gender, m.person) for m in EnglishFinder().mentions(text)] == expected


@pytest.mark.parametrize(
    ("text", "short", "full"),
    [
        ("New York Times wrote. New York slept.", "New York", "New York"),
        ("The Askew Group met. Robert Askew left.", "Askew", "Robert Askew"),
        ("Ron Paul met Paul Smith.", "Paul", "Ron Paul"),
        ("Ri Yong Ho came.", "Ri", "Ri Yong Ho"),
    ],
)
def test_a_short_name_is_brought_to_the_person_who_bears_it(text: str, short: str, full: str) -> None:
    assert Names(EnglishFinder().mentions(text), "en").full(short) == full


def test_a_verb_without_a_subject_is_a_cue_that_names_nobody() -> None:
    found = EnglishFinder().before("And so said ", (0, 12))
    assert found is not None
    assert (found.span, found.cue) == (None, "said")
    assert EnglishFinder().before("the latest claims ", (0, 18)) is None


def test_a_cue_at_the_start_of_an_empty_stretch_is_read() -> None:
    assert CueReader(load_lexicon("en")).read("", 0, Cue(0, 0, strong=True, word="said")) is not None


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("BRACKWATER, Oct 12 (Gazette) - Bell left.", "Bell left."),
        ("MOSCOW — Bell left.", "Bell left."),
        ("Bell left - at once.", "Bell left - at once."),
        ("", ""),
    ],
)
def test_a_dateline_is_passed_over_and_nothing_else(text: str, rest: str) -> None:
    assert text[skip_dateline(text, (0, len(text))) :] == rest


def test_an_abbreviation_that_nothing_spells_out_stays() -> None:
    bodies = EnglishBodies(load_lexicon("en"))
    bodies.read("The World Kelp Council met the WKC and the XYZ.", [])
    assert bodies.full("WKC") == "World Kelp Council"
    assert bodies.full("XYZ") is None
    assert bodies.noun("report", 10) is None
