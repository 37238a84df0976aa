"""`tolmach report`: the page of a result that was saved."""

from dataclasses import dataclass
from pathlib import Path

import click

from common.errors import InputError
from corpora.limits import read_text
from tolmach.export.output import Output
from tolmach.options.command import TolmachCommand, takes
from tolmach.options.common import ResultOptions, common_options, interface_option, output_options_for
from tolmach.options.paths import INPUT_FILE
from tolmach.pages import render_report
from tolmach.pages.alignment import render_alignment
from tolmach.pages.page import extract_result
from tolmach.results.reading import from_json
from tolmach.results.result import Result

FORMATS = ("html",)
_PAGES = {".html", ".htm"}


@dataclass(frozen=True, kw_only=True)
class SavedResultOptions(ResultOptions):
    """Options of `tolmach report`."""

    result: Path


@click.command(cls=TolmachCommand)
@click.argument("result", type=INPUT_FILE)
@output_options_for(FORMATS)
@interface_option
@common_options
@takes(SavedResultOptions)
def report(options: SavedResultOptions) -> None:
    """Write the page of a saved RESULT again.

    RESULT is JSON that compare, run, align or translate wrote, or that a page of theirs saved with a reader's notes; it
    may also be such a page. What was found is described in the language of the first run. Benchmarks have bench report.

    \b
    Example:
      tolmach compare en.txt ru.txt -o result.json
      tolmach report result.json -o report.html
    """
    output = Output(options.output_format, options.output, FORMATS)
    output.form()  # refuses another ending before any work
    text = read_text(options.result)
    result = extract_result(text) if options.result.suffix.lower() in _PAGES else from_json(text)
    output.write(_render(result))


def _render(result: Result) -> str:
    """Return the page for what the result holds.

    Raises:
        InputError: It holds quotes that were not compared, which have no page.
    """
    if result.quotes and not result.quotes.groups and not result.alignments:
        raise InputError("the quotes of this result were not compared", hint="Name a result of tolmach compare")
    aligned = result.alignments and result.quotes is None and not result.translations
    return render_alignment(result) if aligned else render_report(result)
