"""The finder of speakers for each language."""

from corpora.languages import CHINESE, ENGLISH, RUSSIAN
from quotes.speakers.chinese import ChineseFinder
from quotes.speakers.english import EnglishFinder
from quotes.speakers.finder import Finder
from quotes.speakers.russian import RussianFinder

_FINDERS: dict[str, type[EnglishFinder] | type[RussianFinder] | type[ChineseFinder]] = {
    ENGLISH: EnglishFinder,
    RUSSIAN: RussianFinder,
    CHINESE: ChineseFinder,
}


def finder_for(language: str) -> Finder:
    """Make a finder for a base language: `en`, `ru` or `zh`."""
    return _FINDERS[language]()
