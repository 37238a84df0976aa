"""Which English words that can report speech do so where they stand: "he claims", but not "his claims"."""

import re
from dataclasses import dataclass
from functools import cache

from corpora.offsets import Span
from quotes.lexicon import Cue, Lexicon
from quotes.speakers.english.clauses import lacks_object
from quotes.speakers.names import MASK, Candidate

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
_STATES = frozenset({"remains", "remained", "sounded", "seemed", "felt"})
_BESIDE_QUOTE = frozenset({"go", "goes", "went", "start", "starts", "started", "begin", "begins", "began"})
_QUOTE_NEXT = re.compile(rf"\s*(?:[,:.;\"{MASK}]|\Z|on\b|off\b|by\b)")
_OBJECT = re.compile(r"\s+(?:an?|the|his|her|their|its|that|him|them|us|me|[A-Z][\w-]+)\b")
_LINK = re.compile(r"\s+(?:as|on|into|of|over|for|by|in)\b")
_THAT = re.compile(r"\s+(?:that|of|about|the|it|he|she|they|there)\b|[,:]")


@dataclass(frozen=True, slots=True)
class Use:
    """How a cue is used.

    Attributes:
        cue: The word.
        passive: Whether the words in front are not the speaker: "was called".
    """

    cue: Cue
    passive: bool


class CueReader:
    """Reads off the words in front of a cue how it is used."""

    def __init__(self, lexicon: Lexicon) -> None:
        words = lexicon.words
        self._nouns = words("noun_cues")
        self._verbs = words("cues") | words("weak_cues")
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
        """Tell how a cue is used; None where it reports nothing: "the latest reports", "was told".

        Args:
            text: The text.
            start: Where the words in front begin that may be looked at.
            cue: The cue, counted in `text`.
        """
        earlier = text[max(start, cue.start - _REACH) : cue.start]
        words = _WORD.findall(earlier)
        beside = bool(words) and earlier.endswith(" ") and earlier.rstrip()[-1:] not in ",;:.!?"
        if (beside and self._is_no_verb(text, cue, words)) or self._lacks(text, cue, words):
            return None
        passive = beside and self._is_passive(cue, words) and cue.word not in self._quoted
        return Use(cue, passive=passive or (self.is_participle(cue.word) and lacks_object(text, cue.start)))

    def _is_no_verb(self, text: str, cue: Cue, words: list[str]) -> bool:
        """Tell whether a form is a noun or an adjective."""
        if cue.word in self._nouns:
            noun = self._is_noun(words) and not self._governs(text, cue, words)
            if noun or self._is_compound(text, cue, words):
                return True
        # "a promising chef"
        return cue.word.endswith(("ing", "ed")) and words[-1].lower() in self._determiners

    def _lacks(self, text: str, cue: Cue, words: list[str]) -> bool:
        """Tell whether a form lacks what it needs to report something: "out" in "pointed out"."""
        if cue.word in _BESIDE_QUOTE and not _QUOTE_NEXT.match(text, cue.end):
            return True  # "would go to court"
        if cue.word in self._particles and not text.startswith(self._particles[cue.word], cue.end + 1):
            return True
        return cue.word in self._states and not (self._is_state(words) and bool(_THAT.match(text, cue.end)))

    @staticmethod
    def is_participle(word: str) -> bool:
        """Tell whether a form can be a past participle."""
        return bool(_PARTICIPLE.match(word))

    def _is_state(self, words: list[str]) -> bool:
        """Tell whether a form of "be" or the like stands in front: "is also certain"."""
        return any(word.lower() in self._be or word.lower() in _STATES for word in words[-_BE_REACH:])

    def _is_noun(self, words: list[str]) -> bool:
        last = words[-1].lower()
        if last in self._determiners or last in self._prepositions or _OWNER.search(last):
            return True
        if len(words) > 1 and _ADJECTIVE.match(last) and last not in self._between:
            before = words[-2].lower()
            return before in self._determiners or before in self._prepositions or bool(_OWNER.search(before))
        return False

    def _governs(self, text: str, cue: Cue, words: list[str]) -> bool:
        """Tell whether a form in -ing behind a preposition has an object: "by telling the radio"."""
        behind = words[-1].lower() in self._prepositions and cue.word.endswith("ing")
        return behind and bool(_OBJECT.match(text, cue.end))

    def _is_compound(self, text: str, cue: Cue, words: list[str]) -> bool:
        """Tell whether a form stands behind a name that is another verb's object: "rejects EU report as"."""
        last, verb = words[-1], words[-2].lower() if len(words) > 1 else ""
        return (
            verb in self._verbs and last[:1].isupper() and not last.endswith("s") and bool(_LINK.match(text, cue.end))
        )

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


@cache
def _owned_pattern(nouns: frozenset[str]) -> re.Pattern[str]:
    owner = rf"{_APOSTROPHE}s?|\b(?P<pronoun>his|her|their|its)"
    heads = "|".join(map(re.escape, sorted(nouns, key=len, reverse=True)))
    return re.compile(rf"(?:{owner})\s+(?:[\w-]+\s+){{0,2}}?(?P<noun>{heads})\s*(?:that\b|of\b|to\b|[:,{MASK}])")


def find_owner(text: str, span: Span, lexicon: Lexicon) -> tuple[Cue, Candidate | None] | None:
    """Find the last noun of saying that somebody owns: "Petrova's claim that", "his promise to".

    Returns:
        The owner's ending and the noun as one weak cue, with the owner where it is a pronoun; None where there is none.
    """
    matches = list(_owned_pattern(lexicon.words("cue_nouns")).finditer(text, *span))
    if not matches:
        return None
    last = matches[-1]
    cue = Cue(last.start(), last.end("noun"), strong=False, word=last.group("noun"))
    if last.group("pronoun") is None:
        return cue, None
    gender = {"his": "m", "her": "f"}.get(last.group("pronoun"), "")
    return cue, Candidate(last.start("pronoun"), last.end("pronoun"), "pronoun", gender)
