import re
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alignment.types import Bead
from corpora.article import Block, Sentence
from tests.support.report_sample import sample
from tolmach.pages.rows import make_rows
from tolmach.pages.summary import excerpt
from tolmach.pages.text import Fragment, Highlight, cut, outside
from tolmach.results.result import Result, Version, VersionAlignment, VersionRecord

TEXT = "abcdefghij"
MARKS = st.lists(
    st.builds(
        Highlight, st.integers(0, 12), st.integers(0, 12), st.sampled_from(["quote", "serious"]), st.integers(0, 3),
        st.integers(0, 3),
    )
)  # fmt: skip


@given(MARKS, st.integers(0, 10), st.integers(0, 10))
def test_fragments_joined_give_the_text_back(marks: list[Highlight], first: int, second: int) -> None:
    start, end = sorted((first, second))
    fragments = cut(TEXT, (start, end), marks)
    assert "".join(each.text for each in fragments) == TEXT[start:end]
    assert all(each.text for each in fragments)


@given(MARKS)
def test_each_character_carries_exactly_the_marks_over_it(marks: list[Highlight]) -> None:
    at = 0
    for fragment in cut(TEXT, (0, len(TEXT)), marks):
        over = [mark for mark in marks if mark.start <= at < mark.end]
        assert set(fragment.kinds) == {mark.kind for mark in over}
        assert set(fragment.findings) == {mark.finding for mark in over if mark.finding}
        at += len(fragment.text)


def test_a_nested_quote_links_to_its_own_group() -> None:
    assert cut(TEXT, (0, 10), [Highlight(1, 9, "quote", 1), Highlight(3, 5, "quote", 2)]) == (
        Fragment("a"),
        Fragment("bc", ("quote",), 1),
        Fragment("de", ("quote",), 2),
        Fragment("fghi", ("quote",), 1),
        Fragment("j"),
    )


@pytest.mark.parametrize(
    ("spans", "within", "expected"),
    [([(1, 3)], [(0, 5)], False), ([(1, 6)], [(0, 5)], True), ([(1, 2), (8, 9)], [(0, 5)], True), ([], [], False)],
)
def test_outside_tells_whether_a_span_leaves_the_limits(
    spans: list[tuple[int, int]], within: list[tuple[int, int]], *, expected: bool
) -> None:
    assert outside(spans, within) is expected


def lines(name: str, count: int) -> Version:
    text = "x" * count
    sentences = tuple(Sentence(index, "x", index, index + 1, 0) for index in range(count))
    return VersionRecord(name, "en", "given", None, text, (Block("paragraph", 0, count),), sentences).value()


def aligned(*sizes: int, **beads: list[tuple[tuple[int, ...], tuple[int, ...]]]) -> Result:
    """A result of versions with that many sentences; `v01=` gives the beads of versions 0 and 1."""
    versions = tuple(lines(f"v{number}", size) for number, size in enumerate(sizes))
    found = {}
    for name, pairs in beads.items():
        made = tuple(Bead(source, target, 0.5) for source, target in pairs)
        found[name] = VersionAlignment((int(name[1]), int(name[2])), made)
    return Result("now", versions, alignments=found)


def test_rows_follow_the_first_version_and_mark_what_moved() -> None:
    rows = make_rows(aligned(3, 3, v01=[((0,), (0,)), ((1,), (2,)), ((2,), (1,))]))
    assert [row.cells for row in rows] == [((0,), (0,)), ((1,), (2,)), ((2,), (1,))]
    assert [row.moved for row in rows] == [(False, False), (False, False), (False, True)]


def test_beads_of_several_pairs_are_joined_to_one_row() -> None:
    rows = make_rows(aligned(2, 2, 1, v01=[((0,), (0,)), ((1,), (1,))], v02=[((0, 1), (0,))]))
    assert [row.cells for row in rows] == [((0, 1), (0, 1), (0,))]


def test_what_the_first_version_lacks_goes_below_the_sentence_before_it() -> None:
    rows = make_rows(aligned(2, 3, v01=[((0,), (0,)), ((), (1,)), ((1,), (2,))]))
    assert [row.cells for row in rows] == [((0,), (0,)), ((), (1,)), ((1,), (2,))]


def test_what_only_the_other_versions_have_shares_a_row() -> None:
    added: list[tuple[tuple[int, ...], tuple[int, ...]]] = [((0,), (0,)), ((), (1,))]
    rows = make_rows(aligned(1, 2, 2, v01=added, v02=added, v12=[((0,), (0,)), ((1,), (1,))]))
    assert [row.cells for row in rows] == [((0,), (0,), (0,)), ((), (1,), (1,))]


def test_a_pair_without_the_first_version_does_not_merge_its_rows() -> None:
    rows = make_rows(
        aligned(2, 2, 2, v01=[((0,), (0,)), ((1,), (1,))], v02=[((0,), (0,)), ((1,), (1,))], v12=[((0, 1), (0, 1))])
    )  # fmt: skip
    assert [row.cells for row in rows] == [((0,), (0,), (0,)), ((1,), (1,), (1,))]


def test_an_alignment_stored_the_other_way_round_gives_the_same_rows() -> None:
    assert [row.cells for row in make_rows(aligned(2, 1, v10=[((0,), (0, 1))]))] == [((0, 1), (0,))]


def test_every_sentence_of_the_sample_is_in_exactly_one_row() -> None:
    result = sample()
    rows = make_rows(result)
    for place, version in enumerate(result.versions):
        held = sorted(index for row in rows for index in row.cells[place])
        assert held == list(range(len(version.article.sentences)))


def test_without_alignments_each_sentence_has_its_own_row() -> None:
    assert [row.cells for row in make_rows(aligned(1, 2))] == [((0,), ()), ((), (0,)), ((), (1,))]


def luminance(colour: str) -> float:
    """Relative luminance of `#rgb` or `#rrggbb`, https://www.w3.org/TR/WCAG21/#dfn-relative-luminance."""
    digits = colour.lstrip("#")
    digits = "".join(each * 2 for each in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_text_colour_stands_out_from_what_is_behind_it(scheme: int) -> None:
    css = resources.files("tolmach.pages").joinpath("report.css").read_text(encoding="utf-8")
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]+);", re.findall(r":root \{(.*?)\}", css, re.DOTALL)[scheme]))
    behind = {"paper": ["ink", "soft", "red", "amber", "violet", "blue", "slate", "green"], "raised": ["ink", "soft"]}
    behind |= {tint: ["ink"] for tint in ("red-tint", "amber-tint", "slate-tint", "blue-tint")}
    for back, fronts in behind.items():
        for front in fronts:
            low, high = sorted((luminance(colours[front]), luminance(colours[back])))
            assert (high + 0.05) / (low + 0.05) >= 4.5, (front, back)


@given(st.lists(st.tuples(st.text("ab ", min_size=1, max_size=30), st.booleans()), min_size=1), st.integers(1, 40))
def test_an_excerpt_is_short_and_keeps_the_first_mark(pieces: list[tuple[str, bool]], longest: int) -> None:
    fragments = [Fragment(text, ("serious",) if marked else ()) for text, marked in pieces]
    found = excerpt(fragments, longest)
    text = "".join(piece.text for piece in found)
    assert len(text) <= longest + len("… ") + len(" …")
    assert text.strip("… ") in "".join(piece.text for piece in fragments)
    if any(piece.kinds for piece in fragments):
        assert any(piece.kinds for piece in found)


def test_an_excerpt_is_cut_between_words() -> None:
    pieces = (Fragment("one two three four "), Fragment("five", ("serious",)), Fragment(" six seven eight nine"))
    assert "".join(piece.text for piece in excerpt(pieces, 20)) == "… four five six …"
