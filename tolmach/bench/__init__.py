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
    "tolmach.bench.tables": (
        "bench_tables",
        "describe_sets",
        "gold_markdown",
        "gold_tables",
        "gold_text",
        "sets_table",
    ),
    "tolmach.bench.files": ("combine", "kept_paths", "planned_paths", "read_result", "to_json", "write_reports"),
    "tolmach.bench.markdown": ("render_markdown",),
    "tolmach.bench.page": ("render_page",),
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
