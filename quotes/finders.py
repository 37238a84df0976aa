"""The finder of speakers for each language."""

from corpora.languages import CHINESE, ENGLISH, RUSSIAN
from quotes.speakers import Finder
from quotes.speakers_en import EnglishFinder
from quotes.speakers_ru import RussianFinder
from quotes.speakers_zh import ChineseFinder

_FINDERS: dict[str, type[EnglishFinder] | type[RussianFinder] | type[ChineseFinder]] = {
    ENGLISH: EnglishFinder,
    RUSSIAN: RussianFinder,
    CHINESE: ChineseFinder,
}


def finder_for(language: str) -> Finder:
    """Make a finder for a base language: `en`, `ru` or `zh`."""
    return _FINDERS[language]()
