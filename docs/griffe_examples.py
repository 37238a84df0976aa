"""Lets the reference of names set the examples of docstrings as code; griffe knows only those below `Examples:`."""

import re
from typing import Any

import griffe

EXAMPLE = re.compile(r"^>>> .*\Z", re.MULTILINE | re.DOTALL)


class Examples(griffe.Extension):
    """Puts what begins with a prompt, to the end of a docstring, into a section of examples."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Change the docstring of one object."""
        if obj.docstring:
            text = obj.docstring.value.replace("\nExample:\n", "\nExamples:\n")
            obj.docstring.value = EXAMPLE.sub(_section, text)


def _section(found: re.Match[str]) -> str:
    return "\n".join(["Examples:", *(f"    {line}" for line in found[0].splitlines())])
