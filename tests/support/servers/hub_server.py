"""A hub on the loopback interface: enough of its protocol for huggingface_hub, and failures on demand."""

import hashlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from common.network import OFFLINE_VARIABLE

LARGE = (".safetensors", ".bin", ".gguf")
BOT = "SFconvertbot"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def blob_id(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


@dataclass
class Repository:
    commits: dict[str, dict[str, bytes]] = field(default_factory=dict)
    refs: dict[str, str] = field(default_factory=dict)
    discussions: list[dict[str, object]] = field(default_factory=list)
    gated: bool = False


class FakeHub:
    """Holds repositories; `with FakeHub() as hub:` serves them at `hub.url`."""

    def __init__(self) -> None:
        self.repositories: dict[str, Repository] = {}
        self.requests: list[tuple[str, str]] = []
        self.ranges: list[str] = []
        self.corrupt: set[str] = set()  # files whose bytes are changed on the way
        self.drops: dict[str, list[int]] = {}  # per file: bytes after which the connection is dropped, one per answer
        self.status: int | None = None  # every answer
        self.stall_after: int | None = None  # bytes of a large file after which an answer stops and says nothing more
        self.stalled = threading.Event()

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": self}))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def commit(self, repo_id: str, files: Mapping[str, bytes], ref: str = "main") -> str:
        repository = self.repositories.setdefault(repo_id, Repository())
        content = json.dumps({name: sha256(data) for name, data in sorted(files.items())} | {"ref": ref})
        commit = hashlib.sha1(content.encode(), usedforsecurity=False).hexdigest()
        repository.commits[commit] = dict(files)
        repository.refs[ref] = commit
        return commit

    def pull_request(self, repo_id: str, number: int, files: Mapping[str, bytes], author: str = BOT) -> str:
        commit = self.commit(repo_id, files, f"refs/pr/{number}")
        self.repositories[repo_id].discussions.append(
            {
                "num": number, "title": "Adding `safetensors` variant of this model", "author": {"name": author},
                "status": "open", "isPullRequest": True, "createdAt": "2024-01-01T00:00:00.000Z",
                "repo": {"name": repo_id, "type": "model"},
            }
        )  # fmt: skip
        return commit

    def downloads(self) -> list[str]:
        """Names of the files whose content was asked for, in order."""
        return [path.rsplit("/", 1)[-1] for method, path in self.requests if method == "GET" and "/cdn/" in path]


class _Handler(BaseHTTPRequestHandler):
    hub: FakeHub
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that the base class gives it
        """Keep quiet."""

    def _answer(self) -> None:
        url = urlsplit(self.path)
        parts = url.path.strip("/").split("/")
        self.hub.requests.append((self.command, unquote(url.path)))
        if self.hub.status:
            return self._json({"error": "out of order"}, self.hub.status)
        if parts == ["api", "models"]:
            return self._json([{"id": name} for name in self.hub.repositories])
        at = 2 if parts[0] == "api" else 1 if parts[0] == "cdn" else 0
        repository = self.hub.repositories.get("/".join(parts[at : at + 2]))
        if repository is None:
            return self._json({"error": "Repository not found"}, 404, {"X-Error-Code": "RepoNotFound"})
        if repository.gated and "authorization" not in self.headers:
            return self._json({"error": "Access is restricted"}, 401, {"X-Error-Code": "GatedRepo"})
        return self._repository(repository, parts, at, parse_qs(url.query))

    def _repository(self, repository: Repository, parts: list[str], at: int, query: dict[str, list[str]]) -> None:
        repo_id, verb, rest = (
            "/".join(parts[at : at + 2]),
            parts[at + 2] if len(parts) > at + 2 else "",
            parts[at + 3 :],
        )
        if verb == "discussions":
            wanted = query.get("author", [""])[0]
            found = [one for one in repository.discussions if wanted in ("", one["author"]["name"])]
            return self._json({"discussions": found, "count": len(found), "start": 0})
        revision = unquote(rest[0]) if rest else "main"
        commit = repository.refs.get(revision, revision)
        if commit not in repository.commits:
            return self._json({"error": "Invalid rev id"}, 404, {"X-Error-Code": "RevisionNotFound"})
        if verb == "tree":
            return self._json([_entry(name, data) for name, data in repository.commits[commit].items()])
        if verb in ("resolve", "cdn"):
            return self._file(repository.commits[commit], repo_id, commit, "/".join(rest[1:]), verb)
        return self._json({"id": repo_id, "sha": commit, "private": False, "siblings": []})

    def _file(self, files: dict[str, bytes], repo_id: str, commit: str, name: str, verb: str) -> None:
        if name not in files:
            return self._json({"error": "Entry not found"}, 404, {"X-Error-Code": "EntryNotFound"})
        data = files[name]
        etag = sha256(data) if name.endswith(LARGE) else blob_id(data)
        headers = {"X-Repo-Commit": commit, "ETag": f'"{etag}"', "Accept-Ranges": "bytes"}
        if verb == "resolve":  # the content lies elsewhere, as on the real hub
            linked = {"X-Linked-Etag": f'"{etag}"', "X-Linked-Size": str(len(data))}
            location = f"{self.hub.url}/cdn/{repo_id}/cdn/{commit}/{name}"
            return self._send(302, b"", headers | linked | {"Location": location})
        if name in self.hub.corrupt:
            data = bytes([data[0] ^ 1]) + data[1:]
        return self._content(data, name, headers)

    def _content(self, data: bytes, name: str, headers: dict[str, str]) -> None:
        status, wanted = 200, self.headers.get("Range")
        if wanted:
            self.hub.ranges.append(wanted)
            start = int(wanted.removeprefix("bytes=").split("-")[0])
            headers = headers | {"Content-Range": f"bytes {start}-{len(data) - 1}/{len(data)}"}
            status, data = 206, data[start:]
        if self.hub.stall_after and name.endswith(LARGE) and self.command == "GET":
            self._stall(status, data, headers)
            return
        drops = self.hub.drops.get(name) if self.command == "GET" else None
        self._send(status, data, headers, drops.pop(0) if drops else None)

    def _stall(self, status: int, data: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data[: self.hub.stall_after])
        self.wfile.flush()
        self.hub.stalled.set()
        with suppress(OSError):
            self.rfile.read(1)  # until the other side is gone
        self.close_connection = True

    def _json(self, content: object, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        self._send(status, json.dumps(content).encode(), {"Content-Type": "application/json", **(headers or {})})

    def _send(self, status: int, data: bytes, headers: Mapping[str, str], drop_after: int | None = None) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data[:drop_after])
        if drop_after is not None:
            self.close_connection = True


def _entry(name: str, data: bytes) -> dict[str, object]:
    entry: dict[str, object] = {"type": "file", "path": name, "size": len(data), "oid": blob_id(data)}
    if name.endswith(LARGE):
        entry["lfs"] = {"oid": sha256(data), "size": len(data), "pointerSize": 134}
    return entry


class Recorder:
    """Remembers what is reported."""

    def __init__(self) -> None:
        self.bars: list[tuple[float | None, str]] = []
        self.done = 0.0
        self.notes: list[str] = []

    @contextmanager
    def bar(self, description: str, total: float | None, *, unit: str = "") -> Iterator[Callable[[float], None]]:
        assert description
        self.bars.append((total, unit))
        yield self._advance

    def note(self, message: str) -> None:
        self.notes.append(message)

    def _advance(self, number: float) -> None:
        self.done += number


@contextmanager
def isolated_hub(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Iterator[FakeHub]:
    """Serve an empty hub and let the client see nothing else: no token, no cache of the user's."""
    monkeypatch.delenv(OFFLINE_VARIABLE, raising=False)
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.setattr("huggingface_hub.constants.HF_TOKEN_PATH", str(folder / "no-token"))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(folder / "no-cache"))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    with FakeHub() as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        yield server
