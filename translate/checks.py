"""Checks of one translated sentence against its source: each says what it saw, none changes the text."""

import tomllib
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import regex

from corpora.languages import CHINESE, ENGLISH, RUSSIAN, base_language
from translate.types import Check

_SCRIPTS = {RUSSIAN: r"\p{Cyrillic}", CHINESE: r"\p{Han}"}
_LATIN = r"\p{Latin}"
_NUMBER = regex.compile(r"\d+(?:[.,\s]\d{3})*(?:[.,]\d+)?")
_WORD = regex.compile(r"\p{L}+")
_LATIN_LETTER, _CYRILLIC = regex.compile(_LATIN), regex.compile(r"\p{Cyrillic}")
_LOWER_LATIN = r"(?<![\p{Latin}\p{Cyrillic}])(?:(?=\p{Ll})\p{Latin}){3,}(?!\p{Latin})"
_LOWER_CYRILLIC = r"(?<![\p{Latin}\p{Cyrillic}])(?:(?=\p{Ll})\p{Cyrillic}){3,}(?!\p{Cyrillic})"
_FOREIGN_WORD = {
    ENGLISH: regex.compile(rf"{_LOWER_CYRILLIC}|\p{{Han}}+"),
    RUSSIAN: regex.compile(rf"{_LOWER_LATIN}|\p{{Han}}+"),
    CHINESE: regex.compile(rf"{_LOWER_LATIN}|{_LOWER_CYRILLIC}"),
}
"""Words in another language's script that begin with no capital letter, by the language they stand in."""
_HEAVY_SCRIPT = regex.compile(r"\p{Han}")


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """Where a measure becomes suspicious.

    Attributes:
        min_script_share: Least share of a translation's letters in the script of its language, 0 to 1.
        max_compression: Most times a translation may shrink under zlib before it is called a loop; prose of one to
            three sentences stays below 2.5.
        min_length_ratio: Least ratio of the two texts' weights, target to source, see `text_weight`.
        max_length_ratio: Most such ratio.
        min_weight: Texts lighter than this are not judged by length.
    """

    min_script_share: float = 0.5
    max_compression: float = 3.5
    min_length_ratio: float = 0.4
    max_length_ratio: float = 2.5
    min_weight: int = 12


@dataclass(frozen=True, slots=True)
class Pair:
    """A source sentence and its hypothesis.

    Attributes:
        source: The sentence as it stands in the article.
        hypothesis: Its translation.
        target_language: Tag of the hypothesis's language.
        finished: False where the engine stopped at its length limit.
    """

    source: str
    hypothesis: str
    target_language: str
    finished: bool = True


def check_translation(pair: Pair, options: CheckOptions | None = None) -> tuple[Check, ...]:
    """Return what looks wrong with one translation, empty where nothing does."""
    options = options or CheckOptions()
    if not pair.hypothesis.strip():
        return (Check("empty", "The model returned nothing"),)
    found = (check(pair, options) for check in _CHECKS)
    return tuple(result for result in found if result)


def text_weight(text: str) -> int:
    """Return the length of `text` in characters, a Chinese one counting as three: about what it takes in English."""
    return len(text) + 2 * len(_HEAVY_SCRIPT.findall(text))


def find_numbers(text: str) -> Counter[str]:
    """Count the numbers written in digits, separators removed, so that `1,200`, `1 200` and `1200` are one."""
    return Counter(regex.sub(r"\D", "", number) for number in _NUMBER.findall(text))


def _check_copied(pair: Pair, options: CheckOptions) -> Check | None:
    del options
    letters = regex.findall(r"\p{L}", pair.source)
    if len(letters) > 3 and pair.source.strip().casefold() == pair.hypothesis.strip().casefold():  # noqa: PLR2004 - a name or an abbreviation may stay
        return Check("copied", "The source was returned untranslated")
    return None


def _check_script(pair: Pair, options: CheckOptions) -> Check | None:
    letters = regex.findall(r"\p{L}", pair.hypothesis)
    script = _SCRIPTS.get(base_language(pair.target_language), _LATIN)
    inside = sum(bool(regex.match(script, letter)) for letter in letters)
    if not letters or inside / len(letters) >= options.min_script_share:
        return None
    return Check("script", f"Only {inside} of {len(letters)} letters are in the script of {pair.target_language}")


def _check_mixed(pair: Pair, options: CheckOptions) -> Check | None:
    del options
    words = [word for word in _WORD.findall(pair.hypothesis) if _LATIN_LETTER.search(word) and _CYRILLIC.search(word)]
    return Check("mixed", f"Latin and Cyrillic letters in one word: {', '.join(words)}") if words else None


def _check_untranslated(pair: Pair, options: CheckOptions) -> Check | None:
    """Look for words of another script that are no names: these begin with a capital letter, or stay whole in Han."""
    del options
    target = base_language(pair.target_language)
    known = pair.source.casefold()
    left = [word for word in _FOREIGN_WORD[target].findall(pair.hypothesis) if word.casefold() in known]
    return Check("untranslated", f"Left as in the source: {', '.join(left)}") if left else None


def _check_loop(pair: Pair, options: CheckOptions) -> Check | None:
    data = pair.hypothesis.encode("utf-8")
    ratio = len(data) / len(zlib.compress(data, 9))
    source = pair.source.encode("utf-8")
    if ratio <= options.max_compression or ratio <= 1.5 * len(source) / len(zlib.compress(source, 9)):
        return None
    return Check("loop", f"The translation repeats itself: it compresses {ratio:.1f} times")


def _check_cut(pair: Pair, options: CheckOptions) -> Check | None:
    del options
    return None if pair.finished else Check("cut", "The model reached its length limit before the end of the sentence")


def _check_length(pair: Pair, options: CheckOptions) -> Check | None:
    weights = text_weight(pair.source), text_weight(pair.hypothesis)
    ratio = weights[1] / max(weights[0], 1)
    if max(weights) < options.min_weight or options.min_length_ratio <= ratio <= options.max_length_ratio:
        return None
    return Check("length", f"The translation is {ratio:.1f} times as long as the source")


def _check_numbers(pair: Pair, options: CheckOptions) -> Check | None:
    del options
    wanted, found = find_numbers(pair.source), find_numbers(pair.hypothesis)
    surplus = [number.rstrip("0") for number in (found - wanted).elements()]
    lost = [number for number in (wanted - found).elements() if len(number) > 1]
    if any(word in text.casefold() for word in _magnitudes() for text in (pair.source, pair.hypothesis)):
        lost = [number for number in lost if not _consume(number.rstrip("0"), surplus)]
    return Check("number", f"Not in the translation: {', '.join(sorted(lost))}") if lost else None


def _consume(number: str, surplus: list[str]) -> bool:
    """Tell whether `number` is in `surplus`, and take it out."""
    if number not in surplus:
        return False
    surplus.remove(number)
    return True


@cache
def _magnitudes() -> tuple[str, ...]:
    data = tomllib.loads(files("translate").joinpath("checks.toml").read_text(encoding="utf-8"))
    return tuple(data["magnitudes"])


_CHECKS: tuple[Callable[[Pair, CheckOptions], Check | None], ...] = (
    _check_copied,
    _check_script,
    _check_mixed,
    _check_untranslated,
    _check_loop,
    _check_cut,
    _check_length,
    _check_numbers,
)
