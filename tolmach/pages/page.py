"""What every page of Tolmach is made with."""

import base64
import hashlib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from corpora.languages import CHINESE, base_language
from tolmach.pages.labels import html_lang, version_name

if TYPE_CHECKING:
    from jinja2 import Environment


@cache
def environment() -> "Environment":
    """Return what fills the templates: everything that comes from the articles is escaped."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined  # noqa: PLC0415 - only a report needs it

    environment = Environment(
        loader=FunctionLoader(resource),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update({"html_lang": html_lang, "version_name": version_name, "digits": _digits})
    environment.tests["chinese"] = _is_chinese
    return environment


def _is_chinese(tag: str) -> bool:
    return base_language(tag) == CHINESE


def _digits(value: float, places: int = 2) -> str:
    """Format a share or a cosine; a plain hyphen is too short for a minus."""
    return f"{value:.{places}f}".replace("-", "\N{MINUS SIGN}")


def resource(name: str) -> str:
    """Return a template, a style sheet or a script that lies beside this module."""
    return resources.files("tolmach.pages").joinpath(name).read_text(encoding="utf-8")


def make_policy(style: str, script: str | None = None) -> str:
    """Return a content security policy that allows one style sheet, one script or none, and nothing from elsewhere."""
    parts = {
        "default-src": "'none'",
        "style-src": _digest(style),
        "script-src": _digest(script) if script is not None else "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in parts.items())


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
