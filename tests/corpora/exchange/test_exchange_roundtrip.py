"""Whatever can be aligned reads back from every format as it was written, and the XML is valid."""

import csv
import io
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from corpora.article import Bitext
from corpora.exchange import ReadOptions, known_formats, read_bitext, write_bitext
from corpora.samples import sample_bitexts
from tests.support.exchange_schemas import OFFICIAL, check_tmx, check_xliff

NASTY = st.sampled_from(
    [
        "",
        " ",
        "\t",
        "\n",
        "\r",
        "\r\n",
        "\\",
        "\\n",
        '"',
        '""',
        " \\| ",
        " | ",
        "=1+1",
        "-Да",
        "@x",
        "+1",
        "<b>",
        "&amp;",
        "]]>",
        "\x00",
        "\x1b",
        "\x7f",
        "\x85",
        "\u2028",
        "\u2029",
        "\ufeff",
        "\ufffe",
        "\uffff",
        "\U0010ffff",
        "e\u0301",
        "NA",
        "1",
        "[0]",
        "#",
        "'",
    ]
)
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
SENTENCES = st.lists(st.lists(NASTY | ANY_TEXT, max_size=3).map("".join), max_size=6).map(tuple)
TAGS = st.sampled_from([None, "en", "ru", "zh", "zh-Hant", "de-CH-1901", "sl-rozaj-biske", "x-klingon", "en-US"])
NAMES = st.none() | st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), max_size=8)
LINES = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), min_size=1, max_size=8)
NOTES = st.lists(LINES, min_size=1, max_size=2).map("\n".join)
CHECKS = {"tmx": check_tmx, "xliff": check_xliff, "tsv": str, "ids": str}


@st.composite
def bitexts(draw: st.DrawFn) -> Bitext:
    """Beads of any size in any order: crossing, discontinuous, one-sided."""
    source, target = draw(SENTENCES), draw(SENTENCES)
    homes = st.integers(0, 5)
    first = [draw(homes) for _ in source]
    second = [draw(homes) for _ in target]
    beads = [
        tuple(tuple(place for place, home in enumerate(side) if home == bead) for side in (first, second))
        for bead in draw(st.permutations(sorted({*first, *second})))
    ]
    scores = draw(numbers(len(beads), st.floats(allow_nan=False, allow_infinity=False)))
    confidences = draw(numbers(len(beads), st.floats(0, 1)))
    labels = [draw(one) for one in (TAGS, TAGS, NAMES, NAMES)]
    notes = draw(numbers(len(beads), NOTES))
    return Bitext(source, target, tuple(beads), scores, confidences, *labels, notes)


def numbers(count: int, values: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    listed = st.lists(st.none() | values, min_size=count, max_size=count).map(tuple)
    return listed.map(lambda row: row if any(number is not None for number in row) else ())


def kept(bitext: Bitext, format_name: str) -> Bitext:
    """What a format promises to keep, once the reader is told what it says that it does not."""
    if format_name in {"tmx", "xliff"}:
        return bitext
    bare = replace(bitext, source_language=None, target_language=None, source_name=None, target_name=None, notes=())
    return replace(bare, confidences=()) if format_name == "ids" else bare


MESSY = Bitext(
    ("a\tb\n", "", " \\| ", '"x" \x07', "-да"),
    ("\ufffe你好。", "  ", "三"),
    (((1, 4), (2,)), ((0,), ()), ((), (0,)), ((2, 3), (1,))),
    (0.1, None, 1e-300, -2.5),
    (1.0, 0.1 + 0.2, None, 0.0),
    "en",
    "zh",
    "a.txt",
    None,
)


@pytest.mark.parametrize("format_name", known_formats())
@settings(deadline=None, max_examples=50, derandomize=True)
@given(bitext=bitexts())
@example(bitext=MESSY)
@example(bitext=Bitext((), (), ()))
@example(bitext=Bitext(("",), ("",), (((0,), ()), ((), (0,)))))
@example(bitext=Bitext(("x",), ("x",), (((0,), (0,)),), source_language="en", target_language="en"))
def test_what_is_written_reads_back(format_name: str, bitext: Bitext) -> None:
    text = write_bitext(bitext, format_name)
    CHECKS[format_name](text)
    options = ReadOptions(bitext.source, bitext.target)
    assert read_bitext(text, format_name, options) == kept(bitext, format_name)


@pytest.mark.slow
@pytest.mark.parametrize("format_name", ["tmx", "xliff", "tsv"])
@settings(deadline=None, max_examples=30, derandomize=True)
@given(bitext=bitexts())
def test_the_sentences_come_from_the_file(format_name: str, bitext: Bitext) -> None:
    back = read_bitext(write_bitext(bitext, format_name), format_name)
    assert (back.source, back.target, back.beads) == (bitext.source, bitext.target, bitext.beads)


@settings(deadline=None, max_examples=30, derandomize=True)
@given(bitext=bitexts())
def test_a_csv_reader_finds_the_same_rows(bitext: Bitext) -> None:
    text = write_bitext(bitext, "tsv")
    rows = list(csv.reader(io.StringIO(text, newline=""), dialect="excel-tab", strict=True))
    assert len(rows) == 1 + len(bitext.beads)
    assert {len(row) for row in rows} == {6}
    assert not any(field.startswith(("=", "+", "@")) for row in rows for field in row[4:])
    assert not any(row[column].startswith("-") for row in rows for column in (4, 5))


@pytest.mark.parametrize("format_name", known_formats())
@pytest.mark.parametrize(("source", "target"), [("en", "ru"), ("en", "zh"), ("ru", "zh")])
def test_the_samples_read_back(format_name: str, source: str, target: str) -> None:
    for gold in sample_bitexts(source, target).values():
        bitext = replace(gold, source_language=source, target_language=target)
        text = write_bitext(bitext, format_name)
        CHECKS[format_name](text)
        options = ReadOptions(gold.source, gold.target, source_language=source, target_language=target)
        assert read_bitext(text, format_name, options) == bitext


@pytest.mark.parametrize("format_name", known_formats())
def test_windows_line_ends_and_a_byte_order_mark_change_nothing(format_name: str) -> None:
    """An editor that adds them does not touch the text: XML readers drop the added carriage returns."""
    bitext = replace(MESSY, source=("a", "b", "c", "d", "e"))
    text = "\ufeff" + write_bitext(bitext, format_name).replace("\n", "\r\n")
    back = read_bitext(text, format_name, ReadOptions(bitext.source, bitext.target))
    assert back == kept(bitext, format_name)


@pytest.mark.parametrize("format_name", known_formats())
def test_the_same_bitext_gives_the_same_text(format_name: str) -> None:
    assert write_bitext(MESSY, format_name) == write_bitext(MESSY, format_name)


def test_a_long_sentence_fits_every_format() -> None:
    bitext = Bitext(("word " * 60_000, "б\t" * 60_000), ("x" * 200_000,), (((0, 1), (0,)),))
    for name in known_formats():
        assert read_bitext(write_bitext(bitext, name), name, ReadOptions(bitext.source, bitext.target)) == bitext


def test_numbers_of_other_types_are_written_as_plain_numbers() -> None:
    bitext = Bitext(("a",), ("b",), (((0,), (0,)),), (1,), (True,))
    for name in ("tmx", "xliff", "tsv"):
        back = read_bitext(write_bitext(bitext, name), name)
        assert (back.scores, back.confidences) == ((1.0,), (1.0,))


@pytest.mark.skipif(not OFFICIAL, reason="TOLMACH_XLIFF_SCHEMAS names no folder with OASIS's schemas")
def test_the_official_schemas_take_the_samples() -> None:
    for bitext in sample_bitexts("en", "zh").values():
        check_xliff(write_bitext(bitext, "xliff"))
