"""What every page of Tolmach is made with."""

import base64
import hashlib
import re
from dataclasses import replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Final

from common.data import load_table
from common.errors import InputError
from common.files import write_text
from common.messages import decimal_text, language, template, word
from corpora.languages import CHINESE, base_language
from quotes.types import VERDICTS
from tolmach.pages.glosses import Translate, make_glosses
from tolmach.pages.groups import gravity, make_cards, quote_marks
from tolmach.pages.rows import make_rows
from tolmach.pages.summary import describe_right, list_speakers, make_cautions, make_changes, make_facts, web_address
from tolmach.pages.text import html_lang, make_text, version_name
from tolmach.results.overview import count_verdicts
from tolmach.results.reading import from_json
from tolmach.results.result import Result, Version, to_json

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

ELEMENT_ID: Final = "tolmach-result"
_TYPE: Final = "application/json"

# Nothing but the end of the element begins with `<` in it, see below. No part of the pattern can run over the next `<`,
# so that a page of any kind takes time that grows with its length; a parser of HTML may take quadratic time.
_SCRIPT: Final = re.compile(r"<script\b(?P<attributes>[^<>]*)>(?P<content>[^<]*)</script", re.IGNORECASE)
_ATTRIBUTE: Final = re.compile(r"""([a-z]+)\s*=\s*["']?([^"'\s]+)""", re.IGNORECASE)

# In a script element only `<` can end or confuse the element; the two separators end a line of older JavaScript.
_ESCAPES: Final = {
    ord(char): f"\\u{ord(char):04x}" for char in ("<", ">", "&", "\N{LINE SEPARATOR}", "\N{PARAGRAPH SEPARATOR}")
}


def embed_result(result: Result) -> str:
    """Return the document as JSON that can stand in a script element, whatever its texts hold."""
    return to_json(result).strip().translate(_ESCAPES)


def extract_result(html: str) -> Result:
    """Return the document that a page of Tolmach holds.

    Raises:
        InputError: The page holds none, or a damaged one.
    """
    wanted = {"type": _TYPE, "id": ELEMENT_ID}
    for match in _SCRIPT.finditer(html):
        named = {name.lower(): value for name, value in _ATTRIBUTE.findall(match["attributes"])}
        if wanted.items() <= named.items():
            return from_json(match["content"])
    raise InputError(
        "the page has no result",
        hint="Name a page that tolmach compare, run, align --format html or translate --format bilingual wrote",
    )


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
    environment.filters.update(
        {"html_lang": html_lang, "version_name": version_name, "digits": _digits, "web_address": web_address}
    )
    environment.filters["right"] = lambda pair: describe_right([pair])
    environment.globals.update({"say": _say, "word": word, "language": language})
    environment.tests["chinese"] = lambda tag: base_language(tag) == CHINESE
    return environment


def _say(name: str, count: int = 0, **values: object) -> "Markup":
    """Return a message of the catalogue, see `common.messages`; values that are no markup are escaped."""
    from markupsafe import escape  # noqa: PLC0415 - comes with jinja2

    return escape(template(name, count)).format_map({"count": count, **values})


def _digits(value: float, places: int = 2) -> str:
    """Format a share or a cosine; a plain hyphen is too short for a minus."""
    return decimal_text(value, places).replace("-", "\N{MINUS SIGN}")


def resource(name: str) -> str:
    """Return a template, a style sheet or a script that lies beside this module."""
    return resources.files("tolmach.pages").joinpath(name).read_text(encoding="utf-8")


def make_policy(style: str, script: str | None = None, *, forms: bool = False) -> str:
    """Return a content security policy that allows one style sheet, one script or none, and nothing from elsewhere.

    With `forms`, the page may send its forms to its own server.
    """
    parts = {
        "default-src": "'none'",
        "style-src": _digest(style),
        "script-src": _digest(script) if script is not None else "'none'",
        "base-uri": "'none'",
        "form-action": "'self'" if forms else "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in parts.items())


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def without_folders(result: Result) -> Result:
    """Return a document that names local files without their folders, which are nobody else's business."""
    versions = tuple(_without_folder(version) for version in result.versions)
    scores = {name: replace(one, reference=_base_name(one.reference)) for name, one in result.scores.items()}
    return replace(result, versions=versions, scores=scores)


def _without_folder(version: Version) -> Version:
    article = version.article
    meta = replace(article.meta, source=_base_name(article.meta.source))
    return replace(version, article=replace(article, meta=meta).with_sentences(article.sentences))


def _base_name(source: str | None) -> str | None:
    return source if source is None or web_address(source) else Path(source).name


def render_report(result: Result, *, translate: Translate | None = None) -> str:
    """Return the report as one HTML page.

    The page loads nothing: styles and script are inside, and its content security policy allows only these. All text
    of the articles is escaped.

    Args:
        result: A document that fits together, see `tolmach.results.reading.check_references`.
        translate: Also translates wordings that may differ, for their glosses.
    """
    from markupsafe import Markup  # noqa: PLC0415 - comes with jinja2

    result = without_folders(result)
    facts, rows = make_facts(result), make_rows(result)
    cards = sorted(make_cards(result, rows), key=gravity)
    style, script = resource("report.css"), resource("report.js")
    return (
        environment()
        .get_template("report.html")
        .render(
            result=result,
            facts=facts,
            cautions=make_cautions(facts),
            changes=make_changes(cards),
            glosses=make_glosses(cards, translate),
            cards=cards,
            unchanged=[card for card in cards if card.unchanged],
            tones={card.number: card.verdict for card in cards},
            verdict_counts=count_verdicts(result.quotes) if result.quotes else {},
            right=describe_right(pair.compared for card in cards for pair in card.pairs),
            speakers=list_speakers(cards),
            text=make_text(result, rows, quote_marks(result)),
            verdicts=VERDICTS,
            accuracy=load_table(__name__, "accuracy.toml"),
            # Our own files, not the articles': they stand in the page as they are, or their digests would not match.
            style=Markup(style),  # noqa: S704
            script=Markup(script),  # noqa: S704
            element_id=ELEMENT_ID,
            document=Markup(embed_result(result)),  # noqa: S704 - JSON without a character that means anything to HTML
            policy=make_policy(style, script),
        )
    )


def write_report(path: Path, result: Result) -> None:
    """Write the report, whole or not at all.

    Raises:
        OutputError: The file cannot be written.
    """
    write_text(path, render_report(result))
