"""What the checks see in a translation, and what they leave alone."""

import json

import pytest

from tests.support.places import CASES_PATH
from translate.checks import Checker, CheckOptions, SentencePair, badness, check_translation
from translate.glossary import Glossary, Term, find_uses
from translate.types import Check

CASES = CASES_PATH / "checks"
FORM = CheckOptions(meaning=False)
SOURCE = "The first sailing is set for April 14, and a one-way ticket will cost about 38 dollars."
GOOD = "Первый рейс назначен на 14 апреля, билет в один конец обойдётся примерно в 38 долларов."


def cases(name: str) -> list[dict[str, str]]:
    return json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))


def kinds(source: str, hypothesis: str, direction: str = "en-ru", *, finished: bool = True) -> list[str]:
    pair = SentencePair(source, hypothesis, *direction.split("-"), finished=finished)
    return [check.kind for check in check_translation(pair, FORM)]


@pytest.mark.parametrize("case", cases("damaged"), ids=lambda case: f"{case['kind']}: {case['hypothesis'][:24]}")
def test_damage_is_named(case):
    assert case["kind"] in kinds(case["source"], case["hypothesis"], case["direction"])


@pytest.mark.parametrize("case", cases("good"), ids=lambda case: case["hypothesis"][:24])
def test_good_translation_passes(case):
    assert kinds(case["source"], case["hypothesis"], case["direction"]) == []


def test_cut_off_translation_is_seen():
    assert kinds(SOURCE, GOOD, finished=False) == ["cut"]


def test_what_came_back_untranslated_is_judged_no_further():
    assert kinds(SOURCE, SOURCE.replace("38", "39")) == ["copied"]


def test_message_says_which_number_is_another():
    (check,) = check_translation(SentencePair(SOURCE, GOOD.replace("38", "83"), "en", "ru"), FORM)
    assert check.message == "The English version says “38”, the Russian one “83”"


@pytest.mark.parametrize(("hypothesis", "direction"), [("Спор начался 5 мая.", "en-ru"), ("争端始于5月5日。", "en-zh")])
def test_a_month_is_not_said_by_a_day_of_its_number(hypothesis, direction):
    assert kinds("The dispute began on March 5.", hypothesis, direction) == ["number"]


@pytest.mark.parametrize(
    ("source", "hypothesis", "direction", "said"),
    [
        ("С 1 апреля порт закрыт.", "From April the port is closed.", "ru-en", "The Russian version says “1”; "),
        ("The port closes on April 1.", "С апреля порт закрыт.", "en-ru", "The English version says “1”; "),
        (
            "They got a raise of 8.5 percent.",
            "他们加薪8.5元。",
            "en-zh",
            "The source says “8.5 percent”, the translation “8.5元”",
        ),
        (
            "Closed on Mondays.",
            "Закрыто по субботам.",
            "en-ru",
            "The English version says “Mondays”, the Russian one “субботам”",
        ),
        ("It costs 5 dollars.", "Это стоит 5%.", "en-ru", "The source says “5 dollars”, the translation “5%”"),
    ],
)
def test_lost_day_other_day_and_other_unit_are_named(source, hypothesis, direction, said):
    (check,) = check_translation(SentencePair(source, hypothesis, *direction.split("-")), FORM)
    assert check.kind == "number"
    assert check.message.startswith(said)


def test_every_changed_number_is_named():
    changed = "Во вторник пришли 83 человека."
    checks = check_translation(SentencePair("On Monday 38 people came.", changed, "en", "ru"), FORM)
    assert sorted(check.message for check in checks) == [
        "The English version says “38”, the Russian one “83”",
        "The English version says “Monday”, the Russian one “вторник”",
    ]


def test_limits_are_options():
    strict = CheckOptions(meaning=False, max_length_gap=0.01)
    assert [check.kind for check in check_translation(SentencePair(SOURCE, GOOD, "en", "ru"), strict)] == ["length"]


def test_empty_source_is_not_judged():
    assert Checker(FORM).check([SentencePair(" ", "", "en", "ru")]) == [()]


def test_pairs_keep_their_order():
    pairs = [SentencePair(SOURCE, text, "en", "ru") for text in (GOOD, "", GOOD)]
    assert [len(checks) for checks in Checker(FORM).check(pairs)] == [0, 1, 0]


def test_numbers_inside_literals_are_not_judged_twice():
    source = "See https://news.example/2023/report-7 for the 12 names."
    hypothesis = "12 имён — на https://news.example/2024/report-7."
    assert kinds(source, hypothesis) == ["literal"]


def test_badness_adds_up_and_grows_with_the_fault():
    quotes, empty = Check("quotes", ""), Check("empty", "")
    assert badness(()) == 0
    assert 0 < badness([quotes]) < badness([quotes, quotes]) < badness([empty])


def test_unknown_kind_has_a_weight():
    assert badness([Check("something else", "")]) > 0


SAID = '"We have nothing left to sell in this town," said Elena Vidal, who runs the shop.'


@pytest.mark.parametrize(
    ("hypothesis", "found"),
    [
        ("«Нам больше нечего продавать в этом городе, — сказала Елена Видаль, владелица магазина.", ["quotes"]),
        ("«Нам больше нечего продавать в этом городе», — сказала Елена Видаль, владелица магазина.", []),
        ("Нам больше нечего продавать в этом городе, сказала Елена Видаль, владелица магазина.", ["quotes"]),
        ("Нам больше нечего продавать в этом городе, сказала «Елена Видаль», владелица магазина.", ["quotes"]),
    ],
)
def test_utterance_keeps_its_marks(hypothesis, found):
    assert kinds(SAID, hypothesis) == found


@pytest.mark.parametrize(
    ("source", "hypothesis", "direction", "found"),
    [
        ("The so-called \"reform\" has failed.", "Так называемая реформа провалилась.", "en-ru", []),
        ("«Газпром» поднял цены.", "Gazprom raised its prices.", "ru-en", []),
        ("She wrote the novel \"The Last Ferry\" in 2019.", "В 2019 году она написала роман Последний паром.", "en-ru",
         ["quotes"]),
        ("\"Go home now,\" he said. \"We are closing the bar.\"", "他说：“现在回家吧。”我们要关门了。", "en-zh",
         ["quotes"]),
    ],
)  # fmt: skip
def test_terms_may_lose_their_marks_and_names_from_english_may_not(source, hypothesis, direction, found):
    assert kinds(source, hypothesis, direction) == found


@pytest.mark.parametrize(
    ("source", "hypothesis", "direction", "found"),
    [
        ("Profit rose in the second quarter.", "Прибыль выросла в первой половине года.", "en-ru", ["number"]),
        ("Profit rose in the second quarter.", "Прибыль выросла во втором квартале.", "en-ru", []),
        ("Profit rose in the second half of the year.", "今年上半年利润上升。", "en-zh", ["number"]),
        ("Profit rose in the second half of the year.", "今年下半年利润上升。", "en-zh", []),
    ],
)
def test_part_of_the_year_is_the_same(source, hypothesis, direction, found):
    assert kinds(source, hypothesis, direction) == found


@pytest.mark.parametrize(
    ("hypothesis", "found"),
    [
        ("The council adopted the plan by seven votes to two.", []),
        ("The council adopted the plan 7-2.", []),
        ("The council adopted the plan by seven votes.", ["number"]),
        ("The council adopted the plan 2-7.", ["number"]),
    ],
)
def test_score_is_there_in_its_order(hypothesis, found):
    assert kinds("Совет принял план, 7:2.", hypothesis, "ru-en") == found


CONTINUED = '"We will rebuild the pier, and it will be finished before the summer season begins.'


@pytest.mark.parametrize(
    ("hypothesis", "found"),
    [
        ("«Мы восстановим причал, и он будет готов до начала летнего сезона.", []),
        ("«Мы восстановим причал, и он будет готов до начала летнего сезона».", []),
        ("Мы восстановим причал, и он будет готов до начала летнего сезона.", ["quotes"]),
        ("Мы восстановим причал», и он будет готов до начала летнего сезона.", ["quotes"]),
    ],
)
def test_quote_that_goes_on_elsewhere_must_begin_in_the_translation_too(hypothesis, found):
    assert kinds(CONTINUED, hypothesis) == found


def test_other_quotes_of_a_sentence_do_not_hide_a_lost_mark():
    source = '"The pier is closed," the mayor said. "We will rebuild it before the summer season begins.'
    faithful = "«Причал закрыт, — сказал мэр. — Мы восстановим его до начала летнего сезона."
    assert kinds(source, "«Причал закрыт», — сказал мэр. «Мы восстановим его до начала летнего сезона.") == []
    assert kinds(source, "«Причал закрыт», — сказал мэр. Мы восстановим его до начала летнего сезона.") == ["quotes"]
    assert kinds(source, faithful) == []


@pytest.mark.parametrize(
    ("hypothesis", "found"),
    [
        ("Подробности — на https://news.example/a.", []),
        ("Подробности — на https://news.example/a https://news.example/a.", ["literal"]),
        ("Подробности — на https://news.example/b.", ["literal"]),
        ("Подробности — на сайте.", ["literal"]),
    ],
)
def test_literal_stands_there_once_as_it_is(hypothesis, found):
    assert kinds("Details at https://news.example/a.", hypothesis) == found


def test_term_of_the_glossary_must_be_rendered():
    source = "The ceasefire began on Monday morning."
    term = Term("term", (("en", ("ceasefire",)), ("ru", ("прекращение огня",))))
    uses = find_uses(Glossary((term,)), source, "en", "ru")
    found = [
        [check.kind for check in check_translation(SentencePair(source, text, "en", "ru", terms=uses), FORM)]
        for text in ("Прекращение огня началось в понедельник утром.", "Мир настал в понедельник утром.")
    ]
    assert found == [[], ["term"]]


def test_the_end_of_a_quote_that_is_lost_is_shown_by_the_words_before_it():
    (check,) = check_translation(SentencePair("Но сначала мы поговорим».", "But first we will talk.", "ru", "en"), FORM)
    assert check.message == "The source closes a quotation at “Но сначала мы поговорим».”, the translation does not"


def test_a_curly_mark_opens_behind_a_colon():
    (check,) = check_translation(SentencePair("他说：“我们会先谈。", "He said we would talk first.", "zh", "en"), FORM)
    assert check.message.startswith("The source opens a quotation")
