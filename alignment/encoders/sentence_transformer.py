"""Encoders that sentence-transformers runs: BERT and similar ones, one forward pass per text; their download.

Only safetensors are read, and no code that comes with a model is run.
"""

import hashlib
import logging
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from alignment.encoders.base import EncoderSpec
from common.errors import InputError, OfflineError, TolmachError
from common.fetch.hub import endpoint
from common.fetch.repository import RepositoryRequest, Snapshot, fetch_repository, locked, whole_folder
from common.files import cache_dir
from common.model_files import check_claims, loading_errors, model_view, quiet_transformers, read_json, spelling
from common.network import require_network

if TYPE_CHECKING:
    from common.arrays import Floats


MODULES: Final = "modules.json"
"""The list of a model's modules; a folder without it is not a model."""

# A pickle can run code when loaded: none is read. Pickled files that libraries load, and their replacements.
_PICKLED: Final = {"pytorch_model*.bin": "model*.safetensors", "adapter_model*.bin": "adapter_model*.safetensors"}
_READ: Final = (".json", ".txt", ".model", ".safetensors")
_OWN: Final = "sentence_transformers."
# Other modules import code named in their settings, or read a pickle.
_KINDS: Final = frozenset({
    "Transformer", "StaticEmbedding", "Pooling", "WeightedLayerPooling", "Dense", "LayerNorm", "Normalize", "Dropout",
})  # fmt: skip
# Weights that may be missing, as we do not use them: the head for BERT's sentence-order task.
_UNUSED: Final = "pooler."
# Names of the two weights of a layer norm in models converted from TensorFlow, which transformers reads as well.
_OLD_NAMES: Final = {"gamma": "weight", "beta": "bias"}
# Settings with the sizes of a module's weights; each number takes a byte at least.
_SIZES: Final = ("in_features", "out_features", "dimension", "num_hidden_layers")
_SMALL: Final = 1_000_000  # weights that fit in any machine's memory
_AGAIN: Final = "Copy or fetch the model again, or name another one"


class TransformerEncoder:
    """A sentence-transformers model behind the interface of encoders.

    It shares no work between runs of sentences, so an alignment encodes every run as a separate text. A text longer
    than the model's window (256 to 8,192 tokens) is truncated.
    """

    def __init__(self, model: Any, spec: EncoderSpec, *, revision: str) -> None:
        self.name = spec.name
        self.revision = revision
        self._model = model
        self._prefix = spec.prefix or None
        self._lock = Lock()
        self.dimension = int(model.get_embedding_dimension() or self._raw(["."]).shape[1])

    def encode(self, texts: Sequence[str]) -> "Floats":
        """Return one unit vector a text: float32, shape (texts, dimension).

        A text without any token gets the vector whose components are all equal.

        Raises:
            TolmachError: The model returns NaN or infinity: its weights are damaged.
        """
        if not len(texts):
            return np.zeros((0, self.dimension), np.float32)
        vectors = self._raw(texts)
        if not np.isfinite(vectors).all():
            raise TolmachError(f"the encoder {self.name} returned vectors with invalid numbers", hint=_AGAIN)
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        vectors = np.where(norms > 0, vectors, np.float32(1.0))
        return np.asarray(vectors / np.where(norms > 0, norms, np.sqrt(self.dimension)), np.float32)

    def _raw(self, texts: Sequence[str]) -> "Floats":
        # The tokenizers of transformers fail if two threads use one at once ("Already borrowed").
        with self._lock, spelling():
            found = self._model.encode(list(texts), prompt=self._prefix, show_progress_bar=False)
        return np.asarray(found, np.float32)


def load_sentence_transformer(spec: EncoderSpec, folder: Path) -> TransformerEncoder:
    """Load the sentence-transformers model in a folder."""
    require_extra()
    files = find_model_files(folder)
    with _loading(folder):
        encoder = TransformerEncoder(_load(folder, files), spec, revision=f"sha256:{_digest(folder, files)}")
        encoder.encode(["."])  # modules that do not fit together fail here
    return encoder


def find_model_files(folder: Path) -> list[str]:
    """Return the names of a model's files to read, relative to its folder.

    Raises:
        InputError: There is no sentence-transformers model, or its list of modules is damaged.
        TolmachError: It needs custom code, or has its weights only as a pickle.
    """
    # A module without files, such as normalisation, often has no folder.
    parts = [part for part in {folder, *(folder / path for path in _module_paths(folder))} if part.is_dir()]
    names = sorted(file.relative_to(folder).as_posix() for part in parts for file in part.iterdir() if file.is_file())
    check_names(names, f"the model in {folder}")
    _check_settings(folder, parts)
    # An adapter is not a model: it names another one, which would be read as well.
    read = [name for name in names if name.endswith(_READ) and not PurePosixPath(name).match("adapter_*")]
    if not any(name.endswith(".safetensors") for name in read):
        raise InputError(f"the model in {folder} has no weights: no file ends in .safetensors", hint=_AGAIN)
    return read


def check_names(names: Iterable[str], owner: str) -> None:
    """Check the names of a model's files before downloading or reading them.

    Raises:
        TolmachError: There is no sentence-transformers model, or its weights are there only as a pickle.
    """
    paths = [PurePosixPath(name) for name in names]
    if PurePosixPath(MODULES) not in paths:
        raise TolmachError(f"{owner} is not a sentence-transformers model: no {MODULES}", hint="Name another model")
    for path in paths:
        safe = next((safe for pickled, safe in _PICKLED.items() if path.match(pickled)), None)
        if safe and not any(other.match(safe) for other in paths if other.parent == path.parent):
            raise TolmachError(
                f"{owner} has weights only as a pickle ({path}), which can run code when it is loaded, "
                "so Tolmach does not load it",
                hint="Choose another model, or a revision or folder with the same weights as safetensors",
            )


def _module_paths(folder: Path) -> list[str]:
    """Return the subfolders of the modules; the empty string is the folder itself."""
    listed = folder / MODULES
    if not listed.is_file():
        raise InputError(
            f"there is no sentence-transformers model in {folder}: it has no {MODULES}",
            hint="Name a folder that sentence-transformers saved, or one with all the files of such a model",
        )
    try:
        modules = [(str(module["type"]), str(module["path"])) for module in read_json(listed)]
    except (TypeError, KeyError) as error:
        raise InputError(f"{listed} is damaged: {error}", hint=_AGAIN) from error
    for kind, path in modules:
        if not kind.startswith(_OWN) or kind.rpartition(".")[2] not in _KINDS:
            raise _own_code(folder, kind)
        if Path(path).is_absolute() or ".." in Path(path).parts:
            raise InputError(f"{listed} points outside of its folder: {path}", hint=_AGAIN)
    return [path for _, path in modules]


def _check_settings(folder: Path, parts: Iterable[Path]) -> None:
    """Refuse a layer whose activation sentence-transformers would import, or that is larger than its weights.

    A layer is allocated in the size of its settings before its weights are read.
    """
    for part in parts:
        config = read_json(part / "config.json") if (part / "config.json").is_file() else None
        if not isinstance(config, dict):
            continue
        named = config.get("activation_function")
        if isinstance(named, str) and not named.startswith("torch.nn."):
            raise _own_code(folder, named)
        claimed = math.prod(size for name in _SIZES if isinstance(size := config.get(name), int))
        if claimed > max(_SMALL, sum(file.stat().st_size for file in part.glob("*.safetensors"))):
            raise InputError(f"{part / 'config.json'} claims more weights than its files hold", hint=_AGAIN)


def _own_code(folder: Path, named: str) -> TolmachError:
    return TolmachError(
        f"the model in {folder} needs custom code ({named}), which Tolmach does not run",
        hint="Choose a model that sentence-transformers runs by itself",
    )


def _digest(folder: Path, names: Iterable[str]) -> str:
    """Return the start of a SHA-256 over the names and contents of files, 12 characters."""
    total = hashlib.sha256()
    for name in names:
        with (folder / name).open("rb") as content:
            total.update(name.encode() + b"\0" + hashlib.file_digest(content, "sha256").digest())
    return total.hexdigest()[:12]


def require_extra() -> None:
    """Check that sentence-transformers can be loaded.

    Raises:
        TolmachError: It cannot.
    """
    try:
        with _quiet():
            import sentence_transformers  # noqa: F401, PLC0415 - an extra, and slow to import
    except ImportError as error:
        raise TolmachError(
            f"this encoder needs sentence-transformers, which cannot be loaded: {error}",
            hint='Run: pip install "tolmach[encoders]"; the encoder `use` needs nothing more',
        ) from error


def _load(folder: Path, files: Sequence[str]) -> Any:
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - an extra, and slow to import
    from transformers import AutoConfig, AutoModel  # noqa: PLC0415 - slow to import

    with _loading(folder), model_view(folder, files) as view, _quiet():
        if (view / "config.json").exists():
            make: Any = AutoModel.from_config
            check_claims(partial(make, AutoConfig.from_pretrained(view, local_files_only=True)), view)
        model = SentenceTransformer(
            str(view),
            trust_remote_code=False,
            local_files_only=True,
            # In half precision a vector would depend on the rest of the batch.
            model_kwargs={"use_safetensors": True, "dtype": "float32"},
        )
        _check_complete(model, [view / name for name in files if name.endswith(".safetensors")])
    return model.eval()


def _check_complete(model: Any, weights: Iterable[Path]) -> None:
    """Refuse a model with missing weights: transformers would initialise them at random."""
    from safetensors import safe_open  # noqa: PLC0415 - only where a model is read

    held: set[str] = set()
    for path in weights:
        with safe_open(path, framework="numpy") as file:
            held |= {_new_name(name) for name in file.keys()}  # noqa: SIM118 - it is not a mapping
    transformer = getattr(model[0], "auto_model", None)
    wanted = [] if transformer is None else [name for name, _ in transformer.named_parameters()]
    tails = held | {name.split(".", cut)[-1] for name in held for cut in (1, 2)}
    if missing := next((name for name in wanted if name not in tails and not name.startswith(_UNUSED)), None):
        raise ValueError(f"its files lack the weights {missing}")


def _new_name(name: str) -> str:
    head, _, last = name.rpartition(".")
    return f"{head}.{_OLD_NAMES.get(last, last)}" if head else name


@contextmanager
def _loading(folder: Path) -> Iterator[None]:
    """Turn any error of the libraries about a model into one error with the cause."""
    try:
        yield
    except loading_errors() as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
        raise InputError(f"cannot load the encoder in {folder}: {reason}", hint=_AGAIN) from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence the libraries' progress bars, logs and warnings; Tolmach reports what a user must know."""
    import transformers  # noqa: F401, PLC0415 - slow to import

    # Its log lines repeat contents of a model's files, such as the names of prompts.
    log = logging.getLogger("sentence_transformers")
    log.addHandler(logging.NullHandler())
    log.propagate = False
    with quiet_transformers():
        yield


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
