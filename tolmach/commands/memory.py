"""`tolmach memory`: your own translations, kept in a TMX file."""

from collections.abc import Iterator
from pathlib import Path

import click

from common.files import output_errors, write_text
from common.names import printable
from corpora.article import Bitext
from corpora.exchange.rows import joint
from corpora.limits import read_text
from tolmach.export.translations import make_memory
from tolmach.options.command import OptionGroup, TolmachGroup, option
from tolmach.options.common import common_options
from tolmach.options.paths import INPUT_FILE, OutputFile
from tolmach.options.settings import settings_path
from tolmach.pages.page import extract_result
from tolmach.terminal.console import make_progress, put
from translate.memory.translation_memory import Unit, load_user_memory

_PAGES = (".html", ".htm")


@click.group(cls=TolmachGroup)
def memory() -> None:
    """Keep your own translations for --memory.

    \b
    Example:
      tolmach memory add corrected.xlf --memory mine.tmx
    """


@memory.command()
@click.argument("files", nargs=-1, required=True, type=INPUT_FILE)
@option(
    "--memory",
    "path",
    group=OptionGroup.OUTPUT,
    type=OutputFile(stream=False),
    help="TMX file that they are added to; by default memory.tmx beside the settings file.",
)
@common_options
def add(files: tuple[Path, ...], *, path: Path | None, quiet: bool) -> None:
    """Add the translations in FILES to your memory.

    TMX is taken as you have corrected it. Of XLIFF and a bilingual page, sentences that failed a check are left out. In
    XLIFF, they are taken once you correct the target or set the segment's state to reviewed. What you correct in the
    page is in the TMX that it saves.

    \b
    Example:
      tolmach memory add corrected.xlf --memory mine.tmx
    """
    from corpora.exchange.tmx import add_units  # noqa: PLC0415 - loads lxml

    path = path or settings_path().parent / "memory.tmx"
    found = [unit for file in files for unit in _units(file)]
    units = [unit for unit in found if unit is not None]
    with output_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        there = path.exists()
    before = read_text(path) if there else None
    text, added = add_units(before, [[(tag, texts[-1]) for tag, texts in unit.items()] for unit in units])
    if added or not there:  # an empty memory too, so that the next command finds the file that it names
        write_text(path, text)
    put(f"{added} added to {printable(path)}, {len(units) - added} were there\n")
    progress = make_progress(quiet=quiet)
    if left := len(found) - len(units):
        progress.note(f"{left} left out: they failed a check and were not corrected")
    progress.note(f"use it with --memory {printable(path)}, or name it in the settings file")


def _units(path: Path) -> Iterator[Unit | None]:
    """Yield the translations in a file, None for those that failed a check and were not corrected."""
    if path.suffix.lower() not in _PAGES:
        memory = load_user_memory([path])
        yield from (unit for unit in memory.units if len(unit) > 1)
        yield from [None] * memory.uncorrected
        return
    result = extract_result(read_text(path))
    for target in result.translations:
        flagged = {at for at, one in enumerate(result.translations[target].sentences) if one.checks}
        yield from _trusted(make_memory(result, target), flagged)


def _trusted(bitext: Bitext, flagged: set[int]) -> Iterator[Unit | None]:
    """Yield the beads that have both sides, None for those with a sentence of the source that is flagged."""
    tags = bitext.source_language or "", bitext.target_language or ""
    for source, target in bitext.beads:
        if not source or not target:
            continue
        texts = [bitext.source[at] for at in source], [bitext.target[at] for at in target]
        unit = {tag: [joint(tag).join(each)] for tag, each in zip(tags, texts, strict=True)}
        yield unit if flagged.isdisjoint(source) else None
