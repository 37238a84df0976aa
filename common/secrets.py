"""Masks the program's secrets in text that leaves it."""

import os
import re
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

SERVER_KEY: Final = "TOLMACH_SERVER_KEY"
JUDGE_KEY: Final = "TOLMACH_JUDGE_KEY"
VARIABLES: Final = (SERVER_KEY, JUDGE_KEY, "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")
"""Environment variables that hold keys of Tolmach and of the libraries it calls."""

MASK: Final = "***"
_PART: Final = 8
"""Characters of a key that are masked also where the rest is missing: a cut message may end within one. Shorter runs
are shared with ordinary words too often."""
_PROSE_PART: Final = 12
"""The same in prose, where even a run of eight or more may be a word: `international` in `sk-international-desk` is
masked, `national` is not."""
_USER: Final = re.compile(
    r"(?<![a-z0-9+.-])([a-z][a-z0-9+.-]{0,30}:/{1,3})"
    r"(?:[^/?#\s]{0,300}@|(?!\[)[^/?#\s@:]{0,300}:[^/?#\s@]{0,300}[^/?#\s@\d]\S{0,300}@)",
    re.IGNORECASE,
)
"""Name and password of an address, also where its two slashes became one as in a path. Where no number follows the
colon, that is no port: a password with a slash, which goes on to the last `@`. The lengths keep the time linear."""
_NO_SCHEME: Final = re.compile(
    r"(?<![^\s'\"(=])[^\s:@/'\"(=]{1,64}:[^\s@/][^\s@]{0,300}@(?=\[|localhost\b|[\w-]{1,63}(?:\.\w|:\d|/))"
)
"""The same where the scheme or its slashes were forgotten, as in `user:password@host/v1`. A bare word behind the `@` is
not a host but a variant of a model, as in `gemma:12b@q4_k_m`."""
_PARAMETER: Final = re.compile(r"([?&;#/])([\w.%\[\]-]{1,120}?)(?:=|%(?:25)*3[dD])[^&#\s]+")
_SECRET_NAME: Final = re.compile(
    r"token|key|secret|passw(?:or)?d|pwd|auth|sig(?:nature)?|credentials?|jwt|session|sid|bearer|^(?:pass|pw|otp|pin)$",
    re.IGNORECASE,
)
"""Parameters of an address whose values are secret, as in `?access_token=…`."""
_BEARER: Final = re.compile(r"\b(bearer\s{1,9})\S+", re.IGNORECASE)
_HUB_TOKEN: Final = re.compile(r"\bhf_[A-Za-z0-9]{16,}")
"""A token of the Hugging Face hub; its client also reads one from a file, not only from a variable."""


def redact(text: str, *keys: str) -> str:
    """Return `text` with `***` in place of keys, parts of keys, and the secrets of addresses.

    Keys are `keys` and those of `VARIABLES`. A part is any run of eight characters of a key; a shorter key counts as a
    whole word.
    """
    for key in keys:
        text = _without(text, key)
    for variable in VARIABLES:
        key = os.environ.get(variable, "")
        # The hub's client sends what is left of a token without its line breaks.
        for form in {key, key.strip(), "".join(key.split())}:
            text = _without(text, form)
    # Libraries that read it at import repeat a part of an address that they cannot parse.
    text = _without(text, os.environ.get("HF_ENDPOINT", "").rpartition("@")[0].rpartition(":")[2], _PART)
    text = _NO_SCHEME.sub(f"{MASK}@", _USER.sub(rf"\1{MASK}@", text))
    text = _BEARER.sub(rf"\1{MASK}", _PARAMETER.sub(_parameter, text))
    return _HUB_TOKEN.sub(MASK, text)


def _parameter(found: re.Match[str]) -> str:
    # Percent signs hide a name from readers, but not from servers.
    return f"{found[1]}{found[2]}={MASK}" if _SECRET_NAME.search(unquote(found[2])) else found[0]


def without_keys(text: str, *keys: str) -> str:
    """Return prose with only keys masked as `***`: those of `VARIABLES` and `keys`.

    Unlike `redact`, it leaves parts below twelve characters, which may be ordinary words, and short keys such as
    `ollama`.
    """
    found = {os.environ.get(variable, "").strip() for variable in VARIABLES} | set(keys)
    for key in sorted((key for key in found if len(key) >= _PART), key=len, reverse=True):
        text = _without(text, key, min(_PROSE_PART, len(key)))
    return text


def _without(text: str, key: str, part: int = _PART) -> str:
    """Return `text` without runs of at least `part` characters of a key; a shorter key counts as a whole word."""
    if len(key) < part:
        return re.sub(rf"(?<!\w){re.escape(key)}(?!\w)", MASK, text) if key else text
    parts = _parts(key, part)
    if not any(one in text for one in parts):
        return text
    kept: list[str] = []
    place = covered = 0
    while place < len(text):
        if text[place : place + part] in parts:
            if covered <= place:
                kept.append(MASK)
            covered = place + part
        if place >= covered:
            kept.append(text[place])
        place += 1
    return "".join(kept)


@lru_cache(maxsize=16)
def _parts(key: str, part: int) -> frozenset[str]:
    return frozenset(key[start : start + part] for start in range(len(key) - part + 1))
