"""Whatever JSON a server answers with, a translation comes to its end."""

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from common.chat.client import Client, ServerError
from common.chat.options import ServerOptions
from translate.engines.server.engine import ServerEngine, fingerprint
from translate.engines.server.loading import ServerLoader
from translate.engines.server.payloads import PayloadWriter, ServedModel, list_served, profile_of, version_of
from translate.models.requests import ChatRequest, Turn
from translate.types import DecodeOptions

KEY = "sk-0123456789abcdef"
CHARACTERS = st.characters(exclude_categories=())  # halves of surrogate pairs, too
NUMBERS = st.one_of(st.integers(), st.floats(), st.sampled_from([10**400, -(10**400), math.nan, math.inf]))
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, st.text(CHARACTERS, max_size=20)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(CHARACTERS, max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
GOOD: dict[str, Any] = {
    "choices": [{
        "message": {"role": "assistant", "content": "ХОРОШО"},
        "finish_reason": "stop",
        "logprobs": {"content": [{"token": "Х", "logprob": -0.5}]},
    }],
    "system_fingerprint": "b1",
    "usage": {"total_tokens": 3},
}  # fmt: skip


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Give the place of everything in a piece of JSON."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from places(inner, (*path, key))


def put(value: Any, path: tuple[str | int, ...], new: Any) -> Any:
    """Return a piece of JSON with something else at a place."""
    if not path:
        return new
    made = dict(value) if isinstance(value, dict) else list(value)
    made[path[0]] = put(value[path[0]], path[1:], new)
    return made


class FakeClient(Client):
    """A client that gets one answer, or another one for some words."""

    def __init__(self, answer: Any, others: Mapping[str, Any] | None = None) -> None:
        super().__init__(
            ServerOptions("http://127.0.0.1:1/v1", workers=1), role="server", key_variable="TOLMACH_SERVER_KEY"
        )
        self.answer, self.others = answer, others or {}

    def post(self, _path: str, body: Mapping[str, Any]) -> Any:
        return self.others.get(body["messages"][-1]["content"], self.answer)

    def get(self, _path: str, *, attempts: int | None = None) -> Any:
        del attempts
        return self.answer

    def cancel(self) -> None:
        pass


WORDS = ("one", "two", "three")


def generate(answer: Any, others: Mapping[str, Any] | None = None, *, count: int = 3) -> list[Any]:
    served = ServedModel("model", others=("model",) if count > len(WORDS) else ())
    engine = ServerEngine(FakeClient(answer, others), PayloadWriter(served))
    requests = [ChatRequest((Turn("user", text),), text) for text in (*WORDS, *"de")[:count]]
    found = engine.generate(requests, options=DecodeOptions())
    json.dumps(engine.signature(), ensure_ascii=False).encode()  # no halves of pairs
    return found


ODD = st.tuples(st.sampled_from(list(places(GOOD))), JSON)


@given(ODD, st.sampled_from(WORDS))
@example((("choices", 0, "message", "content"), "\ud800"), "two")
@example((("choices", 0, "logprobs", "content", 0, "logprob"), 10**400), "one")
def test_an_odd_answer_leaves_the_others_as_they_are(odd: tuple[Any, Any], words: str) -> None:
    found = generate(GOOD, {words: put(GOOD, *odd)})
    assert [one.text for one, text in zip(found, WORDS, strict=True) if text != words] == ["ХОРОШО"] * 2
    for one in found:
        one.text.encode()


@given(ODD)
def test_a_server_that_answers_oddly_for_ever_translates_or_is_an_error(odd: tuple[Any, Any]) -> None:
    try:
        found = generate(put(GOOD, *odd))
    except ServerError as error:
        found = [error] * 3
    assert len(found) == 3


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("a\ud800b", "a\N{REPLACEMENT CHARACTER}b"),
        ("a\x00\x1b[2Jb", "a\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}[2Jb"),
        ([{"type": "text", "text": "a"}, {"type": "image"}, {"type": "text", "text": "b"}], "ab"),
    ],
)
def test_the_text_of_an_answer_is_text(content: object, text: str) -> None:
    assert generate(put(GOOD, ("choices", 0, "message", "content"), content))[0].text == text


def test_an_answer_far_too_long_is_cut_and_counts_as_cut() -> None:
    found = generate(put(GOOD, ("choices", 0, "message", "content"), "слово " * 700_000))[0]
    assert not found.finished
    assert len(found.text) < 3000


@pytest.mark.parametrize(
    "reason",
    ["length", "content_filter", "abort", "error", "model_length", "MAX_TOKENS", "tool_calls", "new", {"a": 1}],
)
def test_an_answer_that_something_else_ended_counts_as_cut(reason: object) -> None:
    assert not generate(put(GOOD, ("choices", 0, "finish_reason"), reason))[0].finished


@pytest.mark.parametrize("reason", ["stop", "STOP", "end_turn", "eos_token", "", None])
def test_an_answer_that_ended_by_itself_is_whole(reason: object) -> None:
    assert generate(put(GOOD, ("choices", 0, "finish_reason"), reason))[0].finished


def test_a_model_that_says_nothing_for_ever_is_an_error() -> None:
    silent = put(GOOD, ("choices", 0, "message", "content"), None)
    assert [one.text for one in generate(GOOD, {"two": silent})] == ["ХОРОШО", "", "ХОРОШО"]
    with pytest.raises(ServerError, match="not a completion"):
        generate(silent, count=5)


@pytest.mark.parametrize("message", [
    {"content": ""}, {"content": " \n" * 99}, {"content": "<think>Hm"}, {"content": "<think>Hm</think>\n"},
    {"content": None, "reasoning_content": "Hm"},
])  # fmt: skip
def test_a_model_that_answers_without_a_text_for_ever_is_an_error(message: dict[str, Any]) -> None:
    empty = put(GOOD, ("choices", 0, "message"), message)
    with pytest.raises(ServerError, match="answers without a text, 5 times in a row"):
        generate(empty, count=5)
    assert [one.text for one in generate(empty, {"two": GOOD}, count=5)] == ["", "ХОРОШО", "", "", ""]


def test_texts_that_get_no_answer_in_any_attempt_cost_the_others_nothing() -> None:
    empty = put(GOOD, ("choices", 0, "message", "content"), "")
    engine = ServerEngine(FakeClient(GOOD, {"two": empty, "three": empty}), PayloadWriter(ServedModel("m")))
    requests = [ChatRequest((Turn("user", text),), text) for text in WORDS]
    assert engine.generate(requests, options=DecodeOptions())[0].text == "ХОРОШО"
    for _ in range(5):
        assert [one.text for one in engine.generate(requests[1:], options=DecodeOptions())] == ["", ""]


@pytest.mark.parametrize("content", ["", None, "<think>Hm"])
def test_what_got_no_text_counts_as_cut_where_it_is_a_part_of_a_sentence(content: object) -> None:
    silent = put(GOOD, ("choices", 0, "message", "content"), content)
    assert [one.finished for one in generate(GOOD, {"two": silent})] == [True, False, True]


@pytest.mark.parametrize(
    ("answer", "source", "text"),
    [
        (
            "Модель печатает </think>, когда завершит.",
            "It prints </think> when done.",
            "Модель печатает </think>, когда завершит.",
        ),
        ("<think>Hm</think>Модель печатает </think>.", "It prints </think>.", "Модель печатает </think>."),
        ("<think> и </think> — метки.", "<think> and </think> are marks.", "<think> и </think> — метки."),
        ("Модель печатает <think>.", "It prints <think>.", "Модель печатает <think>."),
        ("Hm.</think>День", "Day", "День"),
        ("<think>Hm.</think>День", "Day", "День"),
        ("<think></think><think>Hm", "Day", ""),
        ("День", "Day", "День"),
    ],
)
def test_marks_of_reasoning_in_the_source_are_no_reasoning(answer: str, source: str, text: str) -> None:
    engine = ServerEngine(FakeClient(put(GOOD, ("choices", 0, "message", "content"), answer)),
                          PayloadWriter(ServedModel("m")))  # fmt: skip
    (found,) = engine.generate([ChatRequest((Turn("user", source),), source)], options=DecodeOptions())
    assert found.text == text


@pytest.mark.parametrize(
    ("gap", "kept"),
    [
        (" " * 9, " "),
        ("\N{NO-BREAK SPACE}" * 9, " "),
        (" " * 9 + "\n", "\n"),
        ("\r\n" + " " * 9, "\n"),
        ("\n" * 60_000, "\n\n"),
        (" " * 7, " " * 7),
        ("\n", "\n"),
    ],
)
def test_long_white_space_of_an_answer_is_shortened(gap: str, kept: str) -> None:
    answer = put(GOOD, ("choices", 0, "message", "content"), f"{gap}Паром{gap}пойдёт{gap}")
    assert generate(answer)[0].text == f"Паром{kept}пойдёт"


LISTED: dict[str, Any] = {
    "data": [{"id": "a", "owned_by": "vllm", "root": "r", "max_model_len": 9, "meta": {"n_ctx": 9, "size": 1}}]
}


@given(st.tuples(st.sampled_from(list(places(LISTED))), JSON))
def test_an_odd_list_gives_models_that_can_be_named(odd: tuple[Any, Any]) -> None:
    listed = put(LISTED, *odd)
    loader = ServerLoader("auto", ServerOptions("http://127.0.0.1:1/v1"))
    loader._client = FakeClient(listed)
    try:
        spec, facts = loader.identified(), loader.identity(("en", "ru"))
        signature = loader.engine(("en", "ru")).signature()
    except ServerError:
        return
    shown = json.dumps([spec.name, dict(facts), signature], ensure_ascii=False)
    shown.encode()
    assert len(shown) < 10_000


@given(JSON)
def test_what_a_server_says_of_itself_is_one_short_line(said: object) -> None:
    named = (version_of(FakeClient(put({"version": 1}, ("version",), said)), profile_of("vllm")),
             fingerprint({"system_fingerprint": said}), fingerprint(said))  # fmt: skip
    for text in named:
        text.encode()
        assert len(text) <= 200
        assert text.isprintable() or "\N{REPLACEMENT CHARACTER}" in text or not text.isascii()


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("TOLMACH_SERVER_KEY", KEY)
    return KEY


def test_a_server_that_repeats_the_key_does_not_have_it_kept(key: str) -> None:
    answer = put(GOOD, ("choices", 0, "message", "content"), f"Ключ: {key}.") | {"system_fingerprint": key}
    assert generate(answer)[0].text == "Ключ: ***."
    assert fingerprint(answer) == "***"
    (served,) = list_served(FakeClient({"data": [{"id": f"m-{key}", "root": key}]}))
    assert served.name == f"m-{key}"  # what the server has to be told
    assert key not in f"{served.label}{served.details}"
    loader = ServerLoader("auto", ServerOptions("http://127.0.0.1:1/v1"))
    loader._client = FakeClient({"data": [{"id": f"m-{key}"}]})
    facts, engine = loader.identity(("en", "ru")), loader.engine(("en", "ru"))
    assert key not in f"{loader.identified().name}{facts}{engine.signature()}"


@pytest.mark.parametrize("part", [slice(1, None), slice(None, -1), slice(3, 15)])
def test_an_answer_that_repeats_most_of_the_key_does_not_have_it_kept(key: str, part: slice) -> None:
    answer = put(GOOD, ("choices", 0, "message", "content"), f"Ключ: {key[part]}.")
    assert generate(answer)[0].text == "Ключ: ***."


def test_a_word_of_an_article_that_is_part_of_a_key_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOLMACH_SERVER_KEY", "sk-national-desk")
    answer = put(GOOD, ("choices", 0, "message", "content"), "A national ollama")
    assert generate(answer)[0].text == "A national ollama"
