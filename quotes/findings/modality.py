"""Findings about certainty, obligation and degree: a statement made softer or stronger."""

from collections.abc import Iterator, Mapping
from functools import partial

from quotes.findings.evidence import Evidence, Pair, Passage, load_data, on_pieces, words_at
from quotes.findings.lexicon import find_entries, lexicon
from quotes.types import Finding, Span

Found = Mapping[str, tuple[Span, ...]]


def compare_modality(pair: Pair) -> Iterator[Evidence]:
    """Give evidence for every category of degree that only one side has.

    A category on one side against an opposed one on the other (`perhaps` against `must`) is worth a line to the reader;
    a category that merely lacks its counterpart is only counted.
    """
    first, second = degrees(pair.first), degrees(pair.second)
    clash = _clash(first, second)
    for category in sorted(first.keys() ^ second.keys()):
        yield Evidence(f"lone_{category}", 1.0, None if clash else _lone_finding(pair, category, (first, second)))
    if clash:
        one, other = clash
        message = (
            f"The {pair.first.language_name} version says {words_at(pair.first, first[one])}, "
            f"the {pair.second.language_name} one {words_at(pair.second, second[other])}: the degree may differ."
        )
        yield Evidence("degree_clash", 1.0, Finding("degree", "warning", message, first[one], second[other]))


def degrees(passage: Passage) -> dict[str, tuple[Span, ...]]:
    """Return the words of every category of degree that `passage` has: code points into the article's text."""
    found = {}
    table = dict(lexicon("modality", passage.language))
    masked = table.pop("not", [])
    for category, entries in table.items():
        find = partial(find_entries, language=passage.language, entries=entries, masked=masked)
        spans = tuple(on_pieces(passage, find))
        if spans:
            found[category] = spans
    return found


def _lone_finding(pair: Pair, category: str, degrees_found: tuple[Found, Found]) -> Finding | None:
    if not load_data("weights.toml")["weights"].get(f"lone_{category}"):
        return None
    spans = degrees_found[0].get(category, ()), degrees_found[1].get(category, ())
    has, lacks = (pair.first, pair.second) if spans[0] else (pair.second, pair.first)
    message = (
        f"The {has.language_name} version says {words_at(has, spans[0] or spans[1])}; "
        f"nothing in the {lacks.language_name} one is plainly of that degree."
    )
    return Finding("degree", "note", message, *spans)


def _clash(first: Found, second: Found) -> tuple[str, str] | None:
    opposed: dict[str, list[str]] = load_data("modality.toml")["opposed"]
    for one in sorted(first.keys() - second.keys()):
        for other in opposed.get(one, []):
            if other in second and other not in first:
                return one, other
    return None
