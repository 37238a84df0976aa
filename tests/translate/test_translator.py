"""Sentences and articles through a translator, with an engine that does what the test says."""

import json
import math
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from common.errors import UsageError
from common.progress import SilentProgress
from corpora.article import Article
from corpora.samples import load_sample, sample_bitexts
from translate.examples import load_pool
from translate.memory.cache import TranslationMemory
from translate.memory.translation_memory import parse_user_memory
from translate.models.prompts import Prompt
from translate.models.specs import LocalSource, ModelSpec
from translate.options import ArticleOptions, RetryPolicy
from translate.pipeline.directions import DirectionRunner
from translate.translator import Translator
from translate.types import DecodeOptions

from tests.support.models.fake_engine import FakeEngine  # isort: skip - beside this file, found by pytest

THROUGH_ENGLISH = (("en", "ru"), ("ru", "en"), ("en", "zh"), ("zh", "en"))
T5 = ModelSpec("tiny", "t5", LocalSource(Path()), licence="Apache-2.0", prefix="to {target}: ")


BARE = ArticleOptions(checks=None, typography=None)
"""Neither checks nor house style: what the engine says is what comes out."""


def make(
    engine: FakeEngine, spec: ModelSpec = T5, *, memory=None, decode=None, examples=None, options=BARE
) -> Translator:
    runner = DirectionRunner(
        spec,
        lambda _direction: engine,
        lambda _direction: {"revision": "r1"},
        decode or DecodeOptions(),
        memory,
        examples or 0,
    )
    return Translator(runner, options=options)


def with_directions(*directions):
    return ModelSpec("pivoting", "marian", LocalSource(Path()), directions=directions)


def test_translations_keep_the_order():
    found = make(FakeEngine()).translate(["one", "two", "three"], source="en", target="ru")
    assert [one.text for one in found] == ["ONE", "TWO", "THREE"]
    assert {one.route for one in found} == {("en", "ru")}


def test_empty_sentences_are_not_sent_to_the_model():
    engine = FakeEngine()
    found = make(engine).translate(["one", " \n", "two"], source="en", target="ru")
    assert [one.text for one in found] == ["ONE", "", "TWO"]
    assert [request.text for request in engine.asked] == ["one", "two"]


def test_equal_sentences_are_translated_once():
    engine = FakeEngine()
    assert len(make(engine).translate(["one", "one"], source="en", target="ru")) == 2
    assert len(engine.asked) == 1


def test_odd_spaces_do_not_reach_the_model():
    engine = FakeEngine()
    make(engine).translate(["one\N{NO-BREAK SPACE}and\n  two"], source="en", target="ru")
    assert engine.asked[0].text == "one and two"


def test_pivot_translates_twice_and_names_its_route():
    engine = FakeEngine(lambda text: f"<{text}>")
    (found,) = make(engine, with_directions(*THROUGH_ENGLISH)).translate(["слово"], source="ru", target="zh")
    assert (found.text, found.route) == ("<<слово>>", ("ru", "en", "zh"))


DETOUR = ModelSpec("chat", "marian", LocalSource(Path()), detours={("zh", "ru"): "en"})


@pytest.mark.parametrize(
    ("source", "target", "via", "route"),
    [
        ("zh", "ru", None, ("zh", "en", "ru")),
        ("zh-Hant", "ru", None, ("zh-Hant", "en", "ru")),
        ("zh", "ru", "ru", ("zh", "ru")),
        ("ru", "zh", None, ("ru", "zh")),
        ("ru", "zh", "en", ("ru", "en", "zh")),
    ],
)
def test_detour_of_the_model_is_taken_unless_the_direct_way_is_asked_for(source, target, via, route):
    runner = DirectionRunner(DETOUR, lambda _: FakeEngine(), lambda _: {})
    assert Translator(runner, via=via, options=BARE).route(source, target) == route


def test_whole_documents_take_no_detour():
    runner = DirectionRunner(DETOUR, lambda _: FakeEngine(), lambda _: {})
    assert Translator(runner, options=ArticleOptions(document=True)).route("zh", "ru") == ("zh", "ru")


def test_a_cut_in_the_first_step_flags_the_result():
    engine = FakeEngine(lambda _text: "字。")
    checked = ArticleOptions(retry=RetryPolicy(attempts=1))
    translator = make(engine, with_directions(*THROUGH_ENGLISH), options=checked)
    (found,) = translator.translate(["слово…"], source="ru", target="zh")
    assert "cut" in [check.kind for check in found.checks]


def test_traditional_chinese_is_converted_for_a_model_that_does_not_know_it():
    (found,) = make(FakeEngine(lambda _text: "俄罗斯与西方对抗")).translate(["a"], source="en", target="zh-Hant")
    assert found.text == "俄羅斯與西方對抗"


def test_chat_model_is_shown_examples():
    chat = ModelSpec("chat", "chat", LocalSource(Path()), prompt=Prompt("{source} to {target}: {text}"))
    engine = FakeEngine()
    make(engine, chat, examples=3).translate(["A quite new sentence."], source="en", target="ru")
    assert [turn.role for turn in engine.asked[0].turns] == ["user", "assistant"] * 3 + ["user"]


def test_model_names_the_directions_in_which_it_is_shown_examples():
    chat = ModelSpec("chat", "chat", LocalSource(Path()), prompt=Prompt("{text}"), examples={("en", "zh"): 2})
    engine = FakeEngine()
    translator = Translator(DirectionRunner(chat, lambda _: engine, lambda _: {"revision": "r1"}), options=BARE)
    for target in ("zh", "zh-Hant", "ru"):
        translator.translate(["A quite new sentence."], source="en", target=target)
    assert [len(request.turns) for request in engine.asked] == [5, 5, 1]


@pytest.mark.parametrize("document", [False, True])
def test_text_is_no_example_for_itself_also_behind_a_pivot(document):
    pool = load_pool("en", "ru")
    name = pool.spread(1)[0].origin
    chat = ModelSpec("chat", "chat", LocalSource(Path()), prompt=Prompt("{text}"), examples={("en", "ru"): 3})
    engine = FakeEngine(lambda text: text)
    source, via = ("en", None) if document else ("zh", "en")
    runner = DirectionRunner(chat, lambda _: engine, lambda _: {"revision": "r1"})
    translator = Translator(runner, via=via, options=replace(BARE, document=document))
    translator.translate_article(load_sample(name, source), target="ru")
    shown = {turn.content for request in engine.asked for turn in request.turns[:-1]}
    assert shown
    assert not shown & {one.target for one in pool.examples if one.origin == name}


def test_second_run_asks_the_model_nothing(tmp_path):
    memory = TranslationMemory(tmp_path / "memory.sqlite")
    first, second = FakeEngine(), FakeEngine()
    before = make(first, memory=memory).translate(["one", "two"], source="en", target="ru")
    assert make(second, memory=memory).translate(["two", "one"], source="en", target="ru") == before[::-1]
    assert second.asked == []


def test_other_settings_are_not_confused(tmp_path):
    memory = TranslationMemory(tmp_path / "memory.sqlite")
    make(FakeEngine(), memory=memory).translate(["one"], source="en", target="ru")
    engine = FakeEngine()
    make(engine, memory=memory, decode=DecodeOptions(beam_size=4)).translate(["one"], source="en", target="ru")
    assert len(engine.asked) == 1


ROW = {"text": "ONE", "score": -0.5, "finished": True, "engine": {"engine": "e"}}


@pytest.mark.parametrize(
    "row",
    [
        "7", "null", "[]", "{}", "[" * 100_000, "{", '"x"', '{"text": "x"}', "1" * 5000,
        *(json.dumps(ROW | {name: one}) for name in ("text", "finished", "engine") for one in (3, None, [], {"a": 1})),
        json.dumps(ROW | {"text": "\ud800"}),
    ],
)  # fmt: skip
def test_a_damaged_row_is_made_again(tmp_path, row):
    path = tmp_path / "memory.sqlite"
    make(FakeEngine(), memory=TranslationMemory(path)).translate(["one"], source="en", target="ru")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE hypotheses SET value = ?", (row,))
    engine = FakeEngine()
    (found,) = make(engine, memory=TranslationMemory(path)).translate(["one"], source="en", target="ru")
    assert (found.text, len(engine.asked)) == ("ONE", 1)


@pytest.mark.parametrize("score", ["high", True, math.nan, 10**400, None])
def test_a_row_whose_score_is_none_has_none(tmp_path, score):
    path = tmp_path / "memory.sqlite"
    make(FakeEngine(), memory=TranslationMemory(path)).translate(["one"], source="en", target="ru")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE hypotheses SET value = ?", (json.dumps(ROW | {"score": score}),))
    engine = FakeEngine()
    (found,) = make(engine, memory=TranslationMemory(path)).translate(["one"], source="en", target="ru")
    assert (found.text, found.score, engine.asked) == ("ONE", None, [])


def test_an_empty_answer_is_not_remembered(tmp_path):
    memory = TranslationMemory(tmp_path / "memory.sqlite")
    make(FakeEngine(lambda _: ""), memory=memory).translate(["one"], source="en", target="ru")
    assert make(FakeEngine(), memory=memory).translate(["one"], source="en", target="ru")[0].text == "ONE"


def test_half_a_surrogate_pair_does_not_end_the_work(tmp_path):
    memory = TranslationMemory(tmp_path / "memory.sqlite")
    for engine in (FakeEngine(), FakeEngine()):
        assert make(engine, memory=memory).translate(["a\ud800"], source="en", target="ru")[0].text == "A\ud800"


def test_interrupted_work_goes_on_where_it_stopped(tmp_path):
    memory, sentences = TranslationMemory(tmp_path / "memory.sqlite"), [f"sentence {n}" for n in range(10)]
    with pytest.raises(KeyboardInterrupt):
        make(FakeEngine(stops_at=6), memory=memory).translate(sentences, source="en", target="ru")
    engine, notes = FakeEngine(), Notes()
    make(engine, memory=memory).translate(sentences, source="en", target="ru", progress=notes)
    assert [request.text for request in engine.asked] == sentences[6:]
    assert notes.said == ["6 of 10 sentences were already done"]


def test_a_model_without_context_says_that_the_option_has_no_effect():
    notes = Notes()
    options = replace(BARE, context=2)
    make(FakeEngine(), options=options).translate(["one"], source="en", target="ru", progress=notes)
    assert notes.said == ["tiny takes no preceding sentences: --context has no effect"]


class Notes(SilentProgress):
    """Keeps what it is told."""

    def __init__(self):
        self.said = []

    def note(self, message):
        self.said.append(message)


def test_a_sentence_gets_what_is_like_it_in_the_memory():
    own = parse_user_memory(("tmx", OWN))
    made = make(FakeEngine(), options=ArticleOptions(memory=own)).translate(
        ["Good morning.", "Good mornings.", "Bread."], source="en", target="ru"
    )
    assert [each.near and each.near.target for each in made] == [None, "Доброе утро.", None]


OWN = """<tmx version="1.4"><header srclang="en"/><body><tu><tuv xml:lang="en"><seg>Good morning.</seg></tuv>
<tuv xml:lang="ru"><seg>Доброе утро.</seg></tuv></tu></body></tmx>"""


def test_finished_sentences_are_kept_while_others_are_in_work(tmp_path, monkeypatch):
    monkeypatch.setattr("translate.pipeline.directions._KEEP_SECONDS", 0)
    memory, kept = TranslationMemory(tmp_path / "memory.sqlite"), []
    monkeypatch.setattr(memory, "put", lambda values: kept.append(len(values)))
    make(FakeEngine(), memory=memory).translate(["one", "two", "three"], source="en", target="ru")
    assert kept == [1, 1, 1]


def test_unknown_way_is_wrong_usage():
    with pytest.raises(UsageError, match="does not translate ru to zh"):
        make(FakeEngine(), with_directions(("ru", "en"))).translate(["x"], source="ru", target="zh")


def test_unknown_language_is_wrong_usage():
    with pytest.raises(UsageError, match="unknown language 'xx'"):
        make(FakeEngine()).translate(["x"], source="en", target="xx")


def test_article_keeps_blocks_and_names_what_made_it():
    source = Article.from_text("A short title\n\nOne is here. Two is there.\n\nThree ends it.", language="en")
    made = make(FakeEngine()).translate_article(source, target="ru")
    assert made.article.text == "A SHORT TITLE\n\nONE IS HERE. TWO IS THERE.\n\nTHREE ENDS IT."
    assert made.article.title == "A SHORT TITLE"
    assert made.signature["model"] == "tiny"
    assert made.signature["engine"] == "fake 1"
    assert made.signature["route"] == "en-ru"
    assert made.signature["licence"] == "Apache-2.0"


def test_warnings_repeat_what_the_registry_says():
    spec = ModelSpec(
        "m", "t5", LocalSource(Path()), licence="NC", restriction="no sale", quality_note="poor into Russian"
    )
    assert make(FakeEngine(), spec).warnings() == (
        "m: poor into Russian",
        "The licence of m (NC) restricts its use: no sale",
    )


def shown_to(engine: FakeEngine) -> set[str]:
    return {turn.content for request in engine.asked for turn in request.turns[:-1]}


def test_no_example_comes_from_the_article_in_any_step():
    directions = (("ru", "en"), ("en", "zh"))
    chat = ModelSpec(
        "chat", "chat", LocalSource(Path()), prompt=Prompt("{source} to {target}: {text}"), directions=directions
    )
    own = {bead for pair in (("ru", "en"), ("en", "zh")) for bead in sample_bitexts(*pair)["lavrov"].target}
    sentences = [sentence.text for sentence in load_sample("lavrov", "ru").sentences]
    engine = FakeEngine(lambda _text: "Something else altogether.")
    make(engine, chat, examples=200).translate(sentences, source="ru", target="zh")
    shown = shown_to(engine)
    assert len(shown) > 200
    assert not shown & own
