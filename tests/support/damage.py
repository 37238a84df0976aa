"""Ways in which files come damaged: each takes the bytes of a sound file, which is UTF-8, and a generator."""

import gzip
import re
from collections.abc import Callable, Iterator
from random import Random
from typing import Final

Damage = Callable[[bytes, Random], bytes]
FAMILIES: Final[dict[str, Damage]] = {}


def _family(damage: Damage) -> Damage:
    FAMILIES[damage.__name__.strip("_")] = damage
    return damage


def _at(data: bytes, random: Random) -> int:
    return random.randrange(len(data) + 1)


def _of_text(name: str, change: Callable[[str, Random], str]) -> None:
    FAMILIES[name] = lambda data, random: change(data.decode("utf-8"), random).encode("utf-8", "surrogatepass")


def _inserted(name: str, *pieces: str | bytes) -> None:
    """Make a family that puts one of several pieces somewhere into the file."""
    encoded = [piece if isinstance(piece, bytes) else piece.encode("utf-8", "surrogatepass") for piece in pieces]

    def insert(data: bytes, random: Random) -> bytes:
        at = _at(data, random)
        return data[:at] + random.choice(encoded) + data[at:]

    FAMILIES[name] = insert


def _replaced(name: str, pattern: str, *pieces: str) -> None:
    """Make a family that puts one of several pieces where something stands, at one such place."""

    def replace(text: str, random: Random) -> str:
        places = list(re.finditer(pattern, text))
        if not places:
            at = random.randrange(len(text) + 1)
            return text[:at] + random.choice(pieces) + text[at:]
        place = random.choice(places)
        return text[: place.start()] + random.choice(pieces) + text[place.end() :]

    _of_text(name, replace)


@_family
def truncated(data: bytes, random: Random) -> bytes:
    return data[: _at(data, random)]


@_family
def beheaded(data: bytes, random: Random) -> bytes:
    return data[_at(data, random) :]


@_family
def flipped_bits(data: bytes, random: Random) -> bytes:
    found = bytearray(data)
    for _ in range(5):
        found[random.randrange(len(found))] ^= 1 << random.randrange(8)
    return bytes(found)


@_family
def random_bytes(data: bytes, random: Random) -> bytes:
    at = _at(data, random)
    return data[:at] + random.randbytes(20) + data[at + 20 :]


@_family
def noise(data: bytes, random: Random) -> bytes:
    return random.randbytes(len(data))


@_family
def a_piece_doubled(data: bytes, random: Random) -> bytes:
    first, last = sorted((_at(data, random), _at(data, random)))
    return data[:last] + data[first:]


@_family
def a_piece_lost(data: bytes, random: Random) -> bytes:
    first, last = sorted((_at(data, random), _at(data, random)))
    return data[:first] + data[last:]


@_family
def turned_round(data: bytes, random: Random) -> bytes:
    at = _at(data, random)
    return data[at:] + data[:at]


@_family
def twice(data: bytes, _random: Random) -> bytes:
    return data + data


@_family
def empty(_data: bytes, _random: Random) -> bytes:
    return b""


@_family
def blank(_data: bytes, random: Random) -> bytes:
    return random.choice(
        [b" ", b"\n\n", b"\t \r\n", "\N{NO-BREAK SPACE}\N{ZERO WIDTH SPACE}".encode(), b"\xef\xbb\xbf"]
    )


@_family
def one_byte(_data: bytes, random: Random) -> bytes:
    return bytes([random.randrange(256)])


@_family
def zeros(data: bytes, _random: Random) -> bytes:
    return b"\0" * len(data)


@_family
def zeros_at_the_end(data: bytes, random: Random) -> bytes:
    return data[: _at(data, random)] + b"\0" * 512


@_family
def packed(data: bytes, _random: Random) -> bytes:
    return gzip.compress(data, mtime=0)


@_family
def magic_in_front(data: bytes, random: Random) -> bytes:
    return (
        random.choice([b"PK\x03\x04", b"\x1f\x8b", b"%PDF-1.7\n", b"\x89PNG\r\n", b"SQLite format 3\0", b"MZ"]) + data
    )


@_family
def two_encodings(data: bytes, random: Random) -> bytes:
    text = data.decode("utf-8")
    at = random.randrange(len(text) + 1)
    return text[:at].encode("utf-8") + text[at:].encode("cp1251", "replace")


@_family
def odd_utf16(data: bytes, _random: Random) -> bytes:
    return data.decode("utf-8").encode("utf-16") + b"a"


@_family
def decoded_before(data: bytes, _random: Random) -> bytes:
    return data.decode("cp1252", "replace").encode("utf-8")


for _codec in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1251", "koi8-r", "gb18030", "cp037", "utf-7"):
    FAMILIES[f"in_{_codec}"] = lambda data, _random, codec=_codec: data.decode("utf-8").encode(codec, "replace")
for _name, _mark in {
    "utf-8": b"\xef\xbb\xbf",
    "utf-16": b"\xff\xfe",
    "utf-16-be": b"\xfe\xff",
    "utf-32": b"\xff\xfe\0\0",
}.items():
    FAMILIES[f"mark_of_{_name}"] = lambda data, _random, mark=_mark: mark + data
for _name, _end in {
    "crlf": "\r\n",
    "cr": "\r",
    "nel": "\x85",
    "ls": "\u2028",
    "ff": "\f",
    "vt": "\v",
    "none": "",
    "many": "\n" * 50,
}.items():
    _of_text(f"line_ends_{_name}", lambda text, _random, end=_end: text.replace("\n", end))

_inserted("null", b"\0", b"\0\0\0")
_inserted("surrogate", "\ud800", "\udfff\ud800", "\ud83d")
_inserted("overlong_utf8", b"\xc0\xaf", b"\xe0\x80\xaf", b"\xf8\x88\x80\x80\x80", b"\xf4\x90\x80\x80")
_inserted("lone_continuation", b"\x80", b"\xbf\xbf", b"\xfe", b"\xff")
_inserted("controls", "\x07", "\x1b[2J", "\x08" * 20, "\x1a", "\x7f", "\x9b31m")
_inserted("direction_marks", "\u202e", "\u2066\u2069\u2069", "\u200f" * 40)
_inserted("invisible", "\u200b" * 40, "\ufeff", "\u00ad", "\u2060")
_inserted("combining", "\u0301" * 300, "e\u0301\u0327", "\U000e0001")
_inserted("noncharacters", "\uffff", "\ufffe", "\U0010ffff", "\ufdd0")
_inserted("replacement", "\ufffd", "\ufffd" * 100)
_inserted("long_word", "a" * 50_000, "\u4e00" * 20_000)
_inserted("long_space", " " * 50_000, "\t" * 20_000)
_inserted("long_lines", "\n" * 5000, "a\n" * 3000)
_inserted("unclosed_tags", "<a ", "<", "</", "<p", "<b><i>", "<script>", "<title>", "<!", "<table><tr>")
_inserted("deep_tags", "<div>" * 3000, "<a>" * 400 + "</a>" * 400, "<b><i>" * 1000)
_inserted("stray_ends", "</p>", "</body></html>", "</seg></tuv></tu>", "</unit>", "</script>")
_inserted("comments", "<!--", "-->", "<!--->", "--!>", "<!-- -- -->", "<!---->")
_inserted("declarations", "<![CDATA[", "]]>", "<![CDaaa", "<![", "<!DOCTYPE x [<!ENTITY a 'b'>]>", "<!ELEMENT", "<!>")
_inserted("instructions", "<?xml version='1.0'?>", "<?php", "<?>", "<?xml encoding='utf-16'?>", "?>")
_inserted("entities", "&", "&lt", "&#0;", "&#xd800;", "&#99999999999;", "&nosuch;", "&amp;" * 500, "&#x110000;")
_inserted("attributes", "<p a=", '<p a="', "<p a a a a>", "<p =x>", '<a href="javascript:x">', "<p \0=1>")
_inserted(
    "markdown_marks", "[" * 500, "*" * 500, "`" * 501, ">" * 500, "_~" * 300, "![](", "[a](<", "|" * 500, "- " * 500
)
_inserted(
    "front_matter", "---\n", "---\ntitle: [\n---\n", "---\n&a: *a\n---\n", "---\n!!python/object:os.system x\n---\n"
)
_inserted("quotes", '"', '"' * 99, "\u201c" * 500, "\u00ab\u201e" * 200, "'" * 500)
_inserted("brackets", "{", "}", "[", "]", "[" * 2000, "{" * 2000, '{"a":' * 2000)
_inserted("separators", "\t", ",", "|", ";", "\t\t\t", ":", "\\", "\\u", "\\ud800")
_inserted("escapes", "\\x", "\\uZZZZ", "%", "%s", "%n", "{0}", "{}", "${x}", "{{ x }}", "\\\\\\")
_inserted("addresses", "http://[", "https://a:b@c:99999/", "//", "file:///etc/passwd", "http://\u0430.\u0440\u0444/")
_replaced("huge_numbers", r"\d+", "9" * 30, "9" * 400, "9" * 5000, "1e999", "1e-999", "-" + "9" * 25)
_replaced(
    "odd_numbers", r"\d+", "-1", "0", "1.5", "NaN", "Infinity", "-Infinity", "007", "0x10", "\u0663", "1_000", "+1", ""
)
_replaced("wrong_types", r'"[^"\n]*"|\d+', "null", "true", "[]", "{}", '""', '"x"', "[[]]", "1", "[null]")
_replaced("lost_names", r'"[a-z_]+"(?=:)|<[a-z]+', '"x"', "<x", '""', "<")
_replaced("other_languages", r"\b(?:en|ru|zh)\b", "xx", "", "en-US-x-y", "zz-Hant", "a" * 300, "und", "*", "ru")
_replaced("lost_ends", r"[>}\])\"]", "")
_replaced(
    "other_tags", r"</?[a-z]+", "<p", "</p", "<script", "<tu", "<svg", "<math", "<template", "<select", "<plaintext"
)


@_family
def a_line_lost(data: bytes, random: Random) -> bytes:
    lines = data.split(b"\n")
    del lines[random.randrange(len(lines))]
    return b"\n".join(lines)


@_family
def a_line_doubled(data: bytes, random: Random) -> bytes:
    lines = data.split(b"\n")
    lines.insert(random.randrange(len(lines)), random.choice(lines))
    return b"\n".join(lines)


@_family
def lines_shuffled(data: bytes, random: Random) -> bytes:
    lines = data.split(b"\n")
    random.shuffle(lines)
    return b"\n".join(lines)


@_family
def words_swapped(data: bytes, random: Random) -> bytes:
    words = re.split(rb"(\W+)", data)
    first, second = random.randrange(len(words)), random.randrange(len(words))
    words[first], words[second] = words[second], words[first]
    return b"".join(words)


@_family
def case_turned(data: bytes, _random: Random) -> bytes:
    return data.swapcase()


def damaged(data: bytes, seeds: int) -> Iterator[tuple[str, bytes]]:
    """Yield damaged copies of a file, so many of each family, with the name of what was done; always the same ones."""
    for name, damage in FAMILIES.items():
        for seed in range(seeds):
            yield f"{name}, {seed}", damage(data, Random(f"{name} {seed}"))  # noqa: S311 - the same each time
