"""Articles from files and web addresses."""

import hashlib
import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Final

from common.errors import InputError, NetworkError
from common.extras import require_extra
from common.fetch.errors import Deadline, PrivateAddressError, WebError, quoted
from common.fetch.urls import SCHEMES, show_url
from common.names import expand_user, printable
from common.network import PRIVATE_VARIABLE, allows_private_addresses, require_network
from common.progress import SILENT, Progress
from common.secrets import redact
from corpora.article import Article, ArticleMeta, Sentence
from corpora.blocks import Block
from corpora.encoding import decode
from corpora.identification import resolve_language
from corpora.limits import ARTICLE_BYTES, input_limit, read_file, read_standard_input, too_large
from corpora.plain.reading import refuse_empty
from corpora.readers.docx import is_docx, read_docx
from corpora.readers.html import looks_like_html, read_html

if TYPE_CHECKING:
    from common.fetch.session import WebResponse


_TEXT_TYPES: Final = (
    "text/html",
    "application/xhtml+xml",
    "text/plain",
    "text/markdown",
    "application/xml",
    "text/xml",
)
_PAGES: Final = frozenset({HTTPStatus.OK, HTTPStatus.NON_AUTHORITATIVE_INFORMATION})
"""Other statuses of success mean a part of a page, or none."""
_CHARSET: Final = re.compile(r";\s*charset\s*=\s*[\"']?\s*([^\s\"';]+)", re.IGNORECASE)
_REDIRECTIONS: Final = 10
_HINT: Final = "Check the address and the connection, or save the page and give the file"
_PRIVATE_HINT: Final = f"--allow-private-addresses or {PRIVATE_VARIABLE}=1 fetches it"


@dataclass(frozen=True, slots=True)
class FetchOptions:
    """Limits of one download.

    Attributes:
        timeout: Most seconds, from the request to the last byte.
        anew_after: Bytes after which the timeout restarts, for large files; None for never.
        max_bytes: Size above which a page is refused.
        types: Accepted media types; None for any.
    """

    timeout: float = 30.0
    anew_after: int | None = None
    max_bytes: int = field(default_factory=lambda: input_limit(ARTICLE_BYTES))
    user_agent: str = "tolmach (article reader)"
    types: tuple[str, ...] | None = _TEXT_TYPES


@dataclass(frozen=True, slots=True)
class Page:
    """A downloaded page.

    Attributes:
        content_type: Media type without parameters, lower case; empty if the server gave none.
        charset: Encoding that the server gave, None if none.
    """

    data: bytes
    content_type: str
    charset: str | None


def fetch(url: str, *, options: FetchOptions | None = None, progress: Progress = SILENT) -> Page:
    """Download a page over http or https, whole or not at all.

    Raises:
        InputError: The address is of another scheme, or its content is not text or too long.
        NetworkError: The server could not be reached, was too slow or refused; or it is in a private network, and the
            user allows only the internet.
        OfflineError: The user asked for no network.
    """
    options = options or FetchOptions()
    shown = show_url(url)
    scheme = url.partition(":")[0].lower()
    if scheme not in SCHEMES:
        raise InputError(f"cannot read {shown}: only http and https addresses are read, not {scheme}")
    require_network(f"fetch {shown}")
    from common.fetch.session import Session, WebRequest  # noqa: PLC0415 - loaded when used

    headers = {"User-Agent": options.user_agent, "Accept": "text/html, text/*", "Connection": "close"}
    question = WebRequest(url, headers, redirections=_REDIRECTIONS)
    session = Session(public_only=not allows_private_addresses())
    try:
        with session.open(question, Deadline(options.timeout, anew_after=options.anew_after)) as answer:
            return _read_page(answer, shown, options, progress)
    except PrivateAddressError as error:
        raise NetworkError(f"cannot fetch {shown}: {error.message}", hint=_PRIVATE_HINT) from error
    except WebError as error:
        raise NetworkError(f"cannot fetch {shown}: {error.message}", hint=_HINT) from error


def _read_page(answer: "WebResponse", shown: str, options: FetchOptions, progress: Progress) -> Page:
    if answer.status not in _PAGES:
        raise WebError(f"the server answered {answer.status} {answer.reason}".strip())
    named, charset = _parse_type(answer.headers.get("content-type"))
    if options.types is not None:
        _refuse_other(named, answer, shown, options.types)
    data = bytearray()
    with progress.bar(f"Fetching {shown}", None, unit="B") as advance:
        for piece in answer.pieces():
            data += piece
            if len(data) > options.max_bytes:
                raise too_large(shown, options.max_bytes)
            advance(len(piece))
    return Page(bytes(data), named, charset)


def _parse_type(header: str | None) -> tuple[str, str | None]:
    """Return the media type, empty without a header, and the charset of a header.

    Not by the email package: it follows RFC 2231, which HTTP does not, and fails on some of what that allows.
    """
    if header is None:
        return "", None
    kind = header.partition(";")[0].strip().lower()
    found = _CHARSET.search(header)
    return kind if kind.count("/") == 1 else "text/plain", found[1].lower() if found else None


def _refuse_other(kind: str, answer: "WebResponse", shown: str, types: tuple[str, ...]) -> None:
    if kind and kind not in types:
        named = quoted(answer.headers["content-type"].partition(";")[0])
        raise InputError(
            f"cannot read {shown}: it is not text but {named}", hint="Give the address of the article's page"
        )
    if answer.headers.get("content-encoding", "").strip().lower() not in {"", "identity"}:
        raise WebError("the server compresses the page, which was not requested")


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
# Line ends of Python's text files. str.splitlines knows more, which would shift the numbers.
_LINE_END: Final = re.compile(r"\r\n|\r|\n")


def load_article(
    path_or_url: str | Path, language: str | None = None, *, encoding: str | None = None, progress: Progress = SILENT
) -> Article:
    """Load an article: plain text, Markdown or HTML, in any of the usual encodings, or DOCX.

    Args:
        path_or_url: A file, `-` for standard input, or an http or https address.
        language: BCP-47 tag; None detects it.
        encoding: Python codec name; None detects it.
        progress: Reports downloads and characters that were lost.

    Raises:
        InputError: There is no such file, or it is empty, binary, undecodable or of no known language.
        NetworkError: The page could not be fetched, or is in a private network and may not be.
        OfflineError: A page was asked for, but no network is allowed.
        UsageError: `language` or `encoding` is not known.
    """
    return _read_any(_read_raw(path_or_url, progress), language, encoding, progress)


def read_article(text: str, language: str | None = None, *, name: str) -> Article:
    """Read the text of a file as `load_article` does: plain, Markdown or HTML.

    Args:
        text: All of it.
        language: BCP-47 tag; None detects it.
        name: Name of the text in errors, and its source.

    Raises:
        InputError: It is empty, binary, mojibake or of no known language.
        UsageError: `language` is not known.
    """
    return _read_any(_Raw(text.encode("utf-8", "replace"), name), language, "utf-8", SILENT)


def load_lines(
    path_or_url: str | Path, language: str | None = None, *, encoding: str | None = None, progress: Progress = SILENT
) -> Article:
    """Load a file of one sentence a line, in any of the usual encodings; see `read_lines`.

    Parameters and errors are those of `load_article`.
    """
    text, meta = _decode(_read_raw(path_or_url, progress), encoding, progress)
    return read_lines(text, language=language, meta=replace(meta, format="lines"))


class LineArticle(Article):
    """An article whose sentences are the lines of a file, verbatim; a blank line is an empty sentence."""

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """The lines in order: sentence `i` is line `i + 1`."""
        return tuple(
            Sentence(number, self.text[block.start : block.end], block.start, block.end, number)
            for number, block in enumerate(self.blocks)
        )


def read_lines(text: str, *, language: str | None = None, meta: ArticleMeta | None = None) -> LineArticle:
    r"""Make an article of which each line is one sentence; nothing is cleaned, joined, split or left out.

    Line ends become `\n`; one at the end of the text opens no further line.

    Raises:
        InputError: The text is empty or its language cannot be detected.
        UsageError: `language` is not known.
    """
    refuse_empty(text, meta.source if meta and meta.source else "the text")
    lines = _LINE_END.split(text)
    if not lines[-1]:
        lines.pop()
    known = resolve_language(text, language)
    blocks, start = [], 0
    for line in lines:
        blocks.append(Block("paragraph", start, start + len(line)))
        start += len(line) + 1
    return LineArticle("\n".join(lines), known, None, tuple(blocks), meta or ArticleMeta(format="lines"))


def sniff_format(text: str) -> str:
    """Return the likely format of a text: `html`, `markdown` or `text`."""
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


def _read_any(raw: _Raw, language: str | None, encoding: str | None, progress: Progress) -> Article:
    if is_docx(raw.data):
        require_extra("docx")
        return read_docx(raw.data, language=language, meta=replace(_meta(raw), format="docx"))
    text, meta = _decode(raw, encoding, progress)
    kind = raw.format or sniff_format(text)
    meta = replace(meta, format=kind)
    refuse_empty(text, redact(raw.source))
    if kind == "html":
        return read_html(text, language=language, meta=meta, progress=progress)
    return _read(text, kind, language, meta)


def _decode(raw: _Raw, encoding: str | None, progress: Progress) -> tuple[str, ArticleMeta]:
    name = "standard input" if raw.source == STDIN else redact(raw.source)
    if not raw.data:
        raise InputError(f"{name} is empty", hint="Give an article of at least one sentence")
    decoded = decode(raw.data, name=name, encoding=encoding, declared=raw.charset)
    lost = decoded.text.count("\N{REPLACEMENT CHARACTER}")
    if lost:
        progress.note(f"{name}: {lost} characters were lost before the text was saved")
    return decoded.text, replace(_meta(raw), encoding=decoded.encoding)


def _meta(raw: _Raw) -> ArticleMeta:
    return ArticleMeta(source=redact(raw.source), sha256=hashlib.sha256(raw.data).hexdigest())


def _read_raw(path_or_url: str | Path, progress: Progress) -> _Raw:
    source = str(path_or_url)
    if source == STDIN:
        return _Raw(read_standard_input(ARTICLE_BYTES), STDIN)
    if isinstance(path_or_url, str) and _URL.match(source):
        from corpora.readers.load import fetch  # noqa: PLC0415 - http and ssl are not needed for files

        page = fetch(source, progress=progress)
        return _Raw(page.data, source, _BY_TYPE.get(page.content_type), page.charset)
    path = expand_user(source)
    return _Raw(read_file(path, ARTICLE_BYTES), printable(source), _BY_SUFFIX.get(path.suffix.lower()))


def _read(text: str, kind: str, language: str | None, meta: ArticleMeta) -> Article:
    if kind == "markdown":
        from corpora.readers.markdown import read_markdown  # noqa: PLC0415 - needed for Markdown only

        return read_markdown(text, language=language, meta=meta)
    return Article.from_text(text, language=language, meta=meta)
