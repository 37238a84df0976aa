"""Converts a model to CTranslate2's format once, and keeps the result.

Each source, precision and version of CTranslate2 has its own folder, which appears complete or not at all: it is
written under another name first.
"""

import ctypes
import gc
import hashlib
import json
import os
import pickle
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from common.errors import IntegrityError, OutputError
from common.files import output_errors, sha256_of, write_text
from common.progress import SILENT, Progress
from translate.engines.base import ModelFiles
from translate.engines.loaders import end_tokens, load_model, load_tokenizer, max_positions, quiet_libraries
from translate.files import FileRecord, record_files, sample_of
from translate.types import UnsupportedModelError

TOKENIZER_FOLDER = "tokenizer"
_MANIFEST = "tolmach.json"
_FORMAT = 2
"""Format 1 had no checksums, so such a conversion cannot be verified and is repeated."""
_SMALL_FILE = 1 << 20
_LARGE = 100 << 20
"""Bytes of a model above which it is converted in a process of its own: starting one takes seconds."""
_STEPS = 4


@dataclass(frozen=True, slots=True)
class Conversion:
    """Manifest of a converted folder.

    Attributes:
        max_positions: Number of positions; None if they are relative.
        source: Digest of the original model.
        samples: `translate.files.sample_of` each.
    """

    format: int
    model_type: str
    decodes_only: bool
    max_positions: int | None
    end_tokens: tuple[str, ...]
    precision: str
    ctranslate2: str
    source: str
    files: tuple[FileRecord, ...]
    samples: dict[str, str]


def convert(files: ModelFiles, folder: Path, *, precision: str, progress: Progress = SILENT) -> tuple[Path, Conversion]:
    """Return the converted model, converting it first if it is missing or damaged.

    Other processes wait for the same conversion.

    Returns:
        The model's folder and its manifest.
    """
    from filelock import FileLock  # noqa: PLC0415 - only where a model is loaded

    place = converted_folder(files, folder, precision=precision)
    manifest = read_manifest(place)
    if manifest:
        return place, manifest
    if place.exists():
        progress.note(f"The converted model in {place} is damaged; it is made again")
    with output_errors(place):
        folder.mkdir(parents=True, exist_ok=True)
        held = FileLock(f"{place}.lock").acquire()
    with held:
        # Another process may have converted it while this one waited.
        manifest = read_manifest(place)
        return place, manifest or _convert(files, place, precision, progress)


def converted_folder(files: ModelFiles, folder: Path, *, precision: str) -> Path:
    """Return the folder of the converted model, whether or not it exists."""
    import ctranslate2  # noqa: PLC0415 - heavy

    parts = [source_digest(files), files.family, *files.stop_tokens, precision, ctranslate2.__version__, str(_FORMAT)]
    key = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
    return folder / f"{files.path.name[:40]}-{precision}-{key}"


def source_digest(files: ModelFiles) -> str:
    """Return an identifier of the source: its digest, else one of its files.

    Large files are identified by name, size and modification time, because reading gigabytes at every start is too
    slow.
    """
    if files.digest:
        return files.digest
    digest = hashlib.sha256()
    names = [files.path / files.gguf_file] if files.gguf_file else sorted(files.path.glob("*"))
    for path in filter(Path.is_file, names):
        status = path.stat()
        content = path.read_bytes() if status.st_size <= _SMALL_FILE else str(status.st_mtime_ns).encode()
        digest.update(f"{path.name}\n{status.st_size}\n".encode() + content)
    return digest.hexdigest()


def read_manifest(place: Path) -> Conversion | None:
    """Return the manifest of a converted folder; None if missing, damaged or of another layout.

    Every file must match its size and sample; one with another modification time is read completely.
    """
    manifest = _recorded(place)
    if manifest is None:
        return None
    names = [record.path for record in manifest.files]
    try:
        now = record_files(place, names, manifest.files)
        whole = names == _names(place) and manifest.samples == _samples(place, names)
    except OSError:
        return None
    if not whole or [one.sha256 for one in now] != [one.sha256 for one in manifest.files]:
        return None
    if now != manifest.files:  # a copied cache: its times are recorded to avoid reading it again
        with suppress(OutputError):
            _write(place, replace(manifest, files=now))
    return manifest


def verify_conversions(name: str, folder: Path, *, progress: Progress = SILENT) -> tuple[FileRecord, ...]:
    """Verify the checksums of all converted files of a model, and return the files.

    Raises:
        IntegrityError: A file is damaged; it will be converted again.
    """
    places = [path.parent for path in sorted(folder.glob(f"*/*/{_MANIFEST}")) if not path.parent.name.startswith(".")]
    made = {place: _recorded(place) for place in places}
    damaged = [place / _MANIFEST for place, manifest in made.items() if manifest is None]
    records = [(place, one) for place, manifest in made.items() if manifest for one in manifest.files]
    with progress.bar(f"Reading conversions of {name}", sum(one.size for _, one in records), unit="B") as advance:
        for place, record in records:
            path = place / record.path
            if not path.is_file() or sha256_of(path) != record.sha256:
                damaged.append(path)
            advance(record.size)
    for place in {next(place for place in places if path.is_relative_to(place)) for path in damaged}:
        with suppress(OSError):  # without its manifest it is converted again; a copied cache may be read-only
            (place / _MANIFEST).unlink()
    if damaged:
        raise IntegrityError(
            f"conversions of {name} are damaged: {', '.join(map(str, damaged))}",
            hint="It is made again when the model is used",
        )
    return tuple(record for _, record in records)


def _recorded(place: Path) -> Conversion | None:
    """Return the manifest of a converted folder unchecked; None if there is no valid one."""
    try:
        found = json.loads((place / _MANIFEST).read_text(encoding="utf-8"))
        checksum = found.pop("checksum")
        files = tuple(FileRecord(**record) for record in found["files"])
        manifest = Conversion(**found | {"end_tokens": tuple(found["end_tokens"]), "files": files})
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return manifest if manifest.format == _FORMAT and checksum == _checksum(manifest) else None


def _write(place: Path, manifest: Conversion) -> None:
    content = asdict(manifest) | {"checksum": _checksum(manifest)}
    write_text(place / _MANIFEST, json.dumps(content, indent=2))


def _checksum(manifest: Conversion) -> str:
    return hashlib.sha256(json.dumps(asdict(manifest), sort_keys=True).encode("ascii")).hexdigest()


def _convert(files: ModelFiles, place: Path, precision: str, progress: Progress) -> Conversion:
    large = sum(path.stat().st_size for path in files.path.glob("*") if path.is_file()) > _LARGE
    steps = _convert_apart if large else _convert_here
    with (
        progress.bar("Preparing the model, once: a minute or more", _STEPS, unit="steps") as advance,
        _appearing(place) as temporary,
    ):
        for _ in steps(files, temporary, precision):
            advance(1)
    manifest = _recorded(place)
    assert manifest is not None  # noqa: S101 - it was just written
    return manifest


def _convert_here(files: ModelFiles, folder: Path, precision: str) -> Iterator[None]:
    """Write the converted model and its manifest, and yield after each of `_STEPS` steps."""
    tokenizer = load_tokenizer(files)
    yield
    model = load_model(files, dtype=_read_as(files, precision))
    yield
    facts: dict[str, Any] = {
        "model_type": model.config.model_type,
        "decodes_only": not model.config.is_encoder_decoder,
        "max_positions": max_positions(model.config),
        "end_tokens": end_tokens(model, tokenizer, files.stop_tokens),
    }
    with quiet_libraries():
        spec = model_spec(model, tokenizer)
    # The loaders move the weights into the spec: without this reference each is freed once quantized.
    del model
    gc.collect()
    return_memory()
    spec.optimize(quantization=precision)
    yield
    spec.save(str(folder))
    tokenizer.save_pretrained(folder / TOKENIZER_FOLDER)
    _write_manifest(files, folder, precision, facts)
    yield


def _convert_apart(files: ModelFiles, folder: Path, precision: str) -> Iterator[None]:
    """Do the same in another process.

    The memory of torch and transformers, half a gigabyte, is free again when it ends; and where there is too little
    memory for the conversion, the system ends that process alone.

    Raises:
        UnsupportedModelError: The process was ended.
    """
    with subprocess.Popen(  # noqa: S603 - a fixed command
        [sys.executable, "-P", "-m", __name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    ) as process:
        assert process.stdin is not None  # noqa: S101 - cannot happen, and tells the type checker
        assert process.stdout is not None  # noqa: S101 - as above
        try:
            with process.stdin:
                pickle.dump((files, folder, precision), process.stdin)
            for _ in range(_STEPS):
                error = pickle.load(process.stdout)  # noqa: S301 - our own process wrote it
                if error is not None:
                    raise error
                yield
        except (EOFError, BrokenPipeError) as error:
            raise UnsupportedModelError(
                f"the process that converts the model in {files.path} was ended",
                hint="It may need more memory than there is: close other programs, or choose a smaller model",
            ) from error
        finally:
            process.kill()


def _serve() -> None:
    """Convert what the standard input names: the other side of `_convert_apart`."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent process ends it
    with os.fdopen(os.dup(1), "wb") as output:
        os.dup2(2, 1)  # what libraries print must not come between
        try:
            for _ in _convert_here(*pickle.load(sys.stdin.buffer)):  # noqa: S301 - the parent process wrote it
                pickle.dump(None, output)
                output.flush()
        except Exception as error:  # noqa: BLE001 - raised in the parent process
            pickle.dump(error, output)


def return_memory() -> None:
    """Give freed memory back to the system: glibc keeps it, in pieces too small for what is needed next."""
    with suppress(OSError, AttributeError, TypeError):  # other systems have no such call
        ctypes.CDLL(None).malloc_trim(0)


def _read_as(files: ModelFiles, precision: str) -> str:
    if precision == "float32":
        return "float32"
    # A GGUF file is unpacked: half precision halves the memory, and its rounding is far below an int8 step.
    return "float16" if files.gguf_file else "auto"


def _write_manifest(files: ModelFiles, temporary: Path, precision: str, facts: dict[str, Any]) -> None:
    import ctranslate2  # noqa: PLC0415 - heavy

    names = _names(temporary)
    manifest = Conversion(
        format=_FORMAT,
        precision=precision,
        ctranslate2=ctranslate2.__version__,
        source=source_digest(files),
        files=record_files(temporary, names),
        samples=_samples(temporary, names),
        **facts,
    )
    _write(temporary, manifest)


def _names(place: Path) -> list[str]:
    found = (path for path in sorted(place.rglob("*")) if path.is_file() and path.name != _MANIFEST)
    return [path.relative_to(place).as_posix() for path in found]


def _samples(place: Path, names: Iterable[str]) -> dict[str, str]:
    return {name: sample_of(place / name) for name in names}


@contextmanager
def _appearing(place: Path) -> Iterator[Path]:
    """Yield an empty folder that becomes `place` on success and is removed on failure."""
    for left_over in place.parent.glob(f".{place.name}.*.part"):
        # Only the holder of the lock writes here, so these are leftovers of a killed process.
        shutil.rmtree(left_over, ignore_errors=True)
    temporary = place.parent / f".{place.name}.{os.getpid()}.part"
    with output_errors(place):
        try:
            temporary.mkdir()
            yield temporary
            shutil.rmtree(place, ignore_errors=True)
            temporary.rename(place)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)


def model_spec(model: Any, tokenizer: Any) -> Any:
    """Return CTranslate2's specification of a model, with its weights; the model is not usable afterwards.

    CTranslate2's own converter reads a folder, which a GGUF file is not, so its loader for the architecture is called
    with the loaded model.

    Raises:
        UnsupportedModelError: CTranslate2 has no loader for this architecture, or not for this variant of it.
    """
    import torch  # noqa: PLC0415 - heavy
    from ctranslate2.converters import transformers as registry  # noqa: PLC0415 - heavy

    name = type(model.config).__name__
    loader = registry._MODEL_LOADERS.get(name)  # noqa: SLF001 - the table has no public accessor
    if loader is None:
        raise UnsupportedModelError(
            f"CTranslate2 cannot run a model of type {model.config.model_type}", hint="Use the transformers engine"
        )
    try:
        with torch.no_grad():
            spec = loader(model, _WithLanguageTokens(tokenizer))
        _correct_output_scale(spec, model.config)
        spec.validate()
    except (NotImplementedError, AttributeError, ValueError, KeyError) as error:
        raise UnsupportedModelError(
            f"CTranslate2 cannot convert this {model.config.model_type} model: {error}",
            hint="Use the transformers engine",
        ) from error
    return spec


class _WithLanguageTokens:
    """A tokenizer that exposes its language tokens where CTranslate2 looks for them.

    M2M100's language tokens are not part of its vocabulary; transformers 5 dropped the list that held them.
    """

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tokenizer, name)

    @property
    def special_tokens_map(self) -> dict[str, Any]:
        """Return the special tokens, with those of languages in the order of their numbers."""
        numbers: dict[str, int] = getattr(self._tokenizer, "lang_token_to_id", {})
        return {
            **self._tokenizer.special_tokens_map,
            "additional_special_tokens": sorted(numbers, key=numbers.__getitem__),
        }


def _correct_output_scale(spec: Any, config: Any) -> None:
    # CTranslate2 scales a T5's outputs where config.tie_word_embeddings is set. transformers 5 sets that for every T5
    # and records in scale_decoder_outputs whether the model really scales (T5 1.0) or not (T5 1.1, MADLAD, mT5).
    if type(config).__name__ not in {"T5Config", "MT5Config"}:
        return
    from ctranslate2.specs.model_spec import OPTIONAL  # noqa: PLC0415 - heavy

    scales = getattr(config, "scale_decoder_outputs", False)
    spec.decoder.scale_outputs = config.d_model**-0.5 if scales else OPTIONAL


if __name__ == "__main__":
    _serve()
