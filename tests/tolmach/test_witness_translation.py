"""The translator as a witness: words compared in English, and what the translation did by itself put aside."""

from dataclasses import dataclass, field

import pytest

from common.progress import SilentProgress
from quotes.witnesses.base import Question, Wording
from tolmach.judges.english_words import meaning_words, word_changes
from tolmach.judges.translation import TranslationWitness
from translate.engines.errors import InputTooLongError
from translate.models.registry import load_registry
from translate.types import Translation


@dataclass
class FakeTranslator:
    """Translates by a table, sentence by sentence; what is not in it comes back marked."""

    table: dict[tuple[str, str], str]
    asked: list[tuple[str, str, list[str]]] = field(default_factory=list)
    spec = load_registry().default

    def translate(self, sentences, *, source, target, progress=None):
        del progress
        self.asked.append((source, target, list(sentences)))
        if any(len(sentence) > 200 for sentence in sentences):
            raise InputTooLongError("a text of 300 tokens is too long for the model, which reads 200")
        return [Translation(self.table.get((target, sentence), sentence), (source, target)) for sentence in sentences]


TABLE = {
    # There, and back: "delighted" comes back as "happy".
    ("ru", "We were delighted and will never leave."): "Мы были счастливы и никогда не уйдём.",
    ("en", "Мы были счастливы и никогда не уйдём."): "We were happy and will never leave.",
    # What the other version says.
    ("en", "Мы были рады и всегда готовы уйти."): "We were glad and always ready to leave.",
}
ENGLISH = Wording("en", "We were delighted and will never leave.")
FAITHFUL = Wording("ru", "Мы были счастливы и никогда не уйдём.")
CHANGED = Wording("ru", "Мы были рады и всегда готовы уйти.")


def heard(first, second, table=None):
    return TranslationWitness(FakeTranslator(table or TABLE)).testify([Question(first, second)])[0]


def test_a_difference_that_translation_makes_by_itself_weighs_nothing():
    found = heard(ENGLISH, FAITHFUL)
    assert found.altered == 0
    assert found.note == "Perhaps only the translation's doing: “delighted” against “happy”."
    assert (found.first, found.second) == ((), ())


def test_a_difference_of_its_own_counts_and_is_shown_where_it_stands():
    found = heard(ENGLISH, CHANGED)
    # will, never; always, ready: two of four words, and two of five that mean something.
    assert found.altered == pytest.approx(0.5)
    assert found.note == (
        "In English, the English version against the Russian one: “will never” against “always ready”. "
        "Perhaps only the translation's doing: “delighted” against “glad”."
    )
    assert [ENGLISH.text[start:end] for start, end in found.first] == ["will", "never"]
    assert found.second == ()


def test_the_order_of_the_sides_changes_only_the_sides():
    one, other = heard(ENGLISH, CHANGED), heard(CHANGED, ENGLISH)
    assert (other.altered, other.first, other.second) == (one.altered, one.second, one.first)


def test_words_that_one_side_adds_count():
    table = {("en", "Мы уйдём завтра."): "We leave tomorrow.", ("ru", "We leave."): "Мы уйдём."}
    table["en", "Мы уйдём."] = "We leave."
    found = heard(Wording("en", "We leave."), Wording("ru", "Мы уйдём завтра."), table)
    assert (found.altered, found.note) == (
        0.5,
        "In English, the English version against the Russian one: nothing against “tomorrow”.",
    )


def test_two_versions_without_english_go_there_and_back_through_each_other():
    translator = FakeTranslator({})
    TranslationWitness(translator).testify([Question(Wording("ru", "Да."), Wording("zh", "是。"))])
    ways = [(source, target) for source, target, _ in translator.asked]
    assert ways == [("ru", "en"), ("zh", "en"), ("en", "zh"), ("en", "ru"), ("zh", "en"), ("ru", "en")]


def test_every_direction_is_one_call_for_all_questions():
    translator = FakeTranslator(TABLE)
    TranslationWitness(translator).testify([Question(ENGLISH, FAITHFUL), Question(ENGLISH, CHANGED)])
    assert [(source, target, len(texts)) for source, target, texts in translator.asked] == [
        ("ru", "en", 2),
        ("en", "ru", 2),
        ("ru", "en", 2),
    ]


def test_one_language_needs_no_translator():
    translator = FakeTranslator({})
    found = TranslationWitness(translator).testify([Question(ENGLISH, Wording("en", "We left."))])
    assert (found, translator.asked) == ([None], [])


def test_a_text_that_is_too_long_leaves_the_matter_to_others():
    notes = []

    class Progress(SilentProgress):
        def note(self, message):
            notes.append(message)

    witness = TranslationWitness(FakeTranslator({}))
    assert witness.testify([Question(ENGLISH, Wording("ru", "да" * 200))], Progress()) == [None]
    assert notes[0].startswith(
        f"The translation by {FakeTranslator.spec.name} is not heard about a long quote: a text of 300 tokens"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We can't have been there.", ["can", "not"]),
        ("1,200 people, 3.5 per cent.", ["1200", "people", "3.5", "per", "cent"]),
        ("He walked; she walks, they’re walking.", ["walk", "walk", "walk"]),
        ("", []),
    ],
)
def test_words_that_mean_something(text, expected):
    assert [word.stem for word in meaning_words(text)] == expected


def test_a_word_that_only_moved_is_no_change():
    assert word_changes(meaning_words("Tomorrow we leave"), meaning_words("We leave tomorrow")) == []
