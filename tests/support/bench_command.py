"""`tolmach bench` in this process."""

from click.testing import CliRunner, Result

from tolmach.cli import main


def invoke(*words: object) -> Result:
    """Run the command with these words."""
    return CliRunner().invoke(main, ["bench", *map(str, words)])
