"""Who speaks in Chinese: golden texts, and the parts that tell."""

import json
from typing import Any

import pytest

from corpora.article import Article
from quotes.marks.passages import find_passages
from quotes.speakers.attribution import attribute
from quotes.speakers.chinese.finder import ChineseFinder
from quotes.speakers.chinese.names import NameList
from quotes.speakers.chinese.text import QUOTE, TERM, simplify, speech_cues, words
from quotes.speakers.names import MASK
from quotes.types import QuoteOptions
from tests.support.places import CASES_PATH

CASES = CASES_PATH / "quotes" / "chinese-speakers.json"
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
        # A name or a term has no speaker, whatever stands around it.
        if quote["kind"] in {"title", "scare"} and quote["speaker_name"] is None:
            continue
        assert tuple(quote[field] for field in FIELDS) in told


def cues(text: str) -> list[str]:
    return [cue.word for cue in speech_cues(text, words(text, (0, len(text))))]


def names(text: str) -> set[str]:
    return {mention.text for mention in NameList(text).mentions}


def test_traditional_characters_are_read_one_for_one() -> None:
    assert simplify("記者說：「臺灣」") == "记者说：「台湾」"


@pytest.mark.parametrize("text", ["这个问题没有名称", "他知道这条道路", "这座城市被称为花城"])
def test_a_word_inside_another_reports_no_speech(text: str) -> None:
    assert cues(text) == []


@pytest.mark.parametrize(
    ("text", "cue"), [("她反复强调这一点", "反复强调"), ("他冒出一句", "冒出一句"), ("董事长受访时说", "说")]
)
def test_phrases_and_glued_verbs_report_speech(text: str, cue: str) -> None:
    assert cues(text)[-1] == cue


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("校长吴蓓出席了典礼。", "吴蓓"),
        ("议会主席莱奥·卡斯特曼抵达。", "莱奥·卡斯特曼"),
        ("教练德西蒙则表示反对。", "德西蒙"),
        ("Nora Felt说，她很高兴。", "Nora Felt"),
        ("村民老葛和王女士都来了。", "王女士"),
    ],
)
def test_a_name_ends_where_the_next_word_begins(text: str, name: str) -> None:
    assert name in names(text)


@pytest.mark.parametrize("text", ["总理于周二表示不满。", "发言人向记者表示感谢。", "高级官员说，时代变了。"])
def test_prepositions_and_ordinary_words_are_no_surnames(text: str) -> None:
    assert names(text) == set()


def test_a_latin_form_in_brackets_stands_for_the_name_in_front() -> None:
    known = NameList("奈杰尔·普赖斯 (Nigel Price) 来了。外交、联邦和发展署（FCDA）没有来。")
    assert known.aliases == {"Nigel Price": "奈杰尔·普赖斯", "FCDA": "外交、联邦和发展署"}


def test_a_quote_between_words_is_part_of_a_noun_phrase() -> None:
    hole = 4 * MASK
    text = f"他参加{hole}活动。{hole}他说。"
    assert [word.tag for word in words(text, (0, len(text))) if word.text[0] == MASK] == [TERM, QUOTE]


def test_nobody_is_found_where_a_thing_is_the_subject() -> None:
    finder = ChineseFinder()
    text = "木板上的字显示："
    finder.mentions(text)
    found = finder.before(text, (0, len(text)))
    assert found is None or found.kind != "name"
