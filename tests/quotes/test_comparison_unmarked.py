"""What is said of names without marks, and of passages that no version, or only one, really quotes."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from alignment.types import Alignment, Bead
from corpora.article import Article
from quotes.comparison import compare_versions
from quotes.types import Comparison, Quote
from tests.support.comparison_fakes import FakeEncoder, quote_of


def compare(articles: list[Article], quotes: list[tuple[Quote, ...]]) -> Comparison:
    straight = Alignment((Bead((0,), (0,)),))
    table = {(i, j): straight for i in range(len(articles)) for j in range(i + 1, len(articles))}
    return compare_versions(articles, encoder=FakeEncoder(), quotes=quotes, alignments=table)


MARKED = Article.from_text("Smith wrote in “Harbour Times” on Monday.", language="en")
BARE = Article.from_text("Smith wrote in Harbour Times on Monday.", language="en")
TITLE = quote_of(MARKED, "Harbour Times", kind="title")


def test_a_name_without_marks_is_a_note_and_not_indirect() -> None:
    (group,) = compare([MARKED, BARE], [(TITLE,), ()]).groups
    assert group.pairs[0].verdict == "same"
    assert [(finding.kind, finding.severity) for finding in group.pairs[0].findings] == [("unmarked", "note")]


def test_two_versions_without_the_marks_say_nothing_of_each_other() -> None:
    (group,) = compare([MARKED, BARE, BARE], [(TITLE,), (), ()]).groups
    last = group.pairs[-1]
    assert (last.versions, last.verdict, last.findings) == ((1, 2), "same", ())


def test_a_name_that_nothing_sounds_like_is_never_found_in_other_words() -> None:
    other = Article.from_text("Перевод без неё.", language="ru")
    (group,) = compare([MARKED, other], [(TITLE,), ()]).groups
    assert group.members[1] is None
    pair = group.pairs[0]
    assert (pair.verdict, [(f.kind, f.severity) for f in pair.findings]) == ("uncertain", [("unmarked", "note")])


def test_words_in_latin_letters_are_found_without_the_chinese_around_them() -> None:
    other = Article.from_text("他星期一在Harbour Times上发表文章。", language="zh")
    (group,) = compare([MARKED, other], [(TITLE,), ()]).groups
    assert group.members[1] is not None
    assert group.members[1].text == "Harbour Times"


def test_few_of_the_runs_of_words_are_encoded_for_a_short_quote() -> None:
    class CountingEncoder(FakeEncoder):
        def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
            self.runs = getattr(self, "runs", 0) + sum(" " in text for text in texts)
            return super().encode(texts)

    words = [f"word{number}" for number in range(60)]
    other = Article.from_text(" ".join([*words, "Harbour Times", *words[::-1]]) + ".", language="en")
    encoder, table = CountingEncoder(), {(0, 1): Alignment((Bead((0,), (0,)),))}
    (group,) = compare_versions([MARKED, other], encoder=encoder, quotes=[(TITLE,), ()], alignments=table).groups
    assert group.members[1] is not None
    assert group.members[1].text == "Harbour Times"
    assert encoder.runs < 100  # of some 600


def test_two_quotes_left_alone_that_answer_each_other_become_one_group() -> None:
    first = Article.from_text("He spoke of hope. Nobody came. It rained all day.", language="en")
    second = Article.from_text("Шёл дождь. Пели песни. Тогда он назвал слово надежда.", language="ru")
    quotes = [(quote_of(first, "hope", kind="scare"),), (quote_of(second, "надежда", kind="scare"),)]
    table = {(0, 1): Alignment((Bead((0,), (2,)),))}
    found = compare_versions([first, second], encoder=FakeEncoder(), quotes=quotes, alignments=table)
    assert [[member.text for member in group.members if member] for group in found.groups] == [["hope", "надежда"]]
    kinds = {finding.kind for group in found.groups for pair in group.pairs for finding in pair.findings}
    assert "indirect" not in kinds


def test_a_dropped_quote_is_still_missing_beside_reported_speech() -> None:
    articles = [
        Article.from_text("Anna said: “We build bridges today.”", language="en"),
        Article.from_text("Anna said they build bridges today.", language="en"),
        Article.from_text("Дождь.", language="ru"),
    ]
    quotes: list[tuple[Quote, ...]] = [(quote_of(articles[0], "We build bridges today."),), (), ()]
    (group,) = compare(articles, quotes).groups
    assert [pair.verdict for pair in group.pairs] == ["indirect", "missing", "missing"]
    assert [finding.kind for finding in group.pairs[1].findings] == ["missing"]


def test_a_few_words_that_lost_their_marks_are_no_reported_speech() -> None:
    first = Article.from_text("The union calls it a “bridge too far” today.", language="en")
    second = Article.from_text("The union calls it a bridge too far today.", language="en")
    (group,) = compare([first, second], [(quote_of(first, "bridge too far", kind="partial"),), ()]).groups
    assert group.pairs[0].verdict == "same"
    assert [(finding.kind, finding.severity) for finding in group.pairs[0].findings] == [("indirect", "note")]


def test_a_few_words_that_were_not_found_may_be_there() -> None:
    first = Article.from_text("The union calls it a “bridge too far” today.", language="en")
    second = Article.from_text("Дождь.", language="ru")
    (group,) = compare([first, second], [(quote_of(first, "bridge too far", kind="partial"),), ()]).groups
    assert (group.members[1], group.pairs[0].verdict) == (None, "uncertain")


def test_a_quote_goes_on_where_its_closing_mark_stands_too_early() -> None:
    first = Article.from_text("“We build bridges. We build roads.” Nobody came.", language="en")
    second = Article.from_text("“We build bridges.” We build roads. Nobody came.", language="en")
    quotes = [(quote_of(first, "We build bridges. We build roads."),), (quote_of(second, "We build bridges."),)]
    table = {(0, 1): Alignment(tuple(Bead((at,), (at,)) for at in range(3)))}
    (group,) = compare_versions([first, second], encoder=FakeEncoder(), quotes=quotes, alignments=table).groups
    (pair,) = group.pairs
    assert (pair.verdict, [(finding.kind, finding.severity) for finding in pair.findings]) == (
        "same",
        [("indirect", "note")],
    )
    assert [second.text[start:end] for start, end in pair.findings[0].second] == ["We build roads."]


def test_a_quote_does_not_go_on_where_the_other_version_reports() -> None:
    first = Article.from_text("“We build bridges.” We build roads.", language="en")
    quotes = [(quote_of(first, "We build bridges."),)] * 2
    table = {(0, 1): Alignment(tuple(Bead((at,), (at,)) for at in range(2)))}
    (group,) = compare_versions([first, first], encoder=FakeEncoder(), quotes=quotes, alignments=table).groups
    assert (group.pairs[0].verdict, group.pairs[0].findings) == ("same", ())


def test_a_quote_does_not_go_on_with_a_sentence_that_says_something_else() -> None:
    first = Article.from_text("“We build bridges. We build roads.” Nobody came.", language="en")
    second = Article.from_text("“We build bridges.” The meeting ended late. Nobody came.", language="en")
    quotes = [(quote_of(first, "We build bridges. We build roads."),), (quote_of(second, "We build bridges."),)]
    table = {(0, 1): Alignment(tuple(Bead((at,), (at,)) for at in range(3)))}
    (group,) = compare_versions([first, second], encoder=FakeEncoder(), quotes=quotes, alignments=table).groups
    assert "indirect" not in {finding.kind for finding in group.pairs[0].findings}
