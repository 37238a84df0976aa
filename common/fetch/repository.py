"""Downloads repositories of the hub into a folder: pinned, resumed, checked, complete or not at all."""

import hashlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final

from common.errors import IntegrityError, NetworkError, TolmachError
from common.fetch.errors import WebError
from common.fetch.hub import Hub, HubFile, HubNameError, HubResponseError, endpoint
from common.files import check_space, output_errors, sha256_of
from common.model_files import INDEX, check_index
from common.network import require_network
from common.progress import SILENT, Progress

PARTIAL: Final = ".partial"
_CHUNK: Final = 1 << 20


class ModelUnavailableError(TolmachError):
    """The server responds but does not provide this model: it does not exist, or this user may not see it."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Files in one commit of a repository.

    Attributes:
        files: All of them, or those to download.
    """

    repo_id: str
    revision: str
    files: tuple[HubFile, ...] = field(repr=False)

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)


@dataclass(frozen=True, slots=True)
class RepositoryRequest:
    """A request for files of a repository.

    Attributes:
        choose: Selects the files to download from a snapshot of all files.
        otherwise: Alternative for a user who cannot reach a hub.
        revision: Commit, branch, tag or `refs/pr/N`; None for the default branch.
    """

    repo_id: str
    choose: Callable[[Snapshot], Snapshot]
    otherwise: str
    revision: str | None = None


def fetch_repository(request: RepositoryRequest, folder: Path, *, progress: Progress = SILENT) -> Snapshot:
    """Download files into `folder`, check each, and return a snapshot of them.

    Files of an earlier attempt are not downloaded again.

    Raises:
        OfflineError: The user allows no network.
        NetworkError: The hub cannot be reached, or fails, or breaks off.
        ModelUnavailableError: There is no such repository or revision, or this user may not see it.
        IntegrityError: A file is not what the hub says it is; it is removed.
        InputError: An index of weights names other files than the safetensors beside it.
        OutputError: The folder cannot be written, or the disk is too small.
    """
    with _hub_errors(request):
        snapshot = request.choose(find_snapshot(request.repo_id, request.revision))
        _fetch_files(snapshot, folder, progress)
    return snapshot


def find_snapshot(repo_id: str, revision: str | None = None) -> Snapshot:
    """Return the newest commit of a revision, with all files."""
    require_network(f"look up {repo_id}")
    hub = Hub()
    commit = hub.find_commit(repo_id, revision)
    return Snapshot(repo_id, commit, hub.list_files(repo_id, commit))


def _fetch_files(snapshot: Snapshot, folder: Path, progress: Progress) -> None:
    repo_id = snapshot.repo_id
    there = sum(_present(file, folder) for file in snapshot.files)
    check_space(folder, snapshot.size - there, repo_id)
    hub = Hub()
    with progress.bar(f"Fetching {repo_id}", snapshot.size, unit="B") as advance:
        advance(there)
        # An index is checked before gigabytes of weights arrive.
        for file in sorted(snapshot.files, key=lambda one: not one.path.endswith(INDEX)):
            path = folder / file.path
            with output_errors(folder):
                path.parent.mkdir(parents=True, exist_ok=True)
                if not _is_present(file, path):
                    hub.download(hub.url(repo_id, snapshot.revision, file.path), file, path, advance=advance)
            _check_file(file, path, repo_id)
            if file.path.endswith(INDEX):
                check_index(path, _beside(file.path, snapshot.files), owner=f"the repository {repo_id}")


def _is_present(file: HubFile, path: Path) -> bool:
    return path.is_file() and path.stat().st_size == file.size


def _present(file: HubFile, folder: Path) -> int:
    """Return how many bytes of a file an earlier attempt left."""
    path = folder / file.path
    part = file.part(path)
    if _is_present(file, path):
        return file.size
    return min(file.size, part.stat().st_size) if part.is_file() else 0


def _beside(path: str, files: Sequence[HubFile]) -> list[str]:
    within = PurePosixPath(path).parent
    return [one.name for one in (PurePosixPath(file.path) for file in files) if one.parent == within]


def _check_file(file: HubFile, path: Path, repo_id: str) -> None:
    """Compare a file with the hub's checksum; one that differs is removed."""
    actual = sha256_of(path) if file.sha256 else _git_blob_of(path)
    if actual != file.content:
        path.unlink()
        raise IntegrityError(
            f"{file.path} of {repo_id} is damaged: its checksum is {actual}, it should be {file.content}",
            hint="Try again; if the error remains, the server's file is wrong",
        )


@contextmanager
def _hub_errors(request: RepositoryRequest) -> Iterator[None]:
    """Turn the errors of a hub into errors about a repository."""
    repo_id = request.repo_id
    try:
        yield
    except HubResponseError as error:
        raise _refused(request, error) from error
    except HubNameError as error:
        hint = "Write hf:owner/name, or hf:owner/name@revision"
        raise ModelUnavailableError(
            f"{repo_id} names no repository, or a revision that cannot exist", hint=hint
        ) from error
    except WebError as error:
        raise NetworkError(
            f"cannot fetch {repo_id} from {endpoint()}: {error.message}",
            hint=f"Check the connection or HF_ENDPOINT; what was fetched so far is kept. {request.otherwise}",
        ) from error


def _refused(request: RepositoryRequest, error: HubResponseError) -> TolmachError:
    repo_id = request.repo_id
    if error.code == "GatedRepo":
        hint = f"Accept the terms at {endpoint()}/{repo_id} and set HF_TOKEN"
        return ModelUnavailableError(f"{repo_id} is gated: its owner asks for consent first", hint=hint)
    if error.lacks_repository:
        hint = "Check the name; for a private repository set HF_TOKEN; a folder must exist"
        return ModelUnavailableError(f"there is no model {repo_id} on {endpoint()}", hint=hint)
    if error.code == "RevisionNotFound":
        hint = "Remove the model and fetch it again to move to the newest revision"
        return ModelUnavailableError(f"{repo_id} does not have this revision any more", hint=hint)
    return NetworkError(
        f"{endpoint()} answers {error.status} for {repo_id}", hint=f"Try again later. {request.otherwise}"
    )


@contextmanager
def locked(folder: Path, name: str, *, progress: Progress = SILENT) -> Iterator[None]:
    """Lock a folder against downloads of other processes."""
    import filelock  # noqa: PLC0415 - only where something is fetched

    path = folder.with_name(f".{folder.name}.lock")
    with output_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(path)
        try:
            lock.acquire(timeout=0)
        except filelock.Timeout:
            progress.note(f"Waiting for another process that is fetching {name}")
            lock.acquire()
    try:
        yield
    finally:
        lock.release()


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """Yield a temporary folder that replaces `folder` on success; call it within `locked`.

    After a failure the files stay, and the next call yields them again.

    Raises:
        OutputError: A folder cannot be written.
    """
    partial = folder.with_name(folder.name + PARTIAL)
    with output_errors(partial):
        partial.mkdir(parents=True, exist_ok=True)
    try:
        yield partial
    except BaseException:
        with suppress(OSError):  # it stays unless it is empty
            partial.rmdir()
        raise
    with output_errors(folder):
        if folder.exists():
            shutil.rmtree(folder)
        partial.rename(folder)


def _git_blob_of(path: Path) -> str:
    """Return git's id of a file's content (SHA-1 over a header and the bytes)."""
    digest = hashlib.sha1(f"blob {path.stat().st_size}\0".encode("ascii"), usedforsecurity=False)
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
