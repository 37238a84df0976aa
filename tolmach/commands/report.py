"""`tolmach report`: the page of a result that was saved."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from common.errors import InputError
from common.extras import require_extra
from corpora.limits import read_text
from tolmach.export.output import Output
from tolmach.options.command import TolmachCommand, option, takes
from tolmach.options.common import ResultOptions, common_options, interface_option, output_options_for
from tolmach.options.paths import INPUT_FILE, MODEL
from tolmach.pages import render_report
from tolmach.pages.alignment import render_alignment
from tolmach.pages.glosses import Translate
from tolmach.pages.page import extract_result
from tolmach.results.reading import from_json
from tolmach.results.result import Result
from tolmach.terminal.console import make_progress

FORMATS = ("html",)
_PAGES = {".html", ".htm"}


@dataclass(frozen=True, kw_only=True)
class SavedResultOptions(ResultOptions):
    """Options of `tolmach report`."""

    result: Path
    gloss_model: str | None


@click.command(cls=TolmachCommand)
@click.argument("result", type=INPUT_FILE)
@option(
    "--gloss-model",
    type=MODEL,
    metavar="NAME",
    help="Translation model, or its folder, that also translates wordings that may differ, below their words.",
)
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
    output = Output(options.output_format, options.output, FORMATS, quiet=options.quiet)
    output.form()  # refuses another ending before any work
    text = read_text(options.result)
    result = extract_result(text) if options.result.suffix.lower() in _PAGES else from_json(text)
    output.write_page(_render(result, options))


def _render(result: Result, options: SavedResultOptions) -> str:
    """Return the page for what the result holds.

    Raises:
        InputError: It holds quotes that were not compared, which have no page.
    """
    if result.quotes and not result.quotes.groups and not result.alignments:
        raise InputError("the quotes of this result were not compared", hint="Name a result of tolmach compare")
    aligned = result.alignments and result.quotes is None and not result.translations
    if aligned:
        return render_alignment(result)
    return render_report(result, translate=_translate(options) if options.gloss_model else None)


def _translate(options: SavedResultOptions) -> Translate:
    require_extra("translate")
    from translate.loading import load_translator  # noqa: PLC0415 - loads an engine

    translator = load_translator(options.gloss_model or "", progress=make_progress(quiet=options.quiet))

    def translate(texts: Sequence[str], source: str, target: str) -> list[str]:
        """Return the texts in another language."""
        return [one.text for one in translator.translate(texts, source=source, target=target)]

    return translate
