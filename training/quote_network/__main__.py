"""Run one step of the training; see the package's docstring."""

import argparse
from pathlib import Path

import training.quote_network as package
from training import steps

SEEDS = (1, 2, 3)


def passages(arguments: argparse.Namespace) -> None:
    """Cut faithful pairs of passages from parallel lines."""
    from training.quote_network.passages import make_passages  # noqa: PLC0415 - each step loads its own libraries

    make_passages(arguments.work, arguments.limit)


def corrupt(arguments: argparse.Namespace) -> None:
    """Plant changes in them."""
    from training.quote_network.planting import make_planted  # noqa: PLC0415 - each step loads its own libraries

    make_planted(arguments.work, arguments.limit)


def written(arguments: argparse.Namespace) -> None:
    """Pair the hand-written versions."""
    from training.quote_network.written import make_written  # noqa: PLC0415 - each step loads its own libraries

    make_written(arguments.work, arguments.limit)


def encode(arguments: argparse.Namespace) -> None:
    """Store the encoder's features of all words."""
    from training.quote_network.encoding import make_features  # noqa: PLC0415 - each step loads its own libraries

    make_features(arguments.work)


def train(arguments: argparse.Namespace) -> None:
    """Train a network for each seed."""
    import torch  # noqa: PLC0415 - heavy, and only this step and the next need it

    from training.quote_network.training import Plan, train_networks  # noqa: PLC0415 - needs torch

    torch.set_num_threads(arguments.threads)
    plan = Plan().shortened(arguments.epochs, arguments.planted)
    train_networks(arguments.work, arguments.seeds, plan, arguments.begin)


def export(arguments: argparse.Namespace) -> None:
    """Export the networks to one file, and check that it computes the same."""
    from training.quote_network.exporting import TARGET, export_networks  # noqa: PLC0415 - needs torch

    export_networks(arguments.work, arguments.networks, arguments.output or TARGET)


STEPS = (passages, corrupt, written, encode, train, export)
LIMITED = {"passages": "lines of each collection", "corrupt": "passages", "written": "records of each set"}


def make_parser() -> argparse.ArgumentParser:
    return steps.make_parser(package, STEPS, _add_options)


def _add_options(step: str, own: argparse.ArgumentParser) -> None:
    if step in LIMITED:
        own.add_argument("--limit", type=int, help=f"use only so many {LIMITED[step]}, to try whether it runs")
    if step == "train":
        own.add_argument("--seeds", type=int, nargs="+", default=SEEDS, help="one network each (default: 1 2 3)")
        own.add_argument(
            "--begin",
            type=Path,
            nargs="+",
            default=(),
            help="earlier networks, one a seed, for the last stage alone",
        )
        own.add_argument("--epochs", type=int, help="no more epochs a stage than these, to try whether it runs")
        own.add_argument("--planted", type=int, help="no more planted pairs an epoch than these, for the same")
        own.add_argument("--threads", type=int, default=1, help="default: 1")
    if step == "export":
        own.add_argument("--networks", type=Path, nargs="+", default=(), help="default: WORK/network-*.pt")
        own.add_argument("--output", type=Path, help="default: quotes/findings/divergence/model.npz")


if __name__ == "__main__":
    steps.run_step(make_parser())
