"""Which model of a server is asked, and how."""

from collections.abc import Callable, Iterator

import pytest

from common.chat.client import Client, ServerError
from common.chat.options import ServerOptions, parse_address
from common.errors import UsageError
from tests.support.servers.chat_server import ChatServer, Reply
from tests.translate.engines.server.test_server_engine import Notes
from translate.engines.server.loading import ServerLoader
from translate.engines.server.payloads import ServedModel, find_served, list_served
from translate.memory.cache import TranslationMemory
from translate.models.registry import find_model
from translate.models.requests import ChatRequest, Turn
from translate.pipeline.directions import DirectionRunner
from translate.types import DecodeOptions

RU_ZH = ("ru", "zh")


@pytest.fixture
def serve() -> Iterator[Callable[..., ChatServer]]:
    running: list[ChatServer] = []

    def start(*names: str, **options: object) -> ChatServer:
        models = [{"id": name, "owned_by": "vllm"} for name in names]
        running.append(ChatServer(models=models, **options))
        return running[-1]

    yield start
    for server in running:
        server.close()


def loader(server: ChatServer, name: str, notes: Notes | None = None, **options: object) -> ServerLoader:
    quick = {"attempts": 1, "timeout": 60.0} | options
    return ServerLoader(name, ServerOptions(server.url, **quick), notes or Notes())


@pytest.mark.parametrize("served", ["tencent/Hy-MT2-1.8B", "/models/Hy-MT2-1.8B-Q4_K_M.gguf", "hy-mt2-1.8b:latest"])
@pytest.mark.parametrize("asked", ["hy-mt2-1.8b", "hf:tencent/Hy-MT2-1.8B", "auto"])
def test_a_model_of_the_registry_is_found_and_asked_in_its_own_way(serve, served, asked):
    names = (served,) if asked == "auto" else ("other/model", served)
    one = loader(serve(*names), asked)
    assert one.identified() == find_model("hy-mt2-1.8b")
    assert one.engine(RU_ZH).signature()["server.model"] == served


def test_what_nobody_knows_gets_the_usual_prompt_and_no_licence(serve):
    spec = loader(serve("some/chat-model"), "chat-model").identified()
    assert (spec.name, spec.family, spec.licence) == ("server:some/chat-model", "chat", "")
    assert spec.restricted
    assert "professional news translator" in (spec.prompt_for(RU_ZH).system or "")


def test_the_only_model_is_taken_with_a_note_where_its_name_says_nothing(serve):
    notes = Notes()
    server = serve("our-translator")
    one = loader(server, "hy-mt2-1.8b", notes)
    assert one.identity(RU_ZH)["revision"] == "our-translator"
    assert notes.notes == [f"The server at {server.url} serves our-translator, which is asked as hy-mt2-1.8b is"]


def test_a_model_may_be_named_that_is_not_listed(serve):
    server = serve("listed")
    one = loader(server, "hy-mt2-1.8b", model="hidden")
    assert one.engine(RU_ZH).signature()["server.model"] == "hidden"
    unlisting = serve(pages={"/v1/models": Reply({}, 404)})
    assert loader(unlisting, "hy-mt2-1.8b", model="hidden").identity(RU_ZH)["revision"] == "hidden"


def test_the_server_is_asked_once_for_what_it_serves(serve):
    server = serve("tencent/Hy-MT2-1.8B")
    one = loader(server, "hy-mt2-1.8b")
    for direction in (RU_ZH, ("zh", "en")):
        assert one.engine(direction) is one.engine(RU_ZH)
        assert one.identity(direction) == {
            "revision": "tencent/Hy-MT2-1.8B", "engine": f"server {server.url}",
            "precision": "as served", "device": "as served",
        }  # fmt: skip
    assert server.fetched.count("/v1/models") == 1


@pytest.mark.parametrize(
    ("served", "model", "error", "words"),
    [
        (("a", "b"), "auto", UsageError, "several models.*a, b"),
        (("a", "b"), "hy-mt2-1.8b", UsageError, "several models.*--server-model: a, b"),
        (("a", "b"), "c", ServerError, "no model 'c'.*It serves a, b"),
        (("a",), "c", ServerError, "no model 'c'.*It serves a"),
        ((), "auto", ServerError, "lists no model.*--server-model NAME"),
    ],
)
def test_a_model_that_cannot_be_told_is_asked_for(serve, served, model, error, words):
    with pytest.raises(error, match=words):
        loader(serve(*served), model).identity(RU_ZH)


def test_an_unknown_model_is_told_with_those_that_are_there(serve):
    server = serve("a", "b")
    server.reply = lambda *_: Reply({"error": "does not exist"}, 404)
    one = loader(server, "hy-mt2-1.8b", model="c")
    with pytest.raises(ServerError, match=r"no model 'c'.*It serves a, b"):
        one.engine(RU_ZH).generate([ChatRequest((Turn("user", "x"),), "x")], options=DecodeOptions())


@pytest.mark.parametrize("page", [Reply(b"<html>"), Reply({"models": []}), Reply({"data": [3]}), Reply([])])
def test_a_list_that_is_none_is_an_error(serve, page):
    with pytest.raises(ServerError, match=r"not JSON|no list|lists no model"):
        loader(serve(pages={"/v1/models": page}), "auto").identified()


def test_models_that_are_no_chat_models_run_on_no_server(serve):
    with pytest.raises(UsageError, match="not a chat model"):
        loader(serve("a"), "opus-mt")


@pytest.mark.parametrize(
    "url", ["models.example/v1", "ftp://h/v1", "http://me:secret@h/v1", "http://h/v1?key=x", "http://h:port/v1", ""]
)
def test_an_address_that_is_none_is_wrong_usage(url):
    with pytest.raises(UsageError, match="not an address of a server"):
        ServerLoader("auto", ServerOptions(url))


@pytest.mark.parametrize("mark", ["/v1;{}", "/x&{}", "/{}", "/;{}/v1", "/%3F{}", "/%253B{}", "/v1?{}", "/v1#{}"])
@pytest.mark.parametrize("parameter", ["token=hunter22", "api_key=hunter22", "access_token%3Dhunter22"])
def test_an_address_with_a_secret_among_parameters_is_refused_and_not_repeated(mark, parameter):
    url = f"http://h{mark.format(parameter)}"
    assert parse_address(url) is None
    with pytest.raises(UsageError, match="not an address of a server") as raised:
        ServerLoader("auto", ServerOptions(url))
    assert "hunter" not in f"{raised.value} {raised.value.hint}"


@pytest.mark.parametrize("path", ["/v1", "/openai/v1", "/v1/accounts/a-b_c.d~e/ai", "/мир/v1", "/a%20b/v1", "/@cf/v1"])
def test_an_address_may_have_any_other_path(path):
    found = parse_address(f"http://h{path}")
    assert found is not None
    assert found.url == f"http://h{path}"


def test_the_best_name_is_looked_for_first():
    listed = [ServedModel("x/model-b-fp8"), ServedModel("Model-A"), ServedModel("model-b")]
    found = [find_served(listed, names) for names in (("o/model-b",), ("model-a", "model-b"), ("model",), ("del-b",))]
    assert [one and one.name for one in found] == ["model-b", "Model-A", "x/model-b-fp8", None]


def test_finished_sentences_are_not_asked_for_again(serve, tmp_path):
    server = serve("tencent/Hy-MT2-1.8B")
    for _ in range(2):
        one = loader(server, "hy-mt2-1.8b")
        memory = TranslationMemory(tmp_path / "memory.sqlite")
        runner = DirectionRunner(one.identified(), one.engine, one.identity, memory=memory)
        found = runner.run(["good day", "good night"], ("en", "ru"), Notes())
        assert [result.text for result in found] == ["GOOD DAY", "GOOD NIGHT"]
        assert found[0].engine["server.model"] == "tencent/Hy-MT2-1.8B"
    assert len(server.asked) == 2
    other = serve("tencent/Hy-MT2-1.8B")
    runner = DirectionRunner(
        one.identified(), loader(other, "hy-mt2-1.8b").engine, loader(other, "hy-mt2-1.8b").identity
    )
    assert runner.signature(("en", "ru")) != DirectionRunner(one.identified(), one.engine, one.identity).signature(
        ("en", "ru")
    )


def test_models_behind_two_paths_of_one_host_are_not_mixed_up(serve, tmp_path):
    listed = Reply({"data": [{"id": "model"}]})
    server = serve("model", pages={"/first/v1/models": listed, "/second/v1/models": listed})
    memory = TranslationMemory(tmp_path / "memory.sqlite")
    for path in ("/first/v1", "/second/v1", "/first/v1"):
        one = ServerLoader("auto", ServerOptions(f"http://{server.host}{path}"))
        runner = DirectionRunner(one.identified(), one.engine, one.identity, memory=memory)
        runner.run(["good day"], ("en", "ru"), Notes())
    assert [asked.path for asked in server.asked] == ["/first/v1/chat/completions", "/second/v1/chat/completions"]


@pytest.mark.parametrize(
    "names",
    [
        ("qwen:7b@q4", "qwen:14b@q4"),
        ("qwen:7b@q4.1", "qwen:14b@q4.1"),
        ("hf_newstranslation2025a", "hf_newstranslation2025b"),
        ("x bearer a", "x bearer b"),
        ("m?key=a", "m?key=b"),
        ("http://me:a@h/m", "http://me:b@h/m"),
    ],
)
def test_models_whose_names_are_masked_alike_are_not_mixed_up(serve, tmp_path, names):
    server = serve(*names)
    memory = TranslationMemory(tmp_path / "memory.sqlite")
    for name in (*names, *names):
        one = loader(server, "auto", model=name)
        DirectionRunner(one.identified(), one.engine, one.identity, memory=memory).run(
            ["good day"], ("en", "ru"), Notes()
        )
    assert [asked.body["model"] for asked in server.asked] == list(names)


def test_models_whose_files_are_masked_or_cut_alike_are_not_mixed_up(serve):
    found = set()
    for root in ("m?key=a", "m?key=b", "a" * 300, "a" * 301, "a b", "a  b"):
        listed = Reply({"data": [{"id": "m", "root": root}]})
        found.add(str(loader(serve(pages={"/v1/models": listed}), "auto").identity(RU_ZH)["revision"]))
    assert len(found) == 6


def test_a_name_that_imitates_another_with_its_details_is_told_apart(serve):
    served = {"data": [{"id": "m", "root": "x"}, {"id": "m (x)"}, {"id": "m", "root": "x, y"}, {"id": "m (x, y)"}]}
    address = serve(pages={"/v1/models": Reply(served)}).url
    client = Client(ServerOptions(address), role="server", key_variable="TOLMACH_SERVER_KEY")
    found = {one.identity for one in list_served(client)}
    assert len(found) == 4


def test_a_variant_of_a_model_is_no_password(serve):
    one = loader(serve("qwen:7b@q4_k_m"), "auto")
    assert one.identity(RU_ZH)["revision"] == "qwen:7b@q4_k_m"
    assert one.engine(RU_ZH).signature()["server.model"] == "qwen:7b@q4_k_m"
