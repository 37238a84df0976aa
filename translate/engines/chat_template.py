"""Writes a chat as a model's own template says, as transformers does it, without loading transformers.

A template comes with the weights, so it is a program of strangers: it runs in Jinja's sandbox and sees plain text only.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from translate.engines.errors import UnsupportedModelError

_SAFE_SINCE = (3, 1, 6)
"""The first version of Jinja without a known way out of its sandbox."""


class ChatTemplate:
    """One model's way to write a chat.

    Args:
        source: The template, in Jinja's language with the additions of transformers.
        named: The model's special tokens by their names (`bos_token`, …), which the template may use.

    Raises:
        UnsupportedModelError: The template uses what only transformers has, or Jinja is too old for it to be safe.
    """

    def __init__(self, source: str, named: Mapping[str, str]) -> None:
        import jinja2  # noqa: PLC0415 - only where a chat model is loaded

        if tuple(map(int, jinja2.__version__.split(".")[:3])) < _SAFE_SINCE:
            raise UnsupportedModelError("chat templates need Jinja 3.1.6 or later")
        try:
            self._template = _environment().from_string(source)
        except jinja2.TemplateSyntaxError as error:
            raise UnsupportedModelError(f"the chat template cannot be read: {error}") from error
        self._named = dict(named)

    def render(self, messages: Sequence[Mapping[str, object]], *, asks: bool) -> str:
        """Return the chat as text.

        Args:
            messages: Turns with `role` and `content`.
            asks: Whether the beginning of the model's answer follows.
        """
        given = {"tools": None, "documents": None, "add_generation_prompt": asks}
        return str(self._template.render(messages=list(messages), **{**self._named, **given}))


def _environment() -> Any:
    """Return the sandbox in which templates run: the settings and additions that transformers documents for authors.

    See https://huggingface.co/docs/transformers/chat_templating_writing.
    """
    from jinja2 import ext  # noqa: PLC0415 - only where a chat model is loaded
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415 - as above

    sandbox = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[ext.loopcontrols])
    sandbox.filters["tojson"] = _to_json
    sandbox.globals["raise_exception"] = _refuse
    # Classes that a template gets into its hands are where ways out of the sandbox began.
    sandbox.globals["dict"] = _dictionary
    sandbox.globals["namespace"] = _namespace
    sandbox.globals["strftime_now"] = lambda form: datetime.now().strftime(form)
    return sandbox


def _dictionary(*pairs: Any, **named: Any) -> dict[Any, Any]:
    return dict(*pairs, **named)


def _namespace(*pairs: Any, **named: Any) -> Any:
    from jinja2 import utils  # noqa: PLC0415 - only where a chat model is loaded

    if any(str(name).startswith("_") for name in dict(*pairs, **named)):
        _refuse("names that begin with an underscore are not for templates")
    return utils.Namespace(*pairs, **named)


def _to_json(value: object, indent: int | None = None, **options: Any) -> str:
    # Jinja's own filter escapes what HTML would misread, and is not what models were trained on.
    return json.dumps(value, indent=indent, **{"ensure_ascii": False, **options})


def _refuse(message: str) -> None:
    from jinja2 import TemplateError  # noqa: PLC0415 - only where a chat model is loaded

    raise TemplateError(message)
