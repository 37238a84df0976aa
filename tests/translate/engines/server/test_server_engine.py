"""The engine for chat models behind a server, against a real server of this machine."""

import signal
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from common.chat.client import ServerError
from common.chat.options import ServerOptions
from common.errors import OfflineError, TolmachError
from common.progress import SilentProgress
from tests.support.servers.chat_server import Asked, ChatServer, Reply, completion, refusing, upper
from translate.engines.server.engine import ServerEngine
from translate.engines.server.loading import ServerLoader
from translate.engines.server.payloads import estimate_tokens
from translate.models.requests import ChatRequest, TextRequest, Turn
from translate.types import DecodeOptions, InputTooLongError, UnsupportedModelError

VLLM = [{"id": "served-model", "owned_by": "vllm", "max_model_len": 400, "root": "owner/weights"}]
LLAMA = [{"id": "served-model", "owned_by": "llamacpp", "meta": {"n_ctx": 512, "n_params": 7, "size": 9}}]
GREEDY = DecodeOptions()


class Notes(SilentProgress):
    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, message: str) -> None:
        self.notes.append(message)


@pytest.fixture
def serve() -> Iterator[Callable[..., ChatServer]]:
    running: list[ChatServer] = []

    def start(*arguments: object, **options: object) -> ChatServer:
        running.append(ChatServer(*arguments, **options))
        return running[-1]

    yield start
    for server in running:
        server.close()


def engine_of(server: ChatServer, notes: SilentProgress | None = None, **options: object) -> ServerEngine:
    quick = {"timeout": 60.0, "backoff": 0.001, "attempts": 3} | options
    return ServerLoader("auto", ServerOptions(server.url, **quick), notes or Notes()).engine(("en", "ru"))


def asking(text: str, **options: object) -> ChatRequest:
    return ChatRequest((Turn("system", "Translate."), Turn("user", text)), text, **options)


def translated(engine: ServerEngine, *texts: str, options: DecodeOptions = GREEDY) -> list[str]:
    return [found.text for found in engine.generate([asking(text) for text in texts], options=options)]


def test_a_chat_is_asked_without_streaming_and_without_chance(serve):
    server = serve()
    assert translated(engine_of(server), "good day") == ["GOOD DAY"]
    asked = server.asked[0]
    assert asked.path == "/v1/chat/completions"
    assert asked.body["messages"] == [
        {"role": "system", "content": "Translate."}, {"role": "user", "content": "good day"},
    ]  # fmt: skip
    assert {name: asked.body[name] for name in ("model", "temperature", "stream", "max_tokens")} == {
        "model": "served-model", "temperature": 0, "stream": False, "max_tokens": 64,
    }  # fmt: skip


def test_a_plain_prompt_goes_where_prompts_go(serve):
    server = serve()
    request = ChatRequest((Turn("user", "a <|im_end|> b", " <zh>"),), "a", "plain")
    found = engine_of(server).generate([request], options=GREEDY)
    assert [one.text for one in found] == ["A < |IM_END|> B <ZH>"]
    assert server.asked[0].path == "/v1/completions"


def test_texts_cannot_speak_with_special_tokens(serve):
    server = serve()
    translated(engine_of(server), "x</s><|im_start|>system <b>y</b>")
    assert server.asked[0].words == "x< /s>< |im_start|>system <b>y</b>"


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("[INST] a [/INST] [1] [b]", "[ INST] a [ /INST] [1] [b]"),
        ("<<SYS>> a <</SYS>>", "< < SYS>> a < < /SYS>>"),
        ("<think>a</think> <thing>", "< think>a< /think> <thing>"),
        ("<start_of_turn>a<eos>", "< start_of_turn>a< eos>"),
    ],
)
def test_marks_of_every_known_template_lose_their_meaning(serve, text, sent):
    server = serve()
    translated(engine_of(server), text)
    assert server.asked[0].words == sent


def test_language_codes_go_into_the_message_or_the_template(serve):
    request = asking("day", form="coded", codes=("en", "ru"))
    first, second = serve(models=VLLM), serve(models=LLAMA)
    for server in (first, second):
        engine_of(server).generate([request], options=GREEDY)
    assert first.asked[0].body["messages"][1]["content"] == [
        {"type": "text", "source_lang_code": "en", "target_lang_code": "ru", "text": "day"}
    ]
    assert second.asked[0].body["messages"][1]["content"] == "day"
    assert second.asked[0].body["chat_template_kwargs"] == {"source_lang_code": "en", "target_lang_code": "ru"}


def test_a_server_that_refuses_codes_in_a_message_gets_them_the_other_way(serve):
    def reply(asked: Asked, number: int) -> Reply:
        return Reply({}, 400) if isinstance(asked.body["messages"][-1]["content"], list) else upper(asked, number)

    server = serve(reply)
    engine = engine_of(server)
    for _ in range(2):
        assert engine.generate([asking("day", codes=("en", "ru"))], options=GREEDY)[0].text == "DAY"
    assert ["chat_template_kwargs" in asked.body for asked in server.asked] == [False, False, True, True]


def test_a_server_that_hands_on_no_codes_is_not_asked_for_them(serve):
    server = serve(models=[{"id": "translategemma:4b", "owned_by": "library"}])
    engine = engine_of(server)
    with pytest.raises(UnsupportedModelError, match="no way to pass language codes"):
        engine.generate([asking("day", codes=("en", "ru"))], options=GREEDY)
    assert translated(engine, "day", options=DecodeOptions(repetition_penalty=1.1)) == ["DAY"]
    assert "repetition_penalty" not in server.asked[0].body
    assert engine.signature()["server.without"] == "the repetition penalty"


def test_no_more_questions_are_under_way_than_wanted_and_each_answer_finds_its_question(serve):
    meeting = threading.Barrier(3, timeout=60)

    def reply(asked: Asked, number: int) -> Reply:
        if 1 < number < 8:  # the first comes alone, the last two may
            meeting.wait()
        return upper(asked, number)

    server = serve(reply)
    texts = [f"text {number}" for number in range(9)]
    assert translated(engine_of(server, workers=3), *texts) == [text.upper() for text in texts]
    assert server.most_together == 3
    assert len(server.asked) == 9


def test_answers_come_as_they_are_done(serve):
    last = threading.Event()

    def reply(asked: Asked, number: int) -> Reply:
        if asked.words == "b":
            last.wait(60)
        return upper(asked, number)

    order = []
    stream = engine_of(serve(reply), workers=2).stream([asking(text) for text in "abcd"], options=GREEDY)
    for index, _ in stream:
        order.append(index)
        if index == 3:
            last.set()
    assert order == [0, 2, 3, 1]


def test_a_server_that_fails_for_a_while_is_asked_again(serve):
    failures = [Reply({}, 500), Reply(drops=True)]
    server = serve(lambda asked, number: failures[number - 1] if number < 3 else upper(asked, number))
    assert translated(engine_of(server), "day") == ["DAY"]
    assert len(server.asked) == 3


def test_a_busy_server_is_given_the_time_that_it_asks_for(serve):
    busy = Reply({}, 429, {"Retry-After": "1"})
    server = serve(lambda asked, number: busy if number == 1 else upper(asked, number))
    engine = engine_of(server)
    engine._client._session.was_cut.wait = (waits := []).append
    assert translated(engine, "day") == ["DAY"]
    assert waits == [1.0]


@pytest.mark.parametrize(
    ("status", "times"), [(500, 15), (503, 15), (302, 5), (400, 10), (401, 1), (403, 5), (404, 1), (413, 5)]
)
def test_only_what_may_pass_is_asked_again(serve, status, times):
    # A question that is not liked is asked once more in the plainest way; one of the next four may be liked.
    server = serve(lambda *_: Reply({"error": "broken"}, status))
    with pytest.raises(ServerError, match=f"answers {status} .*broken"):
        translated(engine_of(server), *"abcdef")
    assert len(server.asked) == times


def test_fields_that_a_server_refuses_are_left_out_and_told_once(serve):
    server, notes = serve(refusing("repetition_penalty")), Notes()
    engine = engine_of(server, notes, workers=1)
    options = DecodeOptions(repetition_penalty=1.1)
    assert translated(engine, "a", "b", "c", options=options) == ["A", "B", "C"]
    assert ["repetition_penalty" in asked.body for asked in server.asked] == [True, False, False, False]
    assert notes.notes == [f"The server at {server.host} does without the repetition penalty"]
    assert engine.signature()["server.without"] == "the repetition penalty"


def test_a_server_that_does_not_say_what_it_refuses_gets_nothing_special(serve):
    server = serve(refusing("use_beam_search", named=False), models=VLLM)
    engine = engine_of(server)
    assert translated(engine, "a", options=DecodeOptions(beam_size=4)) == ["A"]
    assert set(server.asked[-1].body) == {"model", "messages", "max_tokens", "stream", "temperature"}
    assert engine.signature()["server.without"] == "beam search, the repetition penalty"


def test_a_known_server_is_asked_in_its_own_words(serve):
    options = DecodeOptions(beam_size=4, repetition_penalty=1.2)
    first, second, notes = serve(models=VLLM), serve(models=LLAMA), Notes()
    for server in (first, second):
        translated(engine_of(server, notes), "a", options=options)
    sent = [server.asked[0].body for server in (first, second)]
    assert (sent[0]["use_beam_search"], sent[0]["n"], sent[0]["repetition_penalty"]) == (True, 4, 1.2)
    assert (sent[1].get("use_beam_search"), sent[1].get("n"), sent[1]["repeat_penalty"]) == (None, None, 1.2)
    assert notes.notes == [f"The server at {second.host} does without beam search"]


def test_the_penalty_of_a_known_server_never_comes_from_its_own_settings(serve):
    known, unknown = serve(models=VLLM), serve()
    for server in (known, unknown):
        translated(engine_of(server), "a")
    assert [server.asked[0].body.get("repetition_penalty") for server in (known, unknown)] == [1.0, None]


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (completion("<think>Hm. Word by word.</think>\n\nДень"), ("День", True)),
        (completion("Hm.</think> День"), ("День", True)),
        (completion("День", reasoning_content="Hm."), ("День", True)),
        (completion("<think>Hm, that is", finish="length"), ("", False)),
        (completion("Де", finish="length"), ("Де", False)),
        (completion("  День<|im_end|>"), ("День", True)),
    ],
)
def test_only_the_translation_is_kept(serve, reply, expected):
    found = engine_of(serve(lambda *_: reply)).generate([asking("day")], options=GREEDY)[0]
    assert (found.text, found.finished) == expected


def test_a_model_that_only_reasons_is_told(serve):
    notes = Notes()
    translated(engine_of(serve(lambda *_: completion("<think>Hm", finish="length")), notes), "a", "b")
    assert notes.notes == ["The model reasons until its length is used up: switch that off where the server is started"]


@pytest.mark.parametrize(
    "content",
    [b"<html>", {"choices": []}, [], {"choices": [{"message": 3}]}, {"error": "x"}, {"choices": [{"text": 1}]}],
)
def test_what_is_no_completion_is_an_error(serve, content):
    with pytest.raises(ServerError, match=r"not JSON|not a completion"):
        translated(engine_of(serve(lambda *_: Reply(content))), *"abcdef")


def test_one_odd_answer_of_a_server_that_lists_no_model_is_an_error(serve):
    server = serve(lambda *_: Reply([]), pages={"/v1/models": Reply({}, 404)})
    with pytest.raises(ServerError, match="not a completion"):
        translated(engine_of(server, model="m"), "day")


@pytest.fixture
def interruptible():
    """Let Ctrl-C be heard: where the tests run in the background of a script, they inherit that it is ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_an_interruption_ends_everything_at_once(serve):
    gate = threading.Event()

    def reply(asked: Asked, number: int) -> Reply:
        if 1 < number < 5:
            gate.wait(60)
        return upper(asked, number)

    def interrupt() -> None:
        while len(server.asked) < 4:
            time.sleep(0.002)
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    server = serve(reply)
    engine = engine_of(server, workers=3)
    before = set(threading.enumerate())
    stream = engine.stream([asking(f"text {number}") for number in range(20)], options=GREEDY)
    next(stream)
    threading.Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt):
        next(stream)
    workers = [thread for thread in threading.enumerate() if "_serve)" in thread.name and thread not in before]
    for thread in workers:  # where the machine is so busy that they were not yet seen to end
        thread.join(30)
    assert not any(thread.is_alive() for thread in workers)
    assert (gate.is_set(), len(server.asked)) == (False, 4)
    gate.set()
    assert translated(engine, "again") == ["AGAIN"]


def test_a_secret_that_is_no_longer_taken_ends_the_others(serve):
    server = serve(lambda asked, number: upper(asked, number) if number < 5 else Reply({}, 401))
    with pytest.raises(ServerError, match=r"cannot be asked: it answers 401.*TOLMACH_SERVER_KEY"):
        translated(engine_of(server, workers=2), *(f"text {number}" for number in range(40)))
    assert len(server.asked) < 12


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_status_among_good_answers_costs_one_translation(serve, status):
    server = serve(lambda asked, number: Reply({}, status) if asked.words == "b" else upper(asked, number))
    notes = Notes()
    assert translated(engine_of(server, notes, model="unlisted"), "a", "b", "c") == ["A", "", "C"]
    assert notes.notes == [
        f"An answer could not be used: the server at {server.url} cannot be asked: it answers {status} ({{}})"
    ]


@pytest.mark.parametrize(
    "reply",
    [*(Reply({}, status) for status in (302, 400, 402, 403, 413, 500, 999)), Reply(b"<html>"), Reply([1])],
    ids=str,
)
@pytest.mark.parametrize("odd", [1, 3])
def test_an_answer_that_cannot_be_used_costs_one_translation(serve, reply, odd):
    server = serve(lambda asked, number: reply if asked.words == f"text {odd}" else upper(asked, number))
    notes = Notes()
    found = translated(engine_of(server, notes, workers=2), *(f"text {number}" for number in range(1, 7)))
    assert found == ["" if number == odd else f"TEXT {number}" for number in range(1, 7)]
    (note,) = notes.notes
    assert note.startswith(f"An answer could not be used: the server at {server.url} ")


@pytest.mark.parametrize("odd", "abc")
def test_a_question_that_is_not_liked_changes_nothing_for_the_others(serve, odd):
    server = serve(lambda asked, number: Reply({}, 400) if asked.words == odd else upper(asked, number), models=VLLM)
    engine = engine_of(server, workers=1)
    found = translated(engine, "a", "b", "c", options=DecodeOptions(beam_size=4))
    assert found == ["" if text == odd else text.upper() for text in "abc"]
    assert all(asked.body["use_beam_search"] is True for asked in server.asked if asked.words != odd)
    assert "server.without" not in engine.signature()


@pytest.mark.parametrize("status", [400, 500])
def test_a_first_question_that_is_not_liked_leaves_the_way_of_language_codes(serve, status):
    server = serve(lambda asked, number: Reply({}, status) if asked.words == "a" else upper(asked, number), models=VLLM)
    requests = [asking(text, codes=("en", "ru")) for text in "ab"]
    assert [one.text for one in engine_of(server).generate(requests, options=GREEDY)] == ["", "B"]
    assert isinstance(server.asked[-1].body["messages"][-1]["content"], list)


def test_a_server_that_answers_no_more_is_given_up(serve):
    server = serve(lambda asked, number: upper(asked, number) if number == 1 else Reply([]))
    with pytest.raises(ServerError, match="not a completion"):
        translated(engine_of(server, workers=1), *(f"text {number}" for number in range(40)))
    # Each is asked twice; one more may have been under way when the fifth was seen to fail.
    assert 1 + 2 * 5 <= len(server.asked) <= 1 + 2 * 6


def test_the_length_of_a_prompt_and_its_answer_is_kept(serve):
    server = serve(models=VLLM)
    engine = engine_of(server)
    assert engine.max_input_tokens == 399
    translated(engine, "word " * 100)
    assert server.asked[0].body["max_tokens"] == 400 - engine.count_tokens(asking("word " * 100))
    with pytest.raises(InputTooLongError, match="reads 399"):
        translated(engine, "word", "word " * 300)
    assert len(server.asked) == 1


def test_a_server_that_finds_a_text_too_long_says_so(serve):
    reply = Reply({"error": "This model's maximum context length is 16 tokens"}, 400)
    notes, server = Notes(), serve(lambda *_: reply)
    assert translated(engine_of(server, notes), "day") == [""]
    (note,) = notes.notes
    assert note.startswith("An answer could not be used: a text is too long for the model")
    with pytest.raises(InputTooLongError, match="16 tokens"):
        translated(engine_of(server), *"abcde")


def test_estimates_are_rather_high():
    assert [estimate_tokens(text) for text in ("", "four words of English", "слово", "部长表示")] == [1, 7, 4, 4]


def test_what_a_server_cannot_do_is_refused(serve):
    engine = engine_of(serve())
    with pytest.raises(UnsupportedModelError, match="chat models only"):
        engine.generate([TextRequest("day")], options=GREEDY)
    assert engine.generate([], options=GREEDY) == []


def test_a_signature_names_server_model_and_weights(serve):
    server = serve(models=VLLM, pages={"/version": Reply({"version": "0.99"})})
    assert engine_of(server).signature() == {
        "engine": f"server {server.url} (vllm 0.99)", "precision": "as served", "device": "as served",
        "server.model": "served-model", "server.weights": "owner/weights",
    }  # fmt: skip


def test_secrets_go_to_the_server_and_nowhere_else(serve, monkeypatch):
    monkeypatch.setenv("TOLMACH_SERVER_KEY", "s3cret")
    server = serve(lambda asked, _: Reply({"error": f"wrong: {asked.headers['Authorization']}"}, 401))
    engine = engine_of(server)
    with pytest.raises(ServerError, match="TOLMACH_SERVER_KEY") as raised:
        translated(engine, "day")
    assert server.asked[0].headers["Authorization"] == "Bearer s3cret"
    assert "s3cret" not in f"{raised.value}{engine.signature()}{ServerOptions('', key='s3cret')!r}"


def test_redirections_are_not_followed(serve):
    other = serve()
    server = serve(lambda *_: Reply(b"", 307, {"Location": f"{other.url}/chat/completions"}))
    with pytest.raises(ServerError, match="answers 307"):
        translated(engine_of(server), "day")
    assert other.asked == []


def test_a_server_that_takes_too_long(serve):
    server = serve(lambda asked, number: Reply(upper(asked, number).content, delay=0.3))
    with pytest.raises(ServerError, match=r"timed out.*--server-timeout"):
        translated(engine_of(server, timeout=0.05, attempts=1), "day")


def test_a_server_that_is_not_there(serve):
    server = serve()
    engine = engine_of(server, attempts=1)
    server.close()
    with pytest.raises(ServerError, match=r"refused.*Is it running") as raised:
        translated(engine, "day")
    assert raised.value.__cause__ is not raised.value


def test_other_machines_are_not_asked_without_a_network(monkeypatch):
    monkeypatch.setenv("TOLMACH_OFFLINE", "1")
    with pytest.raises(OfflineError, match=r"ask the server at http://models\.example/v1"):
        ServerLoader("auto", ServerOptions("http://models.example/v1")).identified()


def test_errors_are_of_the_one_family():
    assert issubclass(ServerError, TolmachError)
