"""Finding out how bytes were encoded, and refusing to guess where no reading makes sense."""

import codecs
import re
import string
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from common.errors import InputError, UsageError
from corpora.mojibake import decoded_before, utf8_within
from corpora.plausibility import judge

_HANDICAPS: Final = {
    "cp1251": 0.0, "koi8-r": 0.0, "gb18030": 0.0, "big5": 0.0, "big5hkscs": 1.0, "cp866": 3.0, "iso8859-5": 3.0,
    "cp1252": 0.0, "mac-cyrillic": 4.0, "utf-16-le": 0.0, "utf-16-be": 0.0,
}  # fmt: skip
"""Nats that a rare encoding must win by; capitals and quotation marks alone cannot tell cp1251 from mac-cyrillic."""

CANDIDATES: Final = tuple(_HANDICAPS)
"""Encodings tried when the bytes are not UTF-8; where two read the same, the earlier one is named."""

_WESTERN_BONUS: Final = 5.0  # nats; a lone letter beyond ASCII in a Latin text is seldom Cyrillic or Chinese
_WESTERN_SHARE: Final = 10  # so many Latin letters for each byte beyond ASCII make a Latin text

# UTF-32 comes first: its little-endian mark begins with the one of UTF-16.
_BYTE_ORDER_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_XML_STARTS: Final = {b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
"""UTF-16 without a mark, by the first sign of XML."""
# What pages declare and what they mean by it (https://encoding.spec.whatwg.org/#names-and-labels).
_MEANT: Final = {"gb2312": "gb18030", "gbk": "gb18030", "iso8859-1": "cp1252", "ascii": "cp1252", "koi8-u": "koi8-r"}
_DECLARATION: Final = re.compile(
    rb"""<meta[^>]{1,200}?charset\s*=\s*["']?([\w:-]+)|<\?xml[^>]{1,100}?encoding=["']([\w:-]+)""", re.IGNORECASE
)
_NO_FILES: Final = frozenset({"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7"})
"""Encodings of names and literals, some of which make half characters; browsers know none of them."""
_DECLARED_WITHIN: Final = 4096  # bytes
_MAX_ODDNESS: Final = 1.0  # see `Plausibility.oddness`
_SOUND_ENOUGH, _SOUND_SHARE = 8, 4  # characters, and characters for each wrong byte, that make broken bytes UTF-8
_MAX_LOST: Final = 0.005  # share of replacement characters that a readable text may have
_OTHER_FILES: Final = "Give a text, Markdown or HTML file; save other documents as one of these first"
_CONTROLS: Final = re.compile(r"[\x01-\x08\x0e-\x19\x1b-\x1f\x7f]")
_HALF: Final = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")
"""Half of a surrogate pair, as programs write it that count in UTF-16; in other encodings such bytes make no words."""
_BINARY: Final = "binary data"
_MAX_CONTROLS: Final = 0.005  # share of the characters
_MARGIN: Final = 0.5  # nats for each byte beyond ASCII by which another reading must beat the one that was asked for
_LET_DETECT: Final = "Leave the encoding out to have it detected"
_GET_AGAIN: Final = "Get the original again; this copy was saved after it had been read with the wrong encoding"
_ONE_ENCODING: Final = "Get the original again, or save all of it in one encoding"
_PIECE: Final = 400  # characters of a long line that are looked at together
_ASCII: Final = bytes(range(128))
_ASCII_LETTERS: Final = string.ascii_letters.encode("ascii")
_MAGIC: Final = (
    (b"%PDF-", "a PDF"), (b"\x89PNG", "a PNG image"), (b"\xff\xd8\xff", "a JPEG image"), (b"GIF8", "a GIF image"),
    (b"PK\x03\x04", "a zip archive or an office document"), (b"\x1f\x8b", "gzip data"), (b"\x7fELF", "a program"),
    (b"\xd0\xcf\x11\xe0", "an old office document"), (b"Rar!", "a RAR archive"), (b"7z\xbc\xaf", "a 7z archive"),
    (b"{\\rtf", "an RTF document"), (b"RIFF", "an audio, video or image file"), (b"BZh", "bzip2 data"),
    (b"\xfd7zXZ", "xz data"), (b"\x28\xb5\x2f\xfd", "zstd data"), (b"SQLite format 3", "a database"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text and the codec that read it.

    Attributes:
        text: As it was written, byte order mark aside.
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
    """Turn bytes into text: a byte order mark, a declaration, UTF-8, else the candidate that reads best.

    Args:
        data: The whole file.
        name: How error messages call it.
        encoding: Codec that the user asked for; nothing else is tried.
        declared: Codec that a protocol header names; an HTML or XML declaration in `data` is found without it.
        hint: What to give instead of a file that is no text.

    Raises:
        InputError: The bytes are no text, or no encoding gives a plausible one.
        UsageError: `encoding` is not known.
    """
    codec = _known(encoding) if encoding is not None else None
    kind = _kind_of_binary(data)
    decoded = None if kind else _decode(data, name, (encoding, codec), declared)
    if decoded is None or _is_binary(decoded.text):
        raise InputError(f"{name} is not a text: it looks like {kind or _BINARY}", hint=hint)
    return decoded


def _decode(data: bytes, name: str, asked: tuple[str | None, str | None], declared: str | None) -> Decoded:
    encoding, codec = asked
    marked = _by_mark(data, name)
    if marked:
        return marked
    if encoding is not None and codec is not None:
        return _as_asked(data, name, (encoding, codec))
    for claim in (declared, _declaration(data)):
        read = _as_declared(data, claim)
        if read:
            return _in_one_encoding(read, data, name)
    return _as_utf8(data, name) or _in_one_encoding(_as_best(data, name), data, name)


def decode_data(data: bytes, name: str) -> str:
    """Turn a data file into text: by its byte order mark, as XML by its declaration, else as UTF-8.

    Nothing is guessed: what other programs wrote as data says what it is, or is UTF-8.

    Raises:
        InputError: It is not in the encoding that it declares, or not UTF-8.
    """
    marked = _by_mark(data, name)
    if marked:
        return marked.text
    codec = _XML_STARTS.get(data[:2], "utf-8")
    if data.startswith(b"<?xml"):
        declared = _canonical(_declaration(data) or codec) or codec
        # Programs that convert a file forget its declaration; one whose signs are single bytes is no UTF-16.
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
    """Tell whether a text has a null character, or many others that no text has."""
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


def _as_asked(data: bytes, name: str, asked: tuple[str, str]) -> Decoded:
    encoding, codec = asked
    text = _read(data, codec)
    if text is None:
        raise InputError(f"{name} is not {encoding}: it holds bytes that {encoding} does not use", hint=_LET_DETECT)
    better = _better_reading(data, text)
    if better is not None:
        raise InputError(f"{name} makes no sense as {encoding}: it looks like {better}", hint=_LET_DETECT)
    _refuse_two_encodings(data, name)
    return Decoded(text, codec)


def _better_reading(data: bytes, text: str) -> str | None:
    utf8 = _read(data, "utf-8")
    if utf8 == text or data.isascii():
        return None
    if utf8 is not None:
        return "utf-8"
    best = min(_readings(data), default=None)
    if best and judge(text).total - best.cost > _MARGIN * _beyond_ascii(data):
        return best.encoding
    return None


def _as_declared(data: bytes, claim: str | None) -> Decoded | None:
    codec = _canonical(claim) if claim else None
    if codec is None:
        return None
    codec = _MEANT.get(codec, codec)
    text = _read(data, codec)
    if text is None or _better_reading(data, text) or judge(text).oddness > _MAX_ODDNESS:
        return None  # pages lie about their encoding; the bytes themselves decide then
    return Decoded(text, codec)


def _as_utf8(data: bytes, name: str) -> Decoded | None:
    text = None if b"\0" in data else _read(data, "utf-8")
    if text is None:
        return None
    if text.count("\N{REPLACEMENT CHARACTER}") > _MAX_LOST * len(text):
        raise InputError(
            f"{name} has lost characters: it holds many signs that only mark unreadable ones", hint=_GET_AGAIN
        )
    for line in text.split("\n"):
        wrong = decoded_before(line)
        if wrong:
            raise InputError(f"{name} holds mojibake: {wrong} ({line.strip()[:30]!r})", hint=_GET_AGAIN)
    return Decoded(text, "utf-8")


@dataclass(frozen=True, slots=True, order=True)
class _Reading:
    cost: float
    rank: int
    oddness: float
    encoding: str
    text: str


def _readings(data: bytes) -> Iterable[_Reading]:
    letters = len(data) - len(data.translate(None, _ASCII_LETTERS))
    western = letters > _WESTERN_SHARE * _beyond_ascii(data)
    for rank, (codec, handicap) in enumerate(_HANDICAPS.items()):
        if codec.startswith("utf-16") and b"\0" not in data:
            continue
        text = _read(data, codec)
        if text is not None:
            judged = judge(text)
            bonus = _WESTERN_BONUS if western and codec == "cp1252" else 0.0
            yield _Reading(judged.total + handicap - bonus, rank, judged.oddness, codec, text)


def _as_best(data: bytes, name: str) -> Decoded:
    _refuse_broken_utf8(data, name)
    _refuse_two_encodings(data, name)
    best = min(_readings(data), default=None)
    if best is None or best.oddness > _MAX_ODDNESS:
        tried = ", ".join(("utf-8", *CANDIDATES))
        hint = "Name the encoding if you know it, or save the text as UTF-8"
        raise InputError(f"{name} cannot be decoded: no sensible text in any of {tried}", hint=hint)
    return Decoded(best.text, best.encoding)


def _in_one_encoding(read: Decoded, data: bytes, name: str) -> Decoded:
    """Return a reading of the whole, unless another encoding makes more sense for a part of it."""
    _refuse_two_encodings(data, name)
    if _read(data, "utf-8") == read.text:
        return read
    for line in read.text.split("\n"):
        for start in range(0, len(line), _PIECE):
            piece = line[start : start + _PIECE]
            if decoded_before(piece):
                message = f"{name} holds text in two encodings: {piece.strip()[:30]!r} makes no sense"
                raise InputError(f"{message} as {read.encoding}", hint=_ONE_ENCODING)
    return read


def _refuse_two_encodings(data: bytes, name: str) -> None:
    if b"\0" in data or _read(data, "utf-8") is not None:
        return
    part = utf8_within(data)
    if part:
        excerpt = " ".join(part.split())[:30]
        message = f"{name} holds text in two encodings: a part is UTF-8 ({excerpt!r}), another is not"
        raise InputError(message, hint=_ONE_ENCODING)


def _refuse_broken_utf8(data: bytes, name: str) -> None:
    """Refuse UTF-8 with a few wrong bytes, such as a file that breaks off; any other encoding makes mojibake of it."""
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


def _beyond_ascii(data: bytes) -> int:
    return len(data.translate(None, _ASCII))


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
