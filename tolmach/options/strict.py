"""`--strict`: an exit status that tells whether the quality checks passed."""

from dataclasses import dataclass

import click

from tolmach.options.command import Command, OptionGroup, option
from tolmach.results.result import Result
from tolmach.terminal.console import say

CHECK_FAILED = 3


@dataclass(frozen=True, slots=True)
class Strictness:
    """What to do when a check failed.

    Attributes:
        enabled: Whether `--strict` was given.
    """

    enabled: bool = False

    def judge(self, result: Result) -> None:
        """End the command with status 3 when strict and a sentence of the result failed a check, naming each."""
        if not self.enabled or not flagged_sentences(result):
            return
        for name, one in result.translations.items():
            for number, sentence in enumerate(one.sentences, 1):
                for check in sentence.checks:
                    say(f"Check failed: {name}, sentence {number}: {check.message} ({check.kind})")
        raise click.exceptions.Exit(CHECK_FAILED)


def flagged_sentences(result: Result) -> int:
    """Count the translated sentences that failed a check, over all versions."""
    return sum(bool(sentence.checks) for one in result.translations.values() for sentence in one.sentences)


def strict_option(command: Command) -> Command:
    """Add `--strict` to a command; it receives `strict`, a `Strictness`."""
    return option(
        "--strict",
        group=OptionGroup.CHECKS,
        is_flag=True,
        callback=lambda _context, _parameter, value: Strictness(value),
        help="Exit with status 3 when a translation fails a check.",
    )(command)
