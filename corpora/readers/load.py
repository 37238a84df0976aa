"""Loading an article from a file, standard input or the web."""

import hashlib
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from common.errors import InputError
from common.names import expand_user, printable
from common.progress import SILENT, Progress
from common.secrets import redact
from corpora.article import Article, ArticleMeta
from corpora.encoding import decode
from corpora.limits import ARTICLE_BYTES, read_file, read_standard_input
from corpora.readers.plain import read_plain, refuse_empty

STDIN: Final = "-"

_URL: Final = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)
_BY_SUFFIX: Final = {
    ".html": "html", ".htm": "html", ".xhtml": "html", ".shtml": "html", ".md": "markdown", ".markdown": "markdown",
    ".mdown": "markdown", ".txt": "text", ".text": "text",
}  # fmt: skip
_BY_TYPE: Final = {"text/html": "html", "application/xhtml+xml": "html", "text/markdown": "markdown"}
_MARKDOWN_SURE: Final = re.compile(
    r"\A\s*---\n(?:\w[\w-]*:.*\n)+---|^#{1,6} \S|^\|(?: ?:?-+:? ?\|)+$|^```|^[^\n]+\n(?:={3,}|-{3,})$", re.MULTILINE
)
_MARKDOWN_HINTS: Final = re.compile(r"\[[^\[\]\n]+\]\([^)\s]{1,500}\)|\*\*[^*\n]+\*\*|^> \S|^[-*+] \S", re.MULTILINE)
_MIN_HINTS: Final = 2


def load_article(
    path_or_url: str | Path, language: str | None = None, *, encoding: str | None = None, progress: Progress = SILENT
) -> Article:
    """Load an article: plain text, Markdown or HTML, in any of the usual encodings.

    Args:
        path_or_url: A file, `-` for standard input, or an http or https address.
        language: BCP-47 tag; None detects it.
        encoding: Python codec name; None detects it.
        progress: Told about downloads and about characters that were lost.

    Raises:
        InputError: There is no such file, or it is empty, binary, undecodable or of no known language.
        NetworkError: The page could not be fetched, or is in a private network and may not be.
        OfflineError: A page was asked for, but no network is allowed.
        UsageError: `language` or `encoding` is not known.
    """
    raw = _read_raw(path_or_url, progress)
    text, meta = _decode(raw, encoding, progress)
    kind = raw.format or sniff_format(text)
    meta = replace(meta, format=kind)
    refuse_empty(text, meta)
    return _read(text, kind, language, meta)


def load_lines(
    path_or_url: str | Path, language: str | None = None, *, encoding: str | None = None, progress: Progress = SILENT
) -> Article:
    """Load a file of one sentence a line, in any of the usual encodings; see `corpora.readers.lines.read_lines`.

    Takes and raises what `load_article` does.
    """
    from corpora.readers.lines import read_lines  # noqa: PLC0415 - articles are seldom given so

    text, meta = _decode(_read_raw(path_or_url, progress), encoding, progress)
    return read_lines(text, language=language, meta=replace(meta, format="lines"))


def sniff_format(text: str) -> str:
    """Return `html`, `markdown` or `text`, whatever a text of unknown kind looks like."""
    from corpora.readers.html import looks_like_html  # noqa: PLC0415 - its regular expressions are seldom needed

    if looks_like_html(text):
        return "html"
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    marked = _MARKDOWN_SURE.search(lines) or len(_MARKDOWN_HINTS.findall(lines)) >= _MIN_HINTS
    return "markdown" if marked else "text"


@dataclass(frozen=True, slots=True)
class _Raw:
    data: bytes
    source: str
    format: str | None = None
    charset: str | None = None


def _decode(raw: _Raw, encoding: str | None, progress: Progress) -> tuple[str, ArticleMeta]:
    name = "standard input" if raw.source == STDIN else redact(raw.source)
    if not raw.data:
        raise InputError(f"{name} is empty", hint="Give an article of at least one sentence")
    decoded = decode(raw.data, name=name, encoding=encoding, declared=raw.charset)
    lost = decoded.text.count("\N{REPLACEMENT CHARACTER}")
    if lost:
        progress.note(f"{name}: {lost} characters were lost before the text was saved")
    digest = hashlib.sha256(raw.data).hexdigest()
    return decoded.text, ArticleMeta(source=redact(raw.source), encoding=decoded.encoding, sha256=digest)


def _read_raw(path_or_url: str | Path, progress: Progress) -> _Raw:
    source = str(path_or_url)
    if source == STDIN:
        return _Raw(read_standard_input(ARTICLE_BYTES), STDIN)
    if isinstance(path_or_url, str) and _URL.match(source):
        from corpora.readers.fetch import fetch  # noqa: PLC0415 - http and ssl are not needed for files

        page = fetch(source, progress=progress)
        return _Raw(page.data, source, _BY_TYPE.get(page.content_type), page.charset)
    path = expand_user(source)
    return _Raw(read_file(path, ARTICLE_BYTES), printable(source), _BY_SUFFIX.get(path.suffix.lower()))


def _read(text: str, kind: str, language: str | None, meta: ArticleMeta) -> Article:
    if kind == "html":
        from corpora.readers.html import read_html  # noqa: PLC0415 - needed for pages only

        return read_html(text, language=language, meta=meta)
    if kind == "markdown":
        from corpora.readers.markdown import read_markdown  # noqa: PLC0415 - needed for Markdown only

        return read_markdown(text, language=language, meta=meta)
    return read_plain(text, language=language, meta=meta)
