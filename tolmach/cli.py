"""The command line: the root command, which loads commands lazily, and the one handler of errors."""

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

import click

from common.errors import TolmachError
from common.extras import explain_missing
from tolmach.options.command import SuggestingGroup
from tolmach.options.settings import PREFIX
from tolmach.terminal.console import (
    discard_unwritten,
    leave_now,
    open_streams,
    report_bug,
    report_error,
    report_usage,
    say,
)

COMMANDS = {
    "demo": "Show what Tolmach does with a sample article.",
    "run": "Translate an ARTICLE and report on all its versions.",
    "translate": "Translate an ARTICLE.",
    "align": "Align the sentences of versions of an ARTICLE.",
    "quotes": "Find the quotes of each ARTICLE, with their speakers.",
    "compare": "Compare the quotes in versions of an ARTICLE.",
    "evaluate": "Score translations, with or without a reference.",
    "bench": "Benchmark translation models on test sets.",
    "report": "Write the page of a saved RESULT again.",
    "corpora": "Show the sample articles; download test sets.",
    "corpus": "Process a corpus of articles.",
    "models": "List, fetch, verify and remove translation models.",
    "memory": "Keep your own translations for --memory.",
    "config": "Show the settings file and the option values in it.",
    "completion": "Print what a shell needs to complete commands.",
    "doctor": "Check what works here, and say how to mend the rest.",
}
"""Each command with its short help, in the order of the user's work; `tolmach.commands` has its module."""
_SHARED = {"completion": "config"}
"""Commands that share another's module."""

INTERRUPTED = 130


class RootGroup(SuggestingGroup):
    """The root command. It imports a command's module only when that command is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the user's work, not the alphabet."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command, None if there is no such command."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command = getattr(import_module(f"tolmach.commands.{_SHARED.get(cmd_name, cmd_name)}"), cmd_name)
        assert isinstance(command, click.Command)  # noqa: S101 - cannot happen, and tells the type checker
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands with their help, without importing any."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def main(self, args: Sequence[str] | None = None, *positional: Any, **extra: Any) -> Any:
        """Run the command line and end the process with its exit status, after reporting errors to the user."""
        extra["standalone_mode"] = False
        open_streams()
        try:
            status = super().main(args, *positional, **extra)
            sys.stdout.flush()
        except TolmachError as error:
            status = report_error(error)
        except click.ClickException as error:
            status = report_usage(error)
        except (click.Abort, KeyboardInterrupt):
            say("Interrupted: no incomplete files are left, and finished work is kept")
            status = INTERRUPTED
        except BrokenPipeError:
            status = 1  # the reader of our output ended, as `head` does; there is nobody to notify
        except MemoryError:
            status = report_error(TolmachError("there is not enough memory", hint="Try a smaller input"))
        except ModuleNotFoundError as error:
            missing = explain_missing(error)
            status = report_error(missing) if missing else report_bug(error)
        except Exception as error:  # noqa: BLE001 - the root boundary: a bug still gets one clear line
            status = report_bug(error)
        except (SystemExit, GeneratorExit):
            raise
        except BaseException as error:  # noqa: BLE001 - a panic of a library in Rust is no Exception
            status = report_bug(error)
        finally:
            discard_unwritten()
        _end(status if isinstance(status, int) else 0, own_process=args is None)


def _end(status: int, *, own_process: bool) -> NoReturn:
    if status == INTERRUPTED and own_process:
        leave_now(status)  # libraries that still work in threads would hold up the end for seconds or minutes
    sys.exit(status)


@click.group(
    cls=RootGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100, "auto_envvar_prefix": PREFIX},
)
@click.version_option(package_name="tolmach", allow_from_autoenv=False)
def main() -> None:
    """Translate news articles between English, Russian and Chinese, and compare their quotes.

    Results go to standard output or to the files named with -o; everything else goes to standard error.

    Exit status: 0 done, 1 could not be done, as with a missing file or an unknown language, 2 wrong usage, 3 done but
    a quality check failed under --strict.

    \b
    Example:
      tolmach run article.html --to ru --to zh -o report/
    """
