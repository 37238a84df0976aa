"""Verbs of saying in English: how each is used, and what the shape of its sentence tells of it."""

import re
from dataclasses import dataclass

from corpora.offsets import Span
from quotes.lexicon import Cue, Lexicon
from quotes.speakers.names import MASK, Candidate

_DATELINE = re.compile(
    r"\s*(?:[A-Z][A-Z'.]{2,}[\w.,' /]{0,40}?(?:\([^)\n]{2,30}\))?|[A-Z][\w. ]{2,25}\([A-Z][^)\n]{1,30}\))"
    r"\s*[-\N{EN DASH}\N{EM DASH}]+\s+"
)
_MODAL = re.compile(r"\b(?:will|would|could|may|might|should|can|to)\s+(?:\w+ly\s+|also\s+|then\s+)?\Z")
_CLOSING = re.compile(r",\s+[^,;:.]{1,60}\s(?:said|says|added|announced|reported|confirmed)\b[^,;:.]{0,30}[.]?\s*\Z")
_FRONTED = re.compile(
    r"\W*(?:asked|questioned|pressed|when|while|after|before|as|if|although|though|because|since|once|until)\b[^,;:.!?\n]*?,"
    rf"[^\w\n{MASK}]*",
    re.IGNORECASE,
)
_STRANGER = re.compile(
    r"(?:\A|[\n,;]\s*|\b(?:and|but|when|that|as)\s+)((?:the|an?|his|her|its|their|one|another)\s+(?:[a-z'-]+\s+){0,4}?"
    r"[a-z-]{3,}(?:er|or|ist|man|woman|ian|eer|ant|mate))\s+(?:(?:has|had|have|also|later|then|\w+ly)\s+)*\Z",
    re.IGNORECASE,
)
"""A noun for a person, by its ending, that no list has: "a former paratrooper"."""
_BACKWARDS = 300


def reach_back(text: str, start: int, place: int) -> int:
    """Return where to begin to read the words in front of `place`: at `start`, or at a word some 300 characters off."""
    if place - start <= _BACKWARDS:
        return start
    return max(place - _BACKWARDS, text.find(" ", place - _BACKWARDS, place) + 1)


def skip_dateline(text: str, span: Span) -> int:
    """Return where a sentence goes on behind "BRACKWATER, Oct 12 (Gazette) - "; its start where it has none."""
    dateline = _DATELINE.match(text, *span)
    return dateline.end() if dateline else span[0]


def is_announced(text: str, start: int, place: int, end: int) -> bool:
    """Tell whether a modal verb governs the verb at `place` and a clause behind `end` tells whose words all of it is.

    "Bell will stress the “need” for speed, the office said."
    """
    stop = re.search(r"[.!?](?=\s|\Z)", text[end : end + 300])
    rest = text[end : end + stop.end()] if stop else text[end : end + 300]
    return bool(_MODAL.search(text[start:place])) and bool(_CLOSING.search(rest))


def main_clause(text: str, start: int, place: int) -> int | None:
    """Return where the main clause begins behind a clause in front that holds `place`: "When she spoke, Bell"."""
    fronted = _FRONTED.match(text, start)
    return fronted.end() if fronted and place < fronted.end() else None


def stranger(text: str, start: int, place: int) -> Candidate | None:
    """Take a noun right in front of a verb that looks like a person's."""
    found = _STRANGER.search(text[start:place])
    return Candidate(start + found.start(1), start + found.end(1), "noun") if found else None


_REACH = 60
_ADJECTIVE = re.compile(
    r"(?:new|latest|recent|old|false|past|main|joint|fresh|full|first|second|last|bold|big|strong|bare|own|key|other"
    r"|late|early|earlier|later|famous|repeated|\w+(?:al|ic|ous|ive|ful|less|able|ible|ary|ed|ing|ese|ish|ian|ist))\Z"
)
_WORD = re.compile(r"[\w'\N{RIGHT SINGLE QUOTATION MARK}-]+")
_APOSTROPHE = "['\N{RIGHT SINGLE QUOTATION MARK}]"
_OWNER = re.compile(rf"{_APOSTROPHE}s?\Z")
_PARTICIPLE = re.compile(r"\w+(?:ed|wn|en|old|aid|ought|eard|ood|elt)\Z")
_BE_REACH = 3


@dataclass(frozen=True, slots=True)
class Use:
    """How a cue is used.

    Attributes:
        passive: Whether the words in front are not the speaker: "was called".
    """

    cue: Cue
    passive: bool


class CueReader:
    """Reads off the words in front of a cue how it is used."""

    def __init__(self, lexicon: Lexicon) -> None:
        words = lexicon.words
        self._nouns = words("noun_cues")
        self._determiners = words("determiners")
        self._prepositions = words("noun_prepositions")
        self._be = words("auxiliaries_be")
        self._quoted = words("quoted_passives")
        self._between = words("between") | words("adverbs")
        self._states = words("state_cues")
        self._particles = {
            word: line.split()[0] for line in lexicon.listed("particle_cues") for word in line.split()[1:]
        }

    def read(self, text: str, start: int, cue: Cue) -> Use | None:
        """Tell how a cue is used; None where it reports nothing: "the latest reports", "was told"."""
        earlier = text[max(start, cue.start - _REACH) : cue.start]
        words = _WORD.findall(earlier)
        beside = bool(words) and earlier.endswith(" ") and earlier.rstrip()[-1:] not in ",;:.!?"
        if (beside and self._is_no_verb(cue, words)) or self._lacks(text, cue):
            return None
        passive = beside and self._is_passive(cue, words) and cue.word not in self._quoted
        return Use(cue, passive=passive)

    def _is_no_verb(self, cue: Cue, words: list[str]) -> bool:
        """Tell whether a form is a noun or an adjective."""
        if cue.word in self._nouns and self._is_noun(words):
            return True
        # "a promising chef"
        return cue.word.endswith(("ing", "ed")) and words[-1].lower() in self._determiners

    def _lacks(self, text: str, cue: Cue) -> bool:
        """Tell whether a form lacks what it needs to report something: "out" in "pointed out"."""
        if cue.word in self._particles and not text.startswith(self._particles[cue.word], cue.end + 1):
            return True
        return cue.word in self._states

    def _is_noun(self, words: list[str]) -> bool:
        last = words[-1].lower()
        if last in self._determiners or last in self._prepositions or _OWNER.search(last):
            return True
        if len(words) > 1 and _ADJECTIVE.match(last) and last not in self._between:
            before = words[-2].lower()
            return before in self._determiners or before in self._prepositions or bool(_OWNER.search(before))
        return False

    def _is_passive(self, cue: Cue, words: list[str]) -> bool:
        if not _PARTICIPLE.match(cue.word):
            return False
        for word in reversed(words[-_BE_REACH:]):
            plain = word.lower()
            if plain in self._be:
                return True
            if plain not in self._between and not plain.endswith("ly"):
                return False
        return False
