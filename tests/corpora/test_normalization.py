"""NFC and line ends, with a way back to every character."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpora.normalization import INVISIBLE, LINE_ENDS, is_blank, normalize, strip_span
from corpora.offsets import OffsetMap, OffsetPiece

TEXTS = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"]),
        st.sampled_from(
            "\r\n\N{NEXT LINE}\N{COMBINING ACUTE ACCENT}\N{COMBINING BREVE}\N{COMBINING CEDILLA}"
            "еиe\uac00\u1100\u1161\u11a8\u212b\uf900\ufeff"
        ),
    ),
    max_size=30,
)


def plain_lines(text):
    text = text.replace("\r\n", "\n")
    for mark in LINE_ENDS:
        text = text.replace(mark, "\n")
    return unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("\N{ZERO WIDTH NO-BREAK SPACE}abc", "abc"),
        ("a\r\nb\rc\N{LINE SEPARATOR}d\N{PARAGRAPH SEPARATOR}e\N{NEXT LINE}f\n", "a\nb\nc\nd\ne\nf\n"),
        ("и\N{COMBINING BREVE}", "й"),
        ("a\N{NO-BREAK SPACE}b\N{THIN SPACE}c\N{SOFT HYPHEN}d", "a\N{NO-BREAK SPACE}b\N{THIN SPACE}c\N{SOFT HYPHEN}d"),
        ("", ""),
    ],
)
def test_normalize(before, after):
    assert normalize(before).text == after


@given(TEXTS)
def test_the_result_is_nfc_with_plain_line_ends(text):
    result = normalize(text).text
    assert result == plain_lines(text.lstrip("\N{ZERO WIDTH NO-BREAK SPACE}"))
    assert unicodedata.is_normalized("NFC", result)


@given(TEXTS)
def test_normalizing_twice_changes_nothing(text):
    once = normalize(text).text
    again = normalize(once)
    assert again.text == once
    assert all(piece.verbatim for piece in again.offsets.pieces)


@given(TEXTS, st.data())
def test_every_span_maps_to_characters_that_become_it(text, data):
    result = normalize(text)
    start = data.draw(st.integers(0, len(result.text)))
    end = data.draw(st.integers(start, len(result.text)))
    original_start, original_end = result.offsets.original_span(start, end)
    assert 0 <= original_start <= original_end <= len(text)
    assert result.text[start:end] in normalize("x" + text[original_start:original_end]).text or start == end


@given(TEXTS)
def test_pieces_tile_the_text_and_ascend_in_the_original(text):
    result = normalize(text)
    reached, reached_original = 0, 0
    for piece in result.offsets.pieces:
        assert piece.start == reached < piece.end
        assert piece.original_start >= reached_original
        if piece.verbatim:
            assert result.text[piece.start : piece.end] == text[piece.original_start : piece.original_end]
        reached, reached_original = piece.end, piece.original_end
    assert reached == len(result.text)


@given(st.text("abc", min_size=1, max_size=20), st.data())
def test_keeping_spans_maps_each_character_to_itself(text, data):
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    spans = list(zip(cuts[::2], cuts[1::2], strict=False))
    offsets = OffsetMap.keeping(spans)
    kept = "".join(text[start:end] for start, end in spans)
    origins = [place for start, end in spans for place in range(start, end)]
    assert [offsets.original_span(at, at + 1) for at in range(len(kept))] == [(p, p + 1) for p in origins]


def test_maps_chain_through_changed_characters():
    earlier = normalize("a\r\nи\N{COMBINING BREVE}b").offsets
    chained = OffsetMap.keeping([(1, 4)]).after(earlier)
    assert chained.pieces == (
        OffsetPiece(0, 1, 1, 3, verbatim=False),
        OffsetPiece(1, 2, 3, 5, verbatim=False),
        OffsetPiece(2, 3, 5, 6),
    )


def test_an_empty_span_maps_to_an_empty_one():
    assert normalize("\N{ZERO WIDTH NO-BREAK SPACE}ab").offsets.original_span(1, 1) == (2, 2)
    assert OffsetMap(()).original_span(0, 0) == (0, 0)


@pytest.mark.parametrize("char", sorted(INVISIBLE) + list("\N{NO-BREAK SPACE}\N{THIN SPACE}\N{IDEOGRAPHIC SPACE}\t\n"))
def test_odd_spaces_are_blank(char):
    assert is_blank(char)
    assert strip_span(f"{char}a{char}b{char}", 0, 5) == (1, 4)


@pytest.mark.parametrize("char", ["-", "\N{IDEOGRAPHIC COMMA}", "\N{COMBINING ACUTE ACCENT}", "0"])
def test_marks_are_not_blank(char):
    assert not is_blank(char)


def test_an_all_blank_span_comes_back_empty():
    assert strip_span("a \N{ZERO WIDTH SPACE} b", 1, 4) == (1, 1)
