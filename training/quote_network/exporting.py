"""Exports trained networks to one file for `quotes.findings.divergence.model`, and checks it."""

from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.places import ROOT
from common.errors import TolmachError
from common.files import replacing
from quotes.findings.divergence.model import AnswerNetwork, WordFeatures
from training.quote_network.encoding import Features
from training.quote_network.examples import PassageExample, read_examples
from training.quote_network.network import PassageReader, Shape
from training.quote_network.training import is_scored, predict

TARGET = ROOT / "quotes" / "findings" / "divergence" / "model.npz"
CHECKED = 50
"""Held-out pairs that are computed both ways."""
TOLERANCE = 0.05
"""Largest difference of logits; float16 keeps three digits of every weight."""

Weights = dict[str, NDArray[np.float16]]


def export_networks(work: Path, networks: Sequence[Path], target: Path) -> None:
    """Write the networks named, or all `network-*.pt` of the work folder, to `target`.

    Raises:
        TolmachError: There is none, or the file's results would differ from the networks'.
    """
    paths = networks or sorted(work.glob("network-*.pt"))
    if not paths:
        raise TolmachError(f"{work} has no network-*.pt", hint="Run the step train first")
    states = [torch.load(path, weights_only=True) for path in paths]
    members: list[Weights] = [{name: value.numpy().astype(np.float16) for name, value in one.items()} for one in states]
    scored = (one for one in read_examples(work / "written.jsonl") if is_scored(one))
    difference = _difference(states, members, (list(islice(scored, CHECKED)), Features.load(work)))
    if difference > TOLERANCE:
        raise TolmachError(f"the exported networks differ by {difference:.3f} from the trained ones")
    arrays = {f"m{at}/{name}": array for at, member in enumerate(members) for name, array in member.items()}
    with replacing(target) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)
    print(f"{target}: {', '.join(path.name for path in paths)}; logits differ by {difference:.1e} at most")


def _difference(
    states: Sequence[dict[str, torch.Tensor]],
    members: Sequence[Weights],
    held: tuple[Sequence[PassageExample], Features],
) -> float:
    """Return the largest difference between torch's and numpy's results for pairs."""
    examples, features = held
    trained = np.mean([predict(_restored(state), examples, features) for state in states], axis=0)
    exported = AnswerNetwork([{name: array.astype(np.float32) for name, array in member.items()} for member in members])
    read = [exported.read(*_sides(one, features)).changed for one in examples]
    return float(np.abs(np.array(read) - trained).max(initial=0.0))


def _restored(state: dict[str, torch.Tensor]) -> PassageReader:
    network = PassageReader(Shape(values=len(state["E.weight"]), hidden=len(state["mlp.0.weight"])))
    network.load_state_dict(state)
    return network


def _sides(example: PassageExample, features: Features) -> tuple[WordFeatures, WordFeatures]:
    first, second = (
        WordFeatures(language, *features.of(words))
        for language, words in zip(example.languages, (example.first, example.second), strict=True)
    )
    return first, second
