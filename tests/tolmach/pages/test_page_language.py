"""Pages in another language: with a catalogue of that language, no English word of ours is left on any page."""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from alignment.types import Relation
from common import messages
from eval.bench import score_bench
from tests.support import alignment_sample, bilingual_sample, report_sample
from tests.support.bench_sample import RUSSIAN, WORSE, made_plan, put_journal, use_set
from tests.support.search_sample import search_result
from tolmach.bench.files import to_json as bench_json
from tolmach.bench.markdown import render_markdown
from tolmach.bench.page import render_page
from tolmach.corpus.index.page import SearchForm, search_page
from tolmach.pages import render_report
from tolmach.pages.alignment import render_alignment
from tolmach.pages.bilingual import render_bilingual
from tolmach.results.result import Result, score_beads, to_json

OPEN, CLOSE = "\N{LEFT WHITE CORNER BRACKET}", "\N{RIGHT WHITE CORNER BRACKET}"
SHOWN = {"title", "aria-label", "data-label", "data-all", "data-some", "data-copied", "alt", "placeholder"}
"""Attributes that a reader sees or hears."""
ENGLISH = messages.catalogue("en")


def bracketed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: bracketed(each) for key, each in value.items()}
    return f"{OPEN}{value}{CLOSE}"


def texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from texts_in(each)
    elif isinstance(value, str):
        yield value


OUR_WORDS = {
    word.lower()
    for table in ENGLISH.values()
    for entry in table.values()
    for text in (entry.values() if isinstance(entry, dict) else [entry])
    for word in re.findall(r"[A-Za-z]{2,}", re.sub(r"\{\w+\}", "", text))
} - {"tolmach"}


class Visible(HTMLParser):
    """What a reader of a page sees: its texts in order, and texts of attributes."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self.attributes: list[str] = []
        self._hidden = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden = tag in {"script", "style", "rt"}  # a gloss is in English in every language of the page
        self.attributes += [value for name, value in attrs if name in SHOWN and value]

    def handle_endtag(self, _tag: str) -> None:
        self._hidden = False

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.texts.append(data)


def without_messages(texts: list[str]) -> list[str]:
    """Return the texts without what stands in brackets, also where a message runs over several texts."""
    left, depth = [], 0
    for text in texts:
        kept = ""
        for character in text:
            depth += (character == OPEN) - (character == CLOSE)
            kept += character if depth == 0 and character != CLOSE else ""
        left.append(" ".join(kept.split()))
    assert depth == 0
    return left


def our_words_left(texts: list[str], data: str) -> dict[str, set[str]]:
    """Return the English words of the catalogue outside brackets that are not the document's own, by text."""
    own = {" ".join(text.replace("_", " ").split()) for text in texts_in(json.loads(data))}
    found = {}
    for text in without_messages(texts):
        words = {word.lower() for word in re.findall(r"[A-Za-z]{2,}", text)} & OUR_WORDS
        if words and not any(text == one or (" " in one and text in one) for one in own):
            found[text] = words
    return found


@pytest.fixture(autouse=True)
def language(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a catalogue beside the English one, with every message in brackets."""

    def load(_module: str, name: str) -> dict[str, Any]:
        assert name == "messages-ru.toml"
        return bracketed(ENGLISH)

    monkeypatch.setattr(messages, "load_table", load)
    monkeypatch.setenv(messages.VARIABLE, "ru")


def assert_translated(html: str, data: str) -> None:
    assert '<html lang="ru">' in html
    page = Visible(html)
    assert our_words_left(page.texts, data) == {}
    assert our_words_left(page.attributes, data) == {}


@pytest.mark.parametrize(
    "result",
    [
        report_sample.sample(),
        report_sample.sample(("ru", "zh"), translated=False),
        replace(report_sample.sample(), quotes=None),
        Result("now", ()),
    ],
    ids=["translated", "not translated", "no quotes", "empty"],
)
def test_a_report_has_no_english_words(result: Result) -> None:
    assert_translated(render_report(result), to_json(result))


@pytest.mark.parametrize("relation", [alignment_sample.RELATED, alignment_sample.UNRELATED, None])
def test_an_alignment_has_no_english_words(relation: Relation | None) -> None:
    for languages in (("en", "ru"), ("ru", "zh"), ("en", "ru", "zh")):
        result = alignment_sample.result(languages, relation)
        name, found = next(iter(result.alignments.items()))
        gold = score_beads(found.beads, [((0,), (0,)), ((1,), (3,))], "gold.ids")
        result = replace(result, alignments=result.alignments | {name: replace(found, gold=gold)})
        assert_translated(render_alignment(result), to_json(result))


@pytest.mark.parametrize("target", ["ru", "zh"])
def test_a_translation_beside_its_source_has_no_english_words(target: str) -> None:
    result = bilingual_sample.result((target,))
    assert_translated(render_bilingual(result, target), to_json(result))


def test_a_benchmark_has_no_english_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_set(tmp_path, monkeypatch)
    plan = made_plan(models=("раз", "два"))
    for name, texts in (("раз", RUSSIAN), ("два", WORSE)):
        put_journal(plan, tmp_path / "bench", name, texts)
    result = score_bench(plan, tmp_path / "bench")
    models = (replace(result.models[0], failed="нет", machine=(), versions=()), *result.models[1:])
    systems = tuple(replace(system, signature=()) for system in result.tables[0].systems)
    tables = (replace(result.tables[0], systems=systems, missing={"два": "нет"}),)
    result = replace(result, models=models, tables=tables)
    assert_translated(render_page(result), bench_json(result))
    assert our_words_left(re.sub(r"`.*`", "", render_markdown(result)).splitlines(), bench_json(result)) == {}


def test_a_search_has_no_english_words() -> None:
    found = search_result()
    form = SearchForm(speakers=("Sergey Lavrov",), languages=("en", "ru"))
    for page in (search_page(found), search_page(found, form=form), search_page(replace(found, query=""), form=form)):
        assert_translated(page, json.dumps(asdict(found)))


def test_a_word_outside_the_catalogue_would_be_found() -> None:
    page = Visible(f"<p title='Quotes'>{OPEN}Quotes <b>Anna</b>{CLOSE}</p><p>Quotes</p>")
    assert our_words_left(page.texts, "[]") == {"Quotes": {"quotes"}}
    assert our_words_left(page.attributes, "[]") == {"Quotes": {"quotes"}}
