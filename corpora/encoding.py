"""Detects the encoding of bytes, and refuses to guess if no candidate gives a plausible text."""

import codecs
import re
from dataclasses import dataclass
from typing import Final

from common.errors import InputError, UsageError

CANDIDATES: Final = ("cp1251", "koi8-r", "gb18030", "big5", "big5hkscs", "cp866", "iso8859-5", "cp1252", "mac-cyrillic")
"""Legacy encodings of the three languages, for bytes that are not Unicode; among equally good ones the first wins."""

# UTF-32 comes first: its little-endian mark begins with the one of UTF-16.
_BYTE_ORDER_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_XML_STARTS: Final = {b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
"""UTF-16 without a byte order mark, recognised by the start of XML."""
# Declared labels and the encodings meant by them (https://encoding.spec.whatwg.org/#names-and-labels).
_MEANT: Final = {
    "gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "iso8859-1": "cp1252", "ascii": "cp1252",
    "koi8-u": "koi8-r",
}  # fmt: skip
_DECLARATION: Final = re.compile(
    rb"""<meta[^>]{1,200}?charset\s*=\s*["']?([\w:-]+)|<\?xml[^>]{1,100}?encoding=["']([\w:-]+)""", re.IGNORECASE
)
_NO_FILES: Final = frozenset({"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7"})
"""Encodings of names and literals, some of which produce lone surrogates; browsers know none of them."""
_DECLARED_WITHIN: Final = 4096  # bytes
_SOUND_ENOUGH, _SOUND_SHARE = 8, 4  # characters, and characters for each wrong byte, that make broken bytes UTF-8
_MAX_LOST: Final = 0.005  # share of replacement characters that a readable text may have
_OTHER_FILES: Final = (
    "Give a text, Markdown, HTML or DOCX file; save other documents as one of these first, a PDF with pdftotext"
)
_CONTROLS: Final = re.compile(r"[\x01-\x08\x0e-\x19\x1b-\x1f\x7f]")
_HALF: Final = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")
"""Surrogates, as written by programs that count in UTF-16; in other encodings such bytes make no words."""
_BINARY: Final = "binary data"
_MAX_CONTROLS: Final = 0.005  # share of the characters
_MAX_MESS: Final = 0.12
"""Most mess that a legacy text may have; Korean and Thai bytes read as Chinese have more, running text has none."""
_SAME_MESS, _SAME_COHERENCE = 0.005, 0.05
"""Differences without significance: a sentence in Windows-1251 may seem a little better in the rare Mac Cyrillic."""
_SAMPLE: Final = 100_000  # bytes or characters; enough for any verdict, and it bounds the time for a huge file
_MOJIBAKE: Final = 0.6  # mess of saved text; wrong readings as cp1252 have 1 to 4, lists of words and symbols up to .43
_UNSEEN: Final = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")  # soft hyphens, spaces without a width, directions
_MIN_JUDGED: Final = 20  # characters beyond ASCII; a line with a few odd ones, such as x0¿, can be messier than that
_C1: Final = frozenset(map(chr, range(0x80, 0xA0)))
_MIN_SHORTER: Final = 2  # characters that UTF-8 saves; a single pair such as «Рё» can be chance
_SINGLE_BYTES: Final = ("cp1252", "cp1251", "koi8-r")
"""Encodings as which UTF-8 is usually misread. In other Cyrillic ones, words such as «секунд» can be valid UTF-8."""
_MIN_RUN: Final = 8  # characters; by chance 4 come once in 30 000 Chinese characters, each more is 10 times rarer
# Latin, Cyrillic, punctuation, Chinese and wide characters; other scripts would only be chance.
_UTF8_CHARACTER: Final = rb"(?:[\xC2-\xCA\xD0-\xD4][\x80-\xBF]|[\xE2-\xE9\xEF][\x80-\xBF]{2})"
_UTF8_RUN: Final = re.compile(rb"%b(?:[\0-\x7F]*+%b){%d,}+" % (_UTF8_CHARACTER, _UTF8_CHARACTER, _MIN_RUN - 1))
# English with the quotation marks and dashes of GB 18030; all else takes them for ¡ with a symbol, or for Ў.
_GB_PUNCTUATION: Final = re.compile(rb"(?:[\0-\x7F]++|\xA1[\xA1-\xFE])++")
_LET_DETECT: Final = "Leave the encoding out to have it detected"
_GET_AGAIN: Final = "Get the original again; this copy was saved after it had been read with the wrong encoding"
_ONE_ENCODING: Final = "Get the original again, or save all of it in one encoding"
_MAGIC: Final = (
    (b"%PDF-", "a PDF"), (b"\x89PNG", "a PNG image"), (b"\xff\xd8\xff", "a JPEG image"), (b"GIF8", "a GIF image"),
    (b"PK\x03\x04", "a zip archive or an office document"), (b"\x1f\x8b", "gzip data"), (b"\x7fELF", "a program"),
    (b"\xd0\xcf\x11\xe0", "an old office document"), (b"Rar!", "a RAR archive"), (b"7z\xbc\xaf", "a 7z archive"),
    (b"{\\rtf", "an RTF document"), (b"RIFF", "an audio, video or image file"), (b"BZh", "bzip2 data"),
    (b"\xfd7zXZ", "xz data"), (b"\x28\xb5\x2f\xfd", "zstd data"), (b"SQLite format 3", "a database"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text and the codec that decoded it.

    Attributes:
        text: The decoded text, without a byte order mark.
        encoding: Python codec name.
    """

    text: str
    encoding: str


def decode(
    data: bytes,
    *,
    name: str = "the input",
    encoding: str | None = None,
    declared: str | None = None,
    hint: str = _OTHER_FILES,
) -> Decoded:
    """Decode bytes: by a byte order mark, a declaration, as UTF-8, else by the best legacy candidate.

    Args:
        data: The whole file.
        name: Name of the file in error messages.
        encoding: Codec that the user asked for; nothing else is tried.
        declared: Codec that a protocol header names; an HTML or XML declaration in `data` is found without it.
        hint: What to provide instead of a file that is not text.

    Raises:
        InputError: The bytes are not text, or no encoding gives a plausible one.
        UsageError: `encoding` is not known.
    """
    codec = _known(encoding) if encoding is not None else None
    kind = _kind_of_binary(data)
    decoded = None if kind else _by_mark(data, name) or _without_mark(data, name, codec, declared)
    if decoded is None or _is_binary(decoded.text):
        raise InputError(f"{name} is not a text: it looks like {kind or _BINARY}", hint=hint)
    return decoded


def _without_mark(data: bytes, name: str, codec: str | None, declared: str | None) -> Decoded:
    _refuse_broken_utf8(data, name)
    _refuse_two_encodings(data, name)
    if codec is not None:
        decoded = _decode_as(data, name, codec)
    else:
        claims = (_as_declared(data, claim) for claim in (declared, _declaration(data)))
        decoded = next(filter(None, claims), None) or _as_utf8(data, name) or _as_best(data, name)
    _refuse_garbled(decoded, name)
    return decoded


def decode_data(data: bytes, name: str) -> str:
    """Decode a data file: by its byte order mark, by its XML declaration, else as UTF-8.

    Nothing is guessed: data files of other programs declare their encoding, or are UTF-8.

    Raises:
        InputError: It is not in the encoding that it declares, or not UTF-8.
    """
    marked = _by_mark(data, name)
    if marked:
        return marked.text
    codec = _XML_STARTS.get(data[:2], "utf-8")
    if data.startswith(b"<?xml"):
        declared = _canonical(_declaration(data) or codec) or codec
        # Programs that convert a file forget its declaration; a declaration in single bytes is not UTF-16.
        codec = codec if declared.startswith(("utf-16", "utf-32")) else declared
    text = _read(data, codec)
    if text is None:
        shown = "UTF-8" if codec == "utf-8" else codec
        raise InputError(f"{name} is not {shown} text", hint="Save it as UTF-8")
    return text


def _known(encoding: str) -> str:
    codec = _canonical(encoding)
    if codec is None:
        raise UsageError(f"unknown encoding {encoding!r}", hint=f"Known: utf-8, {', '.join(CANDIDATES)}, …")
    return codec


def _kind_of_binary(data: bytes) -> str | None:
    if data.startswith(tuple(mark for mark, _ in _BYTE_ORDER_MARKS)):
        return None
    kind = next((kind for magic, kind in _MAGIC if data.startswith(magic)), None)
    if kind is None and b"\0" in data:
        # UTF-16 without a mark has a zero in every other byte of its ASCII characters, and only there.
        fewer, more = sorted((data[::2].count(0), data[1::2].count(0)))
        return _BINARY if len(data) % 2 or fewer * 5 > more else None
    return _BINARY if kind is None and _is_binary(data.decode("latin-1")) else kind


def _is_binary(text: str) -> bool:
    """Return whether a text has a null character, or many other characters that no text has."""
    return "\0" in text or len(_CONTROLS.findall(text)) > _MAX_CONTROLS * len(text)


def _by_mark(data: bytes, name: str) -> Decoded | None:
    codec = next((codec for mark, codec in _BYTE_ORDER_MARKS if data.startswith(mark)), None)
    if codec is None:
        return None
    text = _read(data, codec)
    if text is None:
        raise InputError(
            f"{name} begins with the mark of {codec} but breaks off or breaks its rules", hint="Save it again"
        )
    return Decoded(text, codec)


def _decode_as(data: bytes, name: str, codec: str) -> Decoded:
    text = _read(data, codec)
    if text is None:
        raise InputError(f"{name} is not {codec}: it holds bytes that {codec} does not use", hint=_LET_DETECT)
    better = None if _fits(data, codec) else _detect(data)
    if better:
        raise InputError(f"{name} makes no sense as {codec}: it looks like {better.encoding}", hint=_LET_DETECT)
    return Decoded(text, codec)


def _as_declared(data: bytes, claim: str | None) -> Decoded | None:
    codec = _canonical(claim) if claim else None
    if codec is None:
        return None
    codec = _MEANT.get(codec, codec)
    text = _read(data, codec)
    # Pages lie about their encoding; the bytes themselves decide then.
    return Decoded(text, codec) if text is not None and _fits(data, codec) else None


def _fits(data: bytes, codec: str) -> bool:
    """Return whether bytes are plausible in an encoding; valid UTF-8 is plausible in no other."""
    utf8 = _read(data, "utf-8")
    text = data.decode(codec)
    return text == utf8 if utf8 is not None else _mess(text) <= _MAX_MESS


def _mess(text: str) -> float:
    """Return how little a text looks like writing, from 0; a wrong encoding gives some tenths or more."""
    from charset_normalizer.md import mess_ratio  # noqa: PLC0415 - takes as long to load as all of this package

    return mess_ratio(_UNSEEN.sub("", text[:_SAMPLE]), 1.0)


def _as_utf8(data: bytes, name: str) -> Decoded | None:
    text = None if b"\0" in data else _read(data, "utf-8")
    if text is None:
        return None
    if text.count("\N{REPLACEMENT CHARACTER}") > _MAX_LOST * len(text):
        raise InputError(f"{name} has lost characters: it has many replacement characters", hint=_GET_AGAIN)
    return Decoded(text, "utf-8")


def _as_best(data: bytes, name: str) -> Decoded:
    best = _detect(data)
    if best is None:
        tried = ", ".join(("utf-8", *CANDIDATES))
        hint = "Name the encoding if you know it, or save the text as UTF-8"
        raise InputError(f"{name} cannot be decoded: no sensible text in any of {tried}", hint=hint)
    return best


def _detect(data: bytes) -> Decoded | None:
    """Return the best decoding of bytes without a declaration; None if no candidate gives plausible text."""
    if b"\0" in data:
        codec = "utf-16-le" if data[1::2].count(0) > data[::2].count(0) else "utf-16-be"
        if _mess(_read(data, codec) or "") > _MAX_MESS:
            codec = "latin-1"  # keeps the null characters, for which the text is refused
    elif _read(data, "utf-8") is not None:
        codec = "utf-8"
    elif _GB_PUNCTUATION.fullmatch(data):
        codec = "gb18030"
    else:
        codec = _best_candidate(data)
    text = _read(data, codec) if codec else None
    return None if text is None else Decoded(text, codec)


def _best_candidate(data: bytes) -> str:
    """Return the best candidate encoding, the first of equally good ones; "" if none gives plausible text."""
    from charset_normalizer import from_bytes  # noqa: PLC0415 - as above

    found = from_bytes(
        data,
        chunk_size=_SAMPLE // 5,  # it checks five parts
        threshold=_MAX_MESS,
        cp_isolation=list(CANDIDATES),
        enable_fallback=False,
    )
    # Some are proposed without being asked for.
    matches = [(codecs.lookup(match.encoding).name, match) for match in found]
    matches = [(name, match) for name, match in matches if name in CANDIDATES]
    least = min((match.chaos for _, match in matches), default=0.0)
    clean = [(name, match) for name, match in matches if match.chaos <= least + _SAME_MESS]
    highest = max((match.coherence for _, match in clean), default=0.0)
    good = [name for name, match in clean if match.coherence >= highest - _SAME_COHERENCE]
    return min(good, key=CANDIDATES.index, default="")


def _refuse_broken_utf8(data: bytes, name: str) -> None:
    """Refuse UTF-8 with a few wrong bytes, such as a truncated file; any other encoding would garble it."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        repaired = data.decode("utf-8", errors="ignore")
        sound = sum(not char.isascii() for char in repaired)
        lost = len(data) - len(repaired.encode("utf-8"))
        has_halves = _HALF.search(data) and _read(_HALF.sub(b"", data), "utf-8") is not None
        if has_halves or (sound >= _SOUND_ENOUGH and sound > _SOUND_SHARE * lost):
            message = f"{name} is broken UTF-8: byte {error.start + 1} (0x{data[error.start]:02X}) does not belong"
            raise InputError(message, hint="Get the file again, or save it as UTF-8") from error


def _refuse_two_encodings(data: bytes, name: str) -> None:
    if b"\0" in data or _read(data, "utf-8") is not None:
        return
    part = _UTF8_RUN.search(data)
    if part:
        excerpt = " ".join(part.group().decode("utf-8", errors="ignore").split())[:30]
        message = f"{name} holds text in two encodings: a part is UTF-8 ({excerpt!r}), another is not"
        raise InputError(message, hint=_ONE_ENCODING)


def _refuse_garbled(decoded: Decoded, name: str) -> None:
    """Refuse a text with lines of misread UTF-8, and one saved after a wrong decoding."""
    text, is_unicode = decoded.text, decoded.encoding.startswith("utf")
    lines = (line for line in text.split("\n") if not line.isascii())
    wrong = next((line for line in lines if any(_hides_utf8(line, codec) for codec in _SINGLE_BYTES)), None)
    if (
        wrong is None
        and is_unicode
        and sum(not char.isascii() for char in _UNSEEN.sub("", text)) >= _MIN_JUDGED
        and _mess(text) > _MOJIBAKE
    ):
        wrong = text
    if wrong is None:
        return
    excerpt = repr(wrong.strip()[:30])
    if is_unicode:
        raise InputError(f"{name} holds mojibake, text read with the wrong encoding: {excerpt}", hint=_GET_AGAIN)
    message = f"{name} holds text in two encodings: {excerpt} makes no sense as {decoded.encoding}"
    raise InputError(message, hint=_ONE_ENCODING)


def _hides_utf8(line: str, codec: str) -> bool:
    # Browsers map the few bytes that code pages leave undefined to the control characters of the same number.
    try:
        try:
            data = line.encode(codec)
        except UnicodeEncodeError:
            data = b"".join(bytes([ord(char)]) if char in _C1 else char.encode(codec) for char in line)
        return len(line) - len(data.decode("utf-8")) >= _MIN_SHORTER
    except UnicodeError:
        return False


def _declaration(data: bytes) -> str | None:
    match = _DECLARATION.search(data[:_DECLARED_WITHIN])
    return (match.group(1) or match.group(2)).decode("ascii") if match else None


def _canonical(label: str) -> str | None:
    try:
        info = codecs.lookup(label.strip())
    except (LookupError, ValueError):  # ValueError: a null character or a lone surrogate in the label
        return None
    # Codecs such as rot13 and base64 are no encodings of text.
    is_text = getattr(info, "_is_text_encoding", True) and info.name not in _NO_FILES
    return info.name if is_text else None


def _read(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except UnicodeError:
        return None
