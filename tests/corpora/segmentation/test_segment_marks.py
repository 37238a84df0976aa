"""Which marks open and which close."""

import pytest

from corpora.segmentation.marks import find_marks


def roles(text: str) -> str:
    """Write the roles over the marks of `text`: ( opens, ) closes."""
    found = find_marks(text).roles
    return "".join({"open": "(", "close": ")"}[found[place]] for place in sorted(found))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“A,” he said.", "()"),
        ('"A," he said. "B."', "()()"),
        ("He said, 'It isn't so.'", "()"),
        ("the fishermen’s boats, the boys’ toys, ’90s", ""),
        ("‘I told them: “Play on,”’ she said", "(())"),
        ("«А „Б“ В»", "(())"),
        ("„Все наверх!“ — рассказывает", "()"),
        ('他说："甲。乙。"丙。', "()"),
        ("说'你降一分'，不打", "()"),
        ("他说：“甲。“丙，", "(("),
        ("他说：“甲。“丙说：“丁", "()("),
        ("他说：“甲。“丙，”", "(()"),
        ("說：「師父講『不會死』。」", "(())"),
        ('5" by 10"', "))"),
    ],
)
def test_role_follows_from_the_neighbours(text: str, expected: str) -> None:
    assert roles(text) == expected


def test_closing_mark_without_an_opening_one_pairs_with_nothing() -> None:
    assert find_marks("А, — сказал он». «Б»").opening == {19: 17}


def test_opening_mark_without_a_closing_one_holds_nothing() -> None:
    marks = find_marks("(One “two” three")
    assert [(pair.open, pair.close) for pair in marks.pairs] == [(5, 9)]
    assert list(marks.around(12)) == []


def test_pairs_around_an_offset_come_innermost_first() -> None:
    marks = find_marks("“a ‘b’ (c) d”")
    assert [pair.open for pair in marks.around(8)] == [7, 0]
    assert [pair.open for pair in marks.around(11)] == [0]


def test_mark_far_back_is_taken_for_a_slip() -> None:
    assert find_marks("“" + "a" * 2000 + "”").opening == {}
