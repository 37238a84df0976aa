"""Every reader takes damaged files of every kind: it reads them, or says what is wrong."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from common.errors import TolmachError
from corpora.article import Bitext
from corpora.exchange import read_bitext, write_bitext
from corpora.limits import read_text
from corpora.readers.load import load_article, load_lines
from corpora.samples.stories import read_stories
from corpora.testsets import load_set
from corpora.testsets.loading import read_lines
from eval.bench.journal import Journal, JournalChunk, JournalSegment
from tests.support.alignment_sample import result
from tests.support.damage import FAMILIES, damaged
from tests.support.json_damage import damaged as damaged_json
from tolmach.bench.files import read_result as read_bench
from tolmach.pages.alignment import render_alignment
from tolmach.pages.page import extract_result
from tolmach.results.reading import read_result
from tolmach.results.result import to_json
from tolmach.workflow.gold_files import read_gold
from translate.glossary import find_uses, load_glossary
from translate.memory.translation_memory import load_user_memory

pytestmark = pytest.mark.slow

ENGLISH = (
    "Talks in Moscow\n\nThe talks went on until May 5. “We are close,” the minister said.\n\n"
    "It rained, and nobody left.\n"
)
MARKDOWN = (
    f"---\ntitle: Talks\ndate: 2024-05-01\n---\n\n# Talks\n\n{ENGLISH}\n"
    "- one *item*\n- [two](http://a.b/c)\n\n| a | b |\n|---|---|\n| c | `d` |\n"
)
HTML = (
    "<!DOCTYPE html><html lang=en><head><title>Talks in Moscow</title><meta charset=utf-8></head><body><article>"
    '<h1>Talks in Moscow</h1><p>The talks went on until May 5. &ldquo;We are <b>close</b>,&rdquo; said <a href="/m">the'
    " minister</a>.</p><ol start=3><li>It rained.</li></ol><p>Nobody left the hall before the end of the talks.</p>"
    "</article></body></html>"
)
BITEXT = Bitext(
    ("The talks went on.", "It rained.", "Nobody left."),
    ("Переговоры шли.", "Шёл дождь.", "Никто не ушёл."),
    (((0, 1), (0,)), ((), (1,)), ((2,), (2,))),
    (0.75, 0.0, 0.5),
    (0.9, 0.25, 1.0),
    "en",
    "ru",
)
FOREIGN_TMX = (
    '<?xml version="1.0" encoding="UTF-8"?><tmx version="1.4"><header srclang="en-US" datatype="plaintext"/><body>'
    '<tu><tuv xml:lang="en-US"><seg>It <bpt i="1">b</bpt>rained.</seg></tuv>'
    '<tuv xml:lang="ru"><seg>Шёл дождь.</seg></tuv></tu>'
    '<tu><tuv xml:lang="en-US"><seg>No.</seg></tuv><tuv xml:lang="ru"><seg>Нет.</seg></tuv></tu></body></tmx>'
)
FOREIGN_XLIFF = (
    '<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.0" srcLang="en" trgLang="ru"><file id="f">'
    '<unit id="1"><segment><source>It <pc id="1">rained</pc>.</source>'
    '<target order="1">Шёл дождь.</target></segment></unit>'
    "</file></xliff>"
)
GOLD = {"sentences": {"en": ["One.", "Two."], "ru": ["Раз.", "Два."], "zh": ["一。", "二。"]}, "zh_script": "Hans"}
GOLD["alignment"] = {pair: [[[0], [0]], [[1], [1]]] for pair in ("en-ru", "en-zh", "ru-zh")}
GOLD["quotes"] = [{"kind": "direct", "en": {"text": "One"}, "ru": {"text": "Раз"}, "zh": {"text": "一"}}]
SEGMENTS = [{"source": "One.", "reference": "Раз.", "document": "a"}, {"source": "Two.", "references": ["Два."]}]


def _bench() -> str:
    score = {"system": "a", "metric": "bleu", "score": 30.5, "mean": 30.4, "interval": {"low": 29.0, "high": 31.0},
             "signature": "nrefs:1", "higher_is_better": True}  # fmt: skip
    table = {"set": "s", "pair": "en-ru", "segments": 2, "documents": 0, "references": ["A"], "digest": "0" * 64,
             "licence": "", "citation": "", "origins": [], "baseline": "a", "systems": [{"name": "a", "kind": "model"}],
             "reference": None, "scores": [score], "comparisons": [], "breakdowns": [], "worst": [],
             "missing": {}}  # fmt: skip
    found = {"command": "", "setting": "plain", "metrics": ["bleu"], "resampling": {}, "models": [{"name": "a"}]}
    return json.dumps({"schema": "tolmach-bench/1", **found, "tables": [table]})


def _journal() -> str:
    head = {"schema": "tolmach-bench-journal/1", "identity": {"model": "a"}}
    chunk = {"segments": [{"number": 0, "text": "Раз."}], "seconds": 1.5, "signature": {"model": "a"}}
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in (head, chunk, chunk))


@dataclass(frozen=True)
class Reader:
    """A kind of file: its usual name, a sound one, and what reads it."""

    name: str
    sound: str
    read: Callable[[Path], object]


def _article(path: Path) -> object:
    return load_article(path).sentences


def _set(path: Path) -> object:
    return load_set(str(path), ("en", "ru")).digest


def _glossary(path: Path) -> object:
    return find_uses(load_glossary(path), "The talks went on.", "en", "ru")


def _memory(path: Path) -> object:
    return load_user_memory([path]).lookup("It rained.", "en", "ru")


def _story(path: Path) -> object:
    return read_stories(path.parent)


def _journalled(path: Path) -> object:
    journal = Journal(path, {"model": "a"})
    journal.append(JournalChunk((JournalSegment(1, "Два."),), 1.0, {}))
    return journal.read()


READERS = {
    "text": Reader("a.txt", ENGLISH, _article),
    "markdown": Reader("a.md", MARKDOWN, _article),
    "html": Reader("a.html", HTML, _article),
    "unknown": Reader("a", HTML.replace("><", ">\n<"), _article),
    "lines of an article": Reader("a.txt", ENGLISH, lambda path: load_lines(path).sentences),
    "bitext tmx": Reader("a.tmx", write_bitext(BITEXT, "tmx"), lambda path: read_bitext(read_text(path), "tmx")),
    "bitext xliff": Reader("a.xlf", write_bitext(BITEXT, "xliff"), lambda path: read_bitext(read_text(path), "xliff")),
    "gold tsv": Reader("a.tsv", write_bitext(BITEXT, "tsv"), read_gold),
    "gold ids": Reader("a.ids", write_bitext(BITEXT, "ids"), read_gold),
    "gold json": Reader("a.json", json.dumps(GOLD, ensure_ascii=False, indent=1), read_gold),
    "gold result": Reader("a.json", to_json(result()), read_gold),
    "page": Reader("a.html", render_alignment(result()), lambda path: extract_result(read_text(path))),
    "result": Reader("a.json", to_json(result()), lambda path: to_json(read_result(path))),
    "bench result": Reader("result.json", _bench(), read_bench),
    "journal": Reader("a.jsonl", _journal(), _journalled),
    "glossary tsv": Reader("a.tsv", "en\tru\tkind\ntalks|a talk\tпереговоры\t\nIBM\t\tkeep\n", _glossary),
    "glossary csv": Reader("a.csv", 'en,ru,note\n"talks","переговоры","a, ""b"""\n# c\n', _glossary),
    "memory tmx": Reader("a.tmx", FOREIGN_TMX, _memory),
    "memory xliff": Reader("a.xlf", FOREIGN_XLIFF, _memory),
    "set tsv": Reader("a.tsv", "source\treference\tdoc\nOne.\tРаз.\ta\nTwo.\tДва.\ta\n", _set),
    "set tmx": Reader("a.tmx", FOREIGN_TMX, _set),
    "set jsonl": Reader("a.jsonl", "".join(json.dumps(one) + "\n" for one in SEGMENTS), _set),
    "lines": Reader("a.txt", "Раз.\nДва.\n", read_lines),
    "story": Reader("gold.json", json.dumps(GOLD), _story),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for language, text in (("en", "One.\n\nTwo."), ("ru", "Раз.\n\nДва и ещё три слова."), ("zh", "一。\n\n二和三。")):
        (tmp_path / f"{language}.txt").write_text(text, encoding="utf-8")
    return tmp_path


def test_there_are_many_kinds_of_damage() -> None:
    assert len(FAMILIES) >= 60


@pytest.mark.parametrize("kind", READERS)
def test_sound_files_are_read(folder: Path, kind: str) -> None:
    reader = READERS[kind]
    path = folder / reader.name
    path.write_text(reader.sound, encoding="utf-8")
    reader.read(path)


@pytest.mark.parametrize("kind", READERS)
def test_damaged_files_are_read_or_refused_in_words(folder: Path, kind: str) -> None:
    reader = READERS[kind]
    path = folder / reader.name
    for what, content in damaged(reader.sound.encode("utf-8"), seeds=2):
        path.write_bytes(content)
        _read(reader, path, what)


@pytest.mark.parametrize("kind", ["gold json", "story"])
def test_json_with_other_values_is_read_or_refused_in_words(folder: Path, kind: str) -> None:
    reader = READERS[kind]
    path = folder / reader.name
    for what, content in damaged_json(json.loads(reader.sound)):
        path.write_text(json.dumps(content), encoding="utf-8")
        _read(reader, path, what)


def _read(reader: Reader, path: Path, what: str) -> None:
    try:
        reader.read(path)
    except TolmachError as error:
        told = error.message
    except Exception as error:
        raise AssertionError(f"{what}: {type(error).__name__}") from error
    else:
        return
    assert told.strip(), what
    assert "\n" not in told, what
