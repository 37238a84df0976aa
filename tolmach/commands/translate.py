"""`tolmach translate`: translates an article, without comparison and report."""

from dataclasses import dataclass

import click

from common.names import printable
from common.progress import Progress
from tolmach.export.translations import FORMATS, TranslationExport
from tolmach.options.clashes import check_outputs
from tolmach.options.command import OptionGroup, TolmachCommand, option, takes
from tolmach.options.common import (
    CommonOptions,
    Strictness,
    common_options,
    encoding_option,
    interface_option,
    private_option,
    source_language_option,
    strict_option,
    target_languages_option,
)
from tolmach.options.models import ModelOptions, model_options
from tolmach.options.paths import ARTICLE, OutputFile
from tolmach.results.overview import count_sentences, describe_counts, describe_flags
from tolmach.results.result import Result
from tolmach.terminal.console import make_progress
from tolmach.workflow.gold_files import read_articles
from tolmach.workflow.pipeline import translate_article
from tolmach.workflow.translators import load_translator_from


@dataclass(frozen=True, kw_only=True)
class TranslateOptions(ModelOptions, CommonOptions):
    """Options of `tolmach translate`."""

    article: str
    targets: tuple[str, ...]
    source: str | None
    encoding: str | None
    output: str | None
    forms: tuple[str, ...]
    strict: Strictness
    mark_flags: bool


@click.command(cls=TolmachCommand)
@click.argument("article", type=ARTICLE)
@target_languages_option
@source_language_option
@encoding_option
@private_option
@option(
    "--output",
    "-o",
    group=OptionGroup.OUTPUT,
    type=OutputFile(folder=True, text=True),
    help="Output file; a folder for several languages or formats, or if the name ends in /.",
)
@option(
    "--format",
    "forms",
    group=OptionGroup.OUTPUT,
    multiple=True,
    type=click.Choice(FORMATS),
    help="Format of the translation, by default from the extension of -o, else the article's. May be repeated.",
)
@option(
    "--mark-flags",
    group=OptionGroup.OUTPUT,
    is_flag=True,
    help="Number what failed a check in text, Markdown, web pages and DOCX, with notes at the end.",
)
@model_options
@strict_option
@interface_option
@common_options
@takes(TranslateOptions)
def translate(options: TranslateOptions) -> None:
    """Translate an ARTICLE.

    ARTICLE is a file, a URL, or - for standard input. The default format is the source's: text, Markdown, a web page or
    DOCX, in place of which Markdown goes to standard output. bilingual is a page with both sides and notes to check,
    tmx and xliff are for other tools, json has the complete result.

    \b
    Example:
      tolmach translate article.md --to zh -o article.zh.md
      tolmach translate article.md --to ru --to zh --format markdown --format bilingual -o translated/
    """
    destination = TranslationExport.named(options.output, options.forms, options.targets, marked=options.mark_flags)
    destination.check()
    progress = make_progress(quiet=options.quiet)
    languages = [options.source] if options.source else []
    (loaded,) = read_articles([options.article], languages, progress, encoding=options.encoding)
    check_outputs(destination.planned_paths(loaded))
    directions = [(loaded.language, target) for target in options.targets]
    result = translate_article(loaded, options.targets, load_translator_from(options, progress, directions), progress)
    paths = destination.deliver(result)
    for name, one in result.translations.items():
        progress.note(f"{name}: {describe_counts(count_sentences(one))}")
    _list_flags(result, options, progress)
    if paths:
        progress.note(f"wrote {', '.join(map(printable, paths))}")
    options.strict.judge(result)


_MOST_LISTED = 20
"""Failed checks that are listed, about a screen; the page of both sides shows them all."""


def _list_flags(result: Result, options: TranslateOptions, progress: Progress) -> None:
    lines = [] if options.strict.enabled else [*describe_flags(result)]  # strict names them itself
    for line in lines[:_MOST_LISTED]:
        progress.note(f"check {line}")
    if len(lines) > _MOST_LISTED:
        progress.note(f"{len(lines) - _MOST_LISTED} more to check: --format bilingual shows them all")
