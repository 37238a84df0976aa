"""Test sets that sacrebleu knows: their addresses, checksums and formats are its own."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from common.errors import IntegrityError, NetworkError
from common.files import write_text
from common.progress import Progress
from corpora.testsets.loading import DEFAULT_REFERENCES, DOCUMENTS, ORIGINS
from corpora.testsets.types import SetEntry

_SOURCE, _REFERENCE, _DOCUMENT, _ORIGIN, _DOMAIN = "src", "ref", "docid", "origlang", "domain"
_UNNAMED: Final = "A"
"""What a set's only reference is called."""


def write_from_sacrebleu(entry: SetEntry, folder: Path, *, progress: Progress) -> None:
    """Write what sacrebleu has of a set: sources, references, documents, origins, and what systems submitted.

    sacrebleu keeps the archive in its own folder. Where a set has several references, it scores against some of them;
    which they are is written down, too.

    Args:
        entry: The set.
        folder: Where a folder for each direction goes.
        progress: Who is told what is left out.

    Raises:
        NetworkError: It cannot be fetched.
        IntegrityError: What came is not what it should be, or cannot be read.
    """
    from sacrebleu.dataset import DATASETS  # noqa: PLC0415 - loaded when used

    dataset: Any = DATASETS[entry.sacrebleu]
    for source, target in entry.directions:
        pair = f"{source}-{target}"
        try:
            paths = dict(zip(dataset.fieldnames(pair), map(Path, dataset.get_files(pair)), strict=True))
            usual = set(map(Path, dataset.get_reference_files(pair)))
        except OSError as error:
            raise NetworkError(f"cannot fetch {entry.name} through sacrebleu: {error}") from error
        except SystemExit as error:  # its way to say that a checksum is wrong
            raise IntegrityError(
                f"what sacrebleu fetched of {entry.name} is not what it should be", hint="See its message above"
            ) from error
        except (AssertionError, AttributeError, LookupError, ValueError, SyntaxError) as error:  # the last is lxml's
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
