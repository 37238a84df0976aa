"""Test sets that sacrebleu knows: their addresses, checksums and formats are its own."""

import io
import tarfile
from collections.abc import Iterator
from hashlib import md5
from pathlib import Path
from typing import Any, Final

from common.errors import IntegrityError
from common.files import replacing, write_text
from common.progress import Progress
from corpora.readers.fetch import FetchOptions, fetch
from corpora.testsets.loading import DEFAULT_REFERENCES, DOCUMENTS, ORIGINS
from corpora.testsets.types import SetEntry

_SOURCE, _REFERENCE, _DOCUMENT, _ORIGIN, _DOMAIN = "src", "ref", "docid", "origlang", "domain"
_UNNAMED: Final = "A"
"""What a set's only reference is called."""
LIMITS: Final = FetchOptions(anew_after=65_536, max_bytes=200_000_000, user_agent="tolmach (test sets)", types=None)
"""Sets are large: a slow connection may take its time, as long as 64 kB come in every 30 seconds."""


def write_from_sacrebleu(entry: SetEntry, folder: Path, *, progress: Progress) -> None:
    """Write what sacrebleu has of a set: sources, references, documents, origins, and what systems submitted.

    The archive lies where sacrebleu keeps it, but is fetched by Tolmach, as sacrebleu limits neither time nor size.
    Where a set has several references, sacrebleu scores against some of them; which they are is written down, too.

    Args:
        entry: The set.
        folder: Where a folder for each direction goes.
        progress: Reports what is left out.

    Raises:
        NetworkError: It cannot be fetched.
        IntegrityError: What came is not what it should be, or cannot be read.
    """
    from sacrebleu.dataset import DATASETS  # noqa: PLC0415 - loaded when used

    dataset: Any = DATASETS[entry.sacrebleu]
    _fetch_archives(dataset, entry, progress)
    for source, target in entry.directions:
        pair = f"{source}-{target}"
        try:
            paths = dict(zip(dataset.fieldnames(pair), map(Path, dataset.get_files(pair)), strict=True))
            usual = set(map(Path, dataset.get_reference_files(pair)))
        except (
            OSError,
            AssertionError,
            AttributeError,
            LookupError,
            ValueError,
            SyntaxError,
        ) as error:  # the last is lxml's
            raise IntegrityError(
                f"sacrebleu cannot read what it fetched of {entry.name} {pair}: {error}", hint=f"Look at {entry.url}"
            ) from error
        fields = {field: path.read_bytes().decode("utf-8") for field, path in paths.items()}
        place = folder / pair
        for name, field in _names(fields, (source, target)):
            if fields[field].count("\n") != fields[_SOURCE].count("\n"):
                progress.note(f"{entry.name} {pair}: {field} lacks segments and is left out")
            else:
                write_text(place / name, fields[field])
        chosen = [_reference(field) for field, path in paths.items() if _is_reference(field) and path in usual]
        write_text(place / DEFAULT_REFERENCES, "".join(f"{name}\n" for name in chosen))


def _fetch_archives(dataset: Any, entry: SetEntry, progress: Progress) -> None:
    """Put a set's archives, and what they hold, where sacrebleu looks for them before it would fetch them itself."""
    raw = Path(dataset._rawdir)  # noqa: SLF001 - the release of sacrebleu is pinned for such names
    for url, checksum in zip(dataset.data, dataset.md5, strict=True):
        place = raw / dataset._get_tarball_filename(url)  # noqa: SLF001 - likewise
        if place.exists() and place.stat().st_size:
            continue
        packed = fetch(url, options=LIMITS, progress=progress).data
        if md5(packed, usedforsecurity=False).hexdigest() != checksum:  # what sacrebleu has to compare with
            raise IntegrityError(
                f"the archive of {entry.name} is not what it should be: its checksum is not sacrebleu's",
                hint=f"It may have changed where it is published: {url}",
            )
        raw.mkdir(parents=True, exist_ok=True)
        try:
            with tarfile.open(fileobj=io.BytesIO(packed)) as opened:
                opened.extractall(raw, filter="data")
        except tarfile.TarError as error:
            raise IntegrityError(f"the archive of {entry.name} cannot be unpacked: {error}") from error
        with replacing(place) as partial:  # last, as sacrebleu takes its presence for the whole
            partial.write_bytes(packed)


def _names(fields: dict[str, str], direction: tuple[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the name of the file that each field goes to."""
    source, target = direction
    known = {_SOURCE: f"src.{source}", _DOCUMENT: DOCUMENTS, _ORIGIN: ORIGINS}
    for field in fields:
        if _is_reference(field):
            yield f"ref.{_reference(field)}.{target}", field
        elif field in known:
            yield known[field], field
        elif field != _DOMAIN and Path(field).name == field:
            yield f"hyp.{field}.{target}", field


def _is_reference(field: str) -> bool:
    return field == _REFERENCE or field.startswith(f"{_REFERENCE}:")


def _reference(field: str) -> str:
    return field.partition(":")[2] or _UNNAMED
