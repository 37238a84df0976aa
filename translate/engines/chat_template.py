"""Renders a chat by a model's own template, as transformers does, without loading transformers."""

import json
import os
import re
import subprocess
import sys
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import Any, Final

from translate.types import UnsupportedModelError

_WORKER: Final = Path(__file__).with_name("template_worker.py")
_ENVIRONMENT: Final = ("SYSTEMROOT", "PYTHONHOME", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "TZ")
"""Environment variables that the process may need; keys are not among them."""

Message = Mapping[str, object]


class ChatTemplate:
    """The chat template of one model.

    The template is untrusted code, and runs in a separate process (`translate.engines.template_worker`).

    Args:
        source: The template, in Jinja with the extensions of transformers.
        named: The model's special tokens by name (`bos_token`, …), for use in the template.

    Raises:
        UnsupportedModelError: The template cannot be read, or Jinja is too old for it to be safe.
    """

    def __init__(self, source: str, named: Mapping[str, object]) -> None:
        self._source = source
        self._named = dict(named)
        self._lock = Lock()
        self._worker = _Worker()
        try:
            self._worker.ask({"template": source})
        except _FailedError as error:
            raise UnsupportedModelError(f"the chat template cannot be read: {error}") from error

    def render(self, messages: Sequence[Message], *, asks: bool) -> str:
        """Render the chat as text.

        Many templates refuse a system turn; its text is then prepended to the first user turn.

        Args:
            messages: Turns with `role` and `content`.
            asks: Whether to append the beginning of the model's answer.

        Raises:
            UnsupportedModelError: The template fails, takes too much time or memory, or omits the user's text.
        """
        text = self._render(messages, asks=asks)
        _check_kept(messages, text)
        return text

    def _render(self, messages: Sequence[Message], *, asks: bool) -> str:
        try:
            return self._ask(messages, asks=asks)
        except _FailedError as error:
            merged = _without_system(messages)
            try:
                if merged is None:
                    raise
                return self._ask(merged, asks=asks) if merged else ""
            except _FailedError as again:
                raise UnsupportedModelError(
                    f"the model's chat template fails: {again}", hint="Choose another model"
                ) from error

    def _ask(self, messages: Sequence[Message], *, asks: bool) -> str:
        given = {"messages": list(messages), "tools": None, "documents": None, "add_generation_prompt": asks}
        with self._lock:
            if not self._worker.alive:
                self._worker = _Worker()
                self._worker.ask({"template": self._source})
            return self._worker.ask({**self._named, **given})


def _check_kept(messages: Sequence[Message], text: str) -> None:
    """Refuse a rendered chat that lacks a word of the user's last turn; text between words may change."""
    last = next((turn["content"] for turn in reversed(messages) if turn["role"] == "user"), None)
    words = set(re.findall(r"\w+", last)) if isinstance(last, str) else set()
    if (last and not text) or any(word not in text for word in words):
        raise UnsupportedModelError("the model's chat template omits the user's text", hint="Choose another model")


def _without_system(messages: Sequence[Message]) -> list[Message] | None:
    """Merge the system turn into the first user turn; None if there is none, or no user turn."""
    if not messages or messages[0]["role"] != "system":
        return None
    system, *rest = messages
    at = next((number for number, turn in enumerate(rest) if turn["role"] == "user"), None)
    if at is None:
        return [] if not rest else None
    texts = (system["content"], rest[at]["content"])
    if not all(isinstance(text, str) for text in texts):
        return None
    rest[at] = {"role": "user", "content": "\n\n".join(map(str, texts))}
    return rest


class _FailedError(Exception):
    """The template raised an error, or its process ended."""


class _Worker:
    """The rendering process; it ends with this object."""

    def __init__(self) -> None:
        kept = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
        # -P: no file in the script's or the current folder is imported as a module.
        self._process = subprocess.Popen(  # noqa: S603 - a fixed command
            [sys.executable, "-P", str(_WORKER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=kept | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        self._end = weakref.finalize(self, _end, self._process)

    @property
    def alive(self) -> bool:
        """Whether it can render."""
        return self._end.alive

    def ask(self, what: Mapping[str, Any]) -> str:
        """Send one line and return the response.

        Raises:
            _FailedError: There is no response, or it is an error.
        """
        process = self._process
        assert process.stdin is not None  # noqa: S101 - cannot happen, and tells the type checker
        assert process.stdout is not None  # noqa: S101 - as above
        try:
            process.stdin.write(json.dumps(what).encode("ascii") + b"\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except OSError:
            line = b""
        except BaseException:  # also Ctrl-C: the next request would get this one's response
            self._end()
            raise
        if not line.endswith(b"\n"):
            self._end()
            raise _FailedError("it takes too much time or memory")
        answer: dict[str, str] = json.loads(line)
        if "error" in answer:
            raise _FailedError(answer["error"])
        return answer["text"]


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.communicate()
