"""One name, one thing: no public class or alias of a type is defined twice. What has a public name is described."""

import ast
from collections import defaultdict

from tests.support.places import ROOT

PACKAGES = ("common", "corpora", "alignment", "quotes", "translate", "eval", "tolmach")


def defined(tree):
    """Yield the public classes of a module, and its aliases of types, as in `Span = tuple[int, int]`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield node.name
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Subscript | ast.BinOp):
            names = [target.id for target in node.targets if isinstance(target, ast.Name)]
            yield from (name for name in names if name[0].isupper() and not name.isupper())


def modules():
    """Yield the path and the syntax tree of each module."""
    for package in PACKAGES:
        for path in sorted(ROOT.joinpath(package).rglob("*.py")):
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def test_no_name_is_defined_twice():
    places = defaultdict(list)
    for path, tree in modules():
        for name in defined(tree):
            places[name].append(path)
    assert places["Article"] == ["corpora/article.py"]
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


def test_every_function_without_an_underscore_has_a_docstring():
    functions = [
        (f"{path}:{node.lineno}", node)
        for path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_")
    ]
    assert len(functions) > 1_000
    assert [place for place, node in functions if not ast.get_docstring(node)] == []
