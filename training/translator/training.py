"""Training of the adapter, in small steps that a stop at any moment costs little of."""

import json
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np

from training.translator.base import BASE
from training.translator.examples import EXAMPLES, PAD, Choice, Examples, batches

LAYERS: Final = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
CHECKPOINT, LOG = "checkpoint.pt", "log.jsonl"


@dataclass(frozen=True)
class Plan:
    """How to train.

    Attributes:
        rank: Rank of the adapter, which is also its factor.
        layers: Train so many of the last layers whole, in place of an adapter; this cannot be exported.
        rate: Learning rate after the warm-up. It stays, so that training can go on without an end that is known.
        warmup: Steps until then.
        decay: Steps in which it falls to nothing, for a model to be used; 0 while training goes on.
        tokens: Ids in a batch, with the padding.
        sampled: Pieces drawn for each batch, besides its own answers, that the right one is weighed against.
        seed: For the order and the draws.
        every: Seconds between two checkpoints.
        choice: Which examples to train on.
        compiled: Compile the model, which a run of minutes gains nothing from.
    """

    rank: int = 64
    layers: int = 0
    rate: float = 1e-3
    warmup: int = 60
    decay: int = 0
    tokens: int = 1536
    sampled: int = 8192
    seed: int = 1
    every: float = 240.0
    choice: Choice = field(default_factory=Choice)
    compiled: bool = True


def adapted(folder: Path, plan: Plan) -> Any:
    """Return the base in `folder`, frozen and in 16 bits; what is trained, an adapter or whole layers, is in 32."""
    import torch  # noqa: PLC0415 - loaded when used
    from peft import LoraConfig, get_peft_model  # noqa: PLC0415 - loaded when used
    from transformers import AutoModelForCausalLM  # noqa: PLC0415 - loaded when used

    model: Any = AutoModelForCausalLM.from_pretrained(str(folder), dtype="float32", attn_implementation="sdpa")
    if plan.layers:
        model.requires_grad_(requires_grad=False)
        model.model.layers[-plan.layers :].requires_grad_()
    else:
        lora = LoraConfig(r=plan.rank, lora_alpha=plan.rank, target_modules=list(LAYERS), bias="none")
        model = get_peft_model(model, lora)
    for weight in model.parameters():
        if not weight.requires_grad:
            weight.data = weight.data.to(torch.bfloat16)
    return model


def train(work: Path, plan: Plan, steps: int) -> None:
    """Train until `steps` steps are done in all, from the checkpoint in `work` if there is one."""
    import torch  # noqa: PLC0415 - loaded when used

    torch.manual_seed(plan.seed)
    run = _Run(work, plan, adapted(work.parent / BASE, plan))
    run.resume()
    examples = Examples.read(work.parent / EXAMPLES)
    stream = batches(examples, plan.tokens, plan.seed, plan.choice)
    own = islice(stream, run.batches + run.team.rank, None, run.team.size)
    while run.step < steps:
        run.take(examples, next(own), steps)
    run.save()


class Team:
    """The processes that train together, each on batches of its own; one alone where torchrun started no others."""

    def __init__(self) -> None:
        from torch import distributed  # noqa: PLC0415 - loaded when used

        self.size, self.rank = int(os.environ.get("WORLD_SIZE", "1")), int(os.environ.get("RANK", "0"))
        if self.size > 1 and not distributed.is_initialized():
            distributed.init_process_group("gloo")

    def average(self, gradients: Sequence[Any], figures: Any) -> Any:
        """Average the gradients among all; return the sums of the figures of each."""
        import torch  # noqa: PLC0415 - loaded when used

        if self.size == 1:
            return figures
        whole = torch.cat([figures, *(one.flatten() for one in gradients)])
        torch.distributed.all_reduce(whole)
        at = len(figures)
        for gradient in gradients:
            gradient.copy_(whole[at : at + gradient.numel()].view_as(gradient) / self.size)
            at += gradient.numel()
        return whole[: len(figures)]


class _Run:
    """A model in training with what has to be kept of it."""

    def __init__(self, work: Path, plan: Plan, model: Any) -> None:
        import torch  # noqa: PLC0415 - loaded when used

        self._work, self._plan, self._model, self.team = work, plan, model, Team()
        self._weights = {name: weight for name, weight in model.named_parameters() if weight.requires_grad}
        self._optimizer = torch.optim.AdamW(self._weights.values(), lr=plan.rate, betas=(0.9, 0.98), weight_decay=0.0)
        self._body = (model if plan.layers else model.get_base_model()).model
        if plan.compiled:
            for layer in self._body.layers:
                layer.compile(dynamic=True)
        self._saved = time.monotonic()
        self.step, self.batches, self.pairs, self.seconds = 0, 0, 0, 0.0

    def resume(self) -> None:
        """Go on from the last checkpoint, if there is one."""
        import torch  # noqa: PLC0415 - loaded when used

        path = self._work / CHECKPOINT
        if not path.exists():
            return
        content = torch.load(path, weights_only=True)
        for name, weight in self._weights.items():
            weight.data.copy_(content["weights"][name])
        self._optimizer.load_state_dict(content["optimizer"])
        self.step, self.batches = content["step"], content["batches"]
        self.pairs, self.seconds = content["pairs"], content["seconds"]

    def save(self) -> None:
        """Write a checkpoint, which one of the team does; one that is broken off leaves the last one whole."""
        import torch  # noqa: PLC0415 - loaded when used

        if self.team.rank:
            return
        content = {
            "weights": {name: weight.detach() for name, weight in self._weights.items()},
            "optimizer": self._optimizer.state_dict(),
            "step": self.step,
            "batches": self.batches,
            "pairs": self.pairs,
            "seconds": self.seconds,
        }
        partial = self._work / f"{CHECKPOINT}.partial"
        torch.save(content, partial)
        partial.replace(self._work / CHECKPOINT)
        self._saved = time.monotonic()

    def take(self, examples: Examples, batch: Sequence[int], steps: int) -> None:
        """Learn from a batch."""
        import torch  # noqa: PLC0415 - loaded when used

        began = time.monotonic()
        rate = self._rate(steps)
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        loss = self._loss(examples, batch)
        loss.backward()
        figures = torch.tensor([loss.item(), len(batch)])
        figures = self.team.average([weight.grad for weight in self._weights.values()], figures)
        norm = torch.nn.utils.clip_grad_norm_(self._weights.values(), 1.0)
        self._optimizer.step()
        self._optimizer.zero_grad()
        self.step, self.batches = self.step + 1, self.batches + self.team.size
        self.pairs, self.seconds = self.pairs + int(figures[1]), self.seconds + time.monotonic() - began
        if self.team.rank == 0:
            self._log({"loss": float(figures[0]) / self.team.size, "norm": float(norm), "rate": rate})
            if time.monotonic() - self._saved > self._plan.every:
                self.save()

    def _rate(self, steps: int) -> float:
        plan = self._plan
        left = (steps - self.step) / plan.decay if plan.decay else 1.0
        return plan.rate * min(1.0, (self.step + 1) / plan.warmup, left)

    def _loss(self, examples: Examples, batch: Sequence[int]) -> Any:
        import torch  # noqa: PLC0415 - loaded when used

        ids, rows, columns = pad(examples, batch)
        wanted = torch.from_numpy(ids[rows, columns]).long()
        with torch.autocast("cpu", torch.bfloat16):
            hidden = self._body(input_ids=torch.from_numpy(ids).long(), use_cache=False).last_hidden_state
            table = self._model.get_input_embeddings().weight
            drawn = np.random.default_rng((self._plan.seed, self.batches + self.team.rank)).integers(
                0, len(table), self._plan.sampled
            )
            rivals = torch.unique(torch.cat([wanted, torch.from_numpy(drawn)]))
            logits = hidden[rows, columns - 1] @ table[rivals].T
        return torch.nn.functional.cross_entropy(logits.float(), torch.searchsorted(rivals, wanted))

    def _log(self, figures: dict[str, float]) -> None:
        record = {"step": self.step, "pairs": self.pairs, "seconds": round(self.seconds, 1)}
        record |= {name: round(value, 5) for name, value in figures.items()}
        with (self._work / LOG).open("a", encoding="utf-8") as log:
            log.write(json.dumps(record) + "\n")


def pad(examples: Examples, batch: Sequence[int]) -> tuple[Any, Any, Any]:
    """Return a batch's ids, padded on the right, with the rows and columns of the ids that are to be learned.

    No mask is needed: what stands to the right of an id has no part in it.
    """
    lengths = [examples.length(at) for at in batch]
    ids = np.full((len(batch), max(lengths)), PAD, np.int32)
    rows: list[int] = []
    columns: list[int] = []
    for row, (at, length) in enumerate(zip(batch, lengths, strict=True)):
        start = examples.starts[at]
        ids[row, :length] = examples.ids[start : start + length]
        first = int(examples.answers[at] - start)
        rows += [row] * (length - first)
        columns += range(first, length)
    return ids, np.array(rows), np.array(columns)
