"""Terms, the glossary that holds them, and what is found of them in a text."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Final, Literal

TermKind = Literal["term", "keep", "name"]
KINDS: Final[tuple[TermKind, ...]] = ("term", "keep", "name")
"""All kinds of terms."""


@dataclass(frozen=True, slots=True)
class Term:
    """Something whose translation is given.

    Attributes:
        kind: `term`, `keep` (not translated: each form stays as it is in the source) or `name` (a person's).
        forms: For each language its tag and the forms, the preferred one first; the language that the glossary is
            written from comes first.
        note: What the glossary says about it.
    """

    kind: TermKind
    forms: tuple[tuple[str, tuple[str, ...]], ...]
    note: str = ""

    @property
    def by_language(self) -> Mapping[str, tuple[str, ...]]:
        """The forms by language tag."""
        return dict(self.forms)

    @property
    def key(self) -> tuple[str, tuple[str, ...]]:
        """The language that the glossary is written from, and the forms in it."""
        return self.forms[0]


@dataclass(frozen=True, slots=True)
class TermUse:
    """A term where a text uses it.

    Attributes:
        start: Offset of its first code point.
        end: Offset after its last code point.
        source: The words as the text has them.
        targets: Accepted translations, the preferred form first.
        kind: What kind of term it is.
    """

    start: int
    end: int
    source: str
    targets: tuple[str, ...]
    kind: TermKind


@dataclass(frozen=True, eq=False)
class Glossary:
    """Terms of one or several files.

    Attributes:
        terms: In the order of the files.
        notes: Which terms a later file changed, in sentences.
    """

    terms: tuple[Term, ...]
    notes: tuple[str, ...] = ()

    @cached_property
    def sha256(self) -> str:
        """Digest of all that decides a translation, hexadecimal: kinds and forms, not notes."""
        listed = [(term.kind, term.forms) for term in self.terms]
        return sha256(json.dumps(listed, ensure_ascii=True).encode("ascii")).hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Glossary) and self.sha256 == other.sha256

    def __hash__(self) -> int:
        return hash(self.sha256)
