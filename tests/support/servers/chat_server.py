"""A server with OpenAI's interface that answers as a test tells it to, on a port of this machine."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Body = dict[str, object]


@dataclass(frozen=True)
class Reply:
    """What is sent back: JSON, or bytes as they are; nothing at all where `drops`; `delay` in seconds."""

    content: object = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    drops: bool = False


@dataclass(frozen=True)
class Asked:
    """What came in."""

    path: str
    body: Body
    headers: dict[str, str]

    @property
    def words(self) -> str:
        """What the last turn, or the prompt, says."""
        turns = self.body.get("messages")
        content = turns[-1]["content"] if isinstance(turns, list) else self.body["prompt"]
        return content if isinstance(content, str) else content[0]["text"]

    @property
    def text(self) -> str:
        """The text that is to be translated: the last line that is no boundary."""
        return next(line for line in reversed(self.words.splitlines()) if not line.startswith("</source-text"))


def completion(text: str, *, finish: str = "stop", path: str = "chat", **message: object) -> Reply:
    """Return a completion as servers send it."""
    said = {"text": text} if path == "plain" else {"message": {"role": "assistant", "content": text, **message}}
    choice = {"index": 0, "finish_reason": finish, **said}
    return Reply({"object": "chat.completion", "choices": [choice], "system_fingerprint": "b1-test"})


def upper(asked: Asked, _number: int) -> Reply:
    """Answer with the text in capitals."""
    path = "chat" if "messages" in asked.body else "plain"
    return completion(asked.text.upper(), path=path)


class ChatServer:
    """Runs until it is closed; counts what it is asked."""

    def __init__(
        self,
        reply: Callable[[Asked, int], Reply] = upper,
        *,
        models: object = None,
        pages: dict[str, Reply] | None = None,
    ) -> None:
        self.reply = reply
        self.models = models if models is not None else [{"id": "served-model", "owned_by": "somebody"}]
        self.pages = {"/v1/models": Reply({"object": "list", "data": self.models}), **(pages or {})}
        self.asked: list[Asked] = []
        self.fetched: list[str] = []
        self.together = self.most_together = 0
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.005,), daemon=True).start()
        self.host = f"127.0.0.1:{self._server.server_port}"
        self.url = f"http://{self.host}/v1"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, asked: Asked) -> Reply:
        with self._lock:
            self.asked.append(asked)
            number = len(self.asked)
            self.together += 1
            self.most_together = max(self.most_together, self.together)
        try:
            reply = self.reply(asked, number)
            time.sleep(reply.delay)
            return reply
        finally:
            with self._lock:
                self.together -= 1

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                owner.fetched.append(self.path)
                self.send(owner.pages.get(self.path, Reply({"error": "no such page"}, 404)))

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                self.send(owner.answer(Asked(self.path, body, dict(self.headers))))

            def send(self, reply: Reply) -> None:
                if reply.drops:
                    self.close_connection = True
                    return
                data = reply.content if isinstance(reply.content, bytes) else json.dumps(reply.content).encode()
                try:
                    self.send_response(reply.status)
                    for name, value in reply.headers.items():
                        self.send_header(name, value)
                    self.end_headers()
                    self.wfile.write(data)
                except OSError:
                    pass  # whoever asked has gone

            def log_message(self, *_arguments: object) -> None:
                pass

        return Handler


def refusing(*fields: str, named: bool = True) -> Callable[[Asked, int], Reply]:
    """Return a way to answer that refuses questions with any of these fields, and says which if `named`."""

    def reply(asked: Asked, number: int) -> Reply:
        found = [name for name in fields if name in asked.body]
        if found:
            words = f"Unexpected fields: {found}" if named else "bad request"
            return Reply({"error": {"message": words}}, 422)
        return upper(asked, number)

    return reply
