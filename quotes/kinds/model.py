"""The weights of the features of a quote's kind, fitted by `python -m training.quote_kinds --write`."""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import resources

from corpora.languages import base_language
from quotes.types import QuoteKind

KINDS: tuple[QuoteKind, ...] = ("direct", "partial", "scare", "title", "slogan")


@cache
def load_weights(language: str) -> Mapping[str, tuple[float, ...]]:
    """Return for each feature of a language (BCP-47 tag) its weights, one a kind in the order of `KINDS`."""
    data = json.loads(resources.files("quotes.kinds").joinpath("weights.json").read_text(encoding="utf-8"))
    return {name: tuple(values) for name, values in data[base_language(language)].items()}


def scores(names: Iterable[str], weights: Mapping[str, tuple[float, ...]]) -> list[float]:
    """Add up the weights of the features that hold: one score a kind, the highest is the likeliest."""
    totals = [0.0] * len(KINDS)
    for name in sorted(names):
        for place, weight in enumerate(weights.get(name, ())):
            totals[place] += weight
    return totals


def likeliest(totals: Sequence[float]) -> QuoteKind:
    """Return the kind with the highest score."""
    return KINDS[max(range(len(KINDS)), key=totals.__getitem__)]
