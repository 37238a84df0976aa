"""`tolmach doctor`: what is installed, what is cached and what can be reached."""

import json

import click

from tolmach.export.output import Output
from tolmach.options.command import TolmachCommand, takes
from tolmach.options.common import ResultOptions, common_options, output_options
from tolmach.tables.results import facts_table
from tolmach.workflow.diagnosis import diagnose


@click.command(cls=TolmachCommand)
@output_options
@common_options
@takes(ResultOptions)
def doctor(options: ResultOptions) -> None:
    """Show versions, processors, cached models, and whether a model hub can be reached.

    \b
    Example:
      tolmach doctor --format table
    """
    facts = diagnose()
    Output(options.output_format, options.output).emit(
        json.dumps(facts, ensure_ascii=False, indent=2) + "\n", lambda console: facts_table(console, facts)
    )
