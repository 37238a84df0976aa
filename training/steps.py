"""The command line of a training in steps: a subcommand for each, whose help is the step's docstring."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType

from common.errors import TolmachError

Step = Callable[[argparse.Namespace], None]


def make_parser(
    package: ModuleType, steps: Sequence[Step], add_options: Callable[[str, argparse.ArgumentParser], None]
) -> argparse.ArgumentParser:
    """Return the parser of a package's steps; `add_options` adds those of the step that it gets the name of."""
    parser = argparse.ArgumentParser(
        prog=f"python -m {package.__name__}",
        description=package.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parsers = parser.add_subparsers(dest="step", required=True)
    for step in steps:
        own = parsers.add_parser(step.__name__, help=step.__doc__, description=step.__doc__)
        own.add_argument("--work", type=Path, required=True, help="folder for what the steps hand on")
        own.set_defaults(run=step)
        add_options(step.__name__, own)
    return parser


def run_step(parser: argparse.ArgumentParser) -> None:
    """Run the step that the command line names."""
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    try:
        arguments.run(arguments)
    except TolmachError as error:
        sys.exit(f"error: {error}")
