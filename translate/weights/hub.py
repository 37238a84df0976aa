"""Weights from the Hugging Face hub, or from a server that speaks its protocol (`HF_ENDPOINT`)."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from common.errors import IntegrityError, UsageError
from common.fetch.deadlines import Deadline
from common.fetch.errors import WebError
from common.fetch.hub import Hub, HubFile, endpoint
from common.files import output_errors
from common.model_files import INDEX, check_index
from common.network import is_offline, require_network
from common.progress import SILENT, Progress
from translate.weights.endpoint import hub_errors
from translate.weights.errors import UnsafeWeightsError
from translate.weights.files import check_space, folder_size, git_blob_of, select_files, sha256_of

CONVERTER: Final = "SFconvertbot"
"""The hub's own account that offers safetensors, as a pull request, where an owner published only a pickle."""

_REDIRECTIONS: Final = 5
_LONGEST_LIST: Final = 1_000_000
"""Bytes of a list with one model; what is longer is no hub's."""
_PICKLES: Final = "pytorch_model*.bin"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The files of a model in one commit of a repository.

    Attributes:
        repo_id: Owner and name.
        revision: The commit.
        files: Those that are fetched.
    """

    repo_id: str
    revision: str
    files: tuple[HubFile, ...] = field(repr=False)

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)


def hub_reachable(timeout: float = 3.0) -> bool:
    """Tell whether a hub answers within `timeout` seconds; false at once where no network is allowed."""
    if is_offline():
        return False
    from common.fetch.session import Question, Session  # noqa: PLC0415 - loaded when used

    try:
        question = Question(f"{endpoint()}/api/models?limit=1", redirections=_REDIRECTIONS)
        with Session().open(question, Deadline(timeout)) as answer:
            # Only a hub's own answer counts: a proxy or a login page may answer for anyone.
            return answer.succeeded and isinstance(json.loads(answer.read(_LONGEST_LIST)), list)
    except (WebError, UsageError, ValueError, RecursionError):
        return False


def find_snapshot(repo_id: str, revision: str | None = None) -> Snapshot:
    """Look up which files a model has and in which commit.

    Where the revision has its weights only as a pickle, the hub's conversion of that very pickle is taken instead.

    Args:
        repo_id: Owner and name.
        revision: Commit, branch, tag or `refs/pr/N`; None for the default branch.

    Raises:
        OfflineError: The user allows no network.
        NetworkError: The hub cannot be reached, or fails.
        ModelUnavailableError: There is no such repository or revision, or it is not open to this user.
        UnsafeWeightsError: There are no weights that are safe to load.
    """
    require_network(f"look up {repo_id}")
    hub = Hub()
    with hub_errors(repo_id):
        commit = hub.find_commit(repo_id, revision)
        files = hub.list_files(repo_id, commit)
        try:
            return _snapshot(repo_id, commit, files)
        except UnsafeWeightsError:
            converted = _conversion(hub, repo_id, files)
            if converted is None:
                raise
            return converted


def _snapshot(repo_id: str, commit: str, files: tuple[HubFile, ...]) -> Snapshot:
    by_path = {file.path: file for file in files}
    return Snapshot(
        repo_id, commit, tuple(by_path[path] for path in select_files(by_path, owner=f"the repository {repo_id}"))
    )


def _conversion(hub: Hub, repo_id: str, files: tuple[HubFile, ...]) -> Snapshot | None:
    pickles = _pickles(files)
    for reference in hub.list_proposals(repo_id, CONVERTER) if pickles else ():
        commit = hub.find_commit(repo_id, reference)
        offered = hub.list_files(repo_id, commit)
        # The pull request may be older than the branch: it counts only if it was made from these very weights.
        if pickles == _pickles(offered):
            return _snapshot(repo_id, commit, offered)
    return None


def _pickles(files: Iterable[HubFile]) -> set[str]:
    return {file.sha256 for file in files if file.sha256 and fnmatchcase(file.path, _PICKLES)}


def fetch_snapshot(snapshot: Snapshot, folder: Path, *, progress: Progress = SILENT) -> None:
    """Fetch the files into `folder` and check every one; what a broken-off fetch left there is used.

    Raises:
        OfflineError: The user allows no network.
        NetworkError: The hub cannot be reached, or fails, or breaks off.
        ModelUnavailableError: The repository is not open to this user.
        IntegrityError: A file is not what the hub says it is; it is removed.
        InputError: The index of the weights names other files than their safetensors.
        OutputError: The folder cannot be written, or the disk is too small.
    """
    require_network(f"fetch {snapshot.repo_id}")
    check_space(folder, snapshot.size - folder_size(folder), snapshot.repo_id)
    hub = Hub()
    with progress.bar(f"Fetching {snapshot.repo_id}", snapshot.size, unit="B") as advance:
        advance(_there(snapshot, folder))
        # What they are to hold is looked at before gigabytes come.
        for file in sorted(snapshot.files, key=lambda one: one.path != INDEX):
            path, repo_id = folder / file.path, snapshot.repo_id
            url = hub.url(repo_id, snapshot.revision, file.path)
            with output_errors(folder), hub_errors(repo_id):
                if not _is_there(file, folder):
                    hub.download(url, file, path, advance=advance)
            check_file(file, path, repo_id)
            if file.path == INDEX:
                check_index(path, [one.path for one in snapshot.files], owner=f"the repository {repo_id}")


def _there(snapshot: Snapshot, folder: Path) -> int:
    """Return how many bytes a broken-off fetch left: they are not fetched again."""
    sizes = (file.size if _is_there(file, folder) else _part_size(file, folder) for file in snapshot.files)
    return sum(sizes)


def _is_there(file: HubFile, folder: Path) -> bool:
    path = folder / file.path
    return path.is_file() and path.stat().st_size == file.size


def _part_size(file: HubFile, folder: Path) -> int:
    part = file.part(folder / file.path)
    return min(file.size, part.stat().st_size) if part.is_file() else 0


def check_file(file: HubFile, path: Path, repo_id: str) -> None:
    """Compare a file with the checksum that the hub has for it.

    Raises:
        IntegrityError: It is another one; it is removed.
    """
    expected = file.content
    actual = sha256_of(path) if file.sha256 else git_blob_of(path)
    if actual != expected:
        path.unlink()
        raise IntegrityError(
            f"{file.path} of {repo_id} is damaged: its checksum is {actual}, it should be {expected}",
            hint="Try again; if it stays so, the server does not give what it promises",
        )
