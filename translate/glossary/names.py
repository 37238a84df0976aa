"""Person names: which part of one is the surname, by which articles call a person after the first time."""

from collections.abc import Mapping
from typing import Final

import regex

from corpora.languages import CHINESE, base_language
from translate.glossary.forms import fold, load_words
from translate.glossary.matching import DOT

_HAN_NAME: Final = regex.compile(r"\p{Han}{2,4}")
_ALIKE, _RATHER_ALIKE = 0.99, 0.6
_PARTS: Final = 2


def surname(form: str, language: str, *, first: bool = False) -> str:
    """Return the surname of a full name: in Chinese what stands behind the last dot, elsewhere the last word.

    Args:
        form: A name as a glossary gives it.
        language: BCP-47 tag.
        first: Whether the surname is the first word, as in names of Chinese people.

    Returns:
        The surname with its particles, and the whole name where it has one part only.
    """
    if base_language(language) == CHINESE:
        return DOT.split(form)[-1]
    words = form.split()
    if first:
        return words[0]
    while len(words) > 1 and fold(words[-1].strip(".,")) in load_words("suffixes"):
        words.pop()
    at = len(words) - 1
    while at > 1 and fold(words[at - 1]) in load_words("particles"):
        at -= 1
    return " ".join(words[at:]).rstrip(",")


def is_surname_first(forms: Mapping[str, tuple[str, ...]]) -> bool:
    """Tell whether a name puts the surname first: its Chinese form has no dot and sounds like the others in order.

    Args:
        forms: The forms of one name by language tag.
    """
    chinese = next((group[0] for tag, group in forms.items() if base_language(tag) == CHINESE), "")
    if not _HAN_NAME.fullmatch(chinese):
        return False
    from quotes.facts.names import name_similarity  # noqa: PLC0415 - loads a dictionary of sounds

    for tag, group in forms.items():
        words = group[0].split()
        if base_language(tag) == CHINESE or len(words) != _PARTS:
            continue
        alike = name_similarity(chinese[0], words[0]), name_similarity(chinese[1:], words[1])
        if alike[0] >= _ALIKE and alike[1] >= _RATHER_ALIKE:
            return True
    return False
