"""Renders chat templates for `translate.engines.chat_template` in a separate process.

A template comes with the weights, so it is untrusted code. Jinja's sandbox restricts its access; this process limits
its memory and time, which a sandbox cannot. It runs as a script, from its path, and so imports nothing from Tolmach.

Each line of its input and output is JSON: first the template, then one chat after the other; the response to each is
`{"text": …}` or `{"error": …}`. The process ends if it takes too long.
"""

import faulthandler
import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import IO, Any, Final

_SECONDS: Final = 5.0
"""Time limit of one chat: a template takes less than a millisecond."""
_MEMORY: Final = 512 << 20
"""Limit of address space: Python with Jinja has 40 MB."""
_LONGEST: Final = 1 << 22
"""Most characters of a chat: more than any model reads."""
_SAFE_SINCE: Final = (3, 1, 6)
"""The first version of Jinja without a known sandbox escape."""


def main() -> None:
    """Render chats until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent process ends it
    _limit_memory()
    with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123 - no pathlib: it takes time to import
        template: Any = None
        for line in sys.stdin:
            asked = json.loads(line)
            with _watched(nowhere):
                try:
                    if template is None:
                        template, answer = _compiled(asked["template"]), {"text": ""}
                    else:
                        answer = {"text": _rendered(template, asked)}
                except Exception as error:  # noqa: BLE001 - a template may raise anything, which is reported
                    answer = {"error": _reason(error)}
            print(json.dumps(answer), flush=True)  # noqa: T201 - its response


def _limit_memory() -> None:
    with suppress(ImportError, ValueError, OSError):  # Windows has no such limit, and macOS refuses it
        import resource  # noqa: PLC0415 - not everywhere

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


@contextmanager
def _watched(nowhere: IO[str]) -> Iterator[None]:
    # A thread in C ends the process, even one that never returns to Python.
    faulthandler.dump_traceback_later(_SECONDS, exit=True, file=nowhere)
    yield
    faulthandler.cancel_dump_traceback_later()


def _reason(error: Exception) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0][:200]


def _rendered(template: Any, given: dict[str, Any]) -> str:
    found, length = [], 0
    for part in template.generate(**given):
        length += len(part)
        if length > _LONGEST:
            raise ValueError(f"it writes more than {_LONGEST} characters")
        found.append(part)
    return "".join(found)


def _compiled(source: str) -> Any:
    import jinja2  # noqa: PLC0415 - not before memory is limited

    if tuple(map(int, jinja2.__version__.split(".")[:3])) < _SAFE_SINCE:
        raise RuntimeError("chat templates need Jinja 3.1.6 or later")
    return _environment().from_string(source)


def _environment() -> Any:
    """Return the sandbox of templates, with the settings and extensions that transformers documents.

    See https://huggingface.co/docs/transformers/chat_templating_writing.
    """
    from jinja2 import ext  # noqa: PLC0415 - not before memory is limited
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415 - as above

    class Generation(ext.Extension):
        """`{% generation %}` marks training targets; it is rendered as its content."""

        tags = {"generation"}  # noqa: RUF012 - as Jinja has it

        def parse(self, parser: Any) -> Any:
            """Return the statements within the tag, which only marks them."""
            next(parser.stream)
            return parser.parse_statements(("name:endgeneration",), drop_needle=True)

    extensions = [ext.loopcontrols, Generation]
    sandbox = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=extensions)
    sandbox.filters["tojson"] = _to_json
    sandbox.globals["raise_exception"] = _refuse
    # Sandbox escapes began with classes that a template could reach.
    sandbox.globals["dict"] = _dictionary
    sandbox.globals["namespace"] = _namespace
    sandbox.globals["strftime_now"] = lambda form: datetime.now().strftime(form)
    return sandbox


def _dictionary(*pairs: Any, **named: Any) -> dict[Any, Any]:
    return dict(*pairs, **named)


def _namespace(*pairs: Any, **named: Any) -> Any:
    from jinja2 import utils  # noqa: PLC0415 - not before memory is limited

    if any(str(name).startswith("_") for name in dict(*pairs, **named)):
        _refuse("names that begin with an underscore are not for templates")
    return utils.Namespace(*pairs, **named)


def _to_json(value: object, indent: int | None = None, **options: Any) -> str:
    # Jinja's own filter escapes for HTML, unlike the templates' training data.
    return json.dumps(value, indent=indent, **{"ensure_ascii": False, **options})


def _refuse(message: str) -> None:
    from jinja2 import TemplateError  # noqa: PLC0415 - not before memory is limited

    raise TemplateError(message)


if __name__ == "__main__":
    main()
