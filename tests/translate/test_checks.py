"""What the checks see in a translation, and what they leave alone."""

import pytest

from translate.checks import CheckOptions, Pair, check_translation, find_numbers, text_weight

SOURCE = "The first sailing is set for April 14, and a one-way ticket will cost about 38 dollars."
GOOD = "Первый рейс назначен на 14 апреля, билет в один конец обойдётся примерно в 38 долларов."


def kinds(hypothesis: str, *, source: str = SOURCE, language: str = "ru", finished: bool = True) -> list[str]:
    return [check.kind for check in check_translation(Pair(source, hypothesis, language, finished))]


def test_good_translation_passes():
    assert kinds(GOOD) == []


def test_good_chinese_translation_passes():
    assert kinds("首航定于4月14日，单程票价约38美元。", language="zh") == []


def test_quoted_name_in_another_script_passes():
    assert kinds("Смит сказала газете Financial Times.", source="Smith told the Financial Times.") == []


def test_number_regrouped_by_a_space_passes():
    assert kinds("Погибли 1 200 человек.", source="It killed 1,200 people.") == []


@pytest.mark.parametrize(
    ("hypothesis", "kind"),
    [
        ("", "empty"),
        (" \n", "empty"),
        (SOURCE, "copied"),
        ("The first sailing is on April 14 and a ticket costs 38 dollars.", "script"),
        ("Первый рейс 14 апреля 38 " + "и снова рейс " * 30, "loop"),
        ("Первый рейс 14, 38.", "length"),
        (GOOD.replace("14", "15"), "number"),
    ],
)
def test_damage_is_seen(hypothesis, kind):
    assert kind in kinds(hypothesis)


def test_cut_off_translation_is_seen():
    assert kinds(GOOD, finished=False) == ["cut"]


def test_message_says_which_number_is_lost():
    (check,) = check_translation(Pair(SOURCE, GOOD.replace("38", "тридцать восемь"), "ru"))
    assert check.message == "Not in the translation: 38"


def test_limits_are_options():
    strict = CheckOptions(max_length_ratio=0.9)
    assert [check.kind for check in check_translation(Pair(SOURCE, GOOD, "ru"), strict)] == ["length"]


def test_numbers_are_found_without_separators():
    assert find_numbers("1,200 and 1 200 and 3.5") == {"1200": 2, "35": 1}


def test_chinese_characters_weigh_three():
    assert text_weight("ab中") == 5
