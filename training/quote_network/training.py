"""Trains networks with several seeds and evaluates each on held-out pairs."""

import random
import time
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from common.files import replacing
from training.quote_network.encoding import Features
from training.quote_network.examples import PAIRS, PassageExample, read_examples
from training.quote_network.network import Batch, PassageReader, PassageSide, Shape

HELD_SETS = ("w4", "w9")
"""The weights of the evidence are fitted on the first; nothing was ever fitted on the second."""
HELD_LINE = 60
"""Of so many lines one is held out with all passages and planted pairs that are from it."""
BATCH = 64
SORTED = 20
"""Batches whose pairs are sorted by length, to reduce padding."""
DECAY, NORM = 0.01, 1.0
WARMING = 0.08
"""Share of the steps in which the learning rate rises."""
WORDS = 0.5
"""Weight of the loss of words relative to that of pairs."""
UNANSWERED = 2.0
"""Weight of a word without an equivalent relative to one with one."""
ALARMS = 0.1
"""Largest share of faithful pairs taken for changed."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Stage:
    """A stretch of training.

    Attributes:
        epochs: How often pairs are drawn.
        planted: Planted pairs of each epoch.
        written: Written pairs of each epoch.
        rate: The highest rate of learning.
        words: Whether all is trained, or only the layers that judge a pair from what was found of its words.
    """

    epochs: int
    planted: int
    written: int
    rate: float
    words: bool = True


@dataclass(frozen=True)
class Plan:
    """How to train: planted pairs teach the words, written ones tell lies from rewordings.

    The last stage has mostly planted pairs again: what is judged from written ones alone takes their writer's style for
    meaning, so that a literal translation seems likelier to be changed than a free one.
    """

    stages: tuple[Stage, ...] = (
        Stage(2, 60_000, 8_000, 2e-3),
        Stage(5, 10_000, 30_000, 7e-4),
        Stage(4, 20_000, 6_500, 1e-3, words=False),
    )
    shape: Shape = field(default_factory=Shape)

    def shortened(self, epochs: int | None, planted: int | None) -> "Plan":
        """Return a plan limited to these epochs and planted pairs per stage, for a trial run."""
        stages = (
            replace(one, epochs=min(one.epochs, epochs or one.epochs), planted=min(one.planted, planted or one.planted))
            for one in self.stages
        )
        return Plan(tuple(stages), self.shape)


@dataclass(frozen=True)
class Data:
    """Training and held-out data."""

    features: Features
    planted: Sequence[PassageExample]
    written: Sequence[PassageExample]
    held_planted: Sequence[PassageExample]
    held_written: Sequence[PassageExample]


def train_networks(work: Path, seeds: Sequence[int], plan: Plan, begin: Sequence[Path]) -> None:
    """Write `network-SEED.pt` for every seed.

    Args:
        work: Folder of the data.
        seeds: One network each.
        plan: How to train.
        begin: Networks of an earlier training, one a seed, of which only the last stage is run; none runs all stages.
    """
    data = load_data(work)
    print(f"{len(data.planted)} planted and {len(data.written)} written pairs, held out {len(data.held_written)}")
    for number, seed in enumerate(seeds):
        network = train(data, seed, plan, begin[number] if begin else None)
        with replacing(work / f"network-{seed}.pt") as temporary:
            torch.save(network.state_dict(), temporary)


def load_data(work: Path) -> Data:
    features = Features.load(work)
    planted, written = (list(read_examples(work / name)) for name in ("planted.jsonl", "written.jsonl"))
    held = [zlib.crc32(one.group.encode()) % HELD_LINE == 0 for one in planted]
    return Data(
        features,
        [one for one, out in zip(planted, held, strict=True) if not out and one.languages in PAIRS],
        [one for one in written if one.source not in HELD_SETS and one.languages in PAIRS],
        [one for one, out in zip(planted, held, strict=True) if out],
        [one for one in written if is_scored(one)],
    )


def is_scored(example: PassageExample) -> bool:
    """Return whether a written pair is scored: in the held-out set, and with English on one side."""
    return example.source in HELD_SETS and example.languages[0] == "en"


def train(data: Data, seed: int, plan: Plan, begin: Path | None) -> PassageReader:
    torch.manual_seed(seed)
    chance = random.Random(seed)  # noqa: S311 - no secret
    network = PassageReader(plan.shape)
    if begin:
        network.load_state_dict(torch.load(begin, weights_only=True))
    for number, stage in enumerate(plan.stages[-1:] if begin else plan.stages, start=1):
        for epoch, (loss, seconds) in enumerate(_stage(network, data, stage, chance)):
            print(f"seed {seed}, stage {number}, epoch {epoch}: loss {loss:.4f}, {seconds:.0f} s")
        print(*report(network, data), sep="\n", flush=True)
    return network


def _stage(network: PassageReader, data: Data, stage: Stage, chance: random.Random) -> Iterator[tuple[float, float]]:
    """Train for a stage; give the mean loss and the seconds of every epoch."""
    network.requires_grad_(requires_grad=stage.words)
    network.out.requires_grad_()
    learned = [each for each in network.parameters() if each.requires_grad]
    optimizer = torch.optim.AdamW(learned, lr=stage.rate, weight_decay=DECAY)
    size = min(stage.planted, len(data.planted))
    steps = stage.epochs * -(-(size + len(_drawn(data.written, stage.written, chance))) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, stage.rate, total_steps=steps, pct_start=WARMING)
    for _ in range(stage.epochs):
        began, total = time.perf_counter(), 0.0
        network.train(mode=stage.words)
        network.out.train()
        drawn = [*chance.sample(data.planted, size), *_drawn(data.written, stage.written, chance)]
        batches = _batches(drawn, chance)
        for examples in batches:
            loss = loss_of(network, Batch.of(examples, data.features))
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(learned, NORM)
            optimizer.step()
            schedule.step()
            total += float(loss.detach())
        yield total / len(batches), time.perf_counter() - began


def _drawn(written: Sequence[PassageExample], count: int, chance: random.Random) -> list[PassageExample]:
    """Draw an epoch's written pairs, as many changed as faithful ones."""
    faithful, changed = ([one for one in written if one.changed == turn] for turn in (False, True))
    each = min(count // 2, len(faithful), len(changed))
    return [*chance.sample(faithful, each), *chance.sample(changed, each)]


def _batches(examples: list[PassageExample], chance: random.Random) -> list[list[PassageExample]]:
    """Shuffle the pairs into batches of similar length."""
    chance.shuffle(examples)
    stretches = [examples[at : at + BATCH * SORTED] for at in range(0, len(examples), BATCH * SORTED)]
    ordered = [sorted(stretch, key=lambda one: len(one.second)) for stretch in stretches]
    batches = [stretch[at : at + BATCH] for stretch in ordered for at in range(0, len(stretch), BATCH)]
    chance.shuffle(batches)
    return batches


def loss_of(network: PassageReader, batch: Batch) -> Tensor:
    changed, first, second = network(batch)
    words = _word_loss(first, batch.first) + _word_loss(second, batch.second)
    return binary_cross_entropy_with_logits(changed, batch.changed) + WORDS * words


def _word_loss(logits: Tensor, side: PassageSide) -> Tensor:
    there, weight = side.there, torch.tensor(UNANSWERED)
    return binary_cross_entropy_with_logits(logits[there], side.unanswered[there], pos_weight=weight)


def report(network: PassageReader, data: Data) -> Iterator[str]:
    """Report for held-out data how well the logits separate changed pairs from faithful ones."""
    yield f"  planted {_parted(data.held_planted, predict(network, data.held_planted, data.features))}"
    logits = predict(network, data.held_written, data.features)
    for language in ("ru", "zh"):
        for faithful in (("same", "paraphrase_ok"), ("same",), ("paraphrase_ok",)):
            places = [
                at
                for at, one in enumerate(data.held_written)
                if one.languages[1] == language and one.treatment in {"altered", *faithful}
            ]
            parted = _parted([data.held_written[at] for at in places], logits[places])
            yield f"  {' and '.join(HELD_SETS)} en-{language} altered against {' and '.join(faithful)}: {parted}"


def predict(network: PassageReader, examples: Sequence[PassageExample], features: Features) -> Floats:
    """Return the logit of each pair that its meaning changed."""
    network.eval()
    logits = np.zeros(len(examples))
    order = sorted(range(len(examples)), key=lambda at: len(examples[at].second))
    with torch.no_grad():
        for start in range(0, len(order), BATCH):
            places = order[start : start + BATCH]
            logits[places] = network(Batch.of([examples[at] for at in places], features))[0].numpy()
    return logits


def _parted(examples: Sequence[PassageExample], logits: Floats) -> str:
    changed = np.array([one.changed for one in examples], bool)
    if changed.all() or not changed.any():
        return "too few pairs"
    high, low = logits[changed], logits[~changed]
    area = np.mean((high[:, None] > low) + 0.5 * (high[:, None] == low))
    found = np.mean(high > np.quantile(low, 1 - ALARMS))
    return f"AUC {area:.3f}, {found:.3f} found with {ALARMS:.0%} false alarms ({len(high)} + {len(low)} pairs)"
