"""Downloads sentence encoders from the Hugging Face hub: only safetensors, configuration and tokenizer."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Final

from alignment.encoders.base import EncoderSpec
from alignment.encoders.sentence_transformer import MODULES, check_names
from common.errors import OfflineError
from common.fetch.hub import endpoint
from common.fetch.repository import RepositoryRequest, Snapshot, fetch_repository, locked, whole_folder
from common.files import cache_dir
from common.network import require_network

# At the top or in the folder of a module (`1_Pooling`): copies for other programs (onnx, openvino) are elsewhere.
_FETCHED: Final = re.compile(
    r"(?:\d+_\w+/)?(?:[^/]+\.(?:json|txt|model|safetensors)|README\.md|LICENSE[^/]*|NOTICE[^/]*)"
)


def encoder_folder(spec: EncoderSpec) -> Path:
    """Return the local folder of a repository's files, below `TOLMACH_CACHE`; files may be put there by hand."""
    revision = f"@{spec.revision.replace('/', '-')}" if spec.revision and "@" in spec.name else ""
    return cache_dir() / "encoders" / f"{(spec.repository or spec.name).replace('/', '--')}{revision}"


def fetch_encoder(spec: EncoderSpec) -> Path:
    """Return the folder of a repository's files, downloading them if its list of modules is missing."""
    folder = encoder_folder(spec)
    if (folder / MODULES).is_file():
        return folder
    _require_network(spec, folder)
    with locked(folder, spec.name):
        if not (folder / MODULES).is_file():  # another process may have downloaded it meanwhile
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
    request = RepositoryRequest(str(spec.repository), _chosen, "The encoder `use` needs no hub", spec.revision)
    with whole_folder(folder) as partial:
        fetch_repository(request, partial)


def _chosen(found: Snapshot) -> Snapshot:
    check_names([file.path for file in found.files], f"the repository {found.repo_id}")
    return replace(found, files=tuple(file for file in found.files if _FETCHED.fullmatch(file.path)))
