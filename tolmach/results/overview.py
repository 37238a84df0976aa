"""Summary figures and findings of an alignment or a translation, and which beads have moved."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from alignment.types import Bead
from common.messages import message, word
from quotes.types import VERDICTS, Comparison, Verdict, gravest
from tolmach.results.result import Result, VersionAlignment, VersionTranslation

DOUBTFUL = 0.8
"""Beads of lower confidence are marked for checking.

Hardly any bead is more likely wrong than right, so a threshold of one half would find few wrong ones. On the
development part of Text+Berg, where this was chosen, one bead in seven is below, and two of three wrong ones; few are
found beyond.
"""


@dataclass(frozen=True, slots=True)
class Overview:
    """Summary figures of an alignment.

    Attributes:
        beads: Number of beads.
        one_to_one: Share of 1-1 beads, from 0 to 1; 0 without beads.
        doubtful: Number of beads of low confidence, see `DOUBTFUL`.
        moved: Number of beads that cross others.
        alone: Sentences without counterpart, of the first version and of the second.
    """

    beads: int
    one_to_one: float
    doubtful: int
    moved: int
    alone: tuple[int, int]


def is_doubtful(bead: Bead) -> bool:
    """Return whether a bead is to be checked."""
    return bead.confidence < DOUBTFUL


def make_overview(beads: Sequence[Bead]) -> Overview:
    """Count the beads, which are in source order."""
    single = sum(len(bead.source) == len(bead.target) == 1 for bead in beads)
    return Overview(
        len(beads),
        single / len(beads) if beads else 0.0,
        sum(map(is_doubtful, beads)),
        len(moved_beads(beads)),
        (
            sum(len(bead.source) for bead in beads if not bead.target),
            sum(len(bead.target) for bead in beads if not bead.source),
        ),
    )


def describe(found: VersionAlignment, result: Result) -> str:
    """Return the summary of one alignment as a line."""
    counts = make_overview(found.beads)
    first, second = (result.versions[index].id for index in found.versions)
    parts = [
        f"{counts.beads} bead{'' if counts.beads == 1 else 's'}",
        f"{counts.one_to_one:.0%} one to one",
        f"{counts.doubtful} of low confidence",
        f"{counts.moved} moved",
        f"without counterpart {counts.alone[0]} {first} and {counts.alone[1]} {second}",
    ]
    relation = found.relation
    if relation:
        judged = "versions of one another" if relation.related else "not versions of one another"
        parts.append(f"{judged} (probability {relation.probability:.2f})")
    return ", ".join(parts)


def count_verdicts(found: Comparison) -> Counter[Verdict]:
    """Count the quotes, those that no pair of versions was compared for aside, by the gravest verdict of each."""
    verdicts = (group.verdict or gravest(group.pairs, group.members) for group in found.groups)
    return Counter(verdict for verdict in verdicts if verdict)


def describe_verdicts(found: Comparison) -> str:
    """Return the number of quotes and of each verdict as one line."""
    count = sum(any(group.members) for group in found.groups)
    return message("quotes_table.quotes", count, verdicts=tell_verdicts(found))


def tell_verdicts(found: Comparison) -> str:
    """Return the number of each verdict: `3 altered, 1 missing, 14 same`."""
    counts = count_verdicts(found)
    told = message("list.comma").join(
        message("list.counted", counts[one], what=word("verdict", one)) for one in VERDICTS if counts[one]
    )
    return told or message("quotes_table.no_pairs")


MEMORY = "memory"


@dataclass(frozen=True, slots=True)
class TranslationCounts:
    """Summary figures of one translation.

    Attributes:
        methods: Number of sentences by method, the most frequent first; see `translate.types.Translation`.
        attempts: Number of hypotheses of all sentences together.
        checks: Number of sentences that failed each check, the most frequent first.
    """

    sentences: int
    methods: dict[str, int]
    attempts: int
    tried_again: int
    flagged: int
    checks: dict[str, int]

    @property
    def from_memory(self) -> int:
        """Number of sentences from the user's translation memory."""
        return self.methods.get(MEMORY, 0)


def count_sentences(translation: VersionTranslation) -> TranslationCounts:
    """Count the sentences of a translation by method."""
    sentences = translation.sentences
    checks = Counter(kind for each in sentences for kind in dict.fromkeys(check.kind for check in each.checks))
    return TranslationCounts(
        sentences=len(sentences),
        methods=dict(Counter(each.method for each in sentences).most_common()),
        attempts=sum(each.attempts for each in sentences),
        tried_again=sum(each.attempts > 1 for each in sentences),
        flagged=sum(bool(each.checks) for each in sentences),
        checks=dict(checks.most_common()),
    )


def describe_flags(result: Result) -> Iterator[str]:
    """Yield a line for each failed check: `ru, sentence 3: The source says “5”, the translation “6” (number)`."""
    for name, one in result.translations.items():
        for number, sentence in enumerate(one.sentences, 1):
            for check in sentence.checks:
                yield f"{name}, sentence {number}: {check.message} ({check.kind})"


def describe_counts(counts: TranslationCounts) -> str:
    """Return the figures as one line: `42 sentences, 2 from your memory, 5 tried again, 3 to check (number, name)`."""
    parts = [f"{counts.sentences} sentence{'' if counts.sentences == 1 else 's'}"]
    if counts.from_memory:
        parts.append(f"{counts.from_memory} from your memory")
    if counts.tried_again:
        parts.append(f"{counts.tried_again} tried again")
    parts.append(f"{counts.flagged} to check ({', '.join(counts.checks)})" if counts.flagged else "none to check")
    return ", ".join(parts)


_ALL = 6
"""Directions between English, Russian and Chinese."""


def describe_directions(names: Sequence[str]) -> str:
    """Return directions as few words: `all six`, or `en↔ru en-zh`, a pair with both directions once."""
    if len(names) == _ALL:
        return "all six"
    directions = [tuple(name.split("-", 1)) for name in names]
    both = [f"{one}\N{LEFT RIGHT ARROW}{two}" for one, two in directions if (two, one) in directions and one < two]
    return " ".join([*both, *(f"{one}-{two}" for one, two in directions if (two, one) not in directions)])


_Best = tuple[int, int]
"""Weight of a rising sequence, and the position of its last member, -1 if empty."""


def heaviest_rising(keys: Sequence[int], weights: Sequence[int]) -> frozenset[int]:
    """Return the positions of the heaviest subsequence with rising keys; all others have moved.

    Takes time in the order of n log n: a Fenwick tree holds the heaviest sequence that ends at or below each key.
    """
    ranks = {key: rank for rank, key in enumerate(sorted(keys), 1)}
    tree: list[_Best] = [(0, -1)] * (len(keys) + 1)
    before: list[int] = []
    for position, (key, weight) in enumerate(zip(keys, weights, strict=True)):
        total, previous = _best_up_to(tree, ranks[key] - 1)
        before.append(previous)
        _enter(tree, ranks[key], (total + weight, position))
    kept, position = set(), _best_up_to(tree, len(keys))[1]
    while position >= 0:
        kept.add(position)
        position = before[position]
    return frozenset(kept)


def moved_beads(beads: Sequence[Bead]) -> Mapping[int, int | None]:
    """Return the beads that cross others, and the position of their targets.

    Returns:
        By position in `beads`: the target sentence that the bead's target follows, among those that did not move; None
        at the beginning of the text.
    """
    paired = [place for place, bead in enumerate(beads) if bead.source and bead.target]
    weights = [len(beads[place].source) + len(beads[place].target) for place in paired]
    kept = heaviest_rising([beads[place].target[0] for place in paired], weights)
    moved = [place for number, place in enumerate(paired) if number not in kept]
    carried = {index for place in moved for index in beads[place].target}
    settled = sorted(index for bead in beads for index in bead.target if index not in carried)
    return {place: _last_below(beads[place].target[0], settled) for place in moved}


def _last_below(index: int, settled: Sequence[int]) -> int | None:
    before = bisect_left(settled, index)
    return settled[before - 1] if before else None


def _best_up_to(tree: Sequence[_Best], rank: int) -> _Best:
    best = tree[0]
    while rank:
        best = max(best, tree[rank])
        rank &= rank - 1
    return best


def _enter(tree: list[_Best], rank: int, best: _Best) -> None:
    while rank < len(tree):
        tree[rank] = max(tree[rank], best)
        rank += rank & -rank
