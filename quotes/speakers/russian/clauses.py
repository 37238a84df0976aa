"""A stretch of Russian text read once: its words, phrases, verbs of saying, and where its clauses end."""

import re
from collections.abc import Sequence
from functools import cached_property, lru_cache

from corpora.languages import RUSSIAN
from quotes.lexicon import load_lexicon
from quotes.speakers.names import MASK
from quotes.speakers.russian.cues import RussianCue, read_cues
from quotes.speakers.russian.heads import RussianPhrase
from quotes.speakers.russian.names import RussianWord
from quotes.speakers.russian.phrases import PhraseReader

_HARD = re.compile(rf"[;:]|[.!?](?=\s)|{MASK}(?=[.,]?\s*[\N{{EM DASH}}\N{{EN DASH}}])")
_SOFT = re.compile(r"[,()\[\]]|\s[\N{EM DASH}\N{EN DASH}-]\s")
_ASIDE = re.compile(r"\([^()]*\)")


class ClauseStretch:
    """A stretch of text; all offsets count in it."""

    def __init__(self, text: str) -> None:
        self.text = text
        reader = PhraseReader(text)
        self.words: Sequence[RussianWord] = reader.words
        self._reader = reader
        lists = load_lexicon(RUSSIAN).words
        self._subordinators, self._relatives = lists("subordinators"), lists("relatives")

    @cached_property
    def phrases(self) -> list[RussianPhrase]:
        """All noun phrases, in order."""
        return self._reader.read()

    @cached_property
    def cues(self) -> list[RussianCue]:
        """All words that report speech."""
        return read_cues(self.words)

    def phrases_from(self, start: int) -> Sequence[RussianPhrase]:
        """Read the phrases from an offset on, as if a text began there: what follows «по словам» is no part of it."""
        place = next((number for number, word in enumerate(self.words) if word.start >= start), None)
        if place is None:
            return ()
        first = self._reader.at(place)
        joined = [phrase for phrase in self.phrases if phrase.start == (first.start if first else -1)]
        return joined or ([first] if first else ())

    def count(self, start: int, end: int) -> int:
        """Count the words between two offsets."""
        return len(self.text[start:end].split())

    def clause_start(self, position: int) -> int:
        """Where the sentence, or what follows a colon or a quote with a dash, begins."""
        return max((border.end() for border in _HARD.finditer(self.text, 0, position)), default=0)

    def segments(self, start: int, end: int) -> list[tuple[int, int]]:
        """Cut a range at commas, brackets and dashes; what stands in brackets is left out."""
        aside = [match.span() for match in _ASIDE.finditer(self.text, start, end)]
        borders = [border.span() for border in _SOFT.finditer(self.text, start, end)]
        outside = [(a, b) for a, b in borders if not any(first < a and b < last for first, last in aside)]
        places = [start, *(place for border in outside for place in border), end]
        pairs = [(places[i], places[i + 1]) for i in range(0, len(places), 2)]
        return [pair for pair in pairs if not any(first < pair[0] and pair[1] < last for first, last in aside)] or pairs

    def embedded(self, start: int, end: int) -> bool:
        """Tell whether a segment is a relative, subordinate or adverbial one: its first or second word tells."""
        here = [word for word in self.words if start <= word.start < end][:2]
        if not here or here[0].hole:
            return False
        if here[0].low in self._subordinators or (len(here) > 1 and here[1].low in self._relatives):
            return True
        first = here[0].forms[0] if here[0].forms else None
        return first is not None and (first.pos == "GRND" or (first.pos == "PRTF" and first.score > 0.4))  # noqa: PLR2004


@lru_cache(maxsize=1024)
def read_stretch(text: str) -> ClauseStretch:
    """Read a stretch of text; the same one is asked for again and again."""
    return ClauseStretch(text)
