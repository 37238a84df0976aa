"""Measure what has a quality floor, show how far above it is, and set floors anew.

    python -m benchmarks.floors                                           # measure and compare
    python -m benchmarks.floors --update 'alignment/*'                    # raise those that are exceeded
    python -m benchmarks.floors --update NAME --reason "why it may fall"  # lower one that is not held
    python -m benchmarks.floors --retire NAME --reason "why it is no longer measured"

A floor lies one item (a bead, a quote) below the measured value. The exit status is 1 where a floor is not held or was
lowered silently.
"""

import argparse
import datetime as dt
import fnmatch
import sys
from collections.abc import Mapping

from common.errors import TolmachError, UsageError
from common.files import write_text
from eval.floor_history import git_history
from eval.floors import (
    BASELINE_PATH,
    Baseline,
    Measured,
    in_order,
    load_baseline,
    lowered_silently,
    render_baseline,
    retire_floor,
    shortfalls,
    update_floor,
)
from eval.measures import MEASURES


def updated(baseline: Baseline, arguments: argparse.Namespace, measured: Mapping[str, Measured]) -> Baseline:
    today = dt.datetime.now(tz=dt.UTC).date()
    for pattern in arguments.update:
        names = fnmatch.filter(measured, pattern)
        if not names:
            raise UsageError(f"nothing is measured as {pattern}", hint=f"Known: {', '.join(measured)}")
        for name in names:
            baseline = update_floor(baseline, name, measured[name], today=today, reason=arguments.reason)
    if arguments.retire:
        baseline = retire_floor(baseline, arguments.retire, arguments.reason or "")
    return baseline


def show(baseline: Baseline, measured: Mapping[str, Measured]) -> None:
    print(f"{'measure':<44}{'measured':>10}{'floor':>10}{'margin':>10}")
    for name, value in measured.items():
        floor = baseline.get(name)
        columns = f"{floor.value:>10.4f}{value.value - floor.value:>10.4f}" if floor else f"{'none':>10}{'':>10}"
        print(f"{name:<44}{value.value:>10.4f}{columns}")


def problems(baseline: Baseline, measured: Mapping[str, Measured]) -> list[str]:
    committed = git_history()
    if committed.note:
        print(f"note: earlier floors were not all looked up in git: {committed.note}", file=sys.stderr)
    earlier = in_order(committed.versions)
    found = [*shortfalls(baseline, measured), *lowered_silently(baseline, baseline.history)]
    return list(dict.fromkeys([*found, *lowered_silently(baseline, earlier)]))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--update", metavar="NAME", action="append", default=[], help="measure or pattern to set anew")
    parser.add_argument("--retire", metavar="NAME", help="floor to take out of force")
    parser.add_argument("--reason", help="why a floor falls or goes")
    arguments = parser.parse_args()
    measured = {name: measure() for name, measure in MEASURES.items()}
    try:
        baseline = load_baseline() if BASELINE_PATH.exists() else Baseline()
        changed = updated(baseline, arguments, measured)
    except TolmachError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    if changed != baseline:
        write_text(BASELINE_PATH, render_baseline(changed))
    show(changed, measured)
    found = problems(changed, measured)
    for line in found:
        print(f"error: {line}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
