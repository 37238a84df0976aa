"""Writes what documents have from code and data: command line, models, figures, schemas, output, a picture.

`python docs/generate.py` writes them; `--check` only tells, with exit status 1, whether one is out of step. Output and
picture are made again where they are out of step, or with `--runs`.
"""

import sys
from collections.abc import Iterator
from functools import partial
from importlib import import_module
from pathlib import Path
from types import ModuleType

import click
from accuracy_figures import report_accuracy
from figure_tables import table
from figures import REGION, TABLES, fill_figures
from runs import OUTPUT, draw, fill_output, is_stale
from schemas import SCHEMAS

from common.files import write_text
from tolmach.cli import main
from tolmach.options.command import HELP_ALL
from tolmach.options.settings import describe_settings
from translate.models.registry import load_registry
from translate.models.specs import FirefoxSource, HubSource, ModelSpec, direction_name

DOCS = Path(__file__).parent
NOTICE = "<!-- Made by docs/generate.py: change the code or data it is made from, then run `make docs`. -->\n\n"


def command_line() -> str:
    """Return the help of every command as Markdown."""
    sections = [f"## `{' '.join(path)}`\n\n```text\n{text}\n```\n" for path, text in _help(main, ("tolmach",), None)]
    return f"{NOTICE}# Command line\n\n" + "\n".join(sections)


def models() -> str:
    """Return the registry of models as Markdown."""
    rows = [_row(spec) for spec in load_registry().models]
    head = (
        "| model | family | licence | forbids | directions | size | search | from | note |\n"
        "|---|---|---|---|---|---|---|---|---|\n"
    )
    sources = [f"- `{spec.name}`: {spec.citation}. <{spec.url}>" for spec in load_registry().models]
    trained = (
        "How `gemma3-270m-news` was trained, on what data and under which terms: [translator.md](translator.md).\n"
    )
    return f"{NOTICE}# Models\n\n{head}" + "\n".join(rows) + "\n\n" + "\n".join(sources) + f"\n\n{trained}"


def api() -> str:
    """Return the page of all public names; mkdocstrings puts their docstrings there."""
    sections = [f"## {package}\n\n{_members(import_module(package))}" for package in PUBLIC]
    return f"{NOTICE}# Python\n\nThe names that other programs may use.\n\n" + "\n".join(sections)


def _members(package: ModuleType) -> str:
    names = [name for name in package.__all__ if callable(getattr(package, name))]
    return "".join(f"::: {package.__name__}.{name}\n\n" for name in names)


def option_keys() -> str:
    """Return the keys of the settings file, those of every command first."""
    keys: dict[str, set[str]] = {}
    for each in describe_settings(click.Context(main), ()):
        keys.setdefault(each["command"], set()).add(each["option"].removeprefix("--"))
    common = set.intersection(*keys.values())
    rows = [("every command", common), *((name, own - common) for name, own in keys.items())]
    return table(
        ["command", "keys"], [[name, ", ".join(f"`{key}`" for key in sorted(own))] for name, own in rows if own]
    )


def _help(
    command: click.Command, path: tuple[str, ...], parent: click.Context | None
) -> Iterator[tuple[tuple[str, ...], str]]:
    context = click.Context(command, info_name=path[-1], parent=parent, max_content_width=100, terminal_width=100)
    context.meta[HELP_ALL] = True
    yield path, command.get_help(context)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            if child is not None:
                yield from _help(child, (*path, name), context)


def _row(spec: ModelSpec) -> str:
    origin = "package index"
    if isinstance(spec.source, HubSource):
        origin = ", ".join(repository.repo_id for repository in spec.source.repositories)
    elif isinstance(spec.source, FirefoxSource):
        origin = "Mozilla's service for Firefox, a mirror or a folder"
    size = f"{spec.size / 1e9:.1f} GB" if spec.size else ""
    name = f"`{spec.name}`" + (" (default)" if spec.default else "")
    directions = " ".join(direction_name(direction) for direction in spec.directions)
    note = " ".join(spec.quality_note.split())
    forbids = "; ".join(filter(None, (spec.restriction, "gated" if spec.gated else None)))
    search = f"beam {spec.decode.beam_size}" if spec.decode.beam_size > 1 else "greedy"
    cells = [name, spec.family, spec.licence, forbids, directions, size, search, origin, note]
    return f"| {' | '.join(map(str, cells))} |"


def _filled(page: Path) -> str:
    return fill_figures(page.read_text(encoding="utf-8"))


ROOT = DOCS.parent
PUBLIC = ("tolmach", "corpora", "alignment", "translate", "quotes", "eval")
TABLES["option-keys"] = option_keys
PAGES = (
    {
        DOCS / "api.md": api,
        DOCS / "cli.md": command_line,
        DOCS / "models.md": models,
        ROOT / "tolmach" / "pages" / "accuracy.toml": report_accuracy,
    }
    | {
        page: partial(_filled, page)
        for page in sorted([*DOCS.rglob("*.md"), *ROOT.glob("README*.md")])
        if REGION.search(page.read_text("utf-8")) or OUTPUT.search(page.read_text("utf-8"))
    }
    | SCHEMAS
)


def run(*, check: bool, runs: bool) -> int:
    """Write the pages, or with `check` compare them; return the exit status."""
    stale = []
    runs |= is_stale()
    for path, page in PAGES.items():
        text = page()
        if not check:
            write_text(path, fill_output(text) if runs else text)
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(path.name)
    if check and is_stale():
        stale.append("report.png and the output in README.md")
    if runs and not check:
        draw()
    if stale:
        sys.stderr.write(f"out of step: {', '.join(stale)}; run `make docs`\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(run(check="--check" in sys.argv[1:], runs="--runs" in sys.argv[1:]))
