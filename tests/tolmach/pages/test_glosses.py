"""Words of a wording with their counterparts in English."""

from tests.support.page_parser import Page
from tests.support.report_sample import sample
from tolmach.pages import render_report
from tolmach.pages.glosses import make_glosses
from tolmach.pages.groups import make_cards
from tolmach.pages.rows import make_rows

CARDS = make_cards(sample(), make_rows(sample()))


def test_changed_wordings_have_the_english_words_above_their_own() -> None:
    glosses = make_glosses(CARDS)
    assert glosses
    for (number, place), gloss in glosses.items():
        card = next(card for card in CARDS if card.number == number)
        quote = card.members[place].quote
        assert quote is not None
        assert not card.unchanged
        assert "".join(piece.text for piece in gloss.pieces) == quote.text
        assert gloss.language == "en" != card.members[place].version.article.language
    words = {piece.text.casefold(): piece.meaning.casefold() for gloss in glosses.values() for piece in gloss.pieces}
    assert words["\u0441\u0435\u0440\u0435\u0434\u0438\u043d\u0435"] == "middle"


def test_unchanged_passages_cost_nothing() -> None:
    assert make_glosses([card for card in CARDS if card.unchanged]) == {}


def test_page_has_a_folded_gloss_for_each() -> None:
    page = Page(render_report(sample()))
    assert len([attrs for attrs in page.all("details") if attrs.get("class") == "gloss"]) == len(make_glosses(CARDS))
    assert {attrs["lang"] for attrs in page.all("rt")} == {"en"}
