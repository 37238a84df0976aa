"""Secrets that the program holds: how a key is read, and what stands in its place in text that leaves the program."""

import os
import re
from functools import lru_cache
from typing import Final

SERVER_KEY: Final = "TOLMACH_SERVER_KEY"
JUDGE_KEY: Final = "TOLMACH_JUDGE_KEY"
VARIABLES: Final = (SERVER_KEY, JUDGE_KEY, "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")
"""Environment variables that hold keys of Tolmach's and of the libraries it calls."""

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
no host but a variant of a model, as in `gemma:12b@q4_k_m`."""
_PARAMETER: Final = re.compile(
    r"([?&;#/][\w.%\[\]-]{0,60}(?:token|key|secret|passw(?:or)?d|pwd|auth|sig(?:nature)?|credentials?|jwt|session|sid)"
    r"[\w.%\[\]-]{0,60}(?:=|%3d))[^&#\s]+",
    re.IGNORECASE,
)
"""Parameters of an address whose names say that their values are secret, as in `?access_token=…` or `/token=…`."""
_BEARER: Final = re.compile(r"\b(bearer\s{1,9})\S+", re.IGNORECASE)
_HUB_TOKEN: Final = re.compile(r"\bhf_[A-Za-z0-9]{16,}")
"""A token of the Hugging Face hub; its client also reads one from a file, which no variable tells."""


def read_key(variable: str) -> str | None:
    """Return the key in an environment variable, without white space around it; None where there is none.

    Keys from files and container secrets often end in a line break, which no HTTP header can hold.

    Raises:
        UsageError: It holds white space or characters beyond ASCII; the message does not repeat it.
    """
    key = os.environ.get(variable, "").strip()
    if not key:
        return None
    if not is_key(key):
        raise _unusable(f"{variable} is not a key", "Set it again; it may hold more than the key")
    return key


def is_key(text: str) -> bool:
    """Tell whether an HTTP header can hold `text` as a key."""
    return bool(text) and all("!" <= character <= "~" for character in text)


def hub_token() -> str | None:
    """Return the user's token for the hub: `HF_TOKEN`, or that of `hf auth login`; None where there is none.

    Raises:
        UsageError: No header can hold it; the message does not repeat it.
    """
    from huggingface_hub import constants, get_token  # noqa: PLC0415 - slow to import, and needed for the hub only

    token = None if constants.HF_HUB_DISABLE_IMPLICIT_TOKEN else get_token()
    if token is not None and not is_key(token):
        raise _unusable("the token for the hub is not one", "Set HF_TOKEN again, or log in again: `hf auth login`")
    return token


def _unusable(what: str, hint: str) -> Exception:
    from common.errors import UsageError  # noqa: PLC0415 - errors mask secrets, and would import in a circle

    return UsageError(f"{what}: it has a space, a control character or a letter beyond ASCII", hint=hint)


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
    for pattern in (_PARAMETER, _BEARER):
        text = pattern.sub(rf"\1{MASK}", text)
    return _HUB_TOKEN.sub(MASK, text)


def without_keys(text: str, *keys: str) -> str:
    """Return prose with `***` in place of keys, those of `VARIABLES` and `keys`, and of nothing else.

    Other than `redact`, it leaves parts below twelve characters, which may be ordinary words, and short keys such as
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
