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


@pytest.mark.parametrize(
    ("source", "hypothesis", "lost"),
    [
        ("In 2024 prices rose by 20 per cent.", "Цены за год выросли на 20 процентов в стране.", "2024"),
        ("There were 1,547 men and 15 tanks there.", "Там было много людей и 15 танков.", "1547"),
        ("It began on 24 February 2022 in the east.", "Это началось 20 февраля 2402 года на востоке.", "2022, 24"),
        ("Both cost 38 dollars and 38 cents.", "Оба стоят 38 долларов и сколько-то центов.", "38"),
    ],
)
def test_lost_numbers_are_seen_whatever_else_is_there(source, hypothesis, lost):
    (check,) = check_translation(Pair(source, hypothesis, "ru"))
    assert check.message == f"Not in the translation: {lost}"


@pytest.mark.parametrize(
    ("source", "hypothesis"),
    [
        ("It cost 1,500,000 dollars to build the port.", "建造这个港口花费了150万美元。"),
        ("It cost 3.5 billion dollars to build it.", "建造它花费了35亿美元。"),
        ("About 2,300 people came to the square.", "На площадь пришли около 2,3 тыс. человек."),
    ],
)
def test_numbers_in_another_unit_pass(source, hypothesis):
    language = "ru" if "тыс" in hypothesis else "zh"
    assert [check.kind for check in check_translation(Pair(source, hypothesis, language))] == []


@pytest.mark.parametrize(
    ("hypothesis", "language", "kind", "words"),
    [
        ("США была forcedа мобилизовать Запад.", "ru", "mixed", "forcedа"),
        ("Это создаёт confrontation с Западом.", "ru", "untranslated", "confrontation"),
        ("这是与西方的confrontation，而不是对话。", "zh", "untranslated", "confrontation"),
    ],
)
def test_words_that_were_not_translated_are_named(hypothesis, language, kind, words):
    source = "The US was forced into a confrontation with the West."
    found = {check.kind: check.message for check in check_translation(Pair(source, hypothesis, language))}
    assert found[kind].endswith(words)


@pytest.mark.parametrize(
    ("source", "hypothesis", "language"),
    [
        ("Smith told the Financial Times in May.", "Смит сказала газете Financial Times в мае.", "ru"),
        ("Apple shows the new iPhone today.", "苹果公司今天展示了新款iPhone。", "zh"),
    ],
)
def test_names_may_keep_their_script(source, hypothesis, language):
    kinds_found = [check.kind for check in check_translation(Pair(source, hypothesis, language))]
    assert not {"mixed", "untranslated"} & set(kinds_found)
