"""Files of gold alignments, and their assignment to versions."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any, Final

from alignment.multiway.consistency import VersionPair
from alignment.types import IndexBead
from common.errors import InputError, UsageError
from common.json_text import parse_json
from common.names import printable
from common.progress import Progress
from common.secrets import redact
from corpora.article import Article
from corpora.exchange import read_bitext
from corpora.languages import base_language
from corpora.limits import read_text
from corpora.readers.load import load_article, load_lines
from corpora.samples.stories import read_links
from tolmach.results.reading import from_json
from tolmach.results.result import Result, Version

STANDARD_INPUT = "-"


def read_articles(
    names: Sequence[str],
    languages: Sequence[str],
    progress: Progress,
    *,
    encoding: str | None = None,
    lines: bool = False,
) -> list[Article]:
    """Load the articles.

    Args:
        names: Paths, URLs, or `-` (at most once) for standard input.
        languages: Their languages in order, or none to detect each.
        progress: Receives downloads.
        encoding: Encoding of all; None detects each.
        lines: Whether each line is one sentence.

    Raises:
        UsageError: The numbers of names and languages differ, or `-` occurs twice.
        InputError: An article cannot be read.
    """
    if languages and len(languages) != len(names):
        raise UsageError(
            f"{len(names)} articles but {len(languages)} languages",
            hint="Give --language once for each article, in order",
        )
    if list(names).count(STANDARD_INPUT) > 1:
        raise UsageError("standard input (-) can be read only once", hint="Save one of the articles in a file")
    given: Sequence[str | None] = languages or [None] * len(names)
    load = load_lines if lines else load_article
    articles = []
    for name, language in zip(names, given, strict=True):
        with _named(name):
            articles.append(load(name, language, encoding=encoding, progress=progress))
    return articles


@contextmanager
def _named(name: str) -> Iterator[None]:
    """Name the article in errors about one of several."""
    try:
        yield
    except InputError as error:
        shown = "standard input" if name == STANDARD_INPUT else redact(printable(name))
        if shown in error.message:
            raise
        raise type(error)(f"{shown}: {error.message}", hint=error.hint) from error


_IDS: Final = re.compile(r"\s*\[[^\]]*\]\s*:\s*\[")
_OTHER_SENTENCES: Final = "Score with gold made for these sentences, or give the sentences it was made for with --lines"
_KNOWN: Final = "Name an alignment as ids, tsv or JSON of Tolmach, or a sample's gold.json"


@dataclass(frozen=True, slots=True)
class GoldPair:
    """Gold beads of two versions.

    Attributes:
        beads: Sentence indices of both sides.
        names: Languages or ids of the two versions, None if unknown.
        sentences: Sentences of the indices, None if the file does not have them.
    """

    beads: tuple[IndexBead, ...]
    names: tuple[str, str] | None = None
    sentences: tuple[tuple[str, ...], tuple[str, ...]] | None = None

    def reversed(self) -> "GoldPair":
        """Return the same beads with the sides exchanged."""
        return GoldPair(
            tuple((target, source) for source, target in self.beads),
            self.names and (self.names[1], self.names[0]),
            self.sentences and (self.sentences[1], self.sentences[0]),
        )


@dataclass(frozen=True, slots=True)
class GoldFile:
    """A gold file.

    Attributes:
        pairs: Its pairs, at least one.
    """

    name: str
    pairs: tuple[GoldPair, ...]


def read_gold(path: Path) -> GoldFile:
    """Read a gold file of any known format, recognised by its content.

    Raises:
        InputError: It cannot be read, or is of unknown format or damaged.
    """
    text = read_text(path)
    if not text.strip():
        raise InputError(f"{path} is empty", hint=_KNOWN)
    return GoldFile(printable(path), _parse(text, path))


def match_gold(golds: Sequence[GoldFile], versions: Sequence[Version]) -> Mapping[VersionPair, tuple[str, GoldPair]]:
    """Find the gold beads of every two versions, with the name of their file.

    Args:
        golds: One for each pair in order, as in en-ru, en-zh, ru-zh; or a single one with all of them; or none.
        versions: The versions.

    Raises:
        UsageError: Their number is not that of the pairs.
        InputError: A file does not have its pair, or was made for other sentences.
    """
    pairs = list(combinations(range(len(versions)), 2))
    if not golds:
        return {}
    if len(golds) not in (1, len(pairs)):
        raise UsageError(
            f"{len(versions)} versions make {len(pairs)} pairs, but there are {len(golds)} gold files",
            hint="Give --gold once for each pair in order, or one JSON file with all pairs",
        )
    given = list(golds) if len(golds) == len(pairs) else [*golds] * len(pairs)
    found = {}
    for pair, gold in zip(pairs, given, strict=True):
        two = versions[pair[0]], versions[pair[1]]
        one = _find(gold, two, alone=len(given) == len(golds))
        _check(one, two, gold.name)
        found[pair] = gold.name, one
    return found


def _parse(text: str, path: Path) -> tuple[GoldPair, ...]:
    start = text.lstrip()
    if start.startswith("{"):
        return _from_json(text, path)
    if start.startswith("<"):
        raise InputError(f"{path} is markup, which is not read as gold", hint=_KNOWN)
    return _from_bitext(text, "ids" if _IDS.match(start) else "tsv", path)


def _from_bitext(text: str, form: str, path: Path) -> tuple[GoldPair, ...]:
    try:
        bitext = read_bitext(text, form)
    except InputError as error:
        raise InputError(f"{path}: {error.message}", hint=error.hint) from error
    first, second = bitext.source_language, bitext.target_language
    names = (first, second) if first and second else None
    sentences = (bitext.source, bitext.target) if form != "ids" else None
    return (GoldPair(bitext.beads, names, sentences),)


def _from_json(text: str, path: Path) -> tuple[GoldPair, ...]:
    data = parse_json(text, str(path), hint=_KNOWN)
    if "schema" in data:
        return _from_result(from_json(text))
    return _from_sample(data, path)


def _from_result(result: Result) -> tuple[GoldPair, ...]:
    return tuple(
        GoldPair(
            tuple((bead.source, bead.target) for bead in found.beads),
            (result.versions[found.versions[0]].id, result.versions[found.versions[1]].id),
            (_texts(result.versions[found.versions[0]]), _texts(result.versions[found.versions[1]])),
        )
        for found in result.alignments.values()
    )


def _from_sample(data: Any, path: Path) -> tuple[GoldPair, ...]:
    """Parse the annotation of a sample: sentences by language, beads by pair of languages."""
    sentences, alignment = data.get("sentences"), data.get("alignment")
    if not _is_texts(sentences) or not isinstance(alignment, dict):
        raise InputError(f"{path} has no alignment", hint=_KNOWN)
    return tuple(_sample_pair(name, beads, sentences, path) for name, beads in alignment.items())


def _is_texts(data: Any) -> bool:
    return isinstance(data, dict) and all(
        isinstance(lines, list) and all(isinstance(line, str) for line in lines) for lines in data.values()
    )


def _sample_pair(name: str, beads: Any, sentences: Mapping[str, list[str]], path: Path) -> GoldPair:
    first, _, second = name.partition("-")
    unknown = next((language for language in (first, second) if language not in sentences), None)
    if unknown is not None:
        raise InputError(f"{path} has an alignment {name!r}, but no sentences in {unknown!r}", hint=_KNOWN)
    sides = tuple(sentences[first]), tuple(sentences[second])
    try:
        links = read_links(beads, (len(sides[0]), len(sides[1])))
    except ValueError as error:
        raise InputError(f"{path}: the alignment {name!r} {error}", hint=_KNOWN) from error
    return GoldPair(links, (first, second), sides)


def _find(gold: GoldFile, versions: tuple[Version, Version], *, alone: bool) -> GoldPair:
    """Return the pair of two versions; a single one without names belongs to them."""
    turned = [side for one in gold.pairs for side in (one, one.reversed()) if side.names]
    for is_called in (_has_id, _is_in):  # of two versions in one language, only the ids distinguish them
        for one in turned:
            if all(map(is_called, versions, one.names or ())):
                return one
    if alone and len(gold.pairs) == 1 and gold.pairs[0].names is None:
        return gold.pairs[0]
    held = ", ".join("-".join(one.names) if one.names else "a pair without names" for one in gold.pairs)
    raise InputError(
        f"{gold.name} has no alignment of {versions[0].id} with {versions[1].id}, but {held or 'none'}",
        hint="Give --gold once for each pair in order, or one JSON file with all pairs",
    )


def _has_id(version: Version, name: str) -> bool:
    return name == version.id


def _is_in(version: Version, name: str) -> bool:
    return base_language(name) == base_language(version.article.language)


def _texts(version: Version) -> tuple[str, ...]:
    return tuple(sentence.text for sentence in version.article.sentences)


def _check(gold: GoldPair, versions: tuple[Version, Version], name: str) -> None:
    for side, version in enumerate(versions):
        count = len(version.article.sentences)
        highest = max((index for bead in gold.beads for index in bead[side]), default=-1)
        if highest >= count:
            raise InputError(
                f"{name} was made for other sentences: it names sentence {highest} of {version.id},"
                f" which has {count}, numbered from 0",
                hint=_OTHER_SENTENCES,
            )
        if gold.sentences:
            _compare(gold.sentences[side], version, name)


def _compare(gold: Sequence[str], version: Version, name: str) -> None:
    for index, (theirs, ours) in enumerate(zip(gold, _texts(version), strict=False)):
        if _plain(theirs) != _plain(ours):
            raise InputError(
                f"{name} was made for other sentences: sentence {index} of {version.id}"
                f" is {_short(theirs)} there and {_short(ours)} here",
                hint=_OTHER_SENTENCES,
            )
    count = len(version.article.sentences)
    if len(gold) != count:
        raise InputError(
            f"{name} was made for other sentences: {len(gold)} of {version.id}, and here are {count}",
            hint=_OTHER_SENTENCES,
        )


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _short(text: str, most: int = 40) -> str:
    plain = _plain(text)
    return repr(plain if len(plain) <= most else f"{plain[: most - 1]}\N{HORIZONTAL ELLIPSIS}")
