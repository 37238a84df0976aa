"""TMX that other tools wrote: each unit is a 1-1 bead, one-sided where a side is missing or empty."""

from collections.abc import Callable, Sequence
from typing import Final

from common.errors import InputError
from corpora.article import Bitext
from corpora.exchange.markup import LANG, Element
from corpora.exchange.options import ReadOptions, names_language
from corpora.exchange.rows import UNDETERMINED, Labels, Row, Side, assemble, parse_tag

_ANY: Final = "*all*"
_SHOWN: Final = 10
"""Languages that a message names; no file of use has more."""

TextOf = Callable[[Element, str], str]
"""Gives the text of a `<tuv>`; the second argument says where it stands."""


def language_of(variant: Element, place: str) -> str | None:
    """Return the language of a `<tuv>`, None where it is undetermined.

    Raises:
        InputError: It has none, or a malformed one.
    """
    tag = variant.get(LANG) or variant.get("lang")  # `lang` is TMX 1.2's name for it
    if tag is None:
        raise InputError(f"{place}: a tuv has no xml:lang")
    return parse_tag(tag, place)


def read_foreign(
    header: Element | None, units: Sequence[tuple[str, Element]], options: ReadOptions, text_of_variant: TextOf
) -> Bitext:
    """Return the bitext of two of the file's languages; units that have neither are left out.

    Raises:
        InputError: A language that the options name is not in the file, or it has fewer than two.
    """
    spoken = [
        (place, [(language_of(one, place) or UNDETERMINED, one) for one in unit.iterchildren("tuv")])
        for place, unit in units
    ]
    source, target = _languages(header, [tag for _, variants in spoken for tag, _ in variants], options)
    rows, counts = [], {source: 0, target: 0}
    for place, variants in spoken:
        sides = []
        for tag in (source, target):
            variant = next((one for other, one in variants if _same(other, tag)), None)
            text = text_of_variant(variant, place) if variant is not None else ""
            sides.append(Side((counts[tag],), (text,)) if text else Side())
            counts[tag] += bool(text)
        if sides[0].indices or sides[1].indices:
            rows.append(Row(place, sides[0], sides[1]))
    return assemble(rows, Labels(*(None if tag == UNDETERMINED else tag for tag in (source, target))), options)


def _languages(header: Element | None, tags: Sequence[str], options: ReadOptions) -> tuple[str, str]:
    first: dict[str, str] = {}
    for tag in tags:
        first.setdefault(tag.casefold(), tag)
    known = list(first.values())
    source = _asked(options.source_language, known)
    target = _asked(options.target_language, known)
    if source is None:
        declared = (header.get("srclang") if header is not None else None) or _ANY
        others = [tag for tag in known if target is None or not _same(tag, target)]
        source = next((tag for tag in others if names_language(declared, tag)), next(iter(others), None))
    if target is None:
        target = next((tag for tag in known if source is not None and not _same(tag, source)), None)
    if source is None or target is None or _same(source, target):
        raise InputError(
            f"the TMX file has no two languages to pair; it has {_listed(known) or 'none'}",
            hint="Each tu needs a tuv in either language",
        )
    return source, target


def _asked(language: str | None, known: Sequence[str]) -> str | None:
    if language is None:
        return None
    exact = next((tag for tag in known if _same(tag, language)), None)
    found = exact or next((tag for tag in known if names_language(language, tag)), None)
    if found is None:
        raise InputError(f"the TMX file has nothing in {language}; it has {_listed(known) or 'no language'}")
    return found


def _listed(tags: Sequence[str]) -> str:
    shown = ", ".join(tags[:_SHOWN])
    return shown if len(tags) <= _SHOWN else f"{shown} and {len(tags) - _SHOWN} more"


def _same(tag: str, other: str) -> bool:
    return tag.casefold() == other.casefold()
