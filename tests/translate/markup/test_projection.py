"""Marked-up spans find their place in a translation, or are reported as lost."""

import json
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from alignment import load_encoder
from common.errors import UsageError
from corpora.article import Inline
from tests.support.places import CASES_PATH
from translate.markup import MarkupJob, project_all

_MARK = re.compile(r"<(/?)(\d)>")
WORDS = [
    "prime",
    "minister",
    "in",
    "Moscow",
    "said",
    ",",
    "“",
    "”",
    "(",
    ")",
    "5",
    "мир",
    "война",
    "и",
    "中国",
    "说",
    "。",
    "的",
    "%",
]


def read(marked, kind="link"):
    """Return a text without its marks, and an inline for each pair of numbered marks."""
    spans, starts, text, at = [], {}, "", 0
    for mark in _MARK.finditer(marked):
        text += marked[at : mark.start()]
        at = mark.end()
        if mark[1]:
            spans.append(Inline(kind, starts[mark[2]], len(text), target=mark[2]))
        else:
            starts[mark[2]] = len(text)
    return text + marked[at:], tuple(sorted(spans, key=lambda one: (one.start, -one.end, one.target)))


def project(source, hypothesis, languages="en-ru", *, kind="link"):
    """Return the words of the hypothesis that each span got, by its number; the lost ones have None."""
    text, inlines = read(source, kind)
    tags = dict(zip(("source_language", "target_language"), languages.split("-"), strict=True))
    (found,) = project_all([MarkupJob(text, hypothesis, inlines)], **tags)
    words = {one.target: hypothesis[one.start : one.end] for one in found.inlines}
    return words | {one.target: None for one in found.lost}


SPANS = json.loads((CASES_PATH / "projection" / "spans.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def encoder():
    return load_encoder()


@pytest.mark.parametrize("case", SPANS, ids=lambda case: f"{case['languages']} {case['source'][:25]}")
def test_spans_find_their_words(case, encoder):
    text, inlines = read(case["target"])
    assert encoder is load_encoder()
    expected = {one.target: text[one.start : one.end] for one in inlines}
    assert project(case["source"], text, case["languages"]) == expected


def test_code_is_found_by_its_text_or_is_lost():
    assert project("Run <1>make all</1> first.", "Сначала выполните make all.", kind="code") == {"1": "make all"}
    assert project("Run <1>make all</1> first.", "Сначала выполните «сделать всё».", kind="code") == {"1": None}
    twice = project("<1>a()</1> calls <2>a()</2>.", "a() вызывает a().", kind="code")
    assert twice == {"1": "a()", "2": "a()"}


def test_an_address_that_the_translation_lost_has_no_place():
    assert project("See <1>example.org/rules</1> first.", "Сначала см. правила.") == {"1": None}


def test_parts_of_words_stay_parts_of_words():
    assert project("Less CO<1>2</1> is emitted.", "Выбросы CO2 снизились.") == {"1": "2"}
    assert project("It has 20 km<1>2</1> of land.", "Его площадь 20 км2.") == {"1": "2"}
    assert project("They are <1>un</1>happy.", "Они несчастны.") == {"1": None}


def test_what_was_not_translated_is_lost():
    found = project("The strike, <1>Reuters</1> said, ended on <2>Friday</2>.", "Забастовка закончилась в пятницу.")
    assert found == {"1": None, "2": "пятницу"}


def test_a_translation_of_something_else_loses_the_spans():
    assert project("The <1>prime minister</1> spoke in <2>Moscow</2>.", "Кошка спит на тёплом окне.") == {
        "1": None,
        "2": None,
    }


@pytest.mark.parametrize("hypothesis", ["", "…", "。"])
def test_a_translation_without_words_loses_all(hypothesis):
    assert project("The <1>prime minister</1> spoke.", hypothesis) == {"1": None}


def test_many_sentences_give_what_each_gives_alone_and_need_no_encoder_without_markup(encoder):
    tags = {"source_language": "en", "target_language": "ru"}
    text, inlines = read("The <1>prime minister</1> spoke in <2>Moscow</2>.")
    job = MarkupJob(text, "Премьер-министр выступил в Москве.", inlines)
    bare = MarkupJob("Nothing here.", "Здесь ничего.")
    (alone,) = project_all([job], **tags)
    found = project_all([bare, job, bare, job], **tags, encoder=encoder)
    assert [one.inlines for one in found] == [(), alone.inlines, (), alone.inlines]
    assert project_all([], **tags) == []


def test_an_unknown_language_is_refused():
    with pytest.raises(UsageError, match="unknown language"):
        project("<1>a</1> b", "б", "en-qq")


class SoundlessEncoder:
    name, revision, dimension = "soundless", "1", 1

    def encode(self, texts):
        raise NotImplementedError


def test_an_encoder_without_words_is_refused():
    job = MarkupJob("a b", "б", (Inline("link", 0, 1),))
    with pytest.raises(UsageError, match="gives no vectors of words"):
        project_all([job], source_language="en", target_language="ru", encoder=SoundlessEncoder())


@st.composite
def jobs(draw):
    words = draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=12))
    source = " ".join(words)
    hypothesis = draw(st.sampled_from([" ", ""])).join(draw(st.lists(st.sampled_from(WORDS), max_size=12)))
    inlines = []
    around = (0, len(source))
    for number in range(draw(st.integers(1, 4))):
        start, end = sorted((draw(st.integers(*around)), draw(st.integers(*around))))
        if start == end:
            break
        inlines.append(Inline("emphasis", start, end, target=str(number)))
        around = (start, end) if draw(st.booleans()) else (end, len(source))
    return MarkupJob(source, hypothesis, tuple(sorted(inlines, key=lambda one: (one.start, -one.end))))


@settings(max_examples=6, deadline=None)
@given(st.lists(jobs(), max_size=6), st.sampled_from([("en", "ru"), ("ru", "zh"), ("zh", "en")]))
@example([MarkupJob(", ,", "prime", (Inline("emphasis", 0, 1, target="0"),))], ("en", "ru"))  # marks alone
def test_each_span_is_placed_once_or_lost_and_nesting_stays(given_jobs, languages):
    found = project_all(given_jobs, source_language=languages[0], target_language=languages[1])
    for job, one in zip(given_jobs, found, strict=True):
        assert sorted(inline.target for inline in (*one.inlines, *one.lost)) == sorted(i.target for i in job.inlines)
        assert all(0 <= inline.start < inline.end <= len(job.hypothesis) for inline in one.inlines)
        assert all(not job.hypothesis[edge].isspace() for each in one.inlines for edge in (each.start, each.end - 1))
        before = {inline.target: (inline.start, inline.end) for inline in job.inlines}
        after = {inline.target: (inline.start, inline.end) for inline in one.inlines}
        for a, (start, end) in after.items():
            for b, (first, last) in after.items():
                if before[a][0] <= before[b][0] and before[b][1] <= before[a][1]:
                    assert start <= first
                    assert last <= end
                elif before[a][1] <= before[b][0] or before[b][1] <= before[a][0]:
                    assert end <= first or last <= start
