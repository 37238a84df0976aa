"""Text that was read with the wrong encoding and then saved, and files that were put together from two encodings."""

import re
from contextlib import suppress
from typing import Final

from corpora.plausibility import judge

_READ_AS: Final = ("cp1252", "cp1251", "koi8-r", "cp866", "mac-cyrillic", "iso8859-5", "gb18030", "big5")
_WAS: Final = ("utf-8", "cp1251", "koi8-r", "gb18030", "big5", "cp866")
_MIN_SHORTER: Final = 2  # characters that UTF-8 saves; a single pair such as «Рё» can be chance
_MIN_GAIN: Final = 1.0  # nats for each character beyond ASCII
_C1: Final = range(0x80, 0xA0)
_SAMPLE: Final = 400  # characters of a line
_MIN_RUN: Final = 8  # characters; by chance 4 come once in 30 000 Chinese characters, each more is 10 times rarer
# Latin, Cyrillic, punctuation, Chinese and wide characters; other scripts would only be chance.
_UTF8_CHARACTER: Final = rb"(?:[\xC2-\xCA\xD0-\xD4][\x80-\xBF]|[\xE2-\xE9\xEF][\x80-\xBF]{2})"
_UTF8_RUN: Final = re.compile(rb"%b(?:[\0-\x7F]*+%b){%d,}+" % (_UTF8_CHARACTER, _UTF8_CHARACTER, _MIN_RUN - 1))


def utf8_within(data: bytes) -> str | None:
    """Return the first stretch of UTF-8 that makes sense in bytes of another encoding; None where there is none."""
    for match in _UTF8_RUN.finditer(data):
        text = match.group().decode("utf-8", errors="ignore")
        if judge(text).oddness <= 1.0:
            return text
    return None


def decoded_before(line: str) -> str | None:
    """Say what went wrong with a line, as in "UTF-8 that was read as cp1252"; None for a sound one."""
    if line.isascii():
        return None
    line = line[:_SAMPLE]
    for read_as in _READ_AS:
        if _hides_utf8(line, read_as):
            return f"UTF-8 that was read as {read_as}"
    judged = judge(line)
    if judged.oddness <= 1.0:
        return None
    beyond = sum(not char.isascii() for char in line)
    for read_as in _READ_AS:
        for was in _WAS:
            better = None if was == read_as else _reread(line, read_as, was)
            if better is not None and judged.total - judge(better).total > max(_MIN_GAIN * beyond, 2 * _MIN_GAIN):
                return f"{was} that was read as {read_as}"
    return None


def _hides_utf8(line: str, read_as: str) -> bool:
    original = _reread(line, read_as, "utf-8")
    if original is None:
        return False
    # Two bytes make one character of it at least; in Chinese read as Chinese only the sense can tell.
    if read_as in {"gb18030", "big5"}:
        return judge(line).oddness > 1.0 >= judge(original).oddness
    return len(line) - len(original) >= _MIN_SHORTER


def _reread(line: str, read_as: str, was: str) -> str | None:
    try:
        return _encode(line, read_as).decode(was)
    except UnicodeError:
        return None


def _encode(line: str, codec: str) -> bytes:
    with suppress(UnicodeEncodeError):
        return line.encode(codec)
    # Browsers map the few bytes that code pages leave undefined to the control characters of the same number.
    return b"".join(bytes([ord(char)]) if ord(char) in _C1 else char.encode(codec) for char in line)
