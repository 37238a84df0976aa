"""The page about quotes names the findings that the code makes, and the thresholds of the verdicts."""

import ast
import re
from functools import cache

import pytest

from quotes.types import VerdictOptions
from tests.support.places import ROOT

PAGE = ROOT / "docs" / "quotes.md"


def texts_of(node, constants):
    """Return the texts that an expression may be; none where its shape is not known."""
    match node:
        case ast.Constant(value=str(text)):
            return {text}
        case ast.Name(id=name):
            return {constants[name]} if name in constants else set()
        case ast.IfExp(body=body, orelse=orelse):
            either = texts_of(body, constants), texts_of(orelse, constants)
            return either[0] | either[1] if all(either) else set()
    return set()


def kinds_of(source):
    """Return the kinds of all findings that a module makes.

    Raises:
        ValueError: What kind one has cannot be told from the module alone.
    """
    tree = ast.parse(source)
    constants = {
        node.targets[0].id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    }
    found = set()
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and _makes_finding(node.func)):
            continue
        given = [*node.args[:1], *(word.value for word in node.keywords if word.arg == "kind")]
        kinds = texts_of(given[0], constants) if given else set()
        if not kinds:
            raise ValueError(f"line {node.lineno}: the kind of a finding is no literal")
        found |= kinds
    return found


def _makes_finding(function):
    name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
    return name in {"Finding", "finding"}


@cache
def kinds_in_code():
    # Every finding of two passages is made there, its kind given by the caller.
    maker = ROOT / "quotes" / "facts" / "passages.py"
    sources = (path.read_text(encoding="utf-8") for path in sorted((ROOT / "quotes").rglob("*.py")) if path != maker)
    return frozenset(kind for source in sources if "inding(" in source for kind in kinds_of(source))


def section(title):
    return PAGE.read_text(encoding="utf-8").split(f"\n## {title}\n")[1].split("\n## ")[0]


def documented_kinds():
    cells = re.findall(r"^\| (`[^|]+) \|", section("Findings"), re.MULTILINE)
    return {kind for cell in cells for kind in re.findall(r"`([a-z_]+)`", cell)}


def test_the_table_names_every_kind_of_finding_and_no_other():
    assert {"missing", "number", "judge", "omission"} <= kinds_in_code()
    assert documented_kinds() == kinds_in_code()


def test_the_verdicts_have_the_thresholds_of_the_code():
    options = VerdictOptions()
    table = section("What the verdicts mean")
    assert f"| `altered` from {options.altered:g}," in table
    assert f"| `altered` from {options.uncertain:g};" in table
    assert f"cosine below {options.reworded:g} |" in table


def test_kinds_are_read_off_choices_and_constants():
    source = (
        'NAME = "one"\nFinding(NAME, "note", "")\nFinding("two" if x else "three", "note", "")\nFinding(kind="four")'
    )
    assert kinds_of(source) == {"one", "two", "three", "four"}


@pytest.mark.parametrize("made", ["Finding(kind, 'note', '')", "Finding('a' if x else kind)", "Finding()"])
def test_a_kind_that_is_no_literal_is_refused(made):
    with pytest.raises(ValueError, match="no literal"):
        kinds_of(made)
