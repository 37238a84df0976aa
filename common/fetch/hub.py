"""The Hugging Face hub, or a server that speaks its protocol (`HF_ENDPOINT`): which files a model has, and the files.

huggingface_hub limits neither the time nor the size of a response, and sends its token to wherever a list continues.
"""

import os
import re
import reprlib
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urljoin

from common.errors import InputError, IntegrityError, OfflineError, UsageError
from common.fetch.errors import Deadline, WebError, quoted
from common.fetch.urls import parse_url
from common.json_text import parse_json
from common.keys import hub_token
from common.network import is_offline

if TYPE_CHECKING:
    from common.fetch.session import WebResponse

DEFAULT_ENDPOINT: Final = "https://huggingface.co"

_LIST_TIME: Final = 30.0
"""Seconds for a whole file list, all its pages; the public hub needs one."""
_FILE_TIME: Final = 30.0
"""Seconds for each `_PACE` bytes of a file."""
_PACE: Final = 1 << 16
_LONGEST_PAGE: Final = 4_000_000
"""Most bytes of one page of a file list; the public hub's have 1000 files, which are 0.5 MB."""
_MOST_PAGES: Final = 20
"""Most pages of one list: 20,000 files, far more than any model has."""
_REDIRECTIONS: Final = 5
_TRIES: Final = 5
"""Attempts after a broken connection, counted again after every `_PACE` bytes."""
_PAUSE: Final = 1.0
"""Seconds before the next attempt."""
_PART: Final = ".incomplete"

_REPOSITORY: Final = re.compile(r"(?!.*(?:--|\.\.))(?:\b[A-Za-z0-9_.-]{1,96}\b/)?\b[A-Za-z0-9_.-]{1,96}\b")
"""Valid repository names, with or without an owner."""
_LONGEST_REVISION: Final = 250
"""Most characters of a revision; git's references are file names, which have no more."""
_LONGEST_NAME: Final = 200
"""Most bytes of a file or folder name: file systems allow 255, and temporary suffixes need some."""
_LONGEST_PATH: Final = 1000
"""Most bytes of a file's whole path; some systems allow no more than 1024."""
_SHOWN: Final = 60
"""Most characters of an invalid name that a message quotes."""
_SHA1: Final = re.compile(r"[0-9a-f]{40}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_NEXT: Final = re.compile(r"<([^<>]*)>\s*;[^<,]*\brel=\"?next\b")


class HubResponseError(WebError):
    """The hub responded with an error.

    Attributes:
        code: The hub's code of the error, such as `GatedRepo`; empty if it gives none.
    """

    def __init__(self, status: int, code: str) -> None:
        super().__init__(f"it answers {status}")
        self.status = status
        self.code = code

    @property
    def lacks_repository(self) -> bool:
        """Whether there is no such repository; the hub says the same of one that this user may not see."""
        return self.code == "RepoNotFound" or (self.status == HTTPStatus.UNAUTHORIZED and not self.code)


class HubNameError(WebError):
    """The name of a repository or revision is invalid."""


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file of a repository.

    Attributes:
        blob: The id that git gives its content, or its pointer's where it is stored outside git.
        sha256: Checksum of a file stored outside git; None for one inside.
    """

    path: str
    size: int
    blob: str
    sha256: str | None = None

    @property
    def content(self) -> str:
        """Identifier of its content."""
        return self.sha256 or self.blob

    def part(self, path: Path) -> Path:
        """Return the path of a partial download, which becomes `path` when complete."""
        return path.with_name(f"{path.name}.{self.content[:16]}{_PART}")


def endpoint() -> str:
    """Return the address of the hub: `HF_ENDPOINT`, or the public one.

    Raises:
        UsageError: The variable is not an address; the message does not repeat it, as it may hold a password.
    """
    named = os.environ.get("HF_ENDPOINT", "").strip() or DEFAULT_ENDPOINT
    try:
        # A password with one of these characters would be taken for a part of the address.
        reason = "an address with @, ? or # is not used" if set(named) & set("@?#") else ""
        address = "" if reason else str(parse_url(named))
    except WebError as error:
        reason, address = error.message, ""
    if reason:
        raise UsageError(f"HF_ENDPOINT names no hub: {reason}", hint="Write it as https://HOST, without a password")
    return address.rstrip("/")


def hub_reachable(timeout: float = 3.0) -> bool:
    """Return whether a hub answers within `timeout` seconds; false at once where no network is allowed."""
    if is_offline():
        return False
    from common.fetch.session import Session, WebRequest  # noqa: PLC0415 - loaded when used

    try:
        question = WebRequest(f"{endpoint()}/api/models?limit=1", redirections=_REDIRECTIONS)
        with Session().open(question, Deadline(timeout)) as answer:
            # Only a hub's own response counts: a proxy or a login page may respond to anything.
            text = answer.read(_LONGEST_PAGE).decode("utf-8")
            return answer.succeeded and isinstance(parse_json(text, "its answer"), list)
    except (WebError, InputError, UsageError, ValueError):
        return False


class Hub:
    """A client of one hub with this user's token, which is sent to the hub's own server only.

    Raises:
        OfflineError: `HF_HUB_OFFLINE` is set.
        UsageError: The address or the token cannot be used.
    """

    def __init__(self) -> None:
        from huggingface_hub import constants  # noqa: PLC0415 - slow to import, and not needed for cached models

        from common.fetch.session import Session  # noqa: PLC0415 - loaded when used

        if constants.HF_HUB_OFFLINE:
            raise OfflineError("the hub may not be used: HF_HUB_OFFLINE is set", hint="Unset it for once")
        token = hub_token()
        self._endpoint = endpoint()
        self._secrets = {"Authorization": f"Bearer {token}"} if token else {}
        self._session = Session()

    def find_commit(self, repo_id: str, revision: str | None = None) -> str:
        """Return the commit of a branch, tag or reference; None for the default branch.

        Raises:
            HubResponseError: There is none, or this user may not see it.
            HubNameError: The name is invalid.
            WebError: The hub does not respond, or not as a hub.
        """
        _check_name(repo_id, revision)
        at = f"/revision/{quote(revision, safe='')}" if revision else ""
        data, _ = self._json(f"{self._endpoint}/api/models/{repo_id}{at}", Deadline(_LIST_TIME))
        return _hex(_object(data).get("sha"), _SHA1)

    def list_files(self, repo_id: str, commit: str) -> tuple[HubFile, ...]:
        """Return all files of a commit; raises what `find_commit` does."""
        url = f"{self._endpoint}/api/models/{repo_id}/tree/{commit}?recursive=True"
        entries = [_object(entry) for page in self._pages(url) for entry in _array(page)]
        files = tuple(_file(entry) for entry in entries if entry.get("type") != "directory")
        _check_places(files)
        return files

    def list_proposals(self, repo_id: str, author: str) -> list[str]:
        """Return the references of an author's pull requests that are not closed; raises what `find_commit` does."""
        url = f"{self._endpoint}/api/models/{repo_id}/discussions?p=0&type=pull_request&author={quote(author)}"
        data, _ = self._json(url, Deadline(_LIST_TIME))
        found = [_object(one) for one in _array(_object(data).get("discussions"))]
        return [
            f"refs/pr/{_whole(one.get('num'))}"
            for one in found
            if one.get("isPullRequest") is True
            and one.get("status") != "closed"
            and _object(one.get("author")).get("name") == author
        ]

    def url(self, repo_id: str, commit: str, name: str) -> str:
        """Return the address of a file."""
        return f"{self._endpoint}/{repo_id}/resolve/{commit}/{quote(name)}"

    def download(self, url: str, file: HubFile, path: Path, *, advance: Callable[[float], None]) -> None:
        """Download a file, resuming an earlier attempt at the same content.

        Only the length is checked; the caller compares the checksum.

        Args:
            url: Where it is.
            file: The expected file.
            path: Where it goes; its folder exists.
            advance: Called with the number of received bytes.

        Raises:
            HubResponseError: The server responded with an error.
            IntegrityError: The server sent more bytes than the file has.
            WebError: The connection broke off repeatedly.
            OSError: The file cannot be written.
        """
        part = file.part(path)
        part.touch()
        if part.stat().st_size > file.size:  # not what it is said to be
            os.truncate(part, 0)
        tries, counted = _TRIES, part.stat().st_size
        while part.stat().st_size < file.size:
            try:
                self._receive(url, file, part, advance)
            except (HubResponseError, UsageError):
                raise
            except WebError:
                if part.stat().st_size - counted >= _PACE:
                    tries, counted = _TRIES, part.stat().st_size
                tries -= 1
                if not tries:
                    raise
                time.sleep(_PAUSE)
        part.replace(path)

    def _receive(self, url: str, file: HubFile, part: Path, advance: Callable[[float], None]) -> None:
        start = part.stat().st_size
        headers = {"Range": f"bytes={start}-"} if start else {}
        with (
            self._open(url, Deadline(_FILE_TIME, anew_after=_PACE), headers) as answer,
            part.open("r+b", buffering=0) as output,
        ):
            begins = _begin(answer, start)
            advance(begins - start)
            output.truncate(begins)
            output.seek(begins)
            for piece in answer.pieces():
                if output.tell() + len(piece) > file.size:
                    output.truncate(0)
                    raise IntegrityError(
                        f"the server sends more than the {file.size} bytes that {file.path} has",
                        hint="Try again; if the error remains, the server's file is wrong",
                    )
                output.write(piece)
                advance(len(piece))
        if part.stat().st_size < file.size:
            raise WebError("the answer broke off")

    def _pages(self, url: str) -> Iterator[Any]:
        deadline, origin = Deadline(_LIST_TIME), parse_url(url).origin
        for _ in range(_MOST_PAGES):
            data, link = self._json(url, deadline)
            yield data
            following = _NEXT.search(link)
            if following is None:
                return
            url = _following(url, following[1], origin)
        raise WebError(f"its list of files has more than {_MOST_PAGES} pages")

    def _json(self, url: str, deadline: Deadline) -> tuple[Any, str]:
        with self._open(url, deadline, {}) as answer:
            if answer.status != HTTPStatus.OK:
                raise HubResponseError(answer.status, "")
            data, link = answer.read(_LONGEST_PAGE + 1), answer.headers.get("link", "")
        if len(data) > _LONGEST_PAGE:
            raise WebError(f"its answer has more than {_LONGEST_PAGE / 1e6:.0f} MB")
        try:
            return parse_json(data.decode("utf-8"), "its answer"), link
        except (InputError, UnicodeDecodeError) as error:
            raise WebError("its answer is not JSON") from error

    @contextmanager
    def _open(self, url: str, deadline: Deadline, headers: Mapping[str, str]) -> Iterator["WebResponse"]:
        from common.fetch.session import WebRequest  # noqa: PLC0415 - loaded when used

        question = WebRequest(url, headers, self._secrets, redirections=_REDIRECTIONS)
        with self._session.open(question, deadline) as answer:
            if not answer.succeeded and not (headers and answer.status == HTTPStatus.PARTIAL_CONTENT):
                raise HubResponseError(answer.status, answer.headers.get("x-error-code", ""))
            if answer.headers.get("content-encoding", "").strip().lower() not in {"", "identity"}:
                raise WebError("it compresses its answer, which was not requested")
            yield answer


def _begin(answer: "WebResponse", start: int) -> int:
    """Return the offset in the file where the response begins: a server may send all instead of the rest."""
    if answer.status == HTTPStatus.OK:
        return 0
    if answer.status != HTTPStatus.PARTIAL_CONTENT:
        raise HubResponseError(answer.status, "")
    if not answer.headers.get("content-range", "").startswith(f"bytes {start}-"):
        raise WebError("it sends another part of the file than requested")
    return start


def _following(url: str, link: str, origin: str) -> str:
    try:
        target = parse_url(urljoin(url, link))
    except ValueError:  # it repeats the address, so nothing is raised from it
        target = None
    if target is None or target.origin != origin:
        raise WebError("its list of files continues on another server")
    return str(target)


def _check_name(repo_id: str, revision: str | None) -> None:
    odd = revision is not None and (
        len(revision) > _LONGEST_REVISION or not revision.isprintable() or ".." in revision or " " in revision
    )
    if odd or not _REPOSITORY.fullmatch(repo_id) or repo_id.endswith(".git"):
        raise HubNameError("it names no repository, or a revision that there cannot be")


def _file(entry: dict[str, Any]) -> HubFile:
    path, blob, lfs = entry.get("path"), _hex(entry.get("oid"), _SHA1), entry.get("lfs")
    if not isinstance(path, str) or not _is_path(path):
        raise WebError(f"it lists a file with an invalid name, “{quoted(str(path))[:_SHOWN]}”")
    if lfs is None:
        return HubFile(path, _whole(entry.get("size")), blob)
    outside = _object(lfs)
    return HubFile(path, _whole(outside.get("size")), blob, _hex(outside.get("oid"), _SHA256))


def _is_path(path: str) -> bool:
    """Return whether a file system can hold a file of this name, and it stays within the folder."""
    if "\\" in path or not path.isprintable() or len(path.encode()) > _LONGEST_PATH:
        return False
    return all(name not in {"", ".", ".."} and len(name.encode()) <= _LONGEST_NAME for name in path.split("/"))


def _check_places(files: Sequence[HubFile]) -> None:
    """Refuse a list with two files of the same name, or a file that is a folder as well."""
    paths = [file.path for file in files]
    folders = {str(folder) for path in paths for folder in PurePosixPath(path).parents}
    twice = next((path for path, count in Counter(paths).items() if count > 1 or path in folders), None)
    if twice is not None:
        raise WebError(f"it lists two files of the name “{quoted(twice)[:_SHOWN]}”")


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _odd(value, "an object")
    return value


def _array(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise _odd(value, "a list")
    return value


def _whole(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise _odd(value, "a size or number")
    return value


def _hex(value: Any, form: re.Pattern[str]) -> str:
    if not isinstance(value, str) or not form.fullmatch(value):
        raise _odd(value, "a checksum")
    return value


def _odd(value: Any, expected: str) -> WebError:
    return WebError(
        f"its answer is not that of a hub, with {quoted(reprlib.repr(value))[:_SHOWN]} in place of {expected}"
    )
