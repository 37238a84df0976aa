"""Fetches sentence encoders from the Hugging Face hub: safetensors, configuration and tokenizer, nothing else."""

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any, Final

from alignment.encoders.folder import MODULES, check_names
from alignment.encoders.specs import EncoderSpec
from corpora.errors import NetworkError, OfflineError, TolmachError
from corpora.files import cache_dir, output_errors
from corpora.model_files import INDEX, check_index
from corpora.network import require_network
from corpora.secrets import check_hub_token

# At the top or in the folder of a module (`1_Pooling`): copies for other programs (onnx, openvino) lie elsewhere.
_FETCHED: Final = re.compile(
    r"(?:\d+_\w+/)?(?:[^/]+\.(?:json|txt|model|safetensors)|README\.md|LICENSE[^/]*|NOTICE[^/]*)"
)
_TIMEOUT: Final = 10.0


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
    from huggingface_hub import HfApi, hf_hub_download  # noqa: PLC0415 - slow to import, and not needed for cached ones

    repository = str(spec.repository)
    api = HfApi(endpoint=endpoint(), library_name="tolmach")
    with _hub_errors(spec):
        commit = api.model_info(repository, revision=spec.revision, timeout=_TIMEOUT).sha
        entries = [
            entry for entry in api.list_repo_tree(repository, revision=commit, recursive=True) if hasattr(entry, "size")
        ]
        check_names([entry.path for entry in entries], f"the repository {repository}")
        wanted = [entry for entry in entries if _FETCHED.fullmatch(entry.path)]
        for entry in sorted(wanted, key=lambda entry: (entry.path == MODULES, not entry.path.endswith(INDEX))):
            hf_hub_download(
                repository,
                entry.path,
                revision=commit,
                local_dir=folder,
                endpoint=endpoint(),
                library_name="tolmach",
            )
            _check(entry, folder / entry.path, repository)
            if entry.path.endswith(INDEX):
                _check_index(folder, entry.path, [one.path for one in wanted])


def _check_index(folder: Path, path: str, names: list[str]) -> None:
    within = PurePosixPath(path).parent
    beside = [one.name for one in map(PurePosixPath, names) if one.parent == within]
    check_index(folder / path, beside, owner=str(folder))


def _check(entry: Any, path: Path, repository: str) -> None:
    """Compare a file with the checksum that the hub has for it; files inside git have none that is a plain SHA-256."""
    if entry.lfs is None:
        return
    with path.open("rb") as file:
        actual = hashlib.file_digest(file, "sha256").hexdigest()
    if actual != entry.lfs.sha256:
        path.unlink()
        raise TolmachError(
            f"{entry.path} of {repository} is damaged: its checksum is {actual}, it should be {entry.lfs.sha256}",
            hint="Try again; if it stays so, the server does not give what it promises",
        )


def endpoint() -> str:
    """Return the address of the hub: `HF_ENDPOINT`, or the public one."""
    return os.environ.get("HF_ENDPOINT", "https://huggingface.co").rstrip("/")


@contextmanager
def _hub_errors(spec: EncoderSpec) -> Iterator[None]:
    """Turn what huggingface_hub raises about a repository into Tolmach's errors."""
    from huggingface_hub import errors  # noqa: PLC0415 - slow to import, and not needed for cached ones
    from huggingface_hub.utils import httpx  # type: ignore[attr-defined] # noqa: PLC0415 - as it says, for any version

    check_hub_token()
    try:
        yield
    except (errors.RepositoryNotFoundError, errors.RevisionNotFoundError, errors.HFValidationError) as error:
        at = f" at {spec.revision}" if spec.revision else ""
        raise TolmachError(
            f"{endpoint()} has no model {spec.repository}{at} for you",
            hint="Check the name; a gated or private repository needs HF_TOKEN; a folder has to exist",
        ) from error
    except errors.OfflineModeIsEnabled as error:
        raise OfflineError(
            f"cannot fetch {spec.repository}: HF_HUB_OFFLINE is set", hint="Unset it for once"
        ) from error
    except (OSError, httpx.HTTPError) as error:
        answered = isinstance(error, (errors.HfHubHTTPError, errors.LocalEntryNotFoundError, httpx.HTTPError))
        if not answered and getattr(error, "errno", None) is not None:  # the disk's, not the hub's
            raise
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise NetworkError(
            f"cannot fetch {spec.repository} from {endpoint()}: {reason}",
            hint="Check the connection or HF_ENDPOINT; what was fetched so far is kept. The encoder `use` needs no hub",
        ) from error
