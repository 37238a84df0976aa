"""Quality floors: values that measured quality may not fall below, and that may not be lowered silently.

They lie in `baseline.json` beside this file. `floors` holds those in force, `history` the ones they replaced, oldest
first, `retired` why a measure has no floor any more. A floor below one that was in force before needs a reason that is
newer than the higher value; `lowered_silently` looks for the earlier ones in the file's own history, and the tests also
in git's (`eval.floor_history`), so that taking them out of the file does not help.

Every measure is written so that higher is better. `benchmarks/floors.py` measures and updates.
"""

import datetime as dt
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from common.errors import InputError, UsageError

BASELINE_PATH: Final = Path(__file__).with_name("baseline.json")

_SCHEMA: Final = "tolmach-floors/1"
_DIGITS: Final = 4


@dataclass(frozen=True, slots=True)
class Measured:
    """A measured quality.

    Attributes:
        value: Higher is better.
        step: What one item (a bead, a quote) is worth; a floor lies one step below what was measured, so that a
            difference of rounding between two machines does not fail a build.
        data: Digest of what it was measured on.
        signature: What produced it, for people.
    """

    value: float
    step: float
    data: str
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Floor:
    """The least value that a measure may have.

    Attributes:
        name: What is measured, as `subject/data/pair/score`.
        value: The floor, from 0 to 1 or on the measure's own scale.
        measured: The value that it was derived from.
        date: Day on which it was set.
        data: Digest of what it was measured on.
        signature: What produced the measured value.
        reason: Why it is lower than one that was in force before; None for one that never fell.
    """

    name: str
    value: float
    measured: float
    date: dt.date
    data: str
    signature: str = ""
    reason: str | None = None

    def __post_init__(self) -> None:
        if not (math.isfinite(self.value) and math.isfinite(self.measured)):
            raise UsageError(f"the floor {self.name} is no number", hint="Give it a number")
        if self.value > self.measured:
            raise UsageError(f"the floor {self.name} is above what was measured", hint="Measure it again")
        if self.reason is not None and not self.reason.strip():
            raise UsageError(f"the reason for the floor {self.name} is empty", hint="Write one, or leave it out")


@dataclass(frozen=True, slots=True)
class Baseline:
    """All floors.

    Attributes:
        floors: Those in force.
        history: Those they replaced, oldest first.
        retired: Why a measure that had a floor has none, by its name.
    """

    floors: tuple[Floor, ...] = ()
    history: tuple[Floor, ...] = ()
    retired: tuple[tuple[str, str], ...] = ()

    def get(self, name: str) -> Floor | None:
        """Return the floor in force of a measure, or None."""
        return next((floor for floor in self.floors if floor.name == name), None)


def load_baseline(path: Path = BASELINE_PATH) -> Baseline:
    """Read the floors.

    Raises:
        InputError: The file is missing or malformed.
    """
    try:
        return parse_baseline(path.read_text(encoding="utf-8"), str(path))
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}", hint="Restore it from version control") from error


def parse_baseline(text: str, where: str) -> Baseline:
    """Read floors from a file's text; `where` is what errors call it.

    Raises:
        InputError: It is malformed.
    """
    try:
        record = json.loads(text)
        schema = record["schema"]
        floors = tuple(_floor(entry) for entry in record["floors"])
        retired = tuple((str(name), _written(reason, name)) for name, reason in record["retired"].items())
        history = tuple(_floor(entry) for entry in record["history"])
    except (ValueError, KeyError, TypeError, AttributeError, UsageError) as error:
        reason = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise InputError(f"{where} is malformed: {reason}", hint="Restore it from version control") from error
    if schema != _SCHEMA:
        raise InputError(f"{where} has the schema {schema!r}, not {_SCHEMA!r}", hint="Restore it from version control")
    names = [floor.name for floor in floors] + [name for name, _ in retired]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise InputError(f"{where} is malformed: {twice} is there twice", hint="Keep one of them")
    return Baseline(floors, history, retired)


def render_baseline(baseline: Baseline) -> str:
    """Return the text of the file that holds the floors."""
    record = {
        "schema": _SCHEMA,
        "floors": [_entry(floor) for floor in sorted(baseline.floors, key=lambda floor: floor.name)],
        "retired": dict(baseline.retired),
        "history": [_entry(floor) for floor in baseline.history],
    }
    return json.dumps(record, ensure_ascii=False, indent=1) + "\n"


def shortfalls(baseline: Baseline, measured: Mapping[str, Measured]) -> tuple[str, ...]:
    """Return a line for each floor that is not held, and for each measure or floor without its other half.

    Args:
        baseline: The floors.
        measured: What was measured, by name.
    """
    found = []
    for floor in baseline.floors:
        now = measured.get(floor.name)
        if now is None:
            found.append(f"{floor.name}: has a floor of {floor.value:.4f}, but nothing measures it")
        elif now.data != floor.data:
            found.append(
                f"{floor.name}: its data changed ({floor.data} to {now.data}); set its floor anew, and say why"
            )
        elif not now.value >= floor.value:
            found.append(f"{floor.name}: measured {now.value:.4f}, below its floor of {floor.value:.4f} ({floor.date})")
    have = {floor.name for floor in baseline.floors} | {name for name, _ in baseline.retired}
    return (*found, *(f"{name}: is measured, but has no floor" for name in measured if name not in have))


def lowered_silently(baseline: Baseline, earlier: Sequence[Floor]) -> tuple[str, ...]:
    """Return a line for each floor that is lower than before, or gone, without a reason of its own.

    A reason counts if no floor had it when, or before, the higher value was last in force.

    Args:
        baseline: The floors in force.
        earlier: Floors that were in force before, oldest first; those in force now may be among them.
    """
    found = []
    for floor in baseline.floors:
        before = [each for each in earlier if each.name == floor.name]
        higher = [at for at, each in enumerate(before) if each.value > floor.value]
        if not higher:
            continue
        old = {each.reason for each in before[: higher[-1] + 1]}
        if floor.reason is None or floor.reason in old:
            why = "without a reason" if floor.reason is None else "with the reason of an earlier change"
            last = before[higher[-1]]
            found.append(f"{floor.name}: lowered from {last.value:.4f} ({last.date}) to {floor.value:.4f} {why}")
    have = {floor.name for floor in baseline.floors} | {name for name, _ in baseline.retired}
    gone = dict.fromkeys(each.name for each in earlier if each.name not in have)
    return (*found, *(f"{name}: had a floor and has none, and nothing says why" for name in gone))


def update_floor(
    baseline: Baseline, name: str, measured: Measured, *, today: dt.date, reason: str | None = None
) -> Baseline:
    """Return the floors with that of one measure set to one step below what was measured.

    A floor that would only fall by the step stays as it is: it falls when the measure is below it, or its data changed.

    Raises:
        UsageError: It would fall, and there is no new reason.
    """
    old = baseline.get(name)
    value = math.floor((measured.value - measured.step) * 10**_DIGITS) / 10**_DIGITS
    exact = round(measured.value, _DIGITS + 2)
    new = Floor(name, value, exact, today, measured.data, measured.signature, reason)
    if old is None:
        retired = tuple((gone, why) for gone, why in baseline.retired if gone != name)
        updated = replace(baseline, floors=(*baseline.floors, new), retired=retired)
    elif old.data == measured.data and value <= old.value <= measured.value:
        return baseline
    else:
        kept = tuple(floor for floor in baseline.floors if floor is not old)
        raised = new if reason or value < old.value else replace(new, reason=old.reason)
        updated = replace(baseline, floors=(*kept, raised), history=(*baseline.history, old))
    if problems := lowered_silently(updated, updated.history):
        raise UsageError("; ".join(problems), hint="Give --reason, a sentence that says why")
    return updated


def retire_floor(baseline: Baseline, name: str, reason: str) -> Baseline:
    """Return the floors without that of a measure that is no longer taken.

    Raises:
        UsageError: There is no such floor, or the reason is empty.
    """
    old = baseline.get(name)
    if old is None or not reason.strip():
        raise UsageError(f"cannot retire the floor {name}", hint="Name one that is in force, and give a reason")
    kept = tuple(floor for floor in baseline.floors if floor is not old)
    return Baseline(kept, (*baseline.history, old), (*baseline.retired, (name, reason)))


def in_order(versions: Iterable[Baseline]) -> tuple[Floor, ...]:
    """Return the floors that were in force in versions of the file, in the order of the versions."""
    return tuple(floor for version in versions for floor in version.floors)


def _floor(entry: dict[str, Any]) -> Floor:
    fields = {**entry, "date": dt.date.fromisoformat(entry["date"])}
    for name in ("value", "measured"):
        if isinstance(fields[name], bool) or not isinstance(fields[name], int | float):
            raise TypeError(f"{name} of {entry['name']} is {fields[name]!r}, no number")
    if fields.get("reason") is not None:
        fields["reason"] = _written(fields["reason"], entry["name"])
    return Floor(**fields)


def _written(reason: Any, name: str) -> str:
    if not isinstance(reason, str) or not reason.strip():
        raise TypeError(f"the reason for {name} is no text")
    return reason


def _entry(floor: Floor) -> dict[str, Any]:
    entry = {**asdict(floor), "date": floor.date.isoformat()}
    return {name: value for name, value in entry.items() if value not in (None, "")}
