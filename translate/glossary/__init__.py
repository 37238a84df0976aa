r"""Glossaries: terms, person names and what is not translated, read from TSV or CSV, found and checked.

Example:
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from translate.glossary import load_glossary, missing_terms
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "glossary.tsv"
    ...     _ = path.write_text("en\tzh\nceasefire\t停火\n", encoding="utf-8")
    ...     glossary = load_glossary(path)
    >>> uses = glossary.uses("The ceasefire holds.", "en", "zh")
    >>> [(use.source, use.targets) for use in uses]
    [('ceasefire', ('停火',))]
    >>> missing_terms(uses, "休战仍在继续。", "zh") == uses
    True
"""

from typing import TYPE_CHECKING

from translate.glossary.types import Glossary, Term, TermKind, TermUse

if TYPE_CHECKING:
    from translate.glossary.checking import missing_terms
    from translate.glossary.reading import load_glossary

__all__ = ["Glossary", "Term", "TermKind", "TermUse", "load_glossary", "missing_terms"]

_HOMES = {"load_glossary": "translate.glossary.reading", "missing_terms": "translate.glossary.checking"}


def __getattr__(name: str) -> object:
    """Load a function from its module when it is first asked for (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - only needed on first use of a name

    return getattr(import_module(_HOMES[name]), name)
