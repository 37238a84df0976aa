"""What the shape of an English sentence tells of its verbs of saying: modal verbs, participles, relative clauses."""

import re

from corpora.offsets import Span
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
_REACH = 300


def reach_back(text: str, start: int, place: int) -> int:
    """Return where to begin to read the words in front of `place`: at `start`, or at a word some 300 characters off."""
    if place - start <= _REACH:
        return start
    return max(place - _REACH, text.find(" ", place - _REACH, place) + 1)


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
