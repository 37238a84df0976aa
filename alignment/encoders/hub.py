"""Fetches sentence encoders from the Hugging Face hub: safetensors, configuration and tokenizer, nothing else."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Final

from alignment.encoders.registry import EncoderSpec
from alignment.encoders.sentence_transformer import MODULES, check_names
from common.errors import NetworkError, OfflineError, TolmachError
from common.fetch.errors import WebError
from common.fetch.hub import Hub, HubAnswerError, HubFile, HubNameError, endpoint
from common.files import cache_dir, output_errors
from common.model_files import INDEX, check_index
from common.network import require_network

# At the top or in the folder of a module (`1_Pooling`): copies for other programs (onnx, openvino) lie elsewhere.
_FETCHED: Final = re.compile(
    r"(?:\d+_\w+/)?(?:[^/]+\.(?:json|txt|model|safetensors)|README\.md|LICENSE[^/]*|NOTICE[^/]*)"
)
_UNAVAILABLE: Final = ("GatedRepo", "RevisionNotFound")
"""What the hub calls a repository that is there, but not for this user or not in this revision."""


def encoder_folder(spec: EncoderSpec) -> Path:
    """Return where a repository's files are kept, or may be put by hand: below `TOLMACH_CACHE`."""
    revision = f"@{spec.revision.replace('/', '-')}" if spec.revision and "@" in spec.name else ""
    return cache_dir() / "encoders" / f"{(spec.repository or spec.name).replace('/', '--')}{revision}"


def fetch_encoder(spec: EncoderSpec) -> Path:
    """Return the folder with a repository's files; what is there already is not fetched again.

    The list of modules is fetched last, and only a folder that has it counts as whole; a fetch that broke off goes on
    from where it stopped.

    Raises:
        OfflineError: They are not there, and the user allows no network.
        NetworkError: The hub cannot be reached, or fails.
        TolmachError: There is no such model, or none that is safe to load, or a file came damaged.
        OutputError: The folder cannot be written.
    """
    folder = encoder_folder(spec)
    if (folder / MODULES).is_file():
        return folder
    _require_network(spec, folder)
    import filelock  # noqa: PLC0415 - only where something is fetched

    with output_errors(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(folder.with_name(f".{folder.name}.lock")):
            if not (folder / MODULES).is_file():  # another process may have fetched it meanwhile
                _fetch(spec, folder)
    return folder


def _require_network(spec: EncoderSpec, folder: Path) -> None:
    size = f", {spec.size / 1e9:.1f} GB" if spec.size else ""
    licence = f", {spec.licence}" if spec.licence else ""
    try:
        require_network(f"fetch the encoder {spec.name} ({spec.repository}{licence}{size})")
    except OfflineError as error:
        at = f" at {spec.revision}" if spec.revision else ""
        raise OfflineError(
            error.message,
            hint=f"Run once without --offline, or put the files of {endpoint()}/{spec.repository}{at} "
            f"(modules.json and what it names, the tokenizer, model.safetensors) into {folder}",
        ) from None


def _fetch(spec: EncoderSpec, folder: Path) -> None:
    repository = str(spec.repository)
    hub = Hub()
    with _hub_errors(spec):
        commit = hub.find_commit(repository, spec.revision)
        files = hub.list_files(repository, commit, recursive=True)
        check_names([file.path for file in files], f"the repository {repository}")
        wanted = [file for file in files if _FETCHED.fullmatch(file.path)]
        for file in sorted(wanted, key=lambda file: (file.path == MODULES, not file.path.endswith(INDEX))):
            hub.download_missing(repository, commit, file, folder)
            _check(file, folder / file.path, repository)
            if file.path.endswith(INDEX):
                _check_index(folder, file.path, [one.path for one in wanted])


def _check_index(folder: Path, path: str, names: list[str]) -> None:
    within = PurePosixPath(path).parent
    beside = [one.name for one in map(PurePosixPath, names) if one.parent == within]
    check_index(folder / path, beside, owner=str(folder))


def _check(entry: HubFile, path: Path, repository: str) -> None:
    """Compare a file with the checksum that the hub has for it; files inside git have none that is a plain SHA-256."""
    if entry.sha256 is None:
        return
    with path.open("rb") as file:
        actual = hashlib.file_digest(file, "sha256").hexdigest()
    if actual != entry.sha256:
        path.unlink()
        raise TolmachError(
            f"{entry.path} of {repository} is damaged: its checksum is {actual}, it should be {entry.sha256}",
            hint="Try again; if it stays so, the server does not give what it promises",
        )


@contextmanager
def _hub_errors(spec: EncoderSpec) -> Iterator[None]:
    """Turn what goes wrong with a hub into errors about a repository."""
    try:
        yield
    except HubNameError as error:
        raise _unavailable(spec) from error
    except WebError as error:
        if isinstance(error, HubAnswerError) and (error.lacks_repository or error.code in _UNAVAILABLE):
            raise _unavailable(spec) from error
        raise NetworkError(
            f"cannot fetch {spec.repository} from {endpoint()}: {error.message}",
            hint="Check the connection or HF_ENDPOINT; what was fetched so far is kept. The encoder `use` needs no hub",
        ) from error


def _unavailable(spec: EncoderSpec) -> TolmachError:
    at = f" at {spec.revision}" if spec.revision else ""
    return TolmachError(
        f"{endpoint()} has no model {spec.repository}{at} for you",
        hint="Check the name; a gated or private repository needs HF_TOKEN; a folder has to exist",
    )
