"""Safe access to the files of third-party models: which files and settings are used.

The libraries that load models read whole folders, follow file names inside them, and fetch or run what a setting names.
So they get a private folder with checked files only, whose settings name no other files.
"""

import json
import logging
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, Final

from common.errors import InputError, TolmachError
from common.files import sha256_of

INDEX: Final = "model.safetensors.index.json"
"""File name of the index that maps tensors to safetensors files."""

_AGAIN: Final = "Fetch or copy the model again, or choose another one"
_WEIGHTS: Final = (".safetensors", ".gguf")
_SETTINGS: Final = "*config*.json"
_VOCABULARIES: Final = frozenset({"vocab.json", "added_tokens.json"})
TOKENIZER: Final = "tokenizer.json"

_NOT_FOLLOWED: Final = ("adapter_*", "*.index.json")
"""Index and adapter files; an adapter names its base model, and an index other than `INDEX` is for pickles."""

_LARGEST: Final = 128 << 20
"""Most bytes of a file other than weights: the largest published tokenizers have 35 MB."""
_MOST_TOKENS: Final = 1 << 22
"""Token ids must be below this, 16 times the largest vocabulary: libraries allocate memory up to the highest id."""
_MOST_PARTS: Final = 1024
"""Most layers, heads, experts or labels: published models have up to 512. Each is created before weights are read."""
_MOST_CLAIMED: Final = 1 << 24
"""Most numbers that a model may have besides its weights, such as tables of positions."""

_MOST_GROWTH: Final = 100
"""Most tokens per character: byte-level tokenizers have 4, the longest names of a letter 18."""
_TRIAL: Final = """
import contextlib, sys
with contextlib.suppress(ImportError, ValueError, OSError):
    import resource
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (1 << 32, 1 << 32))
from tokenizers import Tokenizer
tokenizer = Tokenizer.from_file(sys.argv[1])
most = _MOST_GROWTH
with contextlib.suppress(ImportError, ValueError, OSError):
    used = int(open("/proc/self/statm", encoding="ascii").read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + (1 << 29), 1 << 32))
tokenizer.encode("A, b 1.")
tokenizer.no_padding()
tokenizer.no_truncation()

def check(text, made):
    if len(made) > most * max(2, len(text)):
        sys.exit(f"of {text[:20]!r} it makes a text that is more than {most} times as long")

scripts = [(0x20, 0x250), (0x370, 0x530), (0x2000, 0x2070), (0x3000, 0x3100), (0x4E00, 0xA000), (0xFF00, 0xFFF0)]
letters = [chr(code) for first, end in scripts for code in range(first, end)]
words = ["".join(letters[at : at + 8]) for at in range(0, len(letters), 8)]
for texts in (["A, b 1: c! " * 40], [letter * 2 for letter in letters], [word + " " + word for word in words]):
    for text in texts:
        if tokenizer.normalizer is not None:
            check(text, tokenizer.normalizer.normalize_str(text))
        found = tokenizer.encode(text)
        check(text, found.ids)
        check(text, tokenizer.decode(found.ids, skip_special_tokens=False))
if tokenizer.decoder is not None:
    for token in tokenizer.get_vocab():
        check(token, tokenizer.decoder.decode([token]))
""".replace("_MOST_GROWTH", str(_MOST_GROWTH))
"""Reads a tokenizer with 4 GB of address space, as the largest take 1 GB, and tries it with 512 MB more than it has.

It is tried on the letters of the supported languages, one by one and in words, and on each of its own tokens: a rule
that replaces can double a text, and forty of them leave no memory to the process.
"""
_TRIAL_SECONDS: Final = 60.0
_SOUND: Final[set[str]] = set()
"""Checksums of files that passed the test."""

_IGNORED: Final = re.compile(
    # Code, and kernels that are downloaded as code.
    r"auto_map|custom_pipelines|trust_remote_code|.*attn_implementation.*|.*experts_implementation.*|.*kernel_config"
    r"|use_kernels?"
    # Files, folders and repositories. Settings that are not paths have other names.
    r"|.*_path|.*_file|.*_spm|transformers_weights|init_inputs|subfolder|cache_dir|_commit_hash"
)
_COUNT: Final = re.compile(r"extra_ids|num_.*|.*_(?:layers|heads|experts)|n_(?:layer|head)s?")


class UnsafeWeightsError(TolmachError):
    """The weights exist only in a form that can run code when loaded."""


def folder_named(name: str) -> Path | None:
    """Return the folder that the name of a model points to; None if there is none."""
    try:
        path = Path(name).expanduser()
        return path if name.strip() and path.is_dir() else None
    except (OSError, RuntimeError, ValueError):  # too long, the home of an unknown user, or an invalid character
        return None


@contextmanager
def model_view(folder: Path, names: Iterable[str]) -> Iterator[Path]:
    """Yield a private temporary folder with these files of a model and nothing else.

    Settings that name code, other files or kernels are left out, so the libraries use their defaults.

    Raises:
        InputError: A file is missing, damaged or outside of the folder, or its settings are implausible.
        RuntimeError: A library in Rust fails while the folder is used.
    """
    # Read when transformers is imported: some architectures would fetch kernels from the hub where `kernels` is there.
    os.environ.setdefault("USE_HUB_KERNELS", "0")
    given = tuple(names)
    chosen = [name for name in given if not any(fnmatchcase(_last(name), one) for one in _NOT_FOLLOWED)]
    chosen += [name for name in given if _last(name) == INDEX]
    with tempfile.TemporaryDirectory(prefix="tolmach-") as private:
        for name in chosen:
            target = Path(private, name)
            target.parent.mkdir(parents=True, exist_ok=True)
            _bring(folder, name, target)
        for index in Path(private).rglob(INDEX):
            check_index(index, [path.name for path in index.parent.iterdir()], owner=str(folder))
        with failures_as(RuntimeError):
            yield Path(private)


def _last(name: str) -> str:
    return PurePosixPath(name).name


def _bring(folder: Path, name: str, target: Path) -> None:
    source = _inside(folder, name)
    if not name.endswith(_WEIGHTS) and source.stat().st_size > _LARGEST:
        raise InputError(f"{folder / name} is larger than {_LARGEST >> 20} MB", hint=_AGAIN)
    if name.endswith(".json"):
        content = read_json(source)
        if fnmatchcase(target.name, _SETTINGS):
            target.write_text(json.dumps(_settings(folder / name, content)), encoding="utf-8")
            return
        _check_tokens(folder / name, content)
    try:
        target.symlink_to(source)
    except OSError:  # Windows does not let every user create links
        shutil.copyfile(source, target)


def _inside(folder: Path, name: str) -> Path:
    """Return the real path of a file, which must be in the folder or in the hub's cache, whose folders hold links."""
    home = folder.resolve()
    homes = [home, home.parent.parent / "blobs"] if home.parent.name == "snapshots" else [home]
    try:
        found = (folder / name).resolve(strict=True)
    except (OSError, RuntimeError) as error:  # RuntimeError: links in a circle, before Python 3.13
        raise InputError(f"cannot read {folder / name}: {error}", hint=_AGAIN) from error
    if not found.is_file() or not any(found.is_relative_to(one) for one in homes):
        raise InputError(f"{folder / name} is a link to something outside of the folder", hint="Copy the file there")
    return found


def read_json(path: Path) -> Any:
    """Return the parsed content of a model's JSON file.

    Raises:
        InputError: It cannot be read, or is not usable JSON.
    """
    try:
        if path.stat().st_size > _LARGEST:
            raise InputError(f"{path} is larger than {_LARGEST >> 20} MB", hint=_AGAIN)
        return json.loads(path.read_text(encoding="utf-8"))
    except RecursionError as error:
        raise _too_deep(path) from error
    except (OSError, ValueError) as error:
        raise InputError(f"{path} is damaged: {error}", hint=_AGAIN) from error


def _too_deep(path: Path) -> InputError:
    return InputError(f"{path} is damaged: its values are nested too deeply", hint=_AGAIN)


def check_index(index: Path, names: Iterable[str], *, owner: str) -> None:
    """Check which files an index of weights names.

    Raises:
        InputError: It names something other than safetensors among these.
    """
    there = {name for name in names if name.endswith(".safetensors")}
    content = read_json(index)
    named = content.get("weight_map") if isinstance(content, dict) else None
    if not isinstance(named, dict):
        raise InputError(f"{INDEX} of {owner} is damaged: it has no weight_map", hint=_AGAIN)
    for name in named.values():
        if not isinstance(name, str) or name not in there:
            raise InputError(
                f"{INDEX} of {owner} names {name!r}, which is not one of the model's safetensors", hint=_AGAIN
            )


def _settings(path: Path, content: Any) -> Any:
    try:
        _check_settings(path, content)
        return _followed(content)
    except RecursionError as error:
        raise _too_deep(path) from error


def _check_settings(path: Path, content: Any) -> None:
    if not isinstance(content, dict):
        raise InputError(f"{path} does not hold a JSON object", hint=_AGAIN)
    for key, value in _items(content):
        if key == "quantization_config" and value is not None:
            raise InputError(f"the weights of {path.parent} are quantized in a way that needs other libraries",
                             hint="Choose the model as it was before that, or as GGUF")  # fmt: skip
        if _COUNT.fullmatch(key) and isinstance(value, (int, float)) and not abs(value) <= _MOST_PARTS:
            raise InputError(f"{path} is damaged: no model has {key} {value}", hint=_AGAIN)
        if "drop" in key and isinstance(value, (int, float)) and not 0 <= value <= 1:
            raise InputError(f"{path} is damaged: {key} is {value}, no probability", hint=_AGAIN)
    added = content.get("added_tokens_decoder")
    _check_numbers(path, (int(key) for key in added if str(key).isdecimal()) if isinstance(added, dict) else ())


def _items(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield every key with its value, at any depth."""
    pairs = value.items() if isinstance(value, dict) else ()
    yield from pairs
    for inner in [each for _, each in pairs] or (value if isinstance(value, list) else ()):
        yield from _items(inner)


def _followed(value: Any) -> Any:
    """Return settings, at any depth, without those that are ignored."""
    if isinstance(value, dict):
        return {key: _followed(each) for key, each in value.items() if not _IGNORED.fullmatch(key)}
    return [_followed(each) for each in value] if isinstance(value, list) else value


def _check_tokens(path: Path, content: Any) -> None:
    if path.name in _VOCABULARIES and isinstance(content, dict):
        _check_numbers(path, content.values())
    if path.name != TOKENIZER:
        return
    try:
        _check_numbers(path, (token["id"] for token in content.get("added_tokens") or ()))
        vocabulary = content["model"].get("vocab")
        _check_numbers(path, vocabulary.values() if isinstance(vocabulary, dict) else ())
    except (AttributeError, TypeError, LookupError) as error:
        raise InputError(f"{path} is damaged: {error}", hint=_AGAIN) from error
    try_out(_TRIAL, path)


def try_out(program: str, *files: Path) -> None:
    """Read files in another process first, since some libraries crash on damaged files.

    Args:
        program: Program that reads the files named by its arguments; files that passed once are skipped.
        files: Files to read; errors name the first one.

    Raises:
        InputError: The program fails, or takes too long.
    """
    content = " ".join(sha256_of(path) for path in files)
    if content in _SOUND:
        return
    command = [sys.executable, "-P", "-c", program, *map(str, files)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    # Each thread would reserve address space of its own.
    environment["TOKENIZERS_PARALLELISM"] = "false"
    try:
        ended = subprocess.run(  # noqa: S603 - a fixed command
            command, capture_output=True, timeout=_TRIAL_SECONDS, check=False, env=environment, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired as error:
        raise InputError(f"{files[0]} is damaged: reading it does not end", hint=_AGAIN) from error
    if ended.returncode:
        told = ended.stderr.decode("utf-8", "replace").strip().splitlines() if ended.returncode == 1 else []
        reason = told[-1][:200] if told else "the library that reads it dies of it"
        raise InputError(f"{files[0]} is damaged: {reason}", hint=_AGAIN)
    _SOUND.add(content)


def _check_numbers(path: Path, numbers: Iterable[Any]) -> None:
    for number in numbers:
        if type(number) is not int or not 0 <= number < _MOST_TOKENS:
            raise InputError(f"{path} is damaged: no token has the number {number!r}", hint=_AGAIN)


@contextmanager
def failures_as(make: Callable[[str], Exception]) -> Iterator[None]:
    """Turn errors of Rust libraries, which have no class of their own, into an error that callers can catch.

    A panic is no `Exception`. The library tokenizers raises `Exception` itself about a merge without its token.
    """
    try:
        yield
    except BaseException as error:
        # Each library has its own class of panics, which cannot be imported.
        if type(error) is not Exception and type(error).__name__ != "PanicException":
            raise
        raise make((str(error).strip().splitlines() or ["it says no more"])[0]) from error


def _spelling_error(reason: str) -> InputError:
    return InputError(f"the model's tokenizer fails: {reason.rstrip('.')}", hint=_AGAIN)


spelling = partial(failures_as, _spelling_error)
"""Wraps each use of a tokenizer: some patterns fail only for some texts."""


def loading_errors(*more: type[Exception]) -> tuple[type[Exception], ...]:
    """Return the exceptions that libraries raise for missing, damaged or malformed files, and `more`."""
    from huggingface_hub.errors import StrictDataclassError  # noqa: PLC0415 - slow to import
    from safetensors import SafetensorError  # noqa: PLC0415 - only where a model is read

    shapes = (AttributeError, TypeError, LookupError, ArithmeticError, AssertionError, EOFError, struct.error)
    return (OSError, ValueError, RuntimeError, ImportError, *shapes, SafetensorError, StrictDataclassError, *more)


def check_claims(make: Callable[[], Any], folder: Path, *, per_byte: int = 1) -> None:
    """Refuse a configuration that describes far more numbers than the weights hold, before allocating memory.

    Args:
        make: Makes the model from its configuration, without allocating its weights.
        folder: Where the weights are.
        per_byte: Most numbers per byte of weights.

    Raises:
        InputError: It does.
    """
    import torch  # noqa: PLC0415 - heavy

    held = sum(path.stat().st_size for path in folder.rglob("*") if path.name.endswith(_WEIGHTS))
    with torch.device("meta"):
        model = make()
    claimed = sum(one.numel() for one in (*model.parameters(), *model.buffers()))
    if claimed > 2 * per_byte * held + _MOST_CLAIMED:
        raise InputError(f"its configuration describes {claimed:.1e} numbers, its files have {held:.1e} bytes of them")


@contextmanager
def quiet_transformers() -> Iterator[None]:
    """Silence warnings, and the progress bars and logs of transformers if it is loaded."""
    library: Any = sys.modules.get("transformers")
    messages: Any = library.utils.logging if library else None
    level, bars = (messages.get_verbosity(), messages.is_progress_bar_enabled()) if messages else (0, False)
    if messages:
        messages.set_verbosity(logging.CRITICAL)
        messages.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        if messages:
            messages.set_verbosity(level)
        if bars:
            messages.enable_progress_bar()
