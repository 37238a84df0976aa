"""Greedy and beam search over a batch, the same code for both: greedy search is a beam of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor

from translate.engines.bergamot.network import Network, State
from translate.types import DecodeOptions

_DONE_SHARE: Final = 4
"""A batch is made smaller once one in so many of its sentences is finished: doing so moves the memories."""


@dataclass(frozen=True, slots=True)
class Found:
    """A hypothesis in numbers.

    Attributes:
        ids: Its target tokens, without the end.
        score: Mean natural logarithm of the probabilities of its tokens and its end.
        finished: Whether it has an end; else it was cut.
    """

    ids: tuple[int, ...]
    score: float
    finished: bool


@dataclass(frozen=True, slots=True)
class Tokens:
    """Target tokens that the search treats in a way of their own.

    Attributes:
        end: Ends a hypothesis.
        never: Never taken: the unknown token, as in Marian, and whatever the vocabulary does not spell.
    """

    end: int
    never: tuple[int, ...]


def search(
    network: Network, rows: Sequence[Sequence[int]], tokens: Tokens, *, limit: int, options: DecodeOptions
) -> list[Found]:
    """Return the best hypothesis for each sentence.

    A sentence is done as soon as it has as many finished hypotheses as beams, as in CTranslate2; the one with the best
    mean log-probability is taken.

    Args:
        network: The model.
        rows: Source tokens of each sentence, the end included.
        tokens: Which tokens end a hypothesis, and which are never taken.
        limit: Most tokens of a hypothesis, the end included.
        options: Beams, and what may not be repeated.
    """
    with torch.inference_mode():
        running = _Search(network, rows, tokens, options)
        for _ in range(limit):
            if not running.step():
                break
        return running.best()


class _Search:
    def __init__(self, network: Network, rows: Sequence[Sequence[int]], tokens: Tokens, options: DecodeOptions) -> None:
        self._network = network
        self._special = tokens
        self._options = options
        self._beams = beams = options.beam_size
        self._state: State = network.start(rows, beams)
        self._sentences = list(range(len(rows)))  # which sentence each row of the tensors is about
        self._open = set(self._sentences)
        self._finished: list[list[Found]] = [[] for _ in rows]
        self._tokens = torch.zeros(len(rows), beams, 0, dtype=torch.long, device=network.arithmetic.device)
        # All beams begin alike, so only the first may give candidates.
        self._scores = torch.full((len(rows), beams), -torch.inf, device=network.arithmetic.device)
        self._scores[:, 0] = 0.0
        self._banned = torch.zeros(network.target_size, device=network.arithmetic.device)
        self._banned[list(tokens.never)] = -torch.inf

    def step(self) -> bool:
        """Decode one token of every hypothesis; tell whether any sentence still needs more."""
        rows, beams = self._scores.shape
        last = self._tokens[..., -1] if self._tokens.shape[-1] else torch.zeros_like(self._scores, dtype=torch.long)
        logits, self._state = self._network.step(self._state, last)
        shares = self._restrained(logits).log_softmax(-1)
        size = shares.shape[-1]
        # An end among the best leaves a hypothesis less to go on with, so twice as many are looked at.
        wanted = min(2 * beams if beams > 1 else 1, beams * size)
        best = (self._scores[..., None] + shares).reshape(rows, -1).topk(wanted)
        self._advance(best.values.tolist(), [[divmod(one, size) for one in row] for row in best.indices.tolist()])
        self._shrink()
        return bool(self._open)

    def best(self) -> list[Found]:
        """Return each sentence's best finished hypothesis, or its best one that was cut."""
        tokens, scores = self._tokens.tolist(), self._scores.tolist()
        for row, sentence in enumerate(self._sentences):
            if not self._finished[sentence]:
                cut = tuple(tokens[row][0])
                self._finished[sentence].append(Found(cut, scores[row][0] / max(1, len(cut)), finished=False))
        return [max(found, key=lambda one: one.score) for found in self._finished]

    def _advance(self, values: list[list[float]], candidates: list[list[tuple[int, int]]]) -> None:
        before = self._tokens.tolist()
        chosen = []
        for row, sentence in enumerate(self._sentences):
            ranked = list(zip(values[row], candidates[row], strict=True))
            for score, (beam, token) in ranked[: self._beams]:
                if token == self._special.end and sentence in self._open:
                    ids = tuple(before[row][beam])
                    self._finished[sentence].append(Found(ids, score / (len(ids) + 1), finished=True))
            if len(self._finished[sentence]) >= self._beams:
                self._open.discard(sentence)
            going = [one for one in ranked if one[1][1] != self._special.end] or ranked
            chosen.append((going * self._beams)[: self._beams])
        self._take(chosen)

    def _take(self, chosen: list[list[tuple[float, tuple[int, int]]]]) -> None:
        device = self._network.arithmetic.device
        beams = torch.tensor([[beam for _, (beam, _) in row] for row in chosen], device=device)
        tokens = torch.tensor([[token for _, (_, token) in row] for row in chosen], device=device)
        self._scores = torch.tensor([[score for score, _ in row] for row in chosen], device=device)
        rows = torch.arange(len(chosen), device=device)[:, None]
        if self._beams > 1:
            self._state = self._state.reorder(beams)
            self._tokens = self._tokens[rows, beams]
        self._tokens = torch.cat([self._tokens, tokens[..., None]], dim=-1)

    def _shrink(self) -> None:
        keep = [row for row, sentence in enumerate(self._sentences) if sentence in self._open]
        if not keep or (len(self._sentences) - len(keep)) * _DONE_SHARE < len(self._sentences):
            return
        rows = torch.tensor(keep, device=self._network.arithmetic.device)
        self._state = self._state.select(rows)
        self._tokens, self._scores = self._tokens[rows], self._scores[rows]
        self._sentences = [self._sentences[row] for row in keep]

    def _restrained(self, logits: Tensor) -> Tensor:
        """Return the logits after what the options say of repeated tokens, and without those never taken."""
        logits = logits + self._banned
        if self._options.repetition_penalty != 1 and self._tokens.shape[-1]:
            known = logits.gather(-1, self._tokens)
            penalty = self._options.repetition_penalty
            logits = logits.scatter(-1, self._tokens, torch.where(known < 0, known * penalty, known / penalty))
        size = self._options.no_repeat_ngram_size
        if 0 < size <= self._tokens.shape[-1]:
            for row, beams in enumerate(self._tokens.tolist()):
                for beam, ids in enumerate(beams):
                    logits[row, beam, repeating(ids, size)] = -torch.inf
        return logits


def repeating(ids: Sequence[int], size: int) -> list[int]:
    """Return the tokens that would end a run of `size` tokens which `ids` already holds.

    Args:
        ids: What was decoded so far.
        size: Length of the run, at least 1.
    """
    beginning = list(ids[len(ids) - size + 1 :])
    places = range(len(ids) - size + 1)
    return [ids[place + size - 1] for place in places if list(ids[place : place + size - 1]) == beginning]
