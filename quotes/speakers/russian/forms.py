"""What the Russian dictionary tells about one word: its readings, and the cases and the gender of a name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from corpora.languages import RUSSIAN
from quotes.lexicon import load_lexicon, parse_russian

CASES = frozenset({"nomn", "gent", "datv", "accs", "ablt", "loct"})
NAME_TAGS = frozenset({"Name", "Surn", "Patr"})
_PROPER_TAGS = NAME_TAGS | {"Geox", "Orgn", "Trad", "Abbr"}
_SAME_CASE = {"gen1": "gent", "gen2": "gent", "acc2": "accs", "loc1": "loct", "loc2": "loct", "voct": "nomn"}
_GENDERS = {"masc": "m", "femn": "f", "neut": "n"}
_LATIN = re.compile(r"[A-Za-z0-9\u00c0-\u024f.'\N{RIGHT SINGLE QUOTATION MARK}&+-]+\Z")
_LEAST = 0.03
_SURE = 0.2
_SHORT = 5
_RARER = 0.35
_ENDINGS = load_lexicon(RUSSIAN).words
_PLACE_ENDINGS = tuple(_ENDINGS("place_endings"))
_MAN, _WOMAN = tuple(_ENDINGS("man_endings")), tuple(_ENDINGS("woman_endings"))
_WOMAN_VOWELS, _CONSONANTS = _ENDINGS("woman_vowels"), _ENDINGS("consonants")
_WOMAN_OBLIQUE = tuple(_ENDINGS("woman_oblique_endings"))


@dataclass(frozen=True, slots=True)
class Form:
    """One reading of a word.

    Attributes:
        pos: Part of speech as pymorphy3 calls it.
        case: One of `CASES`, or an empty string.
        gender: `m`, `f`, `n` or nothing.
        tags: All that pymorphy3 tells.
        score: How likely the reading is, from 0 to 1.
    """

    lemma: str
    pos: str
    case: str
    gender: str
    plural: bool
    animate: bool
    tags: frozenset[str]
    score: float


@lru_cache(maxsize=50_000)
def forms(word: str) -> tuple[Form, ...]:
    """Return the likely readings of a word, whatever its case of letters; the likeliest first."""
    readings: list[Form] = []
    for reading in parse_russian(word.lower())[:12]:
        tag = reading.tag
        if reading.score < _LEAST and readings:
            break
        case = str(tag.case or "")
        readings.append(
            Form(
                str(reading.normal_form),
                str(tag.POS or ""),
                _SAME_CASE.get(case, case),
                _GENDERS.get(str(tag.gender), ""),
                tag.number == "plur",
                tag.animacy == "anim",
                frozenset(map(str, tag.grammemes)),
                float(reading.score),
            )
        )
    return tuple(readings)


@lru_cache(maxsize=50_000)
def is_known(word: str) -> bool:
    """Tell whether the dictionary has a word."""
    return any(reading.is_known for reading in parse_russian(word.lower()))


def lemma(word: str) -> str:
    """Return the likeliest dictionary form of a word, of a noun where it can be one."""
    found = forms(word)
    return next((form.lemma for form in found if form.pos == "NOUN"), found[0].lemma)


def is_latin(word: str) -> bool:
    """Tell whether a word is in Latin letters."""
    return bool(_LATIN.match(word))


def is_initial(word: str) -> bool:
    """Tell whether a word is one capital with a stop."""
    return len(word) == 2 and word[1] == "." and word[0].isupper()  # noqa: PLR2004 - the letter and its stop


def is_abbreviation(word: str) -> bool:
    """Tell whether a word is all capitals."""
    letters = [c for c in word if c.isalpha()]
    return len(letters) > 1 and sum(map(str.isupper, letters)) == len(letters)


@lru_cache(maxsize=50_000)
def has_tag(word: str, tag: str) -> bool:
    """Tell whether the dictionary has a word with a tag such as `Name`, in a reading that is not unlikely."""
    return is_known(word) and any(tag in form.tags and form.score >= _LEAST for form in forms(word))


@lru_cache(maxsize=50_000)
def is_ordinary(word: str) -> bool:
    """Tell whether a word is known and its likeliest reading no name, so that a capital is due to its place."""
    first = forms(word)[0]
    # No sentence begins with a genitive plural that looks like a surname: «Лапин».
    surname = first.plural and first.case == "gent" and bool(word.lower().endswith(_MAN))
    return is_known(word) and not surname and not (_PROPER_TAGS | {"Poss"}) & first.tags


@lru_cache(maxsize=50_000)
def is_first_name(word: str) -> bool:
    """Tell whether the dictionary has a word as a first name."""
    return has_tag(word, "Name")


@lru_cache(maxsize=50_000)
def is_surname(word: str) -> bool:
    """Tell whether the dictionary has a word as a surname, or it ends as Russian surnames do."""
    if has_tag(word, "Surn"):
        return True
    return not is_ordinary(word) and not has_tag(word, "Geox") and bool(word.endswith(_MAN) or word.endswith(_WOMAN))


@lru_cache(maxsize=50_000)
def is_place(word: str) -> bool:
    """Tell whether a word is known as a place and not as anybody's name."""
    return has_tag(word, "Geox") and not any(NAME_TAGS & form.tags for form in forms(word)[:3])


@lru_cache(maxsize=50_000)
def name_cases(word: str) -> frozenset[str]:
    """Return the cases that a word of a name may be in."""
    if is_latin(word) or is_initial(word) or is_abbreviation(word):
        found = {form.case for form in forms(word) if "Abbr" in form.tags or "Orgn" in form.tags}
        return frozenset(found - {""}) or CASES
    readings = forms(word)
    if not is_known(word):
        return _guessed_cases(word)
    named = _proper_forms(word) or [form for form in readings if form.pos in _NOMINAL]
    if not any(_PROPER_TAGS & form.tags for form in readings) and len(word) <= _SHORT:
        return CASES
    single = [form for form in named if not form.plural or "Pltm" in form.tags]
    if not single:
        # A foreign woman's first name that the dictionary takes for a plural: «Джен».
        return CASES
    return frozenset(form.case for form in single if form.case) or CASES


_NOMINAL = frozenset({"NOUN", "ADJF", "PRTF"})


@lru_cache(maxsize=50_000)
def _proper_forms(word: str) -> list[Form]:
    """The readings of a word as a name, without names that are much rarer: «Вадима» is a man's."""
    named = [form for form in forms(word) if _PROPER_TAGS & form.tags]
    weights: dict[str, float] = {}
    for form in named:
        weights[form.lemma] = weights.get(form.lemma, 0.0) + form.score
    most = max(weights.values(), default=0)
    kept = word.lower() in load_lexicon(RUSSIAN).words("women_like_men")
    return [form for form in named if kept or weights[form.lemma] >= _RARER * most]


def _guessed_cases(word: str) -> frozenset[str]:
    cases = {form.case for form in forms(word) if form.pos in _NOMINAL and form.case and not form.plural}
    # Foreign women's surnames that end in a consonant are not declined; the dictionary takes them for genitives.
    if word.lower().endswith(_PLACE_ENDINGS):
        return frozenset(cases - {"nomn"}) or CASES
    if word[-1].lower() in _ENDINGS("undeclined_endings") or not cases:
        return CASES
    return frozenset(cases | {"nomn"} if word[-1].lower() not in _ENDINGS("oblique_endings") else cases)


def gender_of_name(words: tuple[str, ...] | list[str]) -> str:
    """Tell a person's gender from the parts of the name, in any case: `m`, `f` or nothing."""
    if len(words) == 2 and words[0][-1] in _WOMAN_VOWELS and words[1][-1] in _CONSONANTS and is_first_name(words[0]):  # noqa: PLR2004 - first and last name
        return "f"
    # A surname may be a first name too: «Элита Георгиадис».
    for word in words[:-1] if len(words) > 1 and words[0][-1] in _WOMAN_VOWELS else words:
        if any("Name" in form.tags and form.plural for form in forms(word)[:2]):
            continue
        tags = {form.gender for form in _proper_forms(word) if "Name" in form.tags and not form.plural}
        if is_known(word) and len(tags) == 1:
            return next(iter(tags))
    last = words[-1].lower()
    if last.endswith(_WOMAN_OBLIQUE):
        return "f"
    if "nomn" not in name_cases(words[0]):
        return ""
    if any(word.lower().endswith(_MAN) for word in words[-1:]):
        return "m"
    return "f" if last.endswith(_WOMAN) else ""


def nominative_name(words: Sequence[str], cases: frozenset[str], gender: str) -> str:
    """Return a person's name in the nominative, unchanged where that is one of the `cases` it may be in."""
    if "nomn" in cases:
        return " ".join(words)
    return " ".join(_nominative_word(word, cases, gender) for word in words)


def _nominative_word(word: str, cases: frozenset[str], gender: str) -> str:
    if not word[0].isupper() or is_latin(word) or is_initial(word) or is_abbreviation(word):
        return word
    readings = [
        reading
        for reading in parse_russian(word.lower())
        if reading.tag.case in cases and reading.tag.number == "sing" and reading.tag.POS in {"NOUN", "ADJF"}
    ]
    fitting = [r for r in readings if not gender or _GENDERS.get(str(r.tag.gender)) == gender] or readings
    fitting.sort(key=lambda reading: not NAME_TAGS & set(map(str, reading.tag.grammemes)))
    for reading in fitting:
        form = reading.inflect({"nomn", "sing"})
        if form is not None:
            return str(form.word).capitalize()
    return word


def noun_forms(word: str) -> tuple[Form, ...]:
    """Return the readings of a word as a noun, none where it is much likelier something else."""
    readings = forms(word)
    nouns = tuple(form for form in readings if form.pos == "NOUN" and not NAME_TAGS & form.tags)
    if readings[0].pos == "NOUN":
        return nouns
    sure = readings[0].pos in {"ADJF", "PRTF"} or not is_known(word)
    return tuple(form for form in nouns if form.score >= _SURE) if sure else ()
