"""What the Russian dictionary tells about words that may be names: their case, gender, and where a name begins."""

import re
from collections.abc import Sequence

from quotes.lexicon import parse_russian
from quotes.speakers.names import may_be_nominative

_NAME_TAGS = frozenset({"Name", "Surn", "Patr", "Geox", "Orgn", "Trad"})
_SHORTEST_TAIL = 3


def is_common(word: str) -> bool:
    """Tell whether a word that a sentence begins with is an ordinary one, capitalised for its place."""
    readings = parse_russian(word.rstrip(".").lower())
    return readings[0].is_known and not _NAME_TAGS & set(readings[0].tag.grammemes)


def is_subject_name(name: str) -> bool:
    """Tell whether a name is in the nominative; of several words the first, which the dictionary knows best, tells."""
    return may_be_nominative(name.split(maxsplit=1)[0])


def is_place_before_name(run: Sequence[re.Match[str]]) -> bool:
    """Tell whether a run begins with an abbreviation or a place in another case, as in «министр России Иван Иванов»."""
    word = run[0].group()
    if word.isupper() and not word.endswith("."):
        return True
    reading = parse_russian(word.lower())[0]
    return (
        reading.is_known and not {"Name", "Surn", "Patr"} & set(reading.tag.grammemes) and not may_be_nominative(word)
    )


def lemma(word: str) -> str:
    """Return the likeliest dictionary form of a word."""
    return str(parse_russian(word.lower())[0].normal_form)


def is_name_word(word: str) -> bool:
    """Tell whether a word begins with a capital, and is no compound of a name and an ordinary noun."""
    tails = [part for part in word.split("-")[1:] if len(part) > _SHORTEST_TAIL and part.islower()]
    return word[0].isupper() and not any(
        reading.is_known and reading.tag.POS == "NOUN" and not _NAME_TAGS & set(reading.tag.grammemes)
        for reading in (parse_russian(part)[0] for part in tails)
    )


def given_name(run: Sequence[re.Match[str]], *, titled: bool) -> int:
    """Where the first name stands in a run that begins with a place nobody knows: «министр Карвении Дарина Вешолт».

    In another case than the nominative the first word may be a first name itself, unless a title stands before it.
    """
    readings = [parse_russian(token.group().rstrip(".").lower())[0] for token in run]
    # What the analyser only guesses tells nothing.
    tags = [set(reading.tag.grammemes) if reading.is_known else set() for reading in readings]
    if not tags or "Name" in tags[0]:
        return 0
    for place in range(1, len(run) - 1):
        plain = "nomn" in tags[place] or (titled and not tags[0])
        if "Name" in tags[place] and plain and "Patr" not in tags[place + 1]:
            return place
    return 0


def joined(text: str, last: re.Match[str], following: re.Match[str]) -> bool:
    """Tell whether two words stand side by side, so that they may be one name."""
    stops = last.group().endswith(".") and len(last.group()) > 2  # noqa: PLR2004 - an initial keeps its stop
    return not stops and text[last.end() : following.start()] in (" ", "\N{NO-BREAK SPACE}")


def nominative_noun(word: str, nouns: frozenset[str]) -> bool:
    """Tell whether a word is the nominative of one of some nouns."""
    return any(r.normal_form in nouns and "nomn" in r.tag and r.tag.POS == "NOUN" for r in parse_russian(word)[:3])


def is_animate(word: str) -> bool:
    """Tell whether a noun can stand for a person; one that the dictionary does not know may."""
    readings = [reading for reading in parse_russian(word.rstrip(".").lower()) if reading.tag.POS == "NOUN"]
    return not readings or any(reading.tag.animacy == "anim" for reading in readings)


def gender_of_run(run: Sequence[re.Match[str]]) -> str:
    """Tell a person's gender from first name and surname, where the dictionary knows them."""
    for token in run:
        first = parse_russian(token.group().rstrip(".").lower())
        tags = {
            str(r.tag.gender)
            for r in first
            if r.is_known and {"Name", "Surn"} & set(r.tag.grammemes) and "nomn" in r.tag and "plur" not in r.tag
        }
        if tags == {"masc"}:
            return "m"
        if tags == {"femn"}:
            return "f"
    return ""
