"""`tolmach align`: which sentences of two or more versions correspond."""

from dataclasses import dataclass
from pathlib import Path

import click

from tolmach.export.alignments import FORMATS, AlignmentExport
from tolmach.export.output import Output
from tolmach.options.clashes import check_outputs
from tolmach.options.command import OptionGroup, TolmachCommand, option, takes
from tolmach.options.common import (
    ReadingOptions,
    ResultOptions,
    align_options,
    common_options,
    encoding_option,
    interface_option,
    languages_option,
    output_options_for,
    private_option,
)
from tolmach.options.paths import ARTICLE, INPUT_FILE
from tolmach.terminal.console import make_progress
from tolmach.workflow.gold_files import read_articles, read_gold
from tolmach.workflow.pipeline import AlignPlan, align_articles, check_versions


@dataclass(frozen=True, kw_only=True)
class AlignCommandOptions(ReadingOptions, ResultOptions):
    """Options of `tolmach align`."""

    lines: bool
    golds: tuple[Path, ...]
    force: bool
    encoder: str
    max_bead: int
    no_crossings: bool


@click.command(cls=TolmachCommand)
@click.argument("articles", nargs=-1, required=True, type=ARTICLE)
@languages_option
@option("--lines", group=OptionGroup.INPUT, is_flag=True, help="Each line is one sentence, including blank lines.")
@option(
    "--gold",
    "golds",
    old_names=["--score"],
    group=OptionGroup.SCORING,
    type=INPUT_FILE,
    multiple=True,
    metavar="FILE",
    help="Compare with this gold alignment: ids, tsv or JSON. With more than two versions, "
    "once for each pair in order, or one JSON file with all pairs.",
)
@option(
    "--force",
    group=OptionGroup.ALIGNMENT,
    is_flag=True,
    help="Align even texts that do not look like versions of each other.",
)
@align_options
@encoding_option
@private_option
@output_options_for(
    FORMATS,
    "Write the result to this file, not to standard output; "
    "tsv, tmx, xliff and ids of more than two versions to this folder, a file for each pair.",
    folder=True,
)
@interface_option
@common_options
@takes(AlignCommandOptions)
def align(options: AlignCommandOptions) -> None:
    """Align the sentences of versions of an ARTICLE.

    Two or more versions are aligned, every two of them. Each is a file, a URL, or - for standard input. Sentences are
    numbered from 0. A page of --format html also contains the whole result, and can be read back like JSON.

    \b
    Example:
      tolmach align en.txt ru.txt --format table
      tolmach align en.txt ru.txt zh.txt --format html -o aligned.html
      tolmach align --lines en.txt ru.txt --gold gold.ids --format table
    """
    progress = make_progress(quiet=options.quiet)
    destination = AlignmentExport(Output(options.output_format, options.output, FORMATS, quiet=options.quiet))
    check_versions(len(options.articles))
    destination.check(len(options.articles), scored=bool(options.golds))
    plan = AlignPlan(
        max_bead=options.max_bead,
        crossings=not options.no_crossings,
        encoder=options.encoder,
        force=options.force,
        golds=tuple(map(read_gold, options.golds)),
    )
    read = read_articles(options.articles, options.languages, progress, encoding=options.encoding, lines=options.lines)
    check_outputs(destination.planned_paths(read))
    destination.deliver(align_articles(read, plan, progress))
