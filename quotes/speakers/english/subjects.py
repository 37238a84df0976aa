"""Which of several English words is the subject of a verb of saying behind them."""

import re
from collections.abc import Sequence
from functools import cache

from corpora.languages import ENGLISH
from corpora.offsets import Span
from quotes.lexicon import Lexicon, load_lexicon
from quotes.speakers.names import MASK, Candidate

_POSSESSED = re.compile(r"['\N{RIGHT SINGLE QUOTATION MARK}](?!d\b|ve\b|ll\b)")
_OWNER = r"(?:the|its|his|her|their|our|my|an?|one|another|[^\W\d_][\w-]*['\N{RIGHT SINGLE QUOTATION MARK}]s?)"
_LED_ROLE = (
    rf"(?:\b{_OWNER}\s+(?:[\w.-]+\s+){{0,5}}?|^|(?<=[.!?,]\s))(?:ROLES)\s+(?:of|for|at|in|with|to|on|from|and)"
    rf"\s[^,;:.{MASK}]*,\s*\Z"
)
_UNCLOSED = (
    r"(?:\s*\([^)]*\))?, (?:an?|the|former|deputy|head|director|chief|professor)\s(?:[\w.&'-]+\s){0,6}?(?:ROLES)\s"
    rf"(?:and\s(?:\w+\s){{0,6}})?(?:of|for|at|in|with|from)\s[^,;:.{MASK}]*\s"
)
_DETERMINERS = frozenset({"the", "a", "an", "his", "her", "its", "their", "our", "my"})
_ASIDE = re.compile(r"\s*(?:\([^)]*\))?,")
_RELATIVE = frozenset({"who", "which", "that"})
_NOMINATIVE = frozenset({"he", "she", "they", "we", "i"})
_ACCEPT = -0.2
_LONGEST_APPOSITION = 200


class SubjectJudge:
    """Scores candidates by their place before a verb."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._words = lexicon.words
        self._openers = lexicon.words("clause_prepositions")
        self._apposition = _apposition()
        self._unclosed = _unclosed()

    def best(self, text: str, span: Span, candidates: Sequence[Candidate], *, bare: bool) -> Candidate | None:
        """Return the likeliest subject of the verb that starts where `span` ends, None where none is likely.

        Where it is `bare`, a mere colon or comma stands for the verb.
        """
        if introduced := self._introduced(text, span, candidates):
            return introduced
        scored = []
        if bare:
            candidates = [one for one in candidates if text[one.start : one.end].lower() != "it"]
        for number, one in enumerate(candidates):
            score = self._score(text, span, one, first=number == 0)
            scored.append((score + (3.0 if bare and number == 0 else 0.0), one))
        score, best = max(scored, key=lambda pair: pair[0], default=(-1.0, None))
        if best is None or score < _ACCEPT:
            return None
        return self._antecedent(text, best, candidates)

    def _introduced(self, text: str, span: Span, candidates: Sequence[Candidate]) -> Candidate | None:
        """Take the name in front of an apposition that no comma closes: "Bell, a spokesman for the firm Acme said"."""
        first = candidates[0] if candidates else None
        if first is None or first.kind != "name" or text[span[0] : first.start].strip(" ,"):
            return None
        return first if self._unclosed.fullmatch(text, first.end, span[1]) else None

    def leads(self, text: str, start: int, one: Candidate) -> bool:
        """Tell whether words can be the subject of their sentence: nothing governs or owns them."""
        return not _POSSESSED.match(text, one.end) and not self._governed(text[start : one.start], beside=False)

    def _antecedent(self, text: str, best: Candidate, candidates: Sequence[Candidate]) -> Candidate:
        """Put who is meant in the place of "who", and a name in the place of the noun in apposition to it."""
        relative = text[best.start : best.end].lower() in _RELATIVE
        if relative:
            earlier = [
                one
                for one in candidates
                if one.end <= best.start and text[one.start : one.end].lower() not in _RELATIVE
            ]
            near = [one for one in earlier if not text[one.end : best.start].strip(" ,")]
            aside = [one for one in earlier if text[one.end : one.end + 1] == "," and one.kind == "name"]
            best = next(iter([*near[-1:], *aside[-1:], *earlier[-1:]]), best)
        if best.kind in ("noun", "body") and (relative or text[best.end : best.end + 1] == ","):
            names = [one for one in candidates if one.kind == "name" and text[one.end : best.start] == ", "]
            best = next(iter(names[-1:]), best)
        return best

    def _score(self, text: str, span: Span, one: Candidate, *, first: bool) -> float:
        start, cue = span
        between = text[one.end : cue]
        words = between.lower().replace(",", " ").split()
        adjacent = all(word in self._words("between") or word.endswith("ly") for word in words)
        score = (1.0 if first else 0.0) - 0.002 * len(between)
        nominative = text[one.start : one.end].lower() in _NOMINATIVE
        beside = adjacent and not between.startswith(",")
        if _POSSESSED.match(between) or (not nominative and self._governed(text[start : one.start], beside=beside)):
            return score - 4.0
        if text[start : one.end].rsplit(maxsplit=1)[-1] in self._words("place_nouns"):
            score -= 2.0
        closes = between.strip() == "," and not (one.kind == "name" and text[start : one.start].endswith(", "))
        if adjacent:
            score += 1.0 if closes else 4.0  # "the firm, which has ten workers, said"
        elif one.kind == "pronoun":
            score -= 1.0
        elif _ASIDE.match(between):
            score += 3.0 if between.rstrip().endswith(",") else 2.0
        return score - (0.5 if one.kind in ("noun", "body") else 0.0)

    def _governed(self, earlier: str, *, beside: bool) -> bool:
        """Tell whether a preposition stands in front of words, also one before the place in "in Lyon, France"."""
        words = earlier.lower().split()
        while words and (words[-1] in _DETERMINERS or _POSSESSED.search(words[-1])):
            words.pop()
        if not words:
            return False
        if words[-1] in self._words("prepositions"):
            return not (beside and words[-1] in self._openers)
        if beside or self._is_apposed(earlier):
            return False  # "In Paris, Bell said"; "the mayor of Riverton, Anna Petrova"
        place = earlier.rsplit(maxsplit=1)[-1]
        dated = place.lower().rstrip(",") in self._words("no_subject")
        return (
            place.endswith(",")
            and place[0].isupper()
            and not dated
            and len(words) > 1
            and words[-2] in self._words("prepositions")
        )

    def _is_apposed(self, earlier: str) -> bool:
        """Tell whether words end in a role and a comma, so that a name in apposition follows."""
        if not earlier.rstrip().endswith(","):
            return False
        return bool(self._apposition.search(earlier, max(0, len(earlier) - _LONGEST_APPOSITION)))


@cache
def _apposition() -> re.Pattern[str]:
    words = load_lexicon(ENGLISH).words
    roles = (words("roles") | words("speaker_nouns")) - words("person_adjectives")
    return re.compile(_LED_ROLE.replace("ROLES", "|".join(sorted(roles, key=len, reverse=True))), re.IGNORECASE)


@cache
def _unclosed() -> re.Pattern[str]:
    words = load_lexicon(ENGLISH).words
    roles = words("roles") | words("speaker_nouns")
    return re.compile(_UNCLOSED.replace("ROLES", "|".join(sorted(roles, key=len, reverse=True))), re.IGNORECASE)
