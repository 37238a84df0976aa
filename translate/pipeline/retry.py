"""Retries: a candidate that fails a check is generated again with another strategy, in rounds."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from common.data import load_table
from translate.checks import badness
from translate.pipeline.candidates import Attempt, TranslationCandidate, TranslationContext, check, generate
from translate.pipeline.strategies import plan

_UNKNOWN = ("beam", "greedy")
"""Strategies for checks that have none of their own."""


def retry(
    candidates: Sequence[TranslationCandidate], context: TranslationContext, *, attempts: int
) -> list[TranslationCandidate]:
    """Return the best candidate of each segment, in order; those without findings are not retried.

    Args:
        candidates: The first candidate of each segment, checked.
        context: Generates and checks further ones.
        attempts: Most candidates of one segment, including the first.
    """
    best = list(candidates)
    tried = [{candidate.method} for candidate in best]
    for _ in range(attempts - 1):
        planned = {at: attempt for at, one in enumerate(best) if (attempt := _next(one, tried[at], context))}
        if not planned:
            break
        again = check(generate(list(planned.values()), context), context)
        for at, candidate in zip(planned, again, strict=True):
            best[at] = _better(best[at], candidate)
    return best


def _better(best: TranslationCandidate, candidate: TranslationCandidate) -> TranslationCandidate:
    """Return the better of two candidates, the earlier one if equal."""
    better = candidate.usable and badness(candidate.checks) < badness(best.checks)
    return replace(candidate if better else best, attempts=best.attempts + 1)


def _next(candidate: TranslationCandidate, tried: set[str], context: TranslationContext) -> Attempt | None:
    """Return the next attempt for a candidate, None if no strategy is left; adds its strategy to `tried`."""
    heaviest_first = sorted(candidate.checks, key=lambda found: -badness((found,)))
    for method in dict.fromkeys(method for found in heaviest_first for method in strategies_for(found.kind)):
        if method in tried:
            continue
        tried.add(method)
        attempt = plan(method, candidate.segment, context)
        if attempt is not None:
            return attempt
    return None


def strategies_for(kind: str) -> tuple[str, ...]:
    """Return the strategies against a kind of check, the most promising first."""
    return _strategies().get(kind, _UNKNOWN)


@cache
def _strategies() -> dict[str, tuple[str, ...]]:
    return {kind: tuple(methods) for kind, methods in load_table(__name__, "retry.toml").items()}
