"""Tables of figures for terminals, Markdown and LaTeX."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rich.console import Console

from tolmach.terminal.console import plain_table


@dataclass(frozen=True, slots=True)
class Grid:
    """A table whose cells are ready to be shown; the first column holds names, the others numbers.

    Attributes:
        columns: Headings.
        rows: The rows below them.
        title: Heading of the whole; empty for none.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    title: str = ""

    def draw(self, console: Console) -> None:
        """Print it without borders."""
        table = plain_table(*self.columns, title=self.title or None, numbers=True)
        for row in self.rows:
            table.add_row(*row)
        console.print(table)

    def markdown(self) -> str:
        """Return it as a table of GitHub's Markdown, without its title and a final line break."""
        lines = [self.columns, ["---"] * len(self.columns), *self.rows]
        return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)

    def latex(self) -> str:
        """Return it as a tabular of LaTeX with the rules of booktabs, without its title and a final line break."""
        head, *rows = (f"{' & '.join(map(latex_text, line))} \\\\" for line in (self.columns, *self.rows))
        opening = f"\\begin{{tabular}}{{l{'r' * (len(self.columns) - 1)}}}"
        return "\n".join((opening, "\\toprule", head, "\\midrule", *rows, "\\bottomrule", "\\end{tabular}"))


_MARKUP: Final = re.compile(r"[|_<>\[\]`]")
"""What is markup in a cell; stars are left, for bold figures."""


def _cell(text: str) -> str:
    return _MARKUP.sub(r"\\\g<0>", text.replace("\n", " "))


_SPECIAL: Final = re.compile(r"[\\~^\u00b1\u2212<>&%#_${}\[]")
_TEX: Final = {
    "\\": "\\textbackslash{}",
    "~": "\\textasciitilde{}",
    "^": "\\textasciicircum{}",
    "\N{PLUS-MINUS SIGN}": "$\\pm$",
    "\N{MINUS SIGN}": "$-$",
    "<": "$<$",
    ">": "$>$",
    "[": "{[}",  # behind the end of a row, it would begin a length
}


def latex_text(text: str) -> str:
    """Return text in which no character is a command of LaTeX."""
    return _SPECIAL.sub(lambda found: _TEX.get(found.group(), f"\\{found.group()}"), " ".join(text.split()))
