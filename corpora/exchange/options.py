"""What a caller knows of the versions whose alignment is read."""

from collections.abc import Sequence
from dataclasses import dataclass

from common.errors import InputError
from corpora.article import Bitext


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What is known of the two versions; None where it is not.

    Attributes:
        source: Sentences of the first version. A file of indices needs them to give a whole bitext; a file with
            sentences of its own must hold the same.
        target: Sentences of the second version.
        source_count: Number of sentences of the first version, to check indices against where the sentences are not
            at hand.
        target_count: Number of sentences of the second.
        source_language: BCP-47 tag of the first version. It picks the language out of a TMX file that has several; `en`
            finds `en-US` too.
        target_language: BCP-47 tag of the second version.
    """

    source: tuple[str, ...] | None = None
    target: tuple[str, ...] | None = None
    source_count: int | None = None
    target_count: int | None = None
    source_language: str | None = None
    target_language: str | None = None


def names_language(asked: str, tag: str) -> bool:
    """Return whether `tag` is the asked language or a kind of it: `en` names `en` and `EN-us`, not the other way."""
    wanted, given = asked.casefold(), tag.casefold().replace("_", "-")
    return given == wanted or given.startswith(f"{wanted}-")


def check_expected(bitext: Bitext, options: ReadOptions) -> None:
    """Refuse a bitext with sentences of its own that are not those of the versions that the caller named.

    Raises:
        InputError: A language, the number of sentences or a sentence is not the expected one.
    """
    _check_language("source", bitext.source_language, options.source_language)
    _check_language("target", bitext.target_language, options.target_language)
    _check_sentences("source", bitext.source, options.source, options.source_count)
    _check_sentences("target", bitext.target, options.target, options.target_count)


def _check_language(side: str, tag: str | None, asked: str | None) -> None:
    if asked is not None and tag is not None and not names_language(asked, tag):
        raise InputError(f"the {side} is in {tag}, not in {asked}", hint="Swap or correct the languages")


def _check_sentences(side: str, found: Sequence[str], expected: Sequence[str] | None, count: int | None) -> None:
    for index, (one, wanted) in enumerate(zip(found, expected or (), strict=False)):
        if one != wanted:
            raise InputError(f"{side} sentence {index} is {one[:40]!r}, not {wanted[:40]!r}: not the same version")
    number = len(expected) if expected is not None else count
    if number is not None and len(found) != number:
        raise InputError(f"the file has {len(found)} {side} sentences, not {number}: not the same version")
