"""Reads result documents: decodes the JSON and validates every index, id and offset."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from alignment.types import IndexBead
from common.errors import InputError
from common.json_text import parse_json
from corpora.article import Inline
from corpora.limits import read_text
from corpora.offsets import Span
from quotes.types import Quote, QuoteGroup
from tolmach.results.codec import DecodeError, decode
from tolmach.results.result import SCHEMA, Result, Version, VersionAlignment

_FAMILY: Final = SCHEMA.split("/", maxsplit=1)[0]


def from_json(text: str) -> Result:
    """Read a document that `to_json` wrote.

    Raises:
        InputError: It is not JSON, not a result of Tolmach, of a newer schema, or inconsistent.
    """
    data = parse_json(text, "the result", hint="Name a result.json that Tolmach wrote")
    _check_schema(data)
    try:
        result: Result = decode(data, Result)
        check_references(result)
    except DecodeError as error:
        raise InputError(f"the result is damaged: {error}", hint="Make it again from the articles") from error
    return result


def read_result(path: Path) -> Result:
    """Read the document at `path`.

    Raises:
        InputError: The file cannot be read, or is not a result; see `from_json`.
    """
    return from_json(read_text(path))


def check_references(result: Result) -> None:
    """Check that all references to versions, sentences and offsets are valid.

    Raises:
        DecodeError: One is invalid; the message names it.
    """
    checks = (_versions, _translations, _alignments, _quotes)
    problem = next((problem for check in checks for problem in check(result)), None)
    if problem is not None:
        raise DecodeError(problem)


def _check_schema(data: object) -> None:
    schema = data.get("schema") if isinstance(data, dict) else None
    if schema == SCHEMA:
        return
    if isinstance(schema, str) and schema.startswith(f"{_FAMILY}/"):
        raise InputError(
            f"the result has the schema {schema!r}, and this Tolmach reads {SCHEMA!r}",
            hint="Install the version of Tolmach that wrote it, or make it again",
        )
    raise InputError("this is not a result of Tolmach", hint=f'Name a JSON file with "schema": "{SCHEMA}"')


def _versions(result: Result) -> Iterator[str]:
    ids = [version.id for version in result.versions]
    if len(set(ids)) != len(ids):
        yield "two versions have the same id"
    for version in result.versions:
        for place, sentence in enumerate(version.article.sentences):
            if sentence.index != place:
                yield f"sentence {place} of {version.id} says that it is sentence {sentence.index}"
            if version.article.text[sentence.start : sentence.end] != sentence.text or sentence.start < 0:
                yield f"sentence {sentence.index} of {version.id} is not at its stated position"
            if not 0 <= sentence.block < len(version.article.blocks):
                yield f"sentence {sentence.index} of {version.id} is in a block that does not exist"
        yield from _inlines(version)


def _inlines(version: Version) -> Iterator[str]:
    around: list[Inline] = []
    order = [(inline.start, -inline.end) for inline in version.article.inlines]
    if order != sorted(order):
        yield f"the markup of {version.id} is not in its order"
    for inline in version.article.inlines:
        start, end = inline.start, inline.end
        if not 0 <= start < end <= len(version.article.text):
            yield f"the {inline.kind} from {start} to {end} of {version.id} points outside the text"
        elif not any(block.start <= start and end <= block.end for block in version.article.blocks):
            yield f"the {inline.kind} from {start} to {end} of {version.id} is not within one block"
        while around and around[-1].end <= start:
            around.pop()
        if around and end > around[-1].end:
            yield f"the {inline.kind} from {start} to {end} of {version.id} crosses the {around[-1].kind} before it"
        around.append(inline)


def _translations(result: Result) -> Iterator[str]:
    sizes = {version.id: len(version.article.sentences) for version in result.versions}
    for target in result.scores:
        if target not in sizes:
            yield f"scores of {target!r}, which is not a version"
    for target, translation in result.translations.items():
        if target not in sizes or translation.source not in sizes:
            yield f"a translation from {translation.source!r} into {target!r}, which are not both versions"
        elif len(translation.sentences) != sizes[translation.source]:
            yield f"the translation into {target!r} has not one sentence for each of {translation.source!r}"


def _alignments(result: Result) -> Iterator[str]:
    for name, found in result.alignments.items():
        if not all(0 <= index < len(result.versions) for index in found.versions):
            yield f"the alignment {name!r} is of versions that do not exist"
            continue
        ids = "-".join(result.versions[index].id for index in found.versions)
        if name != ids:
            yield f"the alignment {name!r} is that of {ids!r}"
        for side, index in zip(("source", "target"), found.versions, strict=True):
            held = sorted(at for bead in found.beads for at in getattr(bead, side))
            if held != list(range(len(result.versions[index].article.sentences))):
                yield f"the alignment {name!r} does not hold each sentence of {result.versions[index].id!r} once"
        if found.gold and not all(_known(link, found, result) for link in (*found.gold.wrong, *found.gold.missed)):
            yield f"the gold of the alignment {name!r} names sentences that do not exist"


def _known(link: IndexBead, found: VersionAlignment, result: Result) -> bool:
    sizes = (len(result.versions[index].article.sentences) for index in found.versions)
    return all(0 <= at < size for side, size in zip(link, sizes, strict=True) for at in side)


def _quotes(result: Result) -> Iterator[str]:
    comparison = result.quotes
    if comparison is None:
        return
    if len(comparison.languages) != len(result.versions) or len(comparison.quotes) != len(result.versions):
        yield "the quotes are not of as many versions as there are"
        return
    for version, quotes in zip(result.versions, comparison.quotes, strict=True):
        yield from (
            f"quote {quote.id} of {version.id} does not fit its text" for quote in quotes if not _fits(quote, version)
        )
    for group in comparison.groups:
        yield from _group(group, result)


def _group(group: QuoteGroup, result: Result) -> Iterator[str]:
    if len(group.members) != len(result.versions):
        yield f"group {group.id} has not one member for each version"
        return
    if not any(group.members):
        yield f"group {group.id} has no quote in any version"
    for version, member in zip(result.versions, group.members, strict=True):
        if member is not None and not _fits(member, version):
            yield f"quote {member.id} in group {group.id} does not fit its text"
    for pair in group.pairs:
        if not all(0 <= index < len(result.versions) for index in pair.versions):
            yield f"group {group.id} compares versions that do not exist"
            return
        texts = [result.versions[index].article.text for index in pair.versions]
        if not all(_inside(spans, text) for finding in pair.findings
                   for spans, text in zip((finding.first, finding.second), texts, strict=True)):  # fmt: skip
            yield f"a finding of group {group.id} points outside the text"


def _fits(quote: Quote, version: Version) -> bool:
    known = all(0 <= index < len(version.article.sentences) for index in quote.sentences)
    return known and bool(quote.spans) and _inside(quote.spans, version.article.text)


def _inside(spans: Iterable[Span], text: str) -> bool:
    return all(0 <= start <= end <= len(text) for start, end in spans)
