"""The finder of speakers for each language."""

from collections.abc import Sequence

from corpora.languages import CHINESE, ENGLISH, RUSSIAN
from corpora.offsets import Span
from quotes.speakers.chinese.finder import ChineseFinder
from quotes.speakers.english.finder import EnglishFinder
from quotes.speakers.finder import Finder
from quotes.speakers.names import Names
from quotes.speakers.russian.cast import RussianCast
from quotes.speakers.russian.finder import RussianFinder

_FINDERS: dict[str, type[EnglishFinder] | type[RussianFinder] | type[ChineseFinder]] = {
    ENGLISH: EnglishFinder,
    RUSSIAN: RussianFinder,
    CHINESE: ChineseFinder,
}


def finder_for(language: str) -> Finder:
    """Make a finder for a base language: `en`, `ru` or `zh`."""
    return _FINDERS[language]()


def cast_for(language: str, text: str, sentences: Sequence[Span], names: Names, *, plain: str) -> RussianCast | None:
    """Read the people of an article, where a language has its own way to tell whom pronouns and nouns stand for.

    Args:
        language: Base language.
        text: The article with its quotes masked.
        sentences: Spans of its sentences.
        names: Its names.
        plain: The article as it is.
    """
    return RussianCast(text, sentences, names, plain=plain) if language == RUSSIAN else None
