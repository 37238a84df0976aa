"""Check that a translation has what a glossary asks for."""

from collections.abc import Sequence
from typing import Final

import regex

from translate.glossary.matching import occurrences
from translate.glossary.types import TermUse

_LATIN: Final = r"[\p{Latin}\p{Nd}]"


def missing_terms(uses: Sequence[TermUse], hypothesis: str, language: str) -> tuple[TermUse, ...]:
    """Return the terms that a translation lacks.

    One of a term's forms must stand in the translation once, however often its source has the term: inflected in
    Russian, singular or plural in English, in either script in Chinese. A `keep` must be there character for character.

    Args:
        uses: What the source uses, see `Glossary.uses`.
        hypothesis: Its translation.
        language: BCP-47 tag of the translation.

    Returns:
        The first use of each term that is missing, in the order of the source.
    """
    distinct = {(use.kind, use.targets): use for use in reversed(uses)}
    missing = [
        use for use in distinct.values() if not any(_has(hypothesis, use, form, language) for form in use.targets)
    ]
    return tuple(sorted(missing, key=lambda use: use.start))


def _has(hypothesis: str, use: TermUse, form: str, language: str) -> bool:
    if use.kind != "keep":
        return next(occurrences(form, hypothesis, language), None) is not None
    # A name in Latin letters may get a Russian ending or touch Chinese characters, but no further Latin letters.
    before = rf"(?<!{_LATIN})" if regex.match(_LATIN, form[0]) else ""
    behind = rf"(?!{_LATIN})" if regex.match(_LATIN, form[-1]) else ""
    return regex.search(f"{before}{regex.escape(form)}{behind}", hypothesis) is not None
