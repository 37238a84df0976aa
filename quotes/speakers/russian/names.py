"""Russian words with their places, and runs of capitalised words cut into names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpora.languages import RUSSIAN
from quotes.lexicon import load_lexicon
from quotes.speakers.names import MASK
from quotes.speakers.russian.forms import (
    CASES,
    NAME_TAGS,
    Form,
    forms,
    gender_of_name,
    has_tag,
    is_abbreviation,
    is_first_name,
    is_initial,
    is_known,
    is_latin,
    is_ordinary,
    is_place,
    is_surname,
    name_cases,
)

_TOKEN = re.compile(
    rf"{MASK}+|[^\W\d_](?:[\w-]|['\N{{RIGHT SINGLE QUOTATION MARK}}](?=\w)|\.(?=[a-z]{{2,3}}\b)|&(?=\w))*\.?"
)
_ARTICLE = re.compile(r"[\u0430-\u0451]{2,3}-[\u0401-\u042f]")
_SPACES = frozenset({" ", "\N{NO-BREAK SPACE}", "  ", ""})
_OPENS_SENTENCE = frozenset(".!?:\N{HORIZONTAL ELLIPSIS}")
_OPENERS = " \N{NO-BREAK SPACE}\"'(\N{LEFT-POINTING DOUBLE ANGLE QUOTATION MARK}"
_FIRST = sorted(NAME_TAGS)
_WHOLE = 2
_SHORT = 5
_PLACE_ENDINGS = tuple(load_lexicon(RUSSIAN).words("place_endings"))
_CASE_ENDINGS = tuple(load_lexicon(RUSSIAN).words("case_endings"))
_RELATED = load_lexicon(RUSSIAN).words("strangers")


@dataclass(frozen=True, slots=True)
class RussianWord:
    """A word, or the hole where a quote was.

    Attributes:
        end: After its last character; a stop counts only behind an initial.
        text: As printed.
        low: In small letters.
        opens: Whether a sentence may begin with it, so that its capital tells nothing.
        hole: Whether a quote stands here.
    """

    start: int
    end: int
    text: str
    low: str
    opens: bool
    hole: bool
    forms: tuple[Form, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it stands somewhere.

    Attributes:
        first: Place of its first word among the words of the text.
        last: After its last.
        person: Whether it is a person's; False for bodies, places and what nobody knows.
        gender: `m`, `f` or nothing.
        known: Whether the dictionary has any word of it, so that the cases are no guess.
    """

    first: int
    last: int
    person: bool
    cases: frozenset[str]
    gender: str
    known: bool = True


def read_words(text: str) -> list[RussianWord]:
    """Cut a text into words and holes."""
    words: list[RussianWord] = []
    for token in _TOKEN.finditer(text):
        printed = token.group()
        short = len(printed) > _WHOLE or not is_initial(printed)
        if printed.endswith(".") and short:
            printed = printed[:-1]
        before = _last_before(text, token.start())
        opens = not (words and is_initial(words[-1].text)) and (
            not before or before in _OPENS_SENTENCE or not (before.isalnum() or before in ",;)/")
        )
        hole, low = printed[0] == MASK, printed.lower()
        end = token.start() + len(printed)
        words.append(RussianWord(token.start(), end, printed, low, opens, hole, () if hole else forms(low)))
    return words


def _last_before(text: str, end: int) -> str:
    """Return the last character before a place but for spaces and what opens a quote; empty at the beginning."""
    while end and text[end - 1] in _OPENERS:
        end -= 1
    return text[end - 1 : end]


def touch(text: str, first: RussianWord, second: RussianWord) -> bool:
    """Tell whether two words stand side by side."""
    between = text[first.end : second.start]
    return between in _SPACES and (between != "" or first.text.endswith(".") or first.hole or second.hole)


def is_name_word(word: RussianWord, following: RussianWord | None) -> bool:
    """Tell whether a word is capitalised because it is, or belongs to, a name."""
    lexicon = load_lexicon(RUSSIAN)
    text = word.text
    if word.hole or not text[0].isupper() or word.low in lexicon.words("no_subject"):
        return False
    if not is_abbreviation(text) and _is_title_word(word, lexicon.words("body_nouns")):
        return False
    if not word.opens:
        return not _is_adjective(word)
    leads = following is not None and following.text[0].isupper()
    if is_initial(text) or is_latin(text) or is_abbreviation(text) or (leads and _is_short_name(word, following)):
        return True
    if not leads and not is_known(word.low) and word.forms[0].pos == "ADJF":
        return False
    return not is_ordinary(text) and not _is_adjective(word)


def _is_short_name(word: RussianWord, following: RussianWord | None) -> bool:
    """Tell whether a common noun before a capital is a foreign first name: «Люк Эванс», but «Река Волга»."""
    lexicon = load_lexicon(RUSSIAN)
    first = word.forms[0]
    heads = lexicon.words("name_heads") | lexicon.words("body_nouns") | lexicon.words("place_heads")
    short = len(word.text) <= _SHORT and not first.animate and first.pos == "NOUN" and first.lemma not in heads
    return short and following is not None and not following.opens and "gent" not in name_cases(following.text)


def _is_title_word(word: RussianWord, bodies: frozenset[str]) -> bool:
    """A noun that has its capital as an honour or as part of an official name: «Президент», «Совет»."""
    if not is_known(word.low) or any(NAME_TAGS & form.tags for form in word.forms[:4]):
        return False
    return any(form.pos == "NOUN" and form.lemma in bodies for form in word.forms) or (
        word.forms[0].animate
        and not word.forms[0].plural
        and word.forms[0].lemma in load_lexicon(RUSSIAN).words("titles")
    )


def _is_adjective(word: RussianWord) -> bool:
    """«Белый», «Европейская»; a surname that looks like one is none."""
    readings = word.forms
    adjective = is_known(word.low) and readings[0].pos in {"ADJF", "PRTF"} and "Apro" not in readings[0].tags
    return adjective and not any(NAME_TAGS & form.tags for form in readings)


def read_name(text: str, words: Sequence[RussianWord], place: int) -> Name | None:
    """Read the name that begins at a word, None where none does."""
    following = words[place + 1] if place + 1 < len(words) else None
    led = following is not None and words[place].low in load_lexicon(RUSSIAN).words("name_particles")
    led = led and words[place].text.islower() and touch(text, words[place], following) if following else False
    if led and following and is_name_word(following, None):
        return _named(words, place, place + 2)
    if not is_name_word(words[place], following):
        return None
    last = place + 1
    while last < len(words) and (step := _joins(text, words, last)):
        woman = last - place == 1 == step and is_woman(words[place].text, words[last].text)
        if woman and not _joins(text, words, last + 1):
            last += 1
            break
        linked = step > 1 or words[last].low in load_lexicon(RUSSIAN).words("name_particles")
        if not linked and (_breaks(words[place:last], words[last]) or _restarts(text, words, place, last)):
            break
        last += step
    return _named(words, place, last)


def is_woman(first: str, last: str) -> bool:
    """Tell whether two words must name a woman: a man's surname in a consonant would be declined as his first name is.

    «Камала Харрис», but «Дональда Трампа».
    """
    ends = last[-1].lower() in load_lexicon(RUSSIAN).words("consonants") and not is_latin(last)
    return ends and is_first_name(first) and first[-1] in load_lexicon(RUSSIAN).words("woman_vowels")


def _joins(text: str, words: Sequence[RussianWord], place: int) -> int:
    """How many words to take on: 1, or with small words such as «фон дер» in between 2 or 3; 0 for none."""
    particles = load_lexicon(RUSSIAN).words("name_particles")
    for step in range(3):
        if place + step >= len(words) or not touch(text, words[place + step - 1], words[place + step]):
            return 0
        word = words[place + step]
        if not word.hole and word.text[0].isupper():
            before = words[place - 1].text
            surname = _is_adjective(word) and (is_first_name(before) or is_initial(before))
            return step + 1 if surname or is_name_word(word, None) else 0
        if _ARTICLE.match(word.text):
            return step + 1
        if word.low not in particles:
            return 0
    return 0


def _breaks(run: Sequence[RussianWord], word: RussianWord) -> bool:
    """Tell whether another name begins with a word."""
    last = run[-1].text
    if is_initial(word.text):
        return len(run) == 1 and (is_abbreviation(last) or is_place(last))
    if is_latin(last) != is_latin(word.text):
        return not is_initial(last)
    if is_abbreviation(last) != is_abbreviation(word.text):
        return not (is_surname(word.text) and is_first_name(last))
    if is_latin(last):
        return False
    ended = all(_impersonal(one.text) for one in run) and not _impersonal(word.text)
    # «Президент Ферулии Иво Станек»
    unknown_place = len(run) == 1 and not is_known(run[0].low) and last.endswith(_PLACE_ENDINGS)
    if ended or (unknown_place and "nomn" in name_cases(word.text)):
        return True
    return _begins(run, word)


def _begins(run: Sequence[RussianWord], word: RussianWord) -> bool:
    """Tell whether somebody else's name begins with a word, by first names and cases."""
    last, given = run[-1].text, is_first_name(word.text)
    oblique = "nomn" not in name_cases(last) and not is_initial(last) and "nomn" in name_cases(word.text)
    if oblique and (given or len(run) >= _WHOLE):
        return True
    if given and len(run) >= _WHOLE and not is_first_name(last) and not is_initial(last):
        return not has_tag(word.text, "Patr")
    clash = has_tag(last, "Surn") and not is_first_name(last) and not name_cases(last) & name_cases(word.text)
    return clash and given


def _restarts(text: str, words: Sequence[RussianWord], place: int, last: int) -> bool:
    """Tell whether first name and surname follow a surname in the genitive: «коллега Брандт Эмин Орлов»."""
    if last - place != 1 or not is_first_name(words[last].text) or not _joins(text, words, last + 1):
        return False
    before, after = words[place].text, words[last + 1].text
    # «Викрам Кумар Сен»: a word without ending is a genitive only where a noun asks for one.
    related = place > 0 and words[place - 1].forms[:1] and words[place - 1].forms[0].lemma in _RELATED
    other = is_first_name(before) or is_initial(before) or is_latin(before) or has_tag(after, "Patr")
    return bool(related or before.endswith(_CASE_ENDINGS)) and not other and not is_first_name(after)


def _impersonal(word: str) -> bool:
    """Tell whether a word is known as the name of a place or body only."""
    if is_abbreviation(word):
        return True
    tags = forms(word)[0].tags if is_known(word) and not is_initial(word) else frozenset()
    return bool({"Geox", "Orgn", "Abbr", "Trad"} & tags) and not any(NAME_TAGS & form.tags for form in forms(word))


def _named(words: Sequence[RussianWord], first: int, last: int) -> Name:
    run = [word for word in words[first:last] if word.text[0].isupper() or _ARTICLE.match(word.text)]
    texts = [word.text for word in run]
    plain = [text for text in texts if not is_initial(text)]
    cases = _common_cases(plain or texts)
    numbered = any(map(str.isdigit, "".join(texts)))
    person = not numbered and not all(map(is_latin, texts)) and not all(map(_impersonal, texts))
    known = any(NAME_TAGS & form.tags for text in plain for form in forms(text)[:4] if is_known(text))
    person = person and (known or len(texts) > 1 or is_surname(texts[0]) or not is_known(texts[0]))
    return Name(
        first, last, person, cases, gender_of_name(tuple(plain or texts)) if person else "", any(map(is_known, plain))
    )


def _common_cases(texts: Sequence[str]) -> frozenset[str]:
    """The cases that the words of a name may be in: those that the dictionary has as names tell, else the first."""
    common = CASES
    if len(texts) == _WHOLE and is_woman(texts[0], texts[1]):
        return frozenset({"nomn"})
    sure = [text for place, text in enumerate(texts) if any(has_tag(text, tag) for tag in _FIRST if not place)]
    sure += [text for text in texts[1:] if has_tag(text, "Surn") or has_tag(text, "Patr")]
    for text in sure or texts[:1]:
        common = common & name_cases(text) or common | name_cases(text)
    last = name_cases(texts[-1])
    if common == CASES and len(texts) > 1 and "nomn" not in last and not is_known(texts[-1]):
        return last  # «Джо Байдену»
    first = name_cases(texts[0]) if sure and texts[0] not in sure else frozenset()
    return common | (first & {"nomn"})
