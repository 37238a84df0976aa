"""Spans of inlines: settled, carried over and cut; addresses of links."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpora.article import Article, Inline
from corpora.blocks import RANKS, carry, clean_target, clean_title, clip, is_visible, settle, shift

TEXTS = st.text("ab中 \n\N{ZERO WIDTH SPACE}\N{IDEOGRAPHIC SPACE}", min_size=1, max_size=12)


@st.composite
def marked(draw):
    text = draw(TEXTS)
    ends = st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))
    return text, [
        Inline(draw(st.sampled_from([*RANKS])), *sorted(draw(ends))) for _ in range(draw(st.integers(0, 6)))
    ]  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(marked())
def test_settled_spans_are_nested_visible_and_sorted(case):
    text, inlines = case
    settled = settle(text, inlines)
    assert settle(text, settled) == settled
    for number, one in enumerate(settled):
        assert is_visible(text[one.start])
        assert is_visible(text[one.end - 1])
        for other in settled[number + 1 :]:
            assert other.start >= one.end or (one.start <= other.start and other.end <= one.end)


@settings(max_examples=40, deadline=None)
@given(marked())
def test_settling_keeps_the_kinds_of_every_visible_character(case):
    text, inlines = case
    for place in range(len(text)):
        if is_visible(text[place]):
            assert kinds_at(place, settle(text, inlines)) == kinds_at(place, inlines)


def kinds_at(place, inlines):
    return {inline.kind for inline in inlines if inline.start <= place < inline.end}


def test_spans_follow_their_words():
    assert carry([Inline("strong", 1, 6)], " a  b c ", "a b c") == (Inline("strong", 0, 3),)


@pytest.mark.parametrize(("before", "after"), [("a b", "a c"), ("a b", "ab c"), ("a b", "")])
def test_spans_of_other_words_are_not_carried(before, after):
    assert carry([Inline("strong", 0, 1)], before, after) == ()


def test_clipped_spans_count_from_the_start_of_the_clip():
    inlines = [Inline("strong", 0, 4), Inline("code", 2, 3), Inline("link", 6, 8, "#x")]
    assert clip(inlines, 2, 6) == (Inline("strong", 0, 2), Inline("code", 0, 1))
    assert shift(clip(inlines, 6, 8), 6) == (inlines[2],)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("https://x.org/a?b=c#d", "https://x.org/a?b=c#d"), ("../a b", "../a b"), ("#x", "#x"), (" /a\n", "/a"),
        ("http://пример.рф/путь", "http://пример.рф/путь"), ("/a\N{NO-BREAK SPACE}b", "/a%C2%A0b"),
        ("/e\N{COMBINING ACUTE ACCENT}", "/e%CC%81"), ("ftp://x", "ftp://x"), ("", None), (None, None), (" ", None),
        ("javascript:x", None), ("\\\\evil\\x", None), ("/\\evil", None),
        ("\N{NULL}JAVA\tscript:x", None), ("vbscript:x", None),
        ("data:image/png;base64,x", None),
        ("file:///etc/passwd", None), ("/javascript:x", "/javascript:x"),
    ],
)  # fmt: skip
def test_addresses(target, expected):
    assert clean_target(target) == expected


def test_titles_are_one_line():
    assert (clean_title(" a\n b\N{NULL}"), clean_title("\n"), clean_title(None)) == ("a b", None, None)


def test_articles_with_other_inlines_are_not_equal():
    plain = Article("so it is", "en")
    assert (plain.inlines, plain == Article("so it is", "en", inlines=(Inline("strong", 0, 2),))) == ((), False)
