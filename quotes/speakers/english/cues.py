"""Which English words that can report speech do so where they stand: "he claims", but not "his claims"."""

import re
from dataclasses import dataclass

from quotes.lexicon import Cue, Lexicon

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
