"""What a paragraph with absurdly many quotes costs, counted in characters that are searched for verbs of saying."""

import pytest

import quotes.speakers.english as speakers
from corpora.article import Article
from quotes import extract_quotes

MOST_PER_QUOTE = 400


def searched(monkeypatch: pytest.MonkeyPatch, unit: str, count: int) -> int:
    sizes: list[int] = []
    find = speakers.find_cues

    def counting(text: str, language: str) -> list[speakers.Cue]:
        sizes.append(len(text))
        return find(text, language)

    article = Article.from_text(f"Some title\n\n{unit * count} end.", language="en")
    with monkeypatch.context() as patch:
        patch.setattr(speakers, "find_cues", counting)
        assert len(extract_quotes(article)) == count
    return sum(sizes)


@pytest.mark.parametrize("unit", ['"a" b ', '"word" ', '"It is so." '])
def test_many_quotes_in_one_paragraph_are_searched_once_each(monkeypatch: pytest.MonkeyPatch, unit: str) -> None:
    small, large = searched(monkeypatch, unit, 400), searched(monkeypatch, unit, 1600)
    assert large < 4.5 * small
    assert large < MOST_PER_QUOTE * 1600
