"""How a translation went, in numbers."""

from collections import Counter
from dataclasses import dataclass

from tolmach.results.result import VersionTranslation

MEMORY = "memory"


@dataclass(frozen=True, slots=True)
class TranslationCounts:
    """The sentences of one translation, counted.

    Attributes:
        sentences: All of them.
        methods: How many were made in each way, the most frequent first; see `translate.types.Translation`.
        attempts: Hypotheses that were made of all sentences together.
        tried_again: Sentences of which more than one hypothesis was made.
        flagged: Sentences that failed a check.
        checks: How many sentences failed each check, the most frequent first.
    """

    sentences: int
    methods: dict[str, int]
    attempts: int
    tried_again: int
    flagged: int
    checks: dict[str, int]

    @property
    def from_memory(self) -> int:
        """Sentences that the user's own memory had."""
        return self.methods.get(MEMORY, 0)


def count_sentences(translation: VersionTranslation) -> TranslationCounts:
    """Count the sentences of a translation by how they came about."""
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


def describe_counts(counts: TranslationCounts) -> str:
    """Return the numbers as one line: `42 sentences, 2 from your memory, 5 tried again, 3 to check (number, name)`."""
    parts = [f"{counts.sentences} sentence{'' if counts.sentences == 1 else 's'}"]
    if counts.from_memory:
        parts.append(f"{counts.from_memory} from your memory")
    if counts.tried_again:
        parts.append(f"{counts.tried_again} tried again")
    parts.append(f"{counts.flagged} to check ({', '.join(counts.checks)})" if counts.flagged else "none to check")
    return ", ".join(parts)
