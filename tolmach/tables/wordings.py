"""Words in a terminal, those that findings point at marked: by colour, or by signs around them where there is none."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from rich.console import Console
from rich.text import Text

from tolmach.pages.fragments import Fragment
from tolmach.terminal.console import one_line


@dataclass(frozen=True, slots=True)
class Look:
    """How marked words look.

    Attributes:
        style: In colour, as rich writes it; never told by the colour alone.
        opening: What stands before the words without colour.
        closing: What stands behind them.
        meaning: What the mark says, for the legend.
    """

    style: str
    opening: str
    closing: str
    meaning: str


# Square brackets are left to the quotes: there they hold what an editor put in.
LOOKS: Final[Mapping[str, Look]] = {
    "serious": Look("not dim bold red underline", "{{", "}}", "the meaning very likely differs"),
    "warning": Look("not dim bold yellow", "{", "}", "it may differ"),
    "changed": Look("not dim cyan underline", "<", ">", "other words in the same language"),
    "note": Look("not dim underline", "_", "_", "worth knowing"),
}
"""Looks by the kind of a mark, see `tolmach.pages.fragments.Highlight`; where several lie on a word, the first wins."""

_VERDICTS: Final = {
    "altered": "bold red",
    "missing": "bold magenta",
    "indirect": "bold yellow",
    "uncertain": "bold",
    "reworded": "bold blue",
    "same": "green",
}


@dataclass(frozen=True, slots=True)
class Marking:
    """How words are marked on one console.

    Attributes:
        coloured: Whether by colour.
    """

    coloured: bool

    @classmethod
    def of(cls, console: Console) -> "Marking":
        """Return what `console` can show; NO_COLOR, a dumb terminal and a file show no colour."""
        return cls(console.color_system is not None and not console.no_color)

    def mark(self, words: str, kind: str) -> Text:
        """Return words under one kind of mark."""
        look = LOOKS[kind]
        return Text(words, style=look.style) if self.coloured else Text(f"{look.opening}{words}{look.closing}")

    def draw(self, fragments: Sequence[Fragment], kinds: Mapping[int, str]) -> Text:
        """Return the words of `fragments` with the marks of some findings.

        Args:
            fragments: A text, cut.
            kinds: Kind of the mark by the number of the finding; other findings leave no mark.
        """
        text = Text()
        for kind, run in groupby(fragments, lambda piece: _gravest(piece, kinds)):
            words = "".join(piece.text for piece in run)
            text.append_text(self.mark(words, kind)) if kind else text.append(words)
        return text

    def verdict(self, name: str, label: str) -> Text:
        """Return a verdict's label."""
        return Text(label, style=_VERDICTS[name]) if self.coloured else Text(label.upper())

    def legend(self, kinds: Collection[str]) -> Text:
        """Return what each mark of `kinds` means, as one line."""
        told = [self.mark("words", kind).append(f" {look.meaning}") for kind, look in LOOKS.items() if kind in kinds]
        return Text("; ").join(told)


def fold(text: Text | str) -> Text:
    """Return one paragraph that breaks anywhere where it must, as Chinese does."""
    made = Text(text) if isinstance(text, str) else text
    made.plain = one_line(made.plain)  # one character for each, so that the marks stay where they are
    made.overflow = "fold"
    return made


def _gravest(piece: Fragment, kinds: Mapping[int, str]) -> str | None:
    found = {kinds[number] for number in piece.findings if number in kinds}
    return next((kind for kind in LOOKS if kind in found), None)
