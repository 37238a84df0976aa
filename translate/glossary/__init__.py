r"""Glossaries: terms, person names and untranslated words, read from TSV or CSV, found and checked.

Example:
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from translate.glossary import find_uses, load_glossary, missing_terms
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "glossary.tsv"
    ...     _ = path.write_text("en\tzh\nceasefire\t停火\n", encoding="utf-8")
    ...     glossary = load_glossary(path)
    >>> uses = find_uses(glossary, "The ceasefire holds.", "en", "zh")
    >>> [(use.source, use.targets) for use in uses]
    [('ceasefire', ('停火',))]
    >>> missing_terms(uses, "休战仍在继续。", "zh") == uses
    True
"""

from translate.glossary.finding import find_uses, missing_terms
from translate.glossary.reading import Glossary, Term, TermKind, TermUse, load_glossary

__all__ = ["Glossary", "Term", "TermKind", "TermUse", "find_uses", "load_glossary", "missing_terms"]
