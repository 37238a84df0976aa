"""The catalogue of messages: it has what code and pages use and nothing else, and every placeholder gets a value."""

import ast
import re
from collections.abc import Iterator
from string import Formatter
from typing import NamedTuple, get_args

import pytest
from babel import Locale
from jinja2 import Environment, nodes

from common import messages
from common.data import load_table
from common.errors import UsageError
from common.messages import VARIABLE, catalogue, message, template, word
from corpora.article import Article
from corpora.blocks import InlineKind
from corpora.languages import NAMES
from eval.bench.result import Property
from quotes.facts.passages import Passage, words_at
from quotes.types import QuoteKind, Verdict
from tests.support.comparison_fakes import quote_of
from tests.support.places import ROOT
from tolmach.options.common import INTERFACES
from tolmach.pages.groups import DIFFERENT
from tolmach.results.result import VersionRole
from tolmach.tables.quotes import LOOKS

CATALOGUE = catalogue("en")
ROOMS = ("alignment", "eval", "quotes", "tolmach", "translate")
FILES = {path: path.read_text(encoding="utf-8") for room in ROOMS for path in (ROOT / room).rglob("*.py")}
TREES = {
    str(path.relative_to(ROOT)): ast.parse(text)
    for path, text in FILES.items()
    if re.search(r"\b(message|Finding|finding|Check)\(", text)
}
PAGES = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "tolmach" / "pages").glob("*.html")}
CLASSES = {"alignment", "columns", "report"}
"""What blocks of the pages put into attributes."""
FINDING = {"first", "second", "has", "lacks", "words", "others"}
"""What `PassagePair.finding` gives besides its own arguments."""
ORDINALS = ("first", "second", "third", "later")
COMPUTED = {f"version.{each}" for each in ORDINALS} | {"list.point"}
"""Names that the code puts together, and one that `common.messages` uses itself."""
STRATEGIES = load_table("translate.pipeline.strategies", "retry.toml")
VALUES = {
    "language": set(NAMES),
    "verdict": set(get_args(Verdict)),
    "verdict_help": set(get_args(Verdict)),
    "certainty": {"altered", "uncertain"},
    "mark_help": set(LOOKS),
    "quote_kind": set(get_args(QuoteKind)),
    "chatter": {entry["kind"] for entry in load_table("translate.checks.content", "chatter.toml")["chatter"]},
    "inline_kind": set(get_args(InlineKind)),
    "role": set(get_args(VersionRole)),
    "benchmark_by": set(get_args(Property)),
    "benchmark_property": set(get_args(Property)),
    "check_kind": {*STRATEGIES, "markup"},
    "method": {method for methods in STRATEGIES.values() for method in methods}
    | {"plain", "document", "joined", "memory", "kept"},
}
"""Tables of words for values of results, with these values."""


class Use(NamedTuple):
    name: str
    given: set[str]
    place: str
    exact: bool


def forms_of(name: str) -> list[str]:
    table, _, key = name.partition(".")
    found = CATALOGUE[table][key]
    return [found] if isinstance(found, str) else list(found.values())


def placeholders(text: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(text) if field is not None}


def calls(name: str) -> Iterator[tuple[str, ast.Call]]:
    for place, tree in TREES.items():
        for node in ast.walk(tree):
            called = isinstance(node, ast.Call) and (getattr(node.func, "id", "") or getattr(node.func, "attr", ""))
            if isinstance(node, ast.Call) and called == name and node.args:
                yield f"{place}:{node.lineno}", node


def texts_in(node: ast.AST) -> Iterator[str]:
    constants = (each.value for each in ast.walk(node) if isinstance(each, ast.Constant))
    return (value for value in constants if isinstance(value, str))


def names_in(node: ast.AST) -> set[str]:
    return {text for text in texts_in(node) if re.fullmatch(rf"({'|'.join(CATALOGUE)})\.\w+", text)}


def uses() -> Iterator[Use]:
    for place, node in calls("message"):
        given = {str(keyword.arg) for keyword in node.keywords} | ({"count"} if node.args[1:] else set())
        yield from (Use(name, given, place, exact=True) for name in names_in(node.args[0]))
    for place, node in calls("finding"):
        given = {str(keyword.arg) for keyword in node.keywords} - {"values"} | FINDING
        names = set(texts_in(node.args[3])) & set(CATALOGUE["finding"])
        yield from (Use(f"finding.{name}", given, place, exact=False) for name in names)
    for place, text in PAGES.items():
        for node in Environment(autoescape=True).parse(text).find_all(nodes.Call):
            if isinstance(node.node, nodes.Name) and node.node.name == "say":
                given = {keyword.key for keyword in node.kwargs}
                yield Use(node.args[0].as_const(), given, f"{place}:{node.lineno}", exact=True)


def test_every_message_gets_the_values_of_its_placeholders_and_no_others() -> None:
    for name, given, place, exact in uses():
        forms = forms_of(name)
        wanted = set().union(*map(placeholders, forms)) | ({"count"} if len(forms) > 1 else set())
        assert wanted == given if exact else wanted <= given, f"{place}: {name}"


def test_every_message_is_used() -> None:
    named = {use.name for use in uses()} | {name for tree in TREES.values() for name in names_in(tree)}
    named |= {f"finding.{text}" for tree in TREES.values() for text in texts_in(tree)} | COMPUTED
    tables = set(CATALOGUE) - {"finding_kind", "origin", *VALUES}
    assert {f"{table}.{key}" for table in tables for key in CATALOGUE[table]} - named == set()


@pytest.mark.parametrize("table", VALUES)
def test_every_value_of_a_result_has_its_word(table: str) -> None:
    assert set(CATALOGUE[table]) == VALUES[table]


def test_every_kind_of_a_finding_has_its_word() -> None:
    found = [*calls("Finding"), *calls("finding")]
    kinds = {text for _, node in found for text in texts_in(node.args[0])}
    assert set(CATALOGUE["finding_kind"]) == kinds


def test_no_finding_and_no_check_has_a_message_of_its_own() -> None:
    given = [(place, node.args[2]) for place, node in calls("Finding")]
    given += [(place, node.args[1]) for place, node in calls("Check")]
    assert len(given) > 40
    assert [place for place, text in given if isinstance(text, ast.Constant | ast.JoinedStr)] == []


def test_every_fact_about_a_file_has_its_word() -> None:
    assert all(f'"{name}"' in PAGES["parts.html"] for name in CATALOGUE["origin"])


def test_all_forms_of_a_message_have_the_same_placeholders() -> None:
    for table, entries in CATALOGUE.items():
        for key in entries:
            forms = [placeholders(form) - {"count"} for form in forms_of(f"{table}.{key}")]
            assert all(form == forms[0] for form in forms), f"{table}.{key}"


@pytest.mark.parametrize("tag", INTERFACES)
def test_each_language_has_all_messages_with_their_placeholders_and_its_plural_forms(tag: str) -> None:
    forms = set(Locale.parse(tag).plural_form.tags) | {"other"}
    translated = catalogue(tag)
    assert {name: set(table) for name, table in translated.items()} == {n: set(t) for n, t in CATALOGUE.items()}
    for table, entries in CATALOGUE.items():
        for key, english in entries.items():
            other = translated[table][key]
            assert isinstance(other, dict) == isinstance(english, dict), f"{table}.{key}"
            assert not isinstance(other, dict) or set(other) == forms, f"{table}.{key}"
            own, wanted = (
                set().union(*map(placeholders, each.values() if isinstance(each, dict) else [each])) - {"count"}
                for each in (other, english)
            )
            assert own == wanted, f"{table}.{key}"


@pytest.mark.parametrize(
    ("count", "expected"), [(1, "1 цитата"), (3, "3 цитаты"), (11, "11 цитат"), (21, "21 цитата"), (25, "25 цитат")]
)
def test_russian_numbers_choose_their_form(count: int, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "ru")
    assert message("report.shown_all", count) == expected


def test_pages_have_no_words_of_their_own() -> None:
    for place, text in PAGES.items():
        data = "".join(value for _, kind, value in Environment(autoescape=True).lex(text) if kind == "data")
        assert set(re.findall(r"[^\W\d_]{2,}", re.sub(r"<[^<>]*>", " ", data))) <= {"Tolmach", *CLASSES}, place


@pytest.mark.parametrize("tag", INTERFACES)
def test_the_accuracy_of_a_report_names_the_verdicts_it_counts_and_the_one_it_does_not(tag, monkeypatch):
    monkeypatch.setenv(VARIABLE, tag)
    told = template("report.accuracy")
    assert [each for each in get_args(Verdict) if word("verdict", each) in told] == [
        each for each in get_args(Verdict) if each in DIFFERENT
    ]


def test_values_replace_placeholders() -> None:
    text = message("finding.name_lone", has="English", lacks="Russian", words="“Kyiv”")
    assert text == "The English version names “Kyiv”; the Russian one does not."


def test_a_placeholder_without_a_value_is_an_error() -> None:
    with pytest.raises(KeyError, match="words"):
        message("finding.name_lone", has="English", lacks="Russian")


def test_a_value_without_a_word_is_shown_as_it_is() -> None:
    assert word("finding_kind", "not_known") == "not known"


def test_a_language_without_a_catalogue_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "tlh")
    with pytest.raises(UsageError, match="no messages in the language 'tlh'"):
        message("page.text")


def test_each_language_has_the_plural_forms_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    russian = {"one": "{count} версия", "few": "{count} версии", "many": "{count} версий", "other": "{count} версии"}
    tables = {"en": CATALOGUE, "ru": {"report": {"compared": russian}}, "zh": {"report": {"compared": "{count}个版本"}}}
    monkeypatch.setattr(messages, "catalogue", tables.__getitem__)
    found = []
    for tag, counts in (("en", (1, 2)), ("ru", (21, 3, 5)), ("zh", (1, 2))):
        monkeypatch.setenv(VARIABLE, tag)
        found += [message("report.compared", count) for count in counts]
    english, rest = found[:2], found[2:]
    assert english == ["1 version compared", "2 versions compared"]
    assert rest == ["21 версия", "3 версии", "5 версий", "1个版本", "2个版本"]


def test_a_template_keeps_its_placeholders() -> None:
    assert template("report.compared", 1) == "{count} version compared"


@pytest.mark.parametrize(("tag", "quoted"), [("ru", "«ship», «sea»"), ("zh", "“ship”、“sea”")])
def test_quoted_words_have_the_marks_of_the_readers_language(tag, quoted, monkeypatch):
    monkeypatch.setenv("TOLMACH_REPORT_LANGUAGE", tag)
    article = Article.from_text("ship sea", language="en")
    passage = Passage.of(article, quote_of(article, "ship sea"))
    assert words_at(passage, [(0, 4), (5, 8)]) == quoted
