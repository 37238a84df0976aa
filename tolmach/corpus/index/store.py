"""The table of quotes in LanceDB: vectors, text search and filters in one place, in a folder of the corpus."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from common.errors import InputError
from common.extras import require_extra
from common.names import printable

if TYPE_CHECKING:
    import pyarrow as pa

    from common.arrays import Floats

_QUOTES, _PARTS, _VERDICTS = "quotes", "parts", "verdicts"
_INDEXED_FROM: Final = 10_000
"""Passages from which their vectors get an index: fewer are compared one by one in some milliseconds."""
_PROBES: Final = 24
"""Partitions that are looked at: with these, ten times faster than all, a near vector is hardly ever missed."""
_BATCH: Final = 4096
_NGRAMS: Final = (2, 3)
"""Characters by which words are found: Chinese words have two, and no spaces between them."""


def quote_schema(dimension: int) -> "pa.Schema":
    """Return the columns: a row is a quote, or a sentence of a quote that has several."""
    import pyarrow as pa  # noqa: PLC0415 - loaded when used

    texts = (
        "part", "article", "quote", "story", "language", "outlet", "date", "url", "title", "kind", "text",
        "speaker_name",
    )  # fmt: skip
    counts = ("number", "sentence", "utterance")
    return pa.schema([
        *((name, pa.int64()) for name in counts),
        *((name, pa.string()) for name in texts),
        ("vector", pa.list_(pa.float16(), dimension)),
    ])  # fmt: skip


@dataclass(frozen=True)
class QuoteStore:
    """The tables of an index; rows are only ever added, and those of an interrupted part removed.

    Attributes:
        root: Folder of the index.
        encoder: What made the vectors, by name and revision.
        dimension: Length of the vectors.
    """

    root: Path
    encoder: str
    dimension: int

    def exists(self) -> bool:
        """Return whether there is an index."""
        return (self.root / f"{_PARTS}.lance").is_dir()

    def create(self) -> None:
        """Make empty tables where there are none."""
        import pyarrow as pa  # noqa: PLC0415 - loaded when used

        with self.errors():
            self._database.create_table(_QUOTES, schema=quote_schema(self.dimension), exist_ok=True)
            parts = pa.schema([("part", pa.string()), ("encoder", pa.string())])
            counts = [(name, pa.int64()) for name in ("number", "against")]
            verdicts = pa.schema([*counts, ("verdict", pa.string()), ("altered", pa.float64())])
            self._database.create_table(_VERDICTS, schema=verdicts, exist_ok=True)
            self._database.create_table(_PARTS, schema=parts, exist_ok=True)

    def parts(self) -> set[str]:
        """Return the parts of the corpus that are in the index.

        Raises:
            InputError: The index is damaged, or its vectors are of another encoder.
        """
        with self.errors():
            rows = self._parts.to_arrow().to_pylist()
        if any(row["encoder"] != self.encoder for row in rows):
            raise InputError(
                f"{printable(self.root)} was made with another encoder",
                hint="Remove the folder, and run tolmach corpus index again",
            )
        return {row["part"] for row in rows}

    def forget_unfinished(self, done: Iterable[str]) -> None:
        """Remove the quotes of parts that were interrupted."""
        names = ", ".join(map(literal, sorted(done)))
        with self.errors():
            self._quotes.delete(f"part NOT IN ({names})" if names else "true")
            # Their numbers are given again.
            number = self.next_number()
            self._verdicts.delete(f"number >= {number} OR against >= {number}")

    def forget_articles(self, part: str, articles: Collection[str]) -> None:
        """Remove the quotes of articles that are in another part now."""
        if articles:
            where = f"part = {literal(part)} AND article IN ({', '.join(map(literal, articles))})"
            if self.count(where):
                with self.errors():
                    self._quotes.delete(where)

    def add(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add quotes, all or none."""
        import pyarrow as pa  # noqa: PLC0415 - loaded when used

        with self.errors():
            self._quotes.add(pa.Table.from_pylist([dict(row) for row in rows], quote_schema(self.dimension)))

    def add_verdicts(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add what the comparison says of quotes (`number`) and others (`against`)."""
        with self.errors():
            self._verdicts.add([dict(row) for row in rows])

    def verdicts(self, where: str | None = None) -> list[dict[str, Any]]:
        """Return what the comparison says, of all pairs or of those that fit a condition."""
        with self.errors():
            found = self._with(self._verdicts.search(), where).to_arrow().to_pylist()
        return list(found)

    def finish(self, parts: Iterable[str]) -> None:
        """Note that parts are complete."""
        with self.errors():
            self._parts.add([{"part": part, "encoder": self.encoder} for part in parts])

    def count(self, where: str | None = None) -> int:
        """Return the number of rows."""
        with self.errors():
            return int(self._quotes.count_rows(where))

    def next_number(self) -> int:
        """Return the number after the largest."""
        return 1 + max(
            (batch["number"].to_numpy().max() for batch in self.scan(["number"]) if batch.num_rows), default=-1
        )

    def count_utterances(self) -> int:
        """Return the number of utterances."""
        return len({number for batch in self.scan(["utterance"]) for number in batch["utterance"].to_pylist()})

    def of_articles(self, articles: Collection[str], columns: Sequence[str]) -> list[dict[str, Any]]:
        """Return the quotes of some articles."""
        if not articles:
            return []
        return self.rows(columns, f"sentence = 0 AND article IN ({', '.join(map(literal, sorted(articles)))})")

    def rows(self, columns: Sequence[str], where: str) -> list[dict[str, Any]]:
        """Return the rows that fit a condition."""
        with self.errors():
            found = self._quotes.search().where(where).select([*columns]).to_arrow().to_pylist()
        return list(found)

    def scan(self, columns: Sequence[str]) -> "Iterator[pa.RecordBatch]":
        """Yield all rows, some thousands at once."""
        with self.errors():
            yield from self._quotes.search().select([*columns]).to_batches(batch_size=_BATCH)

    def nearest(self, vector: "Floats", where: str | None, most: int) -> list[dict[str, Any]]:
        """Return the utterances of the passages nearest to a vector, with their cosine, the nearest first."""
        with self.errors():
            search = self._quotes.search(vector).distance_type("cosine").nprobes(_PROBES)
            found = self._with(search, where).select(["utterance", "_distance"]).limit(most).to_list()
        return [{"utterance": row["utterance"], "score": 1 - row["_distance"]} for row in found]

    def containing(self, words: str, where: str | None, most: int) -> list[dict[str, Any]]:
        """Return utterance and text of the passages that have most in common with some words, letter by letter."""
        with self.errors():
            if not any(index.columns == ["text"] for index in self._quotes.list_indices()):
                return []
            # Words between quotation marks would be a phrase, which letters are not indexed for.
            search = self._quotes.search(words.replace('"', " "), query_type="fts")
            return list(self._with(search, where).select(["utterance", "text", "_score"]).limit(most).to_list())

    def optimize(self) -> None:
        """Merge small files, and bring the indices up to date; make those that are missing."""
        from lancedb.index import FTS, BTree, IvfFlat  # noqa: PLC0415 - loaded when used

        shortest, longest = _NGRAMS
        letters = FTS(base_tokenizer="ngram", ngram_min_length=shortest, ngram_max_length=longest, stem=False,
                      remove_stop_words=False)  # fmt: skip
        with self.errors():
            count = self._quotes.count_rows()
            wanted = {"utterance": BTree(), "text": letters} if count else {}
            if count >= _INDEXED_FROM:
                wanted["vector"] = IvfFlat(distance_type="cosine")
            known = {index.columns[0] for index in self._quotes.list_indices()}
            for column, config in wanted.items():
                if column not in known:
                    self._quotes.create_index(column, config=config)
            self._quotes.optimize()
            self._verdicts.optimize()

    @staticmethod
    def _with(search: Any, where: str | None) -> Any:
        return search.where(where) if where else search

    @cached_property
    def _database(self) -> Any:
        require_extra("index")
        import lancedb  # noqa: PLC0415 - loaded when used

        return lancedb.connect(self.root)

    @cached_property
    def _quotes(self) -> Any:
        return self._database.open_table(_QUOTES)

    @cached_property
    def _parts(self) -> Any:
        return self._database.open_table(_PARTS)

    @cached_property
    def _verdicts(self) -> Any:
        return self._database.open_table(_VERDICTS)

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Turn what LanceDB raises about its files into an error for users."""
        try:
            yield
        except (OSError, RuntimeError, ValueError) as error:
            raise InputError(
                f"the index in {printable(self.root)} is damaged: {_first_line(error)}",
                hint="Remove the folder, and run tolmach corpus index again",
            ) from error


def literal(text: str) -> str:
    """Return a text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def among(column: str, numbers: Iterable[int]) -> str:
    """Return the condition, in SQL, that a column has one of some numbers; there must be one."""
    return f"{column} IN ({', '.join(map(str, numbers))})"


def _first_line(error: Exception) -> str:
    with suppress(IndexError):
        return str(error).splitlines()[0][:200]
    return type(error).__name__
