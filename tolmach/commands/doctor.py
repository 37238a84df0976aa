"""`tolmach doctor`: what is installed, what is cached and what can be reached."""

import json
from typing import Any

import click

from tolmach.export.output import Output
from tolmach.options.common import common_options, output_options


@click.command()
@output_options
@common_options
def doctor(*, quiet: bool, **output: Any) -> None:  # noqa: ARG001 - every command takes it
    """Show versions, processors, cached models, and whether a model hub can be reached.

    \b
    Example:
      tolmach doctor --format table
    """
    from tolmach.tables.results import facts_table  # noqa: PLC0415 - loaded when used
    from tolmach.workflow.diagnosis import diagnose  # noqa: PLC0415 - loaded when used

    facts = diagnose()
    Output(output["output_format"], output["output"]).emit(
        json.dumps(facts, ensure_ascii=False, indent=2) + "\n", lambda console: facts_table(console, facts)
    )
