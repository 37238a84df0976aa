"""Alignments as files: JSON, the HTML page, and the formats of other tools, which hold one pair."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Final

from common.errors import UsageError
from common.files import write_texts
from corpora.exchange import write_bitext
from tolmach.export.output import Output
from tolmach.pages.alignment import render_alignment
from tolmach.results.result import make_bitext, make_versions, to_json
from tolmach.tables.results import alignment_table

if TYPE_CHECKING:
    from corpora.article import Article
    from tolmach.results.result import Result

PAIR_SUFFIXES: Final = {"tsv": "tsv", "tmx": "tmx", "xliff": "xlf", "ids": "ids"}
"""Formats that hold one pair of versions, with their file extensions."""

FORMATS: Final = ("table", "json", "html", *PAIR_SUFFIXES)
_TWO: Final = 2


@dataclass(frozen=True, slots=True)
class AlignmentExport:
    """Destination and format of an alignment.

    Attributes:
        output: The user's format and path; several pairs in a format for one need a folder.
    """

    output: Output

    def check(self, versions: int, *, scored: bool = False) -> None:
        """Refuse, before anything is read, output that the format cannot hold.

        Raises:
            UsageError: The format holds one pair, there are more, and the path is not a folder; or it cannot hold
                scores.
        """
        form = self.output.form()
        if form in PAIR_SUFFIXES and scored:
            raise UsageError(f"{form} has no place for the result of --gold", hint="Use --format table, json or html")
        if form in PAIR_SUFFIXES and versions > _TWO and self.output.path is None:
            raise UsageError(
                f"{form} holds one pair of versions, and {versions} versions make several",
                hint="Name a folder with -o, or use --format json",
            )

    def planned_paths(self, articles: "Sequence[Article]") -> list[Path]:
        """Return the files to which the alignments of `articles` will be written."""
        ids = [version.id for version in make_versions(articles, ["given"] * len(articles))]
        return self._paths([f"{first}-{second}" for first, second in combinations(ids, 2)])

    def deliver(self, result: "Result") -> None:
        """Write the alignments of `result`, all files or none."""
        form = self.output.form()
        if form in PAIR_SUFFIXES:
            self._deliver_pairs(render_pairs(result, form))
        elif form == "html":
            self.output.write_page(render_alignment(result))
        else:
            self.output.emit(to_json(result), lambda console: alignment_table(console, result))

    def _deliver_pairs(self, texts: Mapping[str, str]) -> None:

        paths = self._paths(list(texts))
        if paths:
            write_texts(dict(zip(paths, texts.values(), strict=True)))
        else:
            self.output.write("".join(texts.values()))

    def _paths(self, pairs: Sequence[str]) -> list[Path]:
        path, form = self.output.path, self.output.form()
        if path is None:
            return []
        if form in PAIR_SUFFIXES and (len(pairs) > 1 or path.is_dir()):
            return [path / f"{pair}.{PAIR_SUFFIXES[form]}" for pair in pairs]
        return [path]


def render_pairs(result: "Result", form: str) -> dict[str, str]:
    """Return each alignment of `result` as text in one of `PAIR_SUFFIXES`, by the names of its versions."""
    return {name: write_bitext(make_bitext(result, found), form) for name, found in result.alignments.items()}
