"""Measure what each group of rules for speakers adds: one at a time is switched off, on all texts that may be scored.

    python -m benchmarks.quotes.speaker_ablation [--output FILE]

A group is a function of the product that is replaced by one that finds nothing or leaves all as it is. Printed is how
many points of accuracy are lost without it. Intervals hold 95 % of 1,000 resamples of documents.
"""

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from benchmarks.places import shared_folder
from benchmarks.quotes.speakers import RESAMPLES, Outcomes, SpeakerGold, extracted, judge, speaker_gold
from common.files import write_text
from quotes.speakers.antecedents import Antecedents
from quotes.speakers.chinese.finder import ChineseFinder
from quotes.speakers.chinese.subjects import SubjectReader
from quotes.speakers.english.finder import EnglishFinder
from quotes.speakers.english.roles import EnglishBodies, EnglishRoles
from quotes.speakers.names import Names
from quotes.speakers.russian.cast import RussianCast
from quotes.speakers.russian.finder import RussianFinder
from quotes.speakers.russian.subjects import Subjects

FINDERS = (EnglishFinder, RussianFinder, ChineseFinder)


def nothing(*_: Any, **__: Any) -> None:
    """Find nothing."""


def same(_: Any, *given: Any) -> Any:
    """Leave the last of what is given as it is."""
    return given[-1]


Switch = tuple[type, str, Callable[..., Any]]
GROUPS: Mapping[str, Sequence[Switch]] = {
    "words behind the quote": [(finder, "after", nothing) for finder in FINDERS],
    "words in front of the quote": [(finder, "before", nothing) for finder in FINDERS],
    "elsewhere in its sentence": [(finder, "anywhere", nothing) for finder in FINDERS],
    "subject without a verb of saying": [(finder, "subject", nothing) for finder in FINDERS],
    "full form of a name": [(Names, "full", same), (RussianCast, "full", same)],
    "pronouns": [(Antecedents, "find", nothing), (RussianCast, "pronoun", nothing)],
    "English: names behind roles": [(EnglishRoles, "resolve", same)],
    "English: bodies": [(EnglishBodies, name, nothing) for name in ("noun", "last", "inside", "full")],
    "Russian: nouns": [(RussianCast, "_noun", nothing)],
    "Russian: bodies": [(RussianCast, "_body", nothing)],
    "Russian: documents and places": [(Subjects, "_document", nothing)],
    "Chinese: roles": [(SubjectReader, "_role", nothing)],
    "Chinese: bodies": [(SubjectReader, "_body", nothing)],
    "Chinese: owners": [(SubjectReader, "_owner", nothing)],
}


def score(documents: Sequence[SpeakerGold], switches: Sequence[Switch]) -> Outcomes:
    """Say for each document and quote whether the speaker is right without a group."""
    with ExitStack() as stack:
        for owner, name, other in switches:
            stack.enter_context(patch.object(owner, name, other))
        return judge(documents, {"extracted": extracted}, [])["extracted"]


def loss(whole: Outcomes, without: Outcomes, language: str) -> tuple[float, float, float]:
    """Return the points lost in a language, and the ends of their interval."""
    keys = [key for key in whole if key.split("/")[2] == language]
    table = np.array([(sum(whole[key]) - sum(without[key]), len(whole[key])) for key in keys])
    drawn = np.random.default_rng(1).integers(0, len(table), (RESAMPLES, len(table)))
    lost, total = table[drawn].sum(axis=1).T
    low, high = np.percentile(100 * lost / np.maximum(1, total), [2.5, 97.5])
    return round(100 * table[:, 0].sum() / table[:, 1].sum(), 1), round(float(low), 1), round(float(high), 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, help="write the losses as JSON")
    options = parser.parse_args()
    documents = speaker_gold(shared_folder())
    whole = score(documents, [])
    losses = {}
    for group, switches in GROUPS.items():
        without = score(documents, switches)
        losses[group] = {language: loss(whole, without, language) for language in ("en", "ru", "zh")}
        cells = (f"{language} {lost:5.1f} ({low}, {high})" for language, (lost, low, high) in losses[group].items())
        print(f"{group:34}", *cells, flush=True)
    if options.output:
        write_text(options.output, json.dumps(losses, indent=1) + "\n")


if __name__ == "__main__":
    main()
