"""Attributions, in Russian and languages with its dashes, that a dash sets off: «A, — said he. — B»."""

import re

from quotes.lexicon import Lexicon, find_cues, load_lexicon, parse_russian

DASHES = "\N{EM DASH}\N{EN DASH}\N{HORIZONTAL BAR}-"
_TURN = re.compile(rf"\s*,?\s*[{DASHES}]\s+(?P<words>[^\n]*)")
_HEAD_WORDS = 3
_REACH = 60


def starts_attribution(words: str, language: str) -> bool:
    """Return whether a piece after a dash begins as an attribution does: a verb of saying among its first words."""
    first = words.split(maxsplit=_HEAD_WORDS)[:_HEAD_WORDS]
    if not first or not first[0][0].islower():
        return False
    head = first[0].strip(",.")
    lexicon = load_lexicon(language)
    if head in lexicon.words("speech_goes_on"):
        return False
    return bool(find_cues(" ".join(first), language)) or _stands_for_saying(head, lexicon)


def _stands_for_saying(word: str, lexicon: Lexicon) -> bool:
    """Return whether a word stands for a verb of saying ("it is said in", "is certain")."""
    reading = parse_russian(word.lower())[0]
    if reading.tag.POS == "ADJS":
        return reading.normal_form in lexicon.words("cue_adjectives")
    return reading.tag.POS == "VERB" and reading.normal_form in lexicon.words("document_cues")


def is_attributed_behind(text: str, position: int, language: str) -> bool:
    """Return whether a dash and an attribution follow the mark at `position`."""
    turn = _TURN.match(text, position + 1, position + 1 + _REACH)
    return turn is not None and starts_attribution(turn["words"], language)
