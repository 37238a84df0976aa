"""The tables of a corpus and their columns; `docs/scale.md` describes them, and a test compares the two."""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from common.errors import InputError
from common.files import replacing
from common.names import printable

if TYPE_CHECKING:
    import pyarrow as pa

SCHEMA: Final = "tolmach-corpus/1"
"""Version of the tables; another one when a column changes its meaning or goes."""
TableForm = Literal["parquet", "jsonl"]
TableRow = Mapping[str, Any]

_TEXT, _COUNT, _SCORE = "string", "int32", "double"
_COUNTS, _TEXTS, _SPANS, _FINDINGS = "counts", "texts", "spans", "findings"

TABLES: Final[Mapping[str, Mapping[str, str]]] = {
    "articles": {
        "article": _TEXT, "story": _TEXT, "language": _TEXT, "outlet": _TEXT, "date": _TEXT, "url": _TEXT,
        "title": _TEXT, "text": _TEXT, "sentences": _SPANS,
    },
    "quotes": {
        "article": _TEXT, "quote": _TEXT, "story": _TEXT, "language": _TEXT, "outlet": _TEXT, "date": _TEXT,
        "url": _TEXT, "kind": _TEXT, "text": _TEXT, "speaker": _TEXT, "speaker_name": _TEXT, "cue": _TEXT,
        "start": _COUNT, "end": _COUNT, "spans": _SPANS, "sentences": _COUNTS, "nested_in": _TEXT,
    },
    "beads": {
        "story": _TEXT, "first": _TEXT, "second": _TEXT, "bead": _COUNT, "first_sentences": _COUNTS,
        "second_sentences": _COUNTS, "score": _SCORE, "confidence": _SCORE,
    },
    "groups": {
        "story": _TEXT, "group": _TEXT, "speaker_name": _TEXT, "verdict": _TEXT, "articles": _TEXTS, "texts": _TEXTS,
    },
    "pairs": {
        "story": _TEXT, "group": _TEXT, "speaker_name": _TEXT, "verdict": _TEXT, "altered": _SCORE,
        "similarity": _SCORE, "findings": _FINDINGS,
        "first": _TEXT, "first_quote": _TEXT, "first_language": _TEXT, "first_text": _TEXT, "first_spans": _SPANS,
        "second": _TEXT, "second_quote": _TEXT, "second_language": _TEXT, "second_text": _TEXT,
        "second_spans": _SPANS,
    },
    "translations": {
        "article": _TEXT, "story": _TEXT, "source_language": _TEXT, "language": _TEXT, "sentence": _COUNT,
        "source": _TEXT, "text": _TEXT, "checks": _TEXTS,
    },
    "failures": {
        "article": _TEXT, "story": _TEXT, "step": _TEXT, "error": _TEXT, "reason": _TEXT, "source": _TEXT,
    },
}  # fmt: skip
"""Type of each column, by table."""


def write_table(path: Path, table: str, rows: Iterable[TableRow], form: TableForm) -> None:
    """Write rows as one file that appears whole.

    Raises:
        OutputError: It cannot be written.
    """
    with replacing(path) as temporary:
        if form == "jsonl":
            lines = (json.dumps({name: row[name] for name in TABLES[table]}, ensure_ascii=False) for row in rows)
            temporary.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")
            return
        import pyarrow as pa  # noqa: PLC0415 - loaded when used
        from pyarrow import parquet  # noqa: PLC0415

        made = pa.Table.from_pylist([dict(row) for row in rows], schema=arrow_schema(table))
        parquet.write_table(made, temporary, compression="zstd")


def read_table(path: Path, columns: Sequence[str]) -> list[dict[str, Any]]:
    """Return some columns of a file; a part without rows of a table has no file, and gives none.

    Raises:
        InputError: It is damaged.
    """
    if not path.exists():
        return []
    try:
        if path.suffix == ".jsonl":
            rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
            return [{name: row[name] for name in columns} for row in rows]
        from pyarrow import parquet  # noqa: PLC0415 - loaded when used

        found: list[dict[str, Any]] = parquet.read_table(path, columns=[*columns], partitioning=None).to_pylist()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{printable(path)} is damaged", hint="Run the corpus again in a new folder") from error
    return found


@cache
def arrow_schema(table: str) -> "pa.Schema":
    """Return the columns of a table as pyarrow declares them."""
    import pyarrow as pa  # noqa: PLC0415 - loaded when used

    texts = pa.struct([(name, pa.string()) for name in ("kind", "severity", "message")])
    kinds: dict[str, pa.DataType] = {
        _TEXT: pa.string(),
        _COUNT: pa.int32(),
        _SCORE: pa.float64(),
        _COUNTS: pa.list_(pa.int32()),
        _TEXTS: pa.list_(pa.string()),
        _SPANS: pa.list_(pa.struct([("start", pa.int32()), ("end", pa.int32())])),
        _FINDINGS: pa.list_(texts),
    }
    return pa.schema([(name, kinds[kind]) for name, kind in TABLES[table].items()], {"schema": SCHEMA})
