"""What absurd paragraphs cost: characters searched for verbs of saying, and work that must grow with the text only."""

import sys
from collections.abc import Callable
from types import FrameType

import pytest

import quotes.speakers.english.finder as speakers
from corpora.article import Article
from quotes import extract_quotes

MOST_PER_QUOTE = 400
Make = Callable[[int], str]


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


@pytest.mark.slow
@pytest.mark.parametrize("unit", ['"a" b ', '"word" ', '"It is so." '])
def test_many_quotes_in_one_paragraph_are_searched_once_each(monkeypatch: pytest.MonkeyPatch, unit: str) -> None:
    small, large = searched(monkeypatch, unit, 400), searched(monkeypatch, unit, 1600)
    assert large < 4.5 * small
    assert large < MOST_PER_QUOTE * 1600


def calls(text: str) -> int:
    """Count the calls of functions that extraction takes, those of C too."""
    article = Article.from_text(f"Some title\n\n{text}", language="en")
    count = 0

    def counting(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(counting)
    try:
        extract_quotes(article)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda n: "said " * n + "“no,” he said.", id="verbs"),
        pytest.param(lambda n: "said and " * n + "“no,” he said.", id="joined verbs"),
        pytest.param(lambda n: "“word,” said Smith . " * n, id="quotes in one sentence"),
        pytest.param(lambda n: " ".join(f"“Word,” said Bell{i}." for i in range(n)), id="names"),
    ],
)
def test_the_work_grows_with_the_text(make: Make) -> None:
    calls(make(10))  # load the word lists
    assert calls(make(600)) < 4 * calls(make(200))


@pytest.mark.parametrize("lead", ["the mayor of the old town and ", "in Bell met the minister of words "])
def test_a_long_sentence_without_commas_is_searched_once(lead: str) -> None:
    small, large = (calls(f"{lead * n}of Bell said he was “sad”.") for n in (100, 300))
    assert large < 4 * small
