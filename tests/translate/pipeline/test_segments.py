"""Sentences become segments: what a model must not touch in each is known, offsets fit."""

from hypothesis import given
from hypothesis import strategies as st

from corpora.article import Article, Block, Inline
from translate.options import ArticleOptions
from translate.pipeline.segments import _single_spaced, merge_segments, segments_of_article, segments_of_texts

ENGLISH = ("en", "ru"), ArticleOptions()


def article(text, *inlines, kind="paragraph"):
    return Article(text, "en", None, (Block(kind, 0, len(text)),), inlines=inlines)


def test_literals_stand_where_the_segment_says():
    (segment,) = segments_of_texts(["Write  to a@b.org or see https://b.org/x."], *ENGLISH)
    assert segment.text == "Write to a@b.org or see https://b.org/x."
    assert [segment.text[one.start : one.end] for one in segment.literals] == ["a@b.org", "https://b.org/x"]


def test_inline_code_is_a_literal_and_keeps_what_it_looks_like_inside():
    text = "Set debug = true now."
    (segment,) = segments_of_article(article(text, Inline("code", 4, 16)), *ENGLISH)
    assert [(one.kind, one.text) for one in segment.literals] == [("code", "debug = true")]


def test_markup_is_counted_from_its_sentence_and_cut_at_its_border():
    text = "One is here. Two is there."
    found = segments_of_article(article(text, Inline("strong", 7, 16)), *ENGLISH)
    assert [[(one.start, one.end) for one in segment.inlines] for segment in found] == [[(7, 12)], [(0, 3)]]


def test_code_blocks_and_bare_figures_are_kept():
    assert segments_of_article(article("print(1)", kind="code"), *ENGLISH)[0].untranslated
    assert [one.untranslated for one in segments_of_texts(["2,345 %", "https://a.org", "Two."], *ENGLISH)] == [
        True,
        True,
        False,
    ]


def test_context_is_what_stands_before():
    text = "One is here. Two is there. Three ends it."
    found = segments_of_article(article(text), ("en", "ru"), ArticleOptions(context=1))
    assert [one.context for one in found] == ["", "One is here.", "Two is there."]


def test_merged_segments_keep_their_spans():
    first, second = segments_of_texts(["See a@b.org.", "Or c@d.org."], *ENGLISH)
    merged = merge_segments([first, second])
    assert merged.text == "See a@b.org. Or c@d.org."
    assert [merged.text[one.start : one.end] for one in merged.literals] == ["a@b.org", "c@d.org"]


@given(st.text(max_size=80), st.data())
def test_single_spacing_moves_markup_with_its_words(text, data):
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    if not text.strip() or not text[start:end].strip():
        return
    spaced, moved = _single_spaced(text, (Inline("strong", start, end),))
    assert spaced == " ".join(text.split())
    (inline,) = moved
    assert spaced[inline.start : inline.end].split() == text[start:end].split()
