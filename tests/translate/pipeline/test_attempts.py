"""What fails a check is tried again another way, and the best hypothesis is kept and told."""

import re
from collections import Counter
from pathlib import Path

import pytest

from common.progress import SILENT
from corpora.article import Article, Block, Inline
from corpora.readers.html import read_html
from corpora.readers.markdown import read_markdown
from corpora.writers.html import to_html
from corpora.writers.markdown import to_markdown, to_plain
from tolmach.results.reading import from_json
from tolmach.results.result import Result, make_versions, now, to_json
from translate.engines.base import Hypothesis
from translate.models.specs import LocalSource, ModelSpec
from translate.options import ArticleOptions, RetryPolicy
from translate.pipeline.candidates import TranslationContext
from translate.pipeline.directions import DirectionRunner
from translate.pipeline.segments import segments_of_texts
from translate.pipeline.strategies import plan, strategies_for
from translate.translator import Translator
from translate.types import DecodeOptions

from tests.support.models.fake_engine import FakeEngine  # isort: skip - beside this file, found by pytest

RUSSIAN = {
    "The minister arrived in Moscow on Monday.": "Министр прибыл в Москву в понедельник.",
    "Prices rose, the office said.": "Цены выросли, сообщило ведомство.",
    "Prices rose,": "Цены выросли,",
    "the office said.": "сообщило ведомство.",
}
SPEC = ModelSpec("tiny", "t5", LocalSource(Path()))


class Searching(FakeEngine):
    """Answers by the text and by how it is searched for."""

    def __init__(self, answer):
        super().__init__(answer)
        self.searches = []

    def stream(self, requests, *, options):
        self.searches.append(options)
        for index, request in enumerate(requests):
            self.asked.append(request)
            yield index, Hypothesis(self.answer(request.text, options), (), -0.5, finished=True)


def translator(answer, *, options=None, decode=None) -> tuple[Translator, Searching]:
    engine = Searching(answer)
    runner = DirectionRunner(SPEC, lambda _: engine, lambda _: {"revision": "r"}, decode or DecodeOptions(), None, 0)
    return Translator(runner, options=options), engine


def once(text: str, answer, **more):
    made, engine = translator(answer, **more)
    (found,) = made.translate([text], source="en", target="ru")
    return found, engine


def test_good_sentence_is_translated_once():
    text = "The minister arrived in Moscow on Monday."
    found, engine = once(text, lambda asked, _=None: RUSSIAN[asked])
    assert (found.method, found.attempts, found.checks) == ("plain", 1, ())
    assert len(engine.asked) == 1


def test_copied_sentence_is_searched_for_with_a_beam():
    text = "The minister arrived in Moscow on Monday."
    found, engine = once(text, lambda asked, search: RUSSIAN[asked] if search.beam_size > 1 else asked)
    assert (found.text, found.method, found.attempts) == (RUSSIAN[text], "beam", 2)
    assert [search.beam_size for search in engine.searches] == [1, RetryPolicy().beam_size]


def test_a_beam_that_fails_is_followed_by_greedy_search():
    text = "The minister arrived in Moscow on Monday."
    found, _ = once(
        text, lambda asked, search: asked if search.beam_size > 1 else RUSSIAN[asked], decode=DecodeOptions(beam_size=4)
    )
    assert found.method == "greedy"


def test_best_attempt_is_kept_and_flagged_when_all_fail():
    found, engine = once("The minister arrived in Moscow on Monday.", lambda asked, _: asked)
    assert found.checks
    assert found.method == "plain"
    assert 1 < found.attempts <= RetryPolicy().attempts
    assert len(engine.searches) == found.attempts


def test_one_attempt_tries_nothing_again():
    options = ArticleOptions(retry=RetryPolicy(attempts=1))
    found, engine = once("The minister arrived in Moscow on Monday.", lambda asked, _: asked, options=options)
    assert (found.attempts, len(engine.asked)) == (1, 1)


def test_lost_address_comes_back_through_a_mask():
    text = "Write to press@ministry.org on Monday."
    answers = {text: "Напишите в понедельник.", "Write to X1X on Monday.": "Напишите на X 1 X в понедельник."}
    found, _ = once(text, lambda asked, _: answers[asked])
    assert (found.text, found.method) == ("Напишите на press@ministry.org в понедельник.", "masked")


def test_address_that_no_mask_saves_is_kept_by_translating_around_it():
    text = "Write to press@ministry.org on Monday."
    answers = {"Write to": "Напишите на", "on Monday.": "в понедельник."}
    found, _ = once(text, lambda asked, _: answers.get(asked, "Напишите в понедельник."))
    assert (found.text, found.method) == ("Напишите на press@ministry.org в понедельник.", "pieces")


def test_only_failing_sentences_are_tried_again():
    good, bad = "The minister arrived in Moscow on Monday.", "Prices rose, the office said."
    made, engine = translator(lambda asked, _: RUSSIAN[asked] if asked != bad else asked)
    made.translate([good, bad], source="en", target="ru")
    assert Counter(request.text for request in engine.asked)[good] == 1


def test_every_kind_of_check_has_ways_or_the_usual_ones():
    assert strategies_for("loop")[0] == "penalty"
    assert strategies_for("no such kind") == ("beam", "greedy")


@pytest.mark.parametrize("method", ["masked", "pieces", "split", "greedy"])
def test_ways_that_make_no_sense_are_left_out(method):
    runner = DirectionRunner(SPEC, lambda _: Searching(None), lambda _: {})
    context = TranslationContext(runner, ("en", "ru"), ArticleOptions(), None, SILENT)
    (segment,) = segments_of_texts(["One."], ("en", "ru"), context.options)
    assert plan(method, segment, context) is None


def marked(*inlines: Inline, text: str) -> Article:
    return Article(text, "en", None, (Block("paragraph", 0, len(text)),), inlines=inlines)


def test_markup_is_carried_over():
    text = "The minister arrived in Moscow on Monday."
    made, _ = translator(lambda asked, _: RUSSIAN[asked])
    found = made.translate_article(marked(Inline("link", 24, 30, "https://a.org"), text=text), target="ru")
    (inline,) = found.article.inlines
    assert (found.article.text[inline.start : inline.end], inline.target) == ("Москву", "https://a.org")
    assert found.translations[0].checks == ()


def test_markup_without_a_place_is_flagged():
    text = "The minister arrived in Moscow on Monday."
    made, _ = translator(lambda *_asked: "Да.")
    found = made.translate_article(marked(Inline("strong", 24, 30), text=text), target="ru")
    kept = [found.article.text[one.start : one.end] for one in found.article.inlines]
    assert kept or "markup" in {check.kind for check in found.translations[0].checks}


def test_code_blocks_come_back_byte_for_byte():
    text = "Prices rose, the office said.\n\nfor x in y:\n    print(x)  # two. three."
    blocks = (Block("paragraph", 0, 29), Block("code", 31, len(text)))
    made, engine = translator(lambda asked, _: RUSSIAN[asked])
    found = made.translate_article(Article(text, "en", None, blocks), target="ru")
    assert found.article.text.endswith("for x in y:\n    print(x)  # two. three.")
    assert [request.text for request in engine.asked] == ["Prices rose, the office said."]


@pytest.mark.parametrize("target", ["ru", "zh"])
def test_code_blocks_come_back_byte_for_byte_in_every_form(target):
    code = "    def f(x):\n        # First. Then.\n        return x\n\n\n    y = f(2)"
    made, _ = translator(lambda *_asked: "Цены выросли." if target == "ru" else "物价上涨了。")
    source = read_markdown(f"Prices rose, the office said.\n\n```\n{code}\n```\n", language="en")
    article = made.translate_article(source, target=target).article
    again = (
        read_markdown(to_markdown(article), language=target),
        read_html(to_html(article), language=target),
        from_json(to_json(Result(now(), make_versions([article], ["translation"])))).versions[0].article,
    )
    for each in (article, *again):
        assert [each.text[b.start : b.end] for b in each.blocks if b.kind == "code"] == [code]
    assert to_plain(article).endswith(f"\n\n{code}\n")


def test_signature_says_what_was_asked_of_the_translations():
    made, _ = translator(lambda asked, _: RUSSIAN[asked])
    found = made.translate_article(marked(text="Prices rose, the office said."), target="ru")
    assert found.signature["attempts"] == str(RetryPolicy().attempts)
    assert found.signature["checks"] == "on"
    assert re.fullmatch(r"en-ru", found.signature["route"])
