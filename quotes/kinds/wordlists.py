"""The word lists of `words.toml`, which the features of a passage's kind are made of."""

import re
from collections.abc import Sequence
from functools import cache

from common.data import load_table
from corpora.languages import base_language


class WordLists:
    """The lists of one language, by name."""

    def __init__(self, language: str) -> None:
        self._lists: dict[str, Sequence[str]] = load_table(__name__, "words.toml")[language]
        self._sets = {name: frozenset(words) for name, words in self._lists.items()}
        self._patterns: dict[str, re.Pattern[str]] = {}

    def words(self, name: str) -> frozenset[str]:
        """Return a list as a set."""
        return self._sets[name]

    def starts(self, name: str) -> tuple[str, ...]:
        """Return a list for `str.startswith` and `str.endswith`."""
        return tuple(self._lists[name])

    def named(self, name: str) -> dict[str, str]:
        """Return a list of words that each have a name behind a space."""
        return dict(entry.split(" ") for entry in self._lists[name])

    def within(self, name: str, text: str) -> bool:
        """Tell whether a word or phrase of a list stands in lower-case text, as whole words where it has letters."""
        if name not in self._patterns:
            longest_first = sorted(self._lists[name], key=len, reverse=True)
            self._patterns[name] = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")
        return bool(self._patterns[name].search(text))


@cache
def load_word_lists(language: str) -> WordLists:
    """Return the lists for a BCP-47 tag."""
    return WordLists(base_language(language))
