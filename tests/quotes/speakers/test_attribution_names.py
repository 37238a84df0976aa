"""Names brought to their fullest form, Russian ones to the nominative."""

from itertools import product

import pytest

from corpora.article import Article
from quotes import extract_quotes
from quotes.lexicon import find_cues, load_lexicon
from quotes.speakers.names import Mention, Names, may_be_nominative, same_stem, to_nominative


def test_short_names_stand_for_the_full_one() -> None:
    names = Names([Mention(0, 13, "Sergey Lavrov"), Mention(20, 26, "Lavrov")], "en")
    assert names.full("Lavrov") == "Sergey Lavrov"
    assert names.full("Putin") == "Putin"


@pytest.mark.parametrize("form", ["Лавров", "Лаврова", "Лаврову", "Лавровым", "Лаврове"])
def test_russian_cases_are_one_name(form: str) -> None:
    names = Names([Mention(0, 13, "Сергей Лавров"), Mention(20, 20 + len(form), form)], "ru")
    assert names.full(form) == "Сергей Лавров"


@pytest.mark.parametrize(("form", "expected"), [("Лавровым", "Лавров"), ("Сергею", "Сергей"), ("Гурьевой", "Гурьева")])
def test_names_come_back_to_the_nominative(form: str, expected: str) -> None:
    assert to_nominative(form) == expected


def test_chinese_short_name_stands_for_the_dotted_one() -> None:
    names = Names([Mention(0, 9, "谢尔盖·拉夫罗夫"), Mention(20, 24, "拉夫罗夫")], "zh")
    assert names.full("拉夫罗夫") == "谢尔盖·拉夫罗夫"


@pytest.mark.parametrize(("first", "second"), [("Лавров", "Ларин"), ("Ким", "Кит"), ("Мун", "Мундштук")])
def test_different_names_are_not_one(first: str, second: str) -> None:
    assert not same_stem(first, second)


def test_nominative_is_told_from_other_cases() -> None:
    assert may_be_nominative("Лавров")
    assert not may_be_nominative("Лавровым")


def test_bodies_are_nobody_a_pronoun_stands_for() -> None:
    names = Names([Mention(0, 14, "United Nations"), Mention(20, 33, "Sergey Lavrov")], "en")
    names.note_speaker("United Nations")
    assert not names.may_be_person("United Nations", leads=True)
    assert names.may_be_person("Sergey Lavrov", leads=True)


def test_pronoun_takes_the_person_of_its_gender() -> None:
    text = "Talks\n\nMr. Adams met Ms. Steinem on Monday. “We cry when we get angry,” she said."
    (quote,) = extract_quotes(Article.from_text(text, language="en"))
    assert (quote.speaker, quote.speaker_name) == ("she", "Steinem")


def test_a_speaker_without_a_name_stays_without_one() -> None:
    text = "Forum\n\n“Why is the stock so ugly?” one small shareholder asked."
    (quote,) = extract_quotes(Article.from_text(text, language="en"))
    assert (quote.speaker, quote.speaker_name) == ("one small shareholder", None)


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("He said so and left.", "en", ["said"]),
        ("Она заявила, что он подчёркивал это.", "ru", ["заявила", "подчёркивал"]),
        ("他强调，发言人表示", "zh", ["强调", "发言", "表示"]),
        ("Nothing here.", "en", []),
    ],
)
def test_cues_are_found_in_all_their_forms(text: str, language: str, expected: list[str]) -> None:
    assert [text[cue.start : cue.end] for cue in find_cues(text, language)] == expected


@pytest.mark.parametrize("language", ["en", "ru", "zh"])
def test_lexicons_hold_no_word_twice_and_no_stray_space(language: str) -> None:
    lexicon = load_lexicon(language)
    for name in ("cues", "weak_cues", "speaker_nouns"):
        for word in lexicon.words(name):
            assert word == word.strip(), (name, word)
    assert not lexicon.words("cues") & lexicon.words("weak_cues")


def test_a_list_that_a_language_lacks_is_empty() -> None:
    assert load_lexicon("en").words("surnames") == frozenset()
    assert load_lexicon("en").listed_text("transcription") == ""


def test_initial_gives_way_to_the_first_name() -> None:
    words = ["Иван Белов", "И. Белов", "И. Белов"]
    names = Names(
        [Mention(20 * place, 20 * place + len(word), word, person=True) for place, word in enumerate(words)], "ru"
    )
    assert names.full("И. Белов") == "Иван Белов"


def test_stop_behind_an_initial_ends_no_attribution() -> None:
    text = "Спор\n\nИван Белов приехал.\n\n«Это не выход», — отметил И. Белов, добавив подробности."
    (quote,) = extract_quotes(Article.from_text(text, language="ru"))
    assert (quote.speaker, quote.speaker_name) == ("И. Белов", "Иван Белов")


def test_surname_behind_a_form_of_address_is_no_verb() -> None:
    assert [cue.word for cue in find_cues("Mr. Savage said it would savage them.", "en")] == ["said", "savage"]


def test_a_russian_name_is_compared_with_those_that_begin_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []

    def counted(first: str, second: str) -> bool:
        compared.append(first)
        return same_stem(first, second)

    monkeypatch.setattr("quotes.speakers.names.same_stem", counted)
    counts = []
    for consonants in ("бвгдк", "бвгдклмнпр"):
        words = ["".join(three).capitalize() for three in product(consonants, "аеио", "стхкрлмндв")]
        compared.clear()
        names = Names([Mention(at, at, f"{word}ов") for at, word in enumerate(words)], "ru")
        for word in words:
            names.full(f"{word}ов")
        counts.append(len(compared))
    assert 0 < counts[1] <= 2 * counts[0]
