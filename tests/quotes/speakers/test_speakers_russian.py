"""Who speaks in Russian: golden cases, and what names, phrases and verbs of saying are read as."""

import json
from typing import Any

import pytest

from corpora.article import Article
from quotes import QuoteOptions
from quotes.marks.passages import find_passages
from quotes.speakers.attribution import attribute
from quotes.speakers.russian.clauses import read_stretch
from quotes.speakers.russian.finder import RussianFinder
from quotes.speakers.russian.forms import gender_of_name, nominative_name
from tests.support.places import CASES_PATH

CASES = json.loads((CASES_PATH / "quotes" / "russian-speakers.json").read_text(encoding="utf-8"))
SAID = ("direct", "partial")


@pytest.mark.parametrize("case", [pytest.param(case, id=case["label"]) for case in CASES])
def test_case_gives_its_speakers(case: dict[str, Any]) -> None:
    # Speakers are asked for before any kind is told: which quotes are speech is judged elsewhere.
    article = Article.from_text(case["text"], language=case["language"])
    options = QuoteOptions()
    passages = find_passages(article, options)
    names = {
        tuple(article.text[start:end] for start, end in passage.spans): found.name
        for passage, found in zip(passages, attribute(article, passages, options), strict=True)
    }
    said = {tuple(quote["parts"]): quote["speaker_name"] for quote in case["quotes"] if quote["kind"] in SAID}
    assert {parts: names.get(parts, "no such quote") for parts in said} == said


def mentioned(text: str) -> list[str]:
    return [mention.text for mention in RussianFinder().mentions(text)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("сказал министр обороны США Дэвид Ройс", ["США", "Дэвид Ройс"]),
        ("адвокат Олега Буркова Мария Ланская", ["Олег Бурков", "Мария Ланская"]),
        ("глава комиссии Урсула фон дер Тален", ["Урсула фон дер Тален"]),
        ("сказал И. В. Савельев журналистам", ["И. В. Савельев"]),
        ("директор Norvik Telecom Павел Штерн", ["Norvik Telecom", "Павел Штерн"]),
        ("Вечером на площади было тихо", []),
    ],
)
def test_names_are_cut_where_another_begins(text: str, names: list[str]) -> None:
    assert mentioned(text) == names


@pytest.mark.parametrize(
    ("text", "roles", "name"),
    [
        ("сказал посол Карвении в Толмарии Юлиан Фейт", ("посол",), "Юлиан Фейт"),
        ("заявил принц эмирата, глава совета, шейх Хамид Рашид", ("принц", "глава", "шейх"), "Хамид Рашид"),
        ("Иван Седов, 54-летний фермер из Сельвика", ("фермер",), "Иван Седов"),
    ],
)
def test_titles_and_name_are_one_phrase(text: str, roles: tuple[str, ...], name: str) -> None:
    (phrase,) = [phrase for phrase in read_stretch(text).phrases if phrase.name]
    assert phrase.name is not None
    assert (phrase.roles, text[slice(*phrase.name)]) == (roles, name)


@pytest.mark.parametrize("text", ["так называемый мир", "честно говоря, мир", "мир и дом"])
def test_words_that_look_like_verbs_of_saying_are_no_cues(text: str) -> None:
    assert read_stretch(text).cues == []


@pytest.mark.parametrize(
    ("words", "cases", "gender", "plain"),
    [
        (["Вадима", "Лисицына"], {"gent", "accs"}, "m", "Вадим Лисицын"),
        (["Ольги", "Ветровой"], {"gent"}, "f", "Ольга Ветрова"),
        (["Смит"], {"nomn", "gent"}, "", "Смит"),
    ],
)
def test_a_name_is_brought_to_the_nominative(words: list[str], cases: set[str], gender: str, plain: str) -> None:
    assert nominative_name(words, frozenset(cases), gender) == plain


def test_gender_is_told_by_first_name_or_ending_and_else_unknown() -> None:
    assert [gender_of_name([word]) for word in ("Ольга", "Борис", "Ветровой", "Тянь")] == ["f", "m", "f", ""]
