"""Downloads Firefox's models: from Mozilla's service for the browser, or from a mirror of the user's.

The service is Mozilla's Remote Settings: a list of records, each with an address, size and checksum of a file. A mirror
is any web server with the folders that `find_firefox` knows.
"""

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from common.errors import InputError, IntegrityError, NetworkError, UsageError
from common.fetch.errors import Deadline, WebError
from common.fetch.repository import ModelUnavailableError
from common.fetch.urls import parse_url, show_url
from common.files import replacing, sha256_of
from common.json_text import parse_json
from common.network import require_network
from common.progress import SILENT, Progress
from corpora.languages import Direction
from translate.engines.firefox import check_firefox, engine_version
from translate.models.firefox import MODEL_NAMES, SIZES, find_firefox, pair_name, places
from translate.models.specs import direction_name
from translate.types import ModelFilesError

if TYPE_CHECKING:
    from common.fetch.session import WebResponse

MIRROR_VARIABLE: Final = "TOLMACH_FIREFOX_MIRROR"
RECORDS_VARIABLE: Final = "FXTRANSLATE_RECORDS_URL"
"""Variable with the address of another list of records, also used by fxtranslate."""

SERVICE_NOTE: Final = (
    "Firefox's models come from Mozilla's service for its browser, which promises other programs nothing: "
    f"for production, keep a copy and name it with {MIRROR_VARIABLE}"
)

_SAID: Final[set[str]] = set()
"""Notes already shown by this process."""

_NAMES: Final[Mapping[str, str]] = {
    "model": MODEL_NAMES[0], "vocab": "vocab.{pair}.spm", "srcvocab": "srcvocab.{pair}.spm",
    "trgvocab": "trgvocab.{pair}.spm",
}  # fmt: skip
"""Names of the kinds of files here, by their names in records."""

_TAGS: Final[Mapping[str, tuple[str, ...]]] = {"zh": ("zh", "zh-Hans")}
_VERSION: Final = re.compile(r"(\d{1,4})\.(\d{1,4})(.*)")
_READABLE: Final = (3,)
"""The major version of the models that fxtranslate 0.5 runs."""
_TEXTS: Final = ("fileType", "sourceLanguage", "targetLanguage", "version")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_TIME: Final = 30.0
"""Seconds for each `_PACE` bytes."""
_PACE: Final = 1 << 16
_LONGEST_LIST: Final = 16_000_000
"""Most bytes of a list of records; Mozilla's has less than one million."""
_REDIRECTIONS: Final = 5
_MISSING: Final = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
"""Statuses of missing files; some file stores respond with 403."""
_HINT: Final = "Check the address and the connection"
_AGAIN: Final = "Try again; if the error remains, the server's file is wrong"

MAX_BYTES: Final = 1 << 30
"""Most bytes of one file: the largest models that Mozilla has published have 60 MB."""

Record = dict[str, Any]


def fetch_firefox(direction: Direction, folder: Path, *, progress: Progress = SILENT) -> str:
    """Download a direction's weights and vocabularies into `folder`; return the source address.

    Existing files of the service are not downloaded again.

    Raises:
        OfflineError: The user allows no network.
        UsageError: The variable is not the address of a mirror.
        NetworkError: The server cannot be reached, fails, or breaks off.
        ModelUnavailableError: The server has no such direction.
        IntegrityError: A file is damaged or far too large; it is removed.
        OutputError: The folder cannot be written.
    """
    name = direction_name(direction)
    require_network(f"fetch the Firefox model for {name}")
    engine_version()
    mirror = firefox_mirror()
    with progress.bar(f"Fetching firefox {name}", None, unit="B") as advance:
        if mirror:
            _Mirror(mirror, folder, advance).fetch(direction)
        else:
            if SERVICE_NOTE not in _SAID:
                _SAID.add(SERVICE_NOTE)
                progress.note(SERVICE_NOTE)
            mirror = _Service(folder, advance).fetch(direction)
    files = find_firefox(folder, direction)
    if files is None:
        raise ModelUnavailableError(
            f"{show_url(mirror)} has no model for {name}, or not all of its files",
            hint=f"A mirror has {pair_name(direction)}/{MODEL_NAMES[0].format(pair=pair_name(direction))} and a "
            "vocabulary beside it, packed as .zst or .gz or not at all",
        )
    try:
        check_firefox(files)
    except ModelFilesError as error:
        for path in files.paths:
            path.unlink()
        raise IntegrityError(f"{show_url(mirror)} gave no model: {error.message}", hint=_AGAIN) from error
    return mirror


def firefox_mirror() -> str:
    """Return the address of the user's mirror, empty if not set.

    Raises:
        UsageError: It is not the address of a web server.
    """
    address = os.environ.get(MIRROR_VARIABLE, "").strip().rstrip("/")
    try:
        if address:
            parse_url(address)
    except WebError as error:
        raise UsageError(
            f"{show_url(address)!r} is not the address of a mirror: {error.message}",
            hint="Write https://host/path, or name a folder: --model",
        ) from error
    return address


class _Mirror:
    """A web server with a folder for each direction."""

    def __init__(self, url: str, folder: Path, advance: Callable[[float], None]) -> None:
        self._url, self._folder, self._advance = url, folder, advance

    def fetch(self, direction: Direction) -> None:
        """Download the first available model of the direction, and its vocabularies."""
        for path in self._folder.iterdir():  # an interrupted download has no record of the source of its files
            path.unlink()
        pair = pair_name(direction)
        models = [name.format(pair=pair) for name in MODEL_NAMES]
        place = next((place for place in places(direction) if any(self._bring(place, name) for name in models)), None)
        if place is not None and not self._bring(place, f"vocab.{pair}.spm"):
            self._bring(place, f"srcvocab.{pair}.spm")
            self._bring(place, f"trgvocab.{pair}.spm")

    def _bring(self, place: str, name: str) -> bool:
        names = [f"{name}{ending}" for ending in (".zst", ".gz", "")]
        return any(
            _download(f"{self._url}/{place}/{one}", self._folder / one, MAX_BYTES, self._advance) for one in names
        )


class _Service:
    """Mozilla's service, or another with the same records."""

    def __init__(self, folder: Path, advance: Callable[[float], None]) -> None:
        from fxtranslate import discovery  # noqa: PLC0415 - loaded when used

        self._records = discovery.records_url()
        self._folder, self._advance = folder, advance

    def fetch(self, direction: Direction) -> str:
        """Download the newest model of the direction that fxtranslate can run; return the address of the records."""
        chosen = _newest(_at(_json(self._records), list, "data"), direction)
        names = {
            f"{_NAMES[record['fileType']].format(pair=pair_name(direction))}.zst": record["attachment"]
            for record in chosen
        }
        for path in self._folder.iterdir():  # of another version, or from a mirror
            if path.name not in names:
                path.unlink()
        server = _json(f"{self._records.partition('/buckets/')[0]}/") if chosen else {}
        for name, attachment in names.items():
            self._bring(_at(server, str, "capabilities", "attachments", "base_url"), attachment, self._folder / name)
        return self._records

    def _bring(self, base: str, attachment: Record, path: Path) -> None:
        if not path.is_file() or sha256_of(path) != attachment["hash"]:
            _download(base + quote(attachment["location"]), path, attachment["size"], self._advance)
        if not path.is_file() or sha256_of(path) != attachment["hash"]:
            path.unlink(missing_ok=True)
            raise IntegrityError(f"{path.name} from {show_url(base)} is missing or damaged", hint=_AGAIN)


def _at(value: Any, kind: type, *keys: str) -> Any:
    """Return a nested value of a response by its path of names.

    Raises:
        NetworkError: There is no such value.
    """
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    if not isinstance(value, kind):
        raise NetworkError("the answer is not that of Mozilla's service", hint=_HINT)
    return value


def _newest(records: Sequence[Any], direction: Direction) -> list[Record]:
    """Return the records of one model: of the newest version, and there of the best size."""
    tags = [_TAGS.get(tag, (tag,)) for tag in direction]
    found = [
        record
        for record in records
        if _is_usable(record) and record["sourceLanguage"] in tags[0] and record["targetLanguage"] in tags[1]
    ]
    models = [record for record in found if record["fileType"] == "model"]
    if not models:
        return []
    best = max(models, key=lambda record: (_version(record), -_rank(record)))
    alike = [one for one in found if one["version"] == best["version"] and _rank(one) in {_rank(best), len(SIZES)}]
    # Vocabularies may be shared by all sizes, and then have no size.
    return list({one["fileType"]: one for one in sorted(alike, key=_rank, reverse=True)}.values())


def _is_usable(record: Any) -> bool:
    """Return whether a record is of a file that fxtranslate can read."""
    if not isinstance(record, dict) or not all(isinstance(record.get(key), str) for key in _TEXTS):
        return False
    attachment = record.get("attachment")
    if not isinstance(attachment, dict) or record["fileType"] not in _NAMES or _version(record)[:1] != _READABLE:
        return False
    size, checksum = attachment.get("size"), attachment.get("hash")
    return (
        isinstance(attachment.get("location"), str)
        and isinstance(checksum, str)
        and _SHA256.fullmatch(checksum) is not None
        and type(size) is int
        and 0 < size <= MAX_BYTES
    )


def _version(record: Record) -> tuple[int, ...]:
    """Return the sort key of a version: `3.0a1` comes before `3.0`."""
    found = _VERSION.fullmatch(record["version"])
    return (int(found[1]), int(found[2]), 0 if found[3] else 1) if found else ()


def _rank(record: Record) -> int:
    """Return the rank of a model's size, the best first; unknown sizes are last."""
    size = record.get("architecture")
    return SIZES.index(size) if size in SIZES else len(SIZES)


def _json(url: str) -> Any:
    with _answer(url) as answer:
        data = answer.read(_LONGEST_LIST + 1)
        if not answer.succeeded or len(data) > _LONGEST_LIST:
            raise WebError(f"the server answers {answer.status}, or more than {_LONGEST_LIST / 1e6:.0f} MB")
        try:
            return parse_json(data.decode("utf-8"), "its answer")
        except (InputError, UnicodeDecodeError) as error:
            raise WebError("its answer is not JSON") from error


def _download(url: str, path: Path, limit: int, advance: Callable[[float], None]) -> bool:
    """Download a file, completely or not at all; return whether the server has it."""
    with _answer(url) as answer:
        if answer.status in _MISSING:
            return False
        if not answer.succeeded:
            raise WebError(f"the server answers {answer.status}")
        size = 0
        with replacing(path) as temporary, temporary.open("wb") as output:
            for piece in answer.pieces():
                size += len(piece)
                if size > limit:
                    raise IntegrityError(f"{show_url(url)} has more bytes than it should: {limit}", hint=_AGAIN)
                output.write(piece)
                advance(len(piece))
    return True


@contextmanager
def _answer(url: str) -> Iterator["WebResponse"]:
    from common.fetch.session import Session, WebRequest  # noqa: PLC0415 - loaded when used

    # Only a user-defined address may lead into a private network.
    named = any(os.environ.get(variable) for variable in (MIRROR_VARIABLE, RECORDS_VARIABLE))
    question = WebRequest(url, redirections=_REDIRECTIONS)
    try:
        with Session(public_only=not named).open(question, Deadline(_TIME, anew_after=_PACE)) as answer:
            yield answer
    except WebError as error:
        raise NetworkError(f"cannot fetch {show_url(url)}: {error.message}", hint=_HINT) from error
