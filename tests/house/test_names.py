"""One name, one thing: no public class or alias of a type is defined twice."""

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


def test_no_name_is_defined_twice():
    places = defaultdict(list)
    for package in PACKAGES:
        for path in sorted(ROOT.joinpath(package).rglob("*.py")):
            for name in defined(ast.parse(path.read_text(encoding="utf-8"))):
                places[name].append(str(path.relative_to(ROOT)))
    assert places["Article"] == ["corpora/article.py"]
    assert {name: where for name, where in places.items() if len(where) > 1} == {}
