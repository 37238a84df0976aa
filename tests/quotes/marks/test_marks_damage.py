"""Lost, doubled and wrong quotation marks cost the quote that they belong to, not the text around it."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpora.article import Article
from quotes import QuoteOptions, extract_quotes
from quotes.extraction import read_passages
from tests.support.places import ROOT

SAMPLES = ROOT / "corpora" / "samples" / "articles"
ANY_MARK = "“”‘’\"'«»„‹›「」『』"
OWN_MARKS = {"en": '“”"', "ru": '«»„“"', "zh": '“”"「」'}
TITLES = {"en": "News today", "ru": "Новости дня", "zh": "今日新闻"}


def parts(text: str, language: str) -> list[tuple[str, ...]]:
    """List the parts of each quote; who says it and its kind do not matter here."""
    article = Article.from_text(text, language=language)
    return [tuple(text[slice(*span)] for span in passage.spans) for passage in read_passages(article, QuoteOptions())]


def found_in(paragraph: str, language: str) -> list[tuple[str, ...]]:
    return parts(f"{TITLES[language]}\n\n{paragraph}", language)


@pytest.mark.parametrize(
    ("opening", "closing"),
    [("“", "”"), ("‘", "’"), ('"', '"'), ("'", "'"), ("«", "»"), ("„", "“"), ("‹", "›"), ("「", "」"), ("『", "』")],
)
@pytest.mark.parametrize(
    ("language", "words", "rest"),
    [
        ("en", "We don’t know it yet,", " she said on Monday."),
        ("ru", "Мы этого не знаем", ", — сказала она."),
        ("zh", "我们还不知道，", "她说。"),
    ],
)
def test_every_kind_of_mark_sets_off_a_quote(opening: str, closing: str, language: str, words: str, rest: str) -> None:
    assert found_in(f"{opening}{words}{closing}{rest}", language) == [(words,)]


@pytest.mark.parametrize(("opening", "closing"), [('"', "“"), ("“", "“"), ("”", "“"), ("”", "”"), ("“", '"')])
def test_a_mark_of_the_wrong_shape_still_pairs_in_chinese(opening: str, closing: str) -> None:
    assert found_in(f"他说：{opening}我们已经非常接近了。{closing}", "zh") == [("我们已经非常接近了。",)]


@pytest.mark.parametrize(
    ("language", "paragraph", "expected"),
    [
        ("ru", "— Мы победили, — сказал капитан. — Но рано радоваться.", [("Мы победили", "Но рано радоваться.")]),
        ("ru", "— Мы победили! — сказал капитан.", [("Мы победили!",)]),
        ("ru", "«Мы победили, — сказал он. — Но рано».", [("Мы победили", "Но рано")]),
        ("en", "“We won,” he said, “but only just.”", [("We won,", "but only just.")]),
        ("en", "“He said ‘never again’ and left,” she said.", [("He said ‘never again’ and left,",), ("never again",)]),
        ("ru", "«Он сказал „никогда“ и ушёл», — вспоминает она.", [("Он сказал „никогда“ и ушёл",), ("никогда",)]),
        ("zh", "她说：“他说‘再也不来了’，就走了。”", [("他说‘再也不来了’，就走了。",), ("再也不来了",)]),
        # One closing mark for two openings.
        (
            "ru",
            "«Они требуют «нового договора», но боятся «конца войны», — сказал он.",
            [
                ("Они требуют «нового договора», но боятся «конца войны»",),
                ("нового договора",),
                ("конца войны",),
            ],
        ),
        # The same before a dash and an attribution, and with another part behind it.
        (
            "ru",
            '"Мы по приказу № 127 "Об отсрочке", - написал он в ответ.',
            [('Мы по приказу № 127 "Об отсрочке"',), ("Об отсрочке",)],
        ),
        (
            "ru",
            "«Мы открыли «Зарю», — уверен он. — Паром не подарок».",
            [("Мы открыли «Зарю»", "Паром не подарок"), ("Зарю",)],
        ),
        # No opening mark; a term inside, "I suppose" and "it is said" do not report.
        (
            "ru",
            'Полагаю, завод "Заря" устоит", - говорится в письме.',
            [('Полагаю, завод "Заря" устоит',), ("Заря",)],
        ),
        # Apostrophes and primes.
        ("en", "The players' bus, a 6' 2\" driver and rock 'n' roll of the '90s don't count.", []),
        ("en", "The fishermen's boats and O’Neill's nets stayed ashore.", []),
    ],
)  # fmt: skip
def test_dialogue_nesting_and_apostrophes(language: str, paragraph: str, expected: list[tuple[str, ...]]) -> None:
    assert found_in(paragraph, language) == expected


@pytest.mark.parametrize(
    ("language", "first", "second", "expected"),
    [
        ("en", "“We came early.", "“We left late,” he said.", ("We came early.", "We left late,")),
        ("ru", "«Мы пришли рано.", "«Мы ушли поздно», — сказал он.", ("Мы пришли рано.", "Мы ушли поздно")),
        ("ru", "«Мы пришли рано.", "Мы ушли поздно», — сказал он.", ("Мы пришли рано.", "Мы ушли поздно")),
        ("zh", "他说：“我们来得早。", "“我们走得晚。”", ("我们来得早。", "我们走得晚。")),
        ("zh", "他说 ： “ 我们来得早。", "我们走得晚 。 ”", ("我们来得早。", "我们走得晚 。")),
    ],
)
def test_a_quote_over_two_paragraphs_is_one(language: str, first: str, second: str, expected: tuple[str, ...]) -> None:
    text = f"{TITLES[language]}\n\n{first}\n\n{second}\n\n"
    assert parts(text, language) == [expected]


@pytest.mark.parametrize(
    ("language", "paragraph", "expected"),
    [
        ("ru", "Мы ждали весны. Она не пришла», — сказал он.", "Мы ждали весны. Она не пришла"),
        ("ru", 'Мы ждали весны. Она не пришла", - заявил Петров.', "Мы ждали весны. Она не пришла"),
        ("ru", "Об этом сообщил Петров. Мы ждали весны», — сказал он.", "Мы ждали весны"),
        ("en", "We waited for spring. It never came,” said Ivan Petrov.", "We waited for spring. It never came,"),
        ("zh", "我们一直在等春天，”彼得罗夫说。", "我们一直在等春天，"),
    ],
)
def test_speech_without_its_opening_mark_is_found_by_the_attribution(
    language: str, paragraph: str, expected: str
) -> None:
    assert found_in(paragraph, language) == [(expected,)]


def test_speech_without_its_opening_mark_goes_back_where_each_block_is_a_sentence() -> None:
    lines = [
        "Врач рассказал о прививке.",
        "Об этом он сообщил агентству.",
        "Риск невелик.",
        'Но он есть", - сказал Орлов.',
    ]
    text = "\n\n".join(["Новости дня", *lines, "Зима началась.", "Снег выпал."])
    assert parts(text, "ru") == [("Риск невелик.", "Но он есть")]


@pytest.mark.parametrize(
    ("language", "paragraph"),
    [
        ("ru", "Мы ждали весны», и она пришла."),
        ("ru", "Рядом мельница (старая, как мир»), — и больше ничего."),
        ("en", "They waited for spring” near the old mill."),
    ],
)
def test_a_lone_closing_mark_without_an_attribution_makes_no_quote(language: str, paragraph: str) -> None:
    assert found_in(paragraph, language) == []


@pytest.fixture(scope="module")
def samples() -> list[tuple[str, str, list[tuple[str, ...]]]]:
    texts = []
    for name in ("a01", "a02"):
        for language in ("en", "ru", "zh"):
            text = (SAMPLES / name / f"{language}.txt").read_text(encoding="utf-8")
            texts.append((text, language, parts(text, language)))
    return texts


def damage(data: st.DataObject, paragraph: str, language: str) -> str:
    """Take a mark out of a paragraph, or put one in anywhere."""
    marks = [number for number, character in enumerate(paragraph) if character in OWN_MARKS[language]]
    if marks and data.draw(st.booleans()):
        gone = data.draw(st.sampled_from(marks))
        return paragraph[:gone] + paragraph[gone + 1 :]
    where = data.draw(st.integers(0, len(paragraph)))
    return paragraph[:where] + data.draw(st.sampled_from(ANY_MARK)) + paragraph[where:]


@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_a_damaged_mark_spares_the_quotes_of_distant_paragraphs(
    data: st.DataObject, samples: list[tuple[str, str, list[tuple[str, ...]]]]
) -> None:
    text, language, before = data.draw(st.sampled_from(samples))
    paragraphs = text.split("\n\n")
    place = data.draw(st.integers(1, len(paragraphs) - 1))
    changed = damage(data, paragraphs[place], language)
    after = parts("\n\n".join([*paragraphs[:place], changed, *paragraphs[place + 1 :]]), language)
    # An opening mark too many reads like a quote that runs on into the next paragraph.
    near = "\n".join(paragraphs[max(0, place - 1) : place + 2])
    own = [quote for quote in before if any(part in near for part in quote)]
    assert not Counter(before) - Counter(own) - Counter(after)


@settings(max_examples=4, deadline=None)
@given(data=st.data())
def test_damaged_marks_never_raise(data: st.DataObject, samples: list[tuple[str, str, list[tuple[str, ...]]]]) -> None:
    text, language, _ = data.draw(st.sampled_from(samples))
    paragraphs = [damage(data, paragraph, language) for paragraph in text.split("\n\n")]
    article = Article.from_text("\n\n".join(paragraphs), language=language)
    for quote in extract_quotes(article):
        assert [article.text[slice(*span)] for span in quote.spans] == list(quote.parts)
