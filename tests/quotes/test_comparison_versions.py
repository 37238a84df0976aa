import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alignment import load_encoder
from alignment.types import Alignment, Bead
from common.errors import UsageError
from corpora.article import Article, Block
from quotes import comparison as verdicts
from quotes.comparison import compare_versions
from quotes.facts.passages import Passage
from quotes.findings.evidence import Evidence
from quotes.matching.members import Member
from quotes.types import CompareOptions, Finding, Quote, VerdictOptions
from tests.support.comparison_fakes import FakeEncoder, pair_of, quote_of

ENGLISH = Article.from_text(
    "“We will build ten new ferries,” Ivan Petrov said.\n\nThe bridge fell in March.\n\n“Nobody was hurt,” he said.",
    language="en",
)
RUSSIAN = Article.from_text(
    "«Мы построим десять новых паромов», — сказал Иван Петров.\n\nМост рухнул в марте.\n\n"
    "«Никто не пострадал», — сказал он.",
    language="ru",
)
CHANGED = Article.from_text(
    "«Мы построим двадцать новых паромов», — сказал Иван Петров.\n\nМост рухнул в марте.\n\n"
    "По его словам, никто не пострадал.",
    language="ru",
)
CHINESE = Article.from_text(
    "伊万·彼得罗夫说：“我们将建造十艘新渡轮。”\n\n桥在三月塌了。\n\n他说：“没有人受伤。”", language="zh"
)

ENGLISH_QUOTES = (
    quote_of(ENGLISH, "We will build ten new ferries,", name="a", speaker="Ivan Petrov"),
    quote_of(ENGLISH, "Nobody was hurt,", name="b", speaker="Ivan Petrov"),
)
RUSSIAN_QUOTES = (
    quote_of(RUSSIAN, "Мы построим десять новых паромов", name="a", speaker="Иван Петров"),
    quote_of(RUSSIAN, "Никто не пострадал", name="b", speaker="Иван Петров"),
)
CHINESE_QUOTES = (
    quote_of(CHINESE, "我们将建造十艘新渡轮。", name="a", speaker="伊万·彼得罗夫"),
    quote_of(CHINESE, "没有人受伤。", name="b", speaker="伊万·彼得罗夫"),
)
CHANGED_QUOTES = (quote_of(CHANGED, "Мы построим двадцать новых паромов", name="a", speaker="Иван Петров"),)


def straight(*articles: Article) -> dict[tuple[int, int], Alignment]:
    places = [(i, j) for i in range(len(articles)) for j in range(i + 1, len(articles))]
    return {
        (i, j): Alignment(
            tuple(Bead((n,), (n,)) for n in range(min(len(articles[i].sentences), len(articles[j].sentences))))
        )
        for i, j in places
    }


def compare(articles, quotes):
    return compare_versions(articles, encoder=load_encoder(), quotes=quotes, alignments=straight(*articles))


def test_faithful_versions_are_the_same_in_three_languages():
    found = compare([ENGLISH, RUSSIAN, CHINESE], [ENGLISH_QUOTES, RUSSIAN_QUOTES, CHINESE_QUOTES])
    assert [[member.id for member in group.members] for group in found.groups] == [["a"] * 3, ["b"] * 3]
    assert {pair.verdict for group in found.groups for pair in group.pairs} == {"same"}
    findings = [finding for group in found.groups for pair in group.pairs for finding in pair.findings]
    assert {finding.severity for finding in findings} <= {"note"}


@pytest.mark.parametrize(
    ("feature", "finding", "verdict", "kept"),
    [
        ("length", Finding("addition", "note", "a guess"), "same", False),
        ("length", Finding("omission", "note", "a guess"), "same", False),
        ("length", Finding("words", "note", "a guess"), "same", False),
        ("length", Finding("omission", "warning", "shorter, too"), "same", False),
        ("length", Finding("degree", "note", "a word"), "same", True),
        ("speaker_unlike", Finding("omission", "note", "why it is suspected"), "uncertain", True),
    ],
)
def test_a_same_pair_has_no_note_that_rests_on_similarity_alone(monkeypatch, feature, finding, verdict, kept):
    monkeypatch.setattr(verdicts, "gather_evidence", lambda _: [Evidence(feature, 1.0, finding)])
    pair = pair_of(("en", "hope"), ("ru", "надежда"))
    members = tuple(Member(side.quote, side.spans) for side in (pair.first, pair.second))
    judged = verdicts.judge_pair((0, 1), pair, members, VerdictOptions())
    assert (judged.verdict, judged.findings) == (verdict, (finding,) if kept else ())


def test_a_changed_number_makes_the_quote_altered():
    found = compare([ENGLISH, CHANGED], [ENGLISH_QUOTES, CHANGED_QUOTES])
    (pair,) = found.groups[0].pairs
    assert pair.verdict == "altered"
    assert pair.findings[0].kind == "number"
    (start, end) = pair.findings[0].second[0]
    assert CHANGED.text[start:end] == "двадцать"


def test_reported_speech_answers_a_quote():
    found = compare([ENGLISH, CHANGED], [ENGLISH_QUOTES, CHANGED_QUOTES])
    member = found.groups[1].members[1]
    assert (member.kind, member.text, member.marks) == ("indirect", "никто не пострадал", "")
    assert found.groups[1].pairs[0].verdict == "indirect"


def test_a_dropped_quote_is_missing():
    short = Article.from_text(
        "«Мы построим десять новых паромов», — сказал Иван Петров.\n\nМост рухнул в марте.", language="ru"
    )
    quotes = (quote_of(short, "Мы построим десять новых паромов", name="a"),)
    found = compare([ENGLISH, short], [ENGLISH_QUOTES, quotes])
    pair = found.groups[1].pairs[0]
    assert (found.groups[1].members[1], pair.verdict, pair.similarity) == (None, "missing", None)
    assert VerdictOptions().altered <= pair.altered < 1
    assert pair.findings[0].severity == "serious"
    assert (pair.findings[0].first, pair.findings[0].second) == (ENGLISH_QUOTES[1].spans, ())


def test_a_quote_whose_words_may_be_there_is_not_called_missing():
    passage = Passage.of(ENGLISH, ENGLISH_QUOTES[1])
    judged = [
        verdicts.judge_absence((0, 1), passage, (1, "Russian"), VerdictOptions(), closest=closest)
        for closest in (0.1, 0.6)
    ]
    assert [(pair.verdict, pair.findings[0].severity) for pair in judged] == [
        ("missing", "serious"),
        ("uncertain", "warning"),
    ]
    assert judged[0].altered > judged[1].altered


def test_the_order_of_versions_only_swaps_the_sides():
    forward = compare([ENGLISH, CHANGED], [ENGLISH_QUOTES, CHANGED_QUOTES])
    backward = compare([CHANGED, ENGLISH], [CHANGED_QUOTES, ENGLISH_QUOTES])
    assert [group.pairs[0].verdict for group in forward.groups] == [group.pairs[0].verdict for group in backward.groups]
    assert forward.groups[0].pairs[0].findings[0].first == backward.groups[0].pairs[0].findings[0].second


def test_a_version_compared_with_itself_is_the_same():
    found = compare([ENGLISH, ENGLISH], [ENGLISH_QUOTES, ENGLISH_QUOTES])
    assert [(pair.verdict, pair.altered, pair.findings) for g in found.groups for pair in g.pairs] == [
        ("same", 0.0, ())
    ] * 2


def test_a_reworded_copy_in_one_language_shows_the_words():
    copy = Article.from_text(ENGLISH.text.replace("ten new ferries", "ten modern ferries"), language="en")
    quotes = (
        quote_of(copy, "We will build ten modern ferries,", name="a"),
        quote_of(copy, "Nobody was hurt,", name="b"),
    )
    pair = compare([ENGLISH, copy], [ENGLISH_QUOTES, quotes]).groups[0].pairs[0]
    assert (pair.verdict, [finding.message for finding in pair.findings]) == (
        "reworded",
        ["The first version says “new”, the second “modern”."],
    )


def test_one_quote_that_another_version_splits_is_shared():
    whole = Article.from_text("“We will build ten new ferries. Nobody was hurt,” Ivan Petrov said.", language="en")
    parted = Article.from_text(
        "«Мы построим десять новых паромов», — сказал Иван Петров. «Никто не пострадал», — добавил он.", language="ru"
    )
    one = (quote_of(whole, "We will build ten new ferries. Nobody was hurt,", name="a"),)
    two = (
        quote_of(parted, "Мы построим десять новых паромов", name="a"),
        quote_of(parted, "Никто не пострадал", name="b"),
    )
    alignments = {(0, 1): Alignment((Bead((0, 1), (0, 1)),))}
    found = compare_versions([whole, parted], encoder=load_encoder(), quotes=[one, two], alignments=alignments)
    assert [(group.members[0].text, group.members[1].id) for group in found.groups] == [
        ("We will build ten new ferries. Nobody was hurt,", "a"),
        ("Nobody was hurt", "b"),
    ]
    assert [group.pairs[0].verdict for group in found.groups] == ["same", "same"]
    assert [finding.kind for finding in found.groups[1].pairs[0].findings] == ["merged"]


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        pytest.param(
            ("The government is hiding the real cost of the bridge,", "We demand a public inquiry before the summer."),
            ("政府隐瞒了大桥的真实成本。", "我们要求在夏天之前进行公开调查。"),
            id="a sentence each",
        ),
        pytest.param(
            (
                "The government is hiding the real cost of the bridge. Nobody has seen the contract,",
                "We demand a public inquiry before the summer. The minister must resign if he lied to parliament.",
            ),
            (
                "政府隐瞒了大桥的真实成本。没有人看过合同。",
                "我们要求在夏天之前进行公开调查。如果部长对议会撒了谎，他必须辞职。",
            ),
            id="two sentences each",
        ),
    ],
)
def test_a_quote_around_its_attribution_is_shared_by_the_two_of_another_version(english, chinese):
    whole = Article.from_text(
        f'"{english[0]}" said Maria Stenn. "{english[1]}"\n\nThe vote is on Friday.', language="en"
    )
    parted = Article.from_text(
        f"玛丽亚·斯滕说：“{chinese[0]}”她还说：“{chinese[1]}”\n\n投票将于周五举行。", language="zh"
    )
    found = compare_versions([whole, parted], encoder=load_encoder())
    assert [len(quotes) for quotes in found.quotes] == [1, 2]
    assert [group.pairs[0].verdict for group in found.groups] == ["same", "same"]


def test_the_signature_names_encoder_and_options():
    signature = dict(compare([ENGLISH, RUSSIAN], [ENGLISH_QUOTES, RUSSIAN_QUOTES]).signature)
    assert (signature["encoder"], signature["match.accept"], signature["verdict.altered"]) == ("use", "0.55", "0.62")


@pytest.mark.parametrize("articles", [[], [ENGLISH]])
def test_fewer_than_two_versions_are_refused(articles):
    with pytest.raises(UsageError, match=f"cannot compare {len(articles)} version"):
        compare_versions(articles, encoder=FakeEncoder())


def test_quotes_that_do_not_fit_the_articles_are_refused():
    with pytest.raises(UsageError, match="1 lists of quotes were given for 2 articles"):
        compare_versions([ENGLISH, RUSSIAN], encoder=FakeEncoder(), quotes=[ENGLISH_QUOTES])


def test_a_missing_alignment_is_named():
    alignments = straight(ENGLISH, RUSSIAN, CHINESE)
    del alignments[0, 2]
    with pytest.raises(UsageError, match="no alignment of articles 0 and 2"):
        compare_versions([ENGLISH, RUSSIAN, CHINESE], encoder=FakeEncoder(), quotes=[(), (), ()], alignments=alignments)


def test_versions_without_quotes_have_no_groups():
    assert (
        compare_versions(
            [ENGLISH, RUSSIAN], encoder=FakeEncoder(), quotes=[(), ()], alignments=straight(ENGLISH, RUSSIAN)
        ).groups
        == ()
    )


WORDS = st.sampled_from(
    ["ship", "ferry", "bridge", "ten", "never", "all", "hope", "must", "fell", "корабль", "не", "двадцать", "十", "不"]
)


def starts(sentences):
    at = 0
    for sentence in sentences:
        yield at, sentence
        at += len(sentence) + 3


@st.composite
def quoted_articles(draw):
    language = draw(st.sampled_from(["en", "ru", "zh"]))
    sentences = draw(st.lists(st.lists(WORDS, min_size=1, max_size=6).map(" ".join), min_size=1, max_size=4))
    text = "\n\n".join(f"{sentence}." for sentence in sentences)
    blocks = [Block("paragraph", at, at + len(sentence) + 1) for at, sentence in starts(sentences)]
    article = Article(text, language, blocks=tuple(blocks))
    found = []
    for number, sentence in enumerate(article.sentences):
        if draw(st.booleans()):
            span = (sentence.start, sentence.end - 1)
            words = text[span[0] : span[1]]
            kind = draw(st.sampled_from(["direct", "partial", "scare", "title", "slogan"]))
            found.append(Quote(f"q{number}", kind, words, (words,), (span,), "“”", sentences=(sentence.index,)))
    return article, tuple(found)


@given(st.lists(quoted_articles(), min_size=2, max_size=3))
@settings(max_examples=40, deadline=None)
def test_any_quotes_are_grouped_once_with_spans_in_range(drawn):
    articles = [article for article, _ in drawn]
    found = compare_versions(
        articles, encoder=FakeEncoder(), quotes=[quotes for _, quotes in drawn], alignments=straight(*articles)
    )
    for version, (article, quotes) in enumerate(drawn):
        own = [group.members[version] for group in found.groups if group.members[version] in quotes]
        assert sorted(quote.id for quote in own) == sorted(quote.id for quote in quotes)
        for group in found.groups:
            member = group.members[version]
            assert member is None or [article.text[start:end] for start, end in member.spans] == list(member.parts)
    for pair in (pair for group in found.groups for pair in group.pairs):
        assert 0 <= pair.altered <= 1
        for finding in pair.findings:
            for version, spans in zip(pair.versions, (finding.first, finding.second), strict=True):
                assert all(0 <= start < end <= len(articles[version].text) for start, end in spans)


def test_options_move_the_threshold():
    options = CompareOptions(verdict=dataclasses.replace(VerdictOptions(), altered=1.0, uncertain=0.9))
    articles, quotes = [ENGLISH, CHANGED], [ENGLISH_QUOTES, CHANGED_QUOTES]
    found = compare_versions(
        articles, options=options, encoder=load_encoder(), quotes=quotes, alignments=straight(*articles)
    )
    assert found.groups[0].pairs[0].verdict != "altered"
