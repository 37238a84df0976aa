"""The reports of a benchmark: tables on the terminal, Markdown, JSON, and one HTML page with plots.

Importing the package does not load numpy; modules that need it are loaded on first use.
"""

from typing import TYPE_CHECKING, Final

from common.lazy import lazy_names

if TYPE_CHECKING:
    from tolmach.bench.files import combine, kept_paths, planned_paths, read_result, to_json, write_reports
    from tolmach.bench.markdown import render_markdown
    from tolmach.bench.page import render_page
    from tolmach.bench.tables import bench_tables, describe_sets, gold_markdown, gold_tables, gold_text, sets_table

_HOMES: Final = {
    "bench_tables": "tolmach.bench.tables",
    "describe_sets": "tolmach.bench.tables",
    "sets_table": "tolmach.bench.tables",
    "combine": "tolmach.bench.files",
    "gold_markdown": "tolmach.bench.tables",
    "gold_tables": "tolmach.bench.tables",
    "gold_text": "tolmach.bench.tables",
    "kept_paths": "tolmach.bench.files",
    "planned_paths": "tolmach.bench.files",
    "read_result": "tolmach.bench.files",
    "render_markdown": "tolmach.bench.markdown",
    "render_page": "tolmach.bench.page",
    "to_json": "tolmach.bench.files",
    "write_reports": "tolmach.bench.files",
}

__all__ = [
    "bench_tables",
    "combine",
    "describe_sets",
    "gold_markdown",
    "gold_tables",
    "gold_text",
    "kept_paths",
    "planned_paths",
    "read_result",
    "render_markdown",
    "render_page",
    "sets_table",
    "to_json",
    "write_reports",
]

__getattr__ = lazy_names(__name__, _HOMES)
