"""Which languages a translation goes through."""

from collections.abc import Collection

from common.errors import UsageError
from corpora.languages import NAMES, Direction, base_language


def plan_route(
    directions: Collection[Direction], source: str, target: str, *, via: str | None = None
) -> tuple[str, ...]:
    """Return the languages from `source` to `target`: direct where the model can, else through one other language.

    Args:
        directions: Pairs of base languages that the model translates directly.
        source: Tag of the language to translate from.
        target: Tag of the language to translate into.
        via: Language to go through even where a direct way exists.

    Returns:
        Two or three tags: `source`, perhaps a pivot, `target`.

    Raises:
        UsageError: The model has no way from `source` to `target`, or not through `via`; or they are one language.
    """
    ends = base_language(source), base_language(target)
    if ends[0] == ends[1]:
        raise UsageError(f"source and target are both {NAMES[source]}", hint="Name another language with --to")
    if via is None and ends in directions:
        return source, target
    # English first: every family of open models is best to and from it.
    pivots = (
        [via]
        if via
        else sorted({pair[1] for pair in directions if pair[0] == ends[0]}, key=lambda tag: (tag != "en", tag))
    )
    for pivot in pivots:
        if (ends[0], base_language(pivot)) in directions and (base_language(pivot), ends[1]) in directions:
            return source, pivot, target
    known = ", ".join(f"{a}-{b}" for a, b in sorted(directions))
    through = f" through {via}" if via else ""
    raise UsageError(f"the model does not translate {source} to {target}{through}", hint=f"It translates {known}")
