"""Words that stand where a speaker might and are none: adverbs, places, particles, bodies."""

import pytest

from corpora.article import Article
from quotes import extract_quotes


def speakers(text: str, language: str) -> list[str | None]:
    title = {"en": "Today", "zh": "标题"}[language]
    found = extract_quotes(Article.from_text(f"{title}\n\n{text}", language=language))
    return [quote.speaker_name for quote in found]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Elsewhere in his speech on Friday, Anna Bell said the pier was “a wreck”.", "Anna Bell"),
        ("Nearby, Anna Bell of the Harbour Trust called the pier “a wreck”.", "Anna Bell"),
        ("In the North Sea on Monday, Captain Kane called the drill “routine”.", "Kane"),
        (
            "The Bering Sea froze. According to Norway’s Northern Fleet Command, it was “no drill”.",
            "Northern Fleet Command",
        ),
        ("Fleets met in the East China Sea. China called the drill “routine”.", "China"),
        ("Ahmed said the pier was “a wreck” by then.", "Ahmed"),
        ("Nearby, the pier was “a wreck”.", None),
    ],
)
def test_an_english_adverb_or_place_does_not_speak(text: str, name: str | None) -> None:
    assert speakers(text, "en") == [name]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("弗拉基米尔·普京公开承认，他的同行李明对此表示“关切”。", "弗拉基米尔·普京"),
        ("弗拉基米尔·普京说，李明表示：“我们有关切。”", "李明"),
        ("包括称港口“安全”在内，说法很多。", None),
        ("他们把这座桥称为“奇迹”。", None),
    ],
)
def test_a_chinese_particle_does_not_speak_and_the_reporter_wins(text: str, name: str | None) -> None:
    assert speakers(text, "zh") == [name]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("«Мост цел», — сказала Смит газете Financial Times.", ["Смит"]),
        ("Анна Белл приехала в порт. По утверждению альянса, это «угроза миру».", [None]),
    ],
)
def test_a_russian_outlet_or_body_is_not_taken_for_a_person(text: str, names: list[str | None]) -> None:
    found = extract_quotes(Article.from_text(f"Т\n\n{text}", language="ru"))
    assert [quote.speaker_name for quote in found if quote.kind != "title"] == names
