"""Whether two names are one person's, in one script and across scripts."""

import pytest

from quotes.facts.names import are_one_person


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Lavrov", "拉夫罗夫"),
        ("Sergey Lavrov", "С. Лавров"),
        ("Donald Trump", "唐纳德·特朗普"),
        ("Putin", "普京"),
        ("Xi Jinping", "习近平"),
        ("Xi Jinping", "Си Цзиньпин"),
        ("Ursula von der Leyen", "Урсула фон дер Ляйен"),
        ("Лавров", "Лаврова"),
    ],
)
def test_a_person_is_known_in_any_script(one, other):
    assert are_one_person(one, other)
    assert are_one_person(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Sergey Lavrov", "Sergey Ivanov"),
        ("Дмитрий Песков", "Dmitry Medvedev"),
        ("Biden", "Путин"),
        ("Putin", "拜登"),
        ("Johnson", "Jensen"),
        ("Lavrov", ""),
    ],
)
def test_people_are_told_apart(one, other):
    assert not are_one_person(one, other)
