"""The check of the glossary's terms."""

from collections.abc import Iterator

from translate.checks.types import Reading
from translate.options import CheckOptions
from translate.types import Check


def check_terms(reading: Reading, options: CheckOptions) -> Iterator[Check]:
    """A term of the glossary is not rendered as it asks."""
    del options
    pair = reading.pair
    if not pair.terms:
        return
    from translate.glossary import missing_terms  # noqa: PLC0415 - only where a glossary is used

    for use in missing_terms(pair.terms, pair.hypothesis, pair.target_language):
        wanted = " or ".join(f"“{target}”" for target in use.targets)
        yield Check("term", f"The glossary asks for {wanted} for “{use.source}”")
