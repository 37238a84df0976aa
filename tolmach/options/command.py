"""Declaration of options: in groups, with expert and old names, passed as one typed object."""

import difflib
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from enum import StrEnum
from functools import partial, wraps
from typing import Any, TypeVar

import click
from click.core import ParameterSource
from click.shell_completion import CompletionItem

from common.errors import TolmachError, UsageError
from tolmach.options.settings import UserSettings, origin_of, variable_of
from tolmach.terminal.console import put, say

Options = TypeVar("Options")
Command = Callable[..., Any]
"""A function that becomes a command, or the command."""
HELP_ALL = "tolmach.help_all"
"""Key of a context's `meta` that makes help show expert options."""


class OptionGroup(StrEnum):
    """Heading of options in help, in this order."""

    INPUT = "Input"
    OUTPUT = "Output"
    MODEL = "Model"
    DECODING = "Decoding"
    ALIGNMENT = "Alignment"
    SCORING = "Scoring"
    CHECKS = "Checks"
    GENERAL = "General"


class GroupedOption(click.Option):
    """An option that belongs to a group.

    Args:
        names: As for `click.Option`.
        group: Heading in the help.
        expert: Whether only `--help-all` shows it.
        old_names: Names of an earlier release, which still work.
        attributes: Other arguments of `click.Option`.
    """

    def __init__(
        self,
        names: Sequence[str],
        *,
        group: OptionGroup = OptionGroup.GENERAL,
        expert: bool = False,
        old_names: Sequence[str] = (),
        **attributes: Any,
    ) -> None:
        super().__init__(names, hidden=expert, **attributes)
        self.group = group
        self.expert = expert
        self.old_names = tuple(old_names)

    def add_to_parser(self, parser: Any, ctx: click.Context) -> None:
        """Let the parser collect every output, so that a second one is noticed; of other values the last one counts."""
        if "-o" not in self.opts or self.multiple:
            super().add_to_parser(parser, ctx)
        else:
            parser.add_option(obj=self, opts=self.opts, dest=self.name, action="append", nargs=self.nargs)

    def consume_value(self, ctx: click.Context, opts: Mapping[str, Any]) -> tuple[Any, ParameterSource]:
        """Return the value, and where it comes from.

        Raises:
            UsageError: Two outputs are named where one is written.
        """
        given = opts.get(self.name or "")
        if not isinstance(given, list) or self.multiple:
            return super().consume_value(ctx, opts)
        if any(value != given[0] for value in given) and not ctx.resilient_parsing:
            values = " and ".join(map(str, dict.fromkeys(given)))
            raise UsageError(f"{self.opts[0]} is given more than once: {values}", hint="Keep one of them")
        return super().consume_value(ctx, {**opts, str(self.name): given[-1]})

    def resolve_envvar_value(self, ctx: click.Context) -> str | None:
        """Return the value of the option's environment variable."""
        return os.environ.get(variable_of(ctx, self)) or None

    def type_cast_value(self, ctx: click.Context, value: Any) -> Any:
        """Return the converted value; errors name the variable or the settings file that it comes from."""
        try:
            return super().type_cast_value(ctx, value)
        except (TolmachError, click.BadParameter) as error:
            origin = origin_of(ctx, self, ctx.get_parameter_source(self.name or ""))
            if origin is None:
                raise
            raise UsageError(f"{origin}: {error.message.rstrip('.')}", hint=getattr(error, "hint", None)) from error


def matching(words: Iterable[str], incomplete: str) -> list[CompletionItem]:
    """Return those words that begin like an incomplete one, for a shell."""
    return [CompletionItem(word) for word in words if word.startswith(incomplete)]


option = partial(click.option, cls=GroupedOption)
"""`click.option` for a `GroupedOption`."""


def takes(kind: Callable[..., Options]) -> Callable[[Callable[[Options], None]], Callable[..., None]]:
    """Pass all parameters of a command as one frozen dataclass with a field for each."""

    def add(command: Callable[[Options], None]) -> Callable[..., None]:
        """Let a command take one options object."""

        @wraps(command)
        def wrapped(**given: Any) -> None:
            """Call the command with the options as one object."""
            command(kind(**given))

        return wrapped

    return add


class _ConfiguredCommand(click.Command):
    """Defaults from the settings file; help in groups, without expert options unless `--help-all`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the command line, with the user's settings as defaults."""
        if not ctx.resilient_parsing:
            ctx.default_map = UserSettings.load().defaults(ctx)
        return super().parse_args(ctx, args)

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Return the parameters, with `--help-all` if there are expert options."""
        params = super().get_params(ctx)
        return [*params, _HELP_ALL_OPTION] if any(map(_is_expert, params)) else params

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write a section for each group of options."""
        groups: dict[str, list[tuple[str, str]]] = {group: [] for group in OptionGroup}
        for each in self.get_params(ctx):
            if not isinstance(each, click.Option):
                continue
            shown = copy(each)
            shown.hidden = each.hidden and not (ctx.meta.get(HELP_ALL) and _is_expert(each))
            if record := shown.get_help_record(ctx):
                groups[getattr(each, "group", OptionGroup.GENERAL)].append(record)
        for group, records in groups.items():
            if records:
                with formatter.section(group):
                    formatter.write_dl(records)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write how to find the options that are not shown."""
        super().format_epilog(ctx, formatter)
        if _HELP_ALL_OPTION in self.get_params(ctx) and not ctx.meta.get(HELP_ALL):
            formatter.write_paragraph()
            formatter.write_text(f"Expert options are shown by: {ctx.command_path} --help-all")


class TolmachCommand(_ConfiguredCommand):
    """A command whose options may have groups and old names."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the command line, including old names of options."""
        return super().parse_args(ctx, self._renamed(args))

    def _renamed(self, args: Sequence[str]) -> list[str]:
        new = {old: each.opts[0] for each in self.params if isinstance(each, GroupedOption) for old in each.old_names}
        words = list(args)
        for at, word in enumerate(words[: words.index("--")] if "--" in words else words):
            name, equals, value = word.partition("=")
            if name in new:
                say(f"Note: {name} is now {new[name]}; the old name will go in the next release")
                words[at] = f"{new[name]}{equals}{value}"
        return words


class SuggestingGroup(click.Group):
    """A group that suggests a command for a mistyped one."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the first word names.

        Raises:
            UsageError: There is none.
        """
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            near = difflib.get_close_matches(args[0], self.list_commands(ctx))
            if not near:
                raise
            raise click.UsageError(f"{error.message} Did you mean {' or '.join(near)}?", ctx) from None


class TolmachGroup(_ConfiguredCommand, SuggestingGroup):
    """A group of such commands."""

    command_class = TolmachCommand

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options in groups, then the commands."""
        super().format_options(ctx, formatter)
        self.format_commands(ctx, formatter)


def _is_expert(parameter: click.Parameter) -> bool:
    return isinstance(parameter, GroupedOption) and parameter.expert


def _show_all(ctx: click.Context, parameter: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click calls it
    del parameter
    if value and not ctx.resilient_parsing:
        ctx.meta[HELP_ALL] = True
        put(ctx.get_help() + "\n")
        ctx.exit()


_HELP_ALL_OPTION = click.Option(
    ["--help-all"], is_flag=True, is_eager=True, expose_value=False, hidden=True, callback=_show_all,
    help="Show the expert options too.",
)  # fmt: skip
