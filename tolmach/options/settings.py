"""Defaults of options: from environment variables, or from a settings file in TOML.

A key is the long name of an option without its dashes. At the top of the file it applies to every command with the
option; in a table with the name of a command, such as `[translate]` or `[bench.run]`, to that command only.
"""

import difflib
import os
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from common.errors import InputError, UsageError
from common.names import expand_user, printable, usable_name
from common.secrets import redact
from corpora.limits import read_file

CONFIG_VARIABLE = "TOLMACH_CONFIG"
PREFIX = "TOLMACH"
"""Prefix of an option's variable, as in TOLMACH_TRANSLATE_BEAM_SIZE."""


def settings_path() -> Path:
    """Return the path of the settings file, which may not exist."""
    if configured := os.environ.get(CONFIG_VARIABLE):
        return expand_user(usable_name(configured))
    from platformdirs import user_config_path  # noqa: PLC0415 - loaded when used

    return user_config_path("tolmach") / "config.toml"


@dataclass(frozen=True, slots=True)
class UserSettings:
    """The content of a settings file."""

    path: Path
    table: Mapping[str, Any]

    @classmethod
    def load(cls) -> "UserSettings":
        """Read the user's file; without one there are no settings.

        Raises:
            InputError: It cannot be read, or is not TOML.
        """
        path = settings_path()
        if not os.environ.get(CONFIG_VARIABLE) and not path.exists():
            return cls(path, {})
        try:
            return cls(path, tomllib.loads(read_file(path).decode("utf-8")))
        except UnicodeDecodeError as error:
            raise InputError(f"{printable(path)} is not in UTF-8", hint="Save it again in UTF-8") from error
        except (ValueError, RecursionError) as error:  # also numbers of thousands of digits, and deep lists
            raise InputError(f"{printable(path)} is not TOML: {error}", hint="See https://toml.io") from error

    def defaults(self, ctx: click.Context) -> dict[str, Any]:
        """Return the values for the options of a command, by parameter name."""
        names = command_names(ctx)
        found = self._values((), self.table, ctx.command)
        own: Any = self.table
        for name in names:
            own = own.get(name, {}) if isinstance(own, dict) else {}
        if isinstance(own, dict):
            self._check_keys(names, own, ctx.command)
            found |= self._values(names, own, ctx.command)
        self._check_keys((), self.table, ctx.find_root().command)
        return found

    def _values(self, where: tuple[str, ...], table: Mapping[str, Any], command: click.Command) -> dict[str, Any]:
        options = _options(command)
        return {
            options[key].name or "": self._value((*where, key), options[key], value)
            for key, value in table.items()
            if key in options and not isinstance(value, dict)
        }

    def _value(self, keys: tuple[str, ...], option: click.Option, value: Any) -> Any:
        if option.is_flag:
            self._require(keys, value, bool, "true or false")
            return value
        kind, words = (int, "a whole number") if isinstance(option.type, click.types.IntParamType) else (str, "a text")
        values = value if option.multiple and isinstance(value, list) else [value]
        for one in values:
            self._require(keys, one, kind, f"{words}, or a list of such" if option.multiple else words)
        return values if option.multiple else value

    def _require(self, keys: tuple[str, ...], value: Any, kind: type, words: str) -> None:
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise UsageError(f"{printable(self.path)}: {'.'.join(keys)} must be {words}")

    def _check_keys(self, where: tuple[str, ...], table: Mapping[str, Any], command: click.Command) -> None:
        commands = set(command.commands) if isinstance(command, click.Group) else set()
        if not where and isinstance(command, click.Group):
            commands = set(command.list_commands(click.Context(command)))
        for key, value in table.items():
            known = commands if isinstance(value, dict) else set(_options(command))
            if key not in known and not where and not isinstance(value, dict):
                known = {name for ctx in command_contexts(click.Context(command)) for name in _options(ctx.command)}
            if key not in known:
                named = "command" if isinstance(value, dict) else "option"
                near = difflib.get_close_matches(key, known, 1)
                hint = f"Did you mean {near[0]}?" if near else "`tolmach config show` lists the options"
                raise UsageError(f"{printable(self.path)}: there is no {named} {'.'.join((*where, key))}", hint=hint)


def command_names(ctx: click.Context) -> tuple[str, ...]:
    """Return the words that call a command, without the program's name."""
    return (*command_names(ctx.parent), ctx.info_name or "") if ctx.parent else ()


def command_contexts(ctx: click.Context) -> Iterator[click.Context]:
    """Yield a context for each command below the one of `ctx`."""
    if isinstance(ctx.command, click.Group):
        for name in ctx.command.list_commands(ctx):
            command = ctx.command.get_command(ctx, name)
            if command is not None:
                inner = click.Context(command, parent=ctx, info_name=name)
                yield inner
                yield from command_contexts(inner)


def key_of(option: click.Parameter) -> str:
    """Return the key of an option in a settings file."""
    return max(option.opts, key=len).lstrip("-")


def variable_of(ctx: click.Context, option: click.Parameter) -> str:
    """Return the environment variable of a command's option."""
    return "_".join((PREFIX, *command_names(ctx), key_of(option))).upper().replace("-", "_")


def origin_of(ctx: click.Context, option: click.Parameter, source: ParameterSource | None) -> str | None:
    """Return the variable, or the settings file and key, of a value; None for other origins."""
    if source is ParameterSource.ENVIRONMENT:
        return variable_of(ctx, option)
    if source is ParameterSource.DEFAULT_MAP:
        return f"{printable(settings_path())}, {key_of(option)}"
    return None


def describe_settings(root: click.Context, words: Sequence[str]) -> list[dict[str, Any]]:
    """Return each option of the commands below `root` with its value and origin.

    Raises:
        UsageError: There is no such command, or a setting is unknown or has the wrong type.
        InputError: The settings file cannot be read.
    """
    settings = UserSettings.load()
    found, named = [], False
    for ctx in command_contexts(root):
        ctx.default_map = settings.defaults(ctx)
        if command_names(ctx)[: len(words)] == tuple(words):
            named = True
            found += [_describe(ctx, option) for option in _options(ctx.command).values()]
    if not named:
        raise UsageError(f"there is no command {printable(' '.join(words))}", hint="`tolmach --help` lists them")
    return found


def _describe(ctx: click.Context, option: click.Option) -> dict[str, Any]:
    value, source = option.consume_value(ctx, {})
    origin = origin_of(ctx, option, source)
    if origin:
        ctx.set_parameter_source(option.name or "", source)
        option.type_cast_value(ctx, value)
    return {
        "command": " ".join(command_names(ctx)),
        "option": f"--{key_of(option)}",
        "value": _shown(value),
        "from": origin or "default",
    }


def _shown(value: Any) -> Any:
    """Return a value as JSON, without the passwords of addresses."""
    if isinstance(value, list | tuple):
        return [_shown(one) for one in value]
    if isinstance(value, str | Path):
        return redact(printable(value))
    return value if isinstance(value, bool | int) else None


def _options(command: click.Command) -> dict[str, click.Option]:
    return {key_of(each): each for each in command.params if isinstance(each, click.Option) and each.expose_value}
