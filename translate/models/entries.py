"""Strict reading of TOML tables: a wrong or unknown key is an error that names its entry."""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any, TypeVar

from common.errors import TolmachError

_Record = TypeVar("_Record")
_KINDS: Mapping[Any, tuple[type, ...]] = {str: (str,), int: (int,), float: (float, int)}


class RegistryError(TolmachError):
    """The model registry is invalid."""


class RegistryEntry:
    """One table, tracking which of its keys were read."""

    def __init__(self, name: str, values: Mapping[str, Any]) -> None:
        self.name = name
        self._values = values
        self._read: set[str] = set()

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text; without a `default` it is required and must not be empty.

        Raises:
            RegistryError: It is missing, empty or not a text.
        """
        if default is None and not self._values.get(key):
            raise RegistryError(f"{self.name}: {key} is missing")
        return str(self._get(key, str, default or ""))

    def texts(self, key: str, default: tuple[str, ...]) -> tuple[str, ...]:
        """Return a list of texts, or `default`."""
        return tuple(self._get(key, list, list(default)))

    def integer(self, key: str) -> int | None:
        """Return a whole number; None if the key is missing."""
        return int(self._get(key, int, 0)) or None

    def flag(self, key: str) -> bool:
        """Return a boolean, false if the key is missing."""
        return bool(self._get(key, bool, default=False))

    def mapping(self, key: str) -> Mapping[str, str]:
        """Return a table of texts, empty if the key is missing."""
        return dict(self._get(key, dict, {}))

    def integers(self, key: str) -> Mapping[str, int]:
        """Return a table of whole numbers, empty if the key is missing."""
        found = {}
        for name, value in self._get(key, dict, {}).items():
            if isinstance(value, bool) or not isinstance(value, int) or value < 0:
                raise RegistryError(f"{self.name}, {key}: {name} must be a whole number")
            found[name] = value
        return found

    def table(self, key: str) -> "RegistryEntry | None":
        """Return an inner table; None if the key is missing."""
        values = self._get(key, dict, None)
        return None if values is None else RegistryEntry(f"{self.name}, {key}", values)

    def tables(self, key: str) -> dict[str, "RegistryEntry"]:
        """Return the inner tables of a table, by name."""
        return {name: RegistryEntry(f"{key}.{name}", values) for name, values in self._get(key, dict, {}).items()}

    def list(self, key: str) -> "list[RegistryEntry]":
        """Return a list of tables, empty if the key is missing."""
        found = self._get(key, list, [])
        return [RegistryEntry(f"{self.name}, {key}[{number}]", values) for number, values in enumerate(found)]

    def build(self, record: type[_Record]) -> _Record:
        """Return a dataclass whose fields are the keys of this table.

        Raises:
            RegistryError: A key is missing, unknown or of the wrong type.
        """
        known = {one.name: one for one in fields(record) if one.type in _KINDS}  # type: ignore[arg-type]
        needed = {name for name, one in known.items() if one.default is MISSING}
        for key in sorted(needed - set(self._values)):
            raise RegistryError(f"{self.name}: {key} is missing")
        for key in sorted(set(self._values) - set(known)):
            raise RegistryError(f"{self.name}: unknown key {key}", hint=f"Known: {', '.join(known)}")
        return record(**{key: self._get(key, _KINDS[known[key].type], None) for key in self._values})

    def finish(self) -> None:
        """Check that every key was read.

        Raises:
            RegistryError: The table has an unknown key.
        """
        unknown = sorted(set(self._values) - self._read)
        if unknown:
            raise RegistryError(f"{self.name}: unknown key {', '.join(unknown)}", hint="Check its spelling")

    def _get(self, key: str, kind: type | tuple[type, ...], default: Any) -> Any:
        self._read.add(key)
        value = self._values.get(key, default)
        if value is not default and not isinstance(value, kind):
            raise RegistryError(f"{self.name}: {key} has the wrong type, {type(value).__name__}")
        return value
