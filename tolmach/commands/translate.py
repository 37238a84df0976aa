"""`tolmach translate`: an article in other languages, and nothing else."""

from dataclasses import dataclass

import click

from tolmach.export.translations import FORMATS, TranslationExport
from tolmach.options.clashes import check_outputs
from tolmach.options.command import OptionGroup, TolmachCommand, option, takes
from tolmach.options.common import (
    CommonOptions,
    Strictness,
    common_options,
    encoding_option,
    private_option,
    source_language_option,
    strict_option,
    target_languages_option,
)
from tolmach.options.models import ModelOptions, model_options
from tolmach.options.paths import ARTICLE, OutputFile
from tolmach.results.overview import count_sentences, describe_counts
from tolmach.terminal.console import make_progress
from tolmach.workflow.gold_files import read_articles
from tolmach.workflow.pipeline import translate_article
from tolmach.workflow.translators import load_translator_from


@dataclass(frozen=True, kw_only=True)
class TranslateOptions(ModelOptions, CommonOptions):
    """What `tolmach translate` is asked."""

    article: str
    targets: tuple[str, ...]
    source: str | None
    encoding: str | None
    output: str | None
    forms: tuple[str, ...]
    strict: Strictness


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
    help="Write to this file; several languages or formats, and a name that ends in /, go into this folder.",
)
@option(
    "--format",
    "forms",
    group=OptionGroup.OUTPUT,
    multiple=True,
    type=click.Choice(FORMATS),
    help="Form of the translation; by the ending of -o, else the article's own. May be repeated.",
)
@model_options
@strict_option
@common_options
@takes(TranslateOptions)
def translate(options: TranslateOptions) -> None:
    """Translate an ARTICLE.

    ARTICLE is a file, a URL, or - for standard input. Text comes out as text, Markdown as Markdown, a web page as a
    web page; bilingual is a page with both sides and what is to be checked, tmx and xliff are for other tools, json
    holds all that is known.

    \b
    Example:
      tolmach translate article.md --to zh -o article.zh.md
      tolmach translate article.md --to ru --to zh --format markdown --format bilingual -o translated/
    """
    destination = TranslationExport.named(options.output, options.forms, options.targets)
    destination.check()
    progress = make_progress(quiet=options.quiet)
    languages = [options.source] if options.source else []
    (loaded,) = read_articles([options.article], languages, progress, encoding=options.encoding)
    check_outputs(destination.planned_paths(loaded))
    result = translate_article(loaded, options.targets, load_translator_from(options, progress), progress)
    destination.deliver(result)
    for name, one in result.translations.items():
        progress.note(f"{name}: {describe_counts(count_sentences(one))}")
    options.strict.judge(result)
