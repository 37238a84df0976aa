"""A language of word lists alone: numbers, denials and speakers are compared, and what has no list is silent."""

import pytest

from corpora.article import Article
from quotes.comparison import compare_versions
from quotes.facts.numbers.quantities import find_quantities, written

ENGLISH = "The line reopened. “{}” said minister {} on Friday.\n\nTickets are sold at the pier, she added."
UKRAINIAN = (
    "Лінію знову відкрили. «{}», — сказала міністерка {} у п'ятницю.\n\nКвитки продають на причалі, додала вона."
)
NAMES = ("Olena Koval", "Олена Коваль")


def compared(english, ukrainian, names=NAMES):
    versions = (
        Article.from_text(ENGLISH.format(english, names[0])),
        Article.from_text(UKRAINIAN.format(ukrainian, names[1])),
    )
    assert [version.language for version in versions] == ["en", "uk"]
    pairs = [pair for group in compare_versions(versions).groups for pair in group.pairs]
    assert len(pairs) == 1
    return pairs[0]


@pytest.mark.parametrize(
    ("english", "ukrainian"),
    [
        (
            "We bought fifteen new trains for 3.5 billion hryvnias,",
            "Ми купили п'ятнадцять нових поїздів за 3,5 млрд гривень",
        ),
        ("Germany and France will help us,", "Німеччина та Франція нам допоможуть"),
        ("We must wait and may lose everything,", "Ми мусимо чекати й можемо втратити все"),
        ("Nobody will pay for it in March,", "Ніхто за це не платитиме в березні"),
        ("None this year, none next year either,", "Цього року нікого, наступного теж"),
    ],
)
def test_a_faithful_quote_has_no_finding(english, ukrainian):
    pair = compared(english, ukrainian)
    assert pair.verdict in {"same", "reworded"}
    assert pair.findings == ()


@pytest.mark.parametrize(
    ("english", "ukrainian", "kind"),
    [
        ("We bought fifteen new trains last year,", "Торік ми купили п'ятдесят нових поїздів", "number"),
        ("The ferry will return in March,", "Пором повернеться у квітні", "number"),
    ],
)
def test_a_changed_quote_is_altered(english, ukrainian, kind):
    pair = compared(english, ukrainian)
    assert pair.verdict == "altered"
    assert kind in {finding.kind for finding in pair.findings}


def test_a_denial_is_told():
    pair = compared("We will pay for the new trains,", "Ми не платитимемо за нові поїзди")
    assert pair.verdict in {"uncertain", "altered"}
    assert "negation" in {finding.kind for finding in pair.findings}


def test_another_speaker_is_found_by_sound():
    pair = compared("We bought new trains last year,", "Торік ми купили нові поїзди", ("Olena Koval", "Марко Гнатюк"))
    assert "speaker" in {finding.kind for finding in pair.findings}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("26 серпня", ["26", "month 8"]),
        ("у середу", ["weekday 3"]),
        ("1 200,5 тонни", ["1200.5 ton"]),
        ("двадцять п'ять відсотків", ["25 percent"]),
        ("третій квартал", ["3 quarter"]),
        ("щороку", ["every year"]),
        ("у той час", []),
    ],
)
def test_quantities(text, found):
    assert [written(quantity) for quantity in find_quantities(text, "uk")] == found
