"""BLEU, chrF and speed of a model on NTREX-128, with the settings that are in question.

    python benchmarks/translation.py --pair en-ru --beam 1 --beam 4 --examples 4 --output docs/results/translation.json

Lines are taken evenly from the whole set, `--offset` first: settings are chosen on one offset and reported on another.
The memory of finished sentences is off, so times are real. Needs `TOLMACH_SHARED` (default `../shared/data`).
"""

import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from corpora.files import write_text
from corpora.progress import Progress
from eval import evaluate
from tolmach.console import make_progress
from translate import DecodeOptions, TranslatorOptions, load_translator
from translate.examples import ExampleOptions

LINES = 1997
SHARED = Path(os.environ.get("TOLMACH_SHARED", "../shared/data"))


@dataclass(frozen=True)
class Setting:
    """One way to run a model.

    Attributes:
        beam_size: Hypotheses kept in the search.
        examples: Examples shown to a chat model.
        choice: How they are chosen.
    """

    beam_size: int
    examples: int
    choice: str

    def options(self) -> TranslatorOptions:
        """Return the setting as the translator takes it."""
        shown = ExampleOptions(self.examples, "nearest" if self.choice == "nearest" else "fixed")
        return TranslatorOptions(decode=DecodeOptions(beam_size=self.beam_size), examples=shown, remember=False)


def read(language: str, numbers: range) -> list[str]:
    """Return the NTREX lines of a language with these numbers."""
    lines = (SHARED / "testsets" / "ntrex" / f"{language}.txt").read_text(encoding="utf-8").splitlines()
    return [lines[number] for number in numbers]


def measure(model: str, pair: str, setting: Setting, numbers: range, progress: Progress) -> dict[str, object]:
    """Translate and score the lines; return the figures."""
    source, target = pair.split("-")
    translator = load_translator(model, options=setting.options(), progress=progress)
    translator.translate(["Warm up."], source=source, target=target)
    texts = read(source, numbers)
    began = time.perf_counter()
    found = translator.translate(texts, source=source, target=target, progress=progress)
    seconds = time.perf_counter() - began
    scores = evaluate([one.text for one in found], [read(target, numbers)], target_language=target)
    figures = {
        name: {"score": round(metric.score, 2), "signature": metric.signature} for name, metric in scores.items()
    }
    flagged = sum(bool(one.checks) for one in found)
    return {
        "model": translator.spec.name,
        "pair": pair,
        **asdict(setting),
        "batch_size": DecodeOptions().batch_size,
        "sentences": len(texts),
    } | {
        "seconds": round(seconds, 1),
        "flagged": flagged,
        **figures,
    }


@click.command()
@click.option("--model", default="qwen2.5-coder-1.5b", show_default=True)
@click.option("--pair", "pairs", multiple=True, default=("en-ru", "en-zh"), show_default=True)
@click.option("--beam", "beams", multiple=True, type=int, default=(1,), show_default=True)
@click.option("--examples", "counts", multiple=True, type=int, default=(0,), show_default=True)
@click.option("--choice", "choices", multiple=True, type=click.Choice(["fixed", "nearest"]), default=("fixed",))
@click.option("--offset", default=0, show_default=True, help="First line; the others follow --step apart.")
@click.option("--step", default=42, show_default=True)
@click.option("--output", type=click.Path(path_type=Path), help="JSON file that the figures are added to.")
def main(**chosen: tuple[str, ...]) -> None:
    """Measure every combination of the settings named."""
    settings = {
        Setting(beam, count, choice if count else "none")
        for beam in chosen["beams"]
        for count in chosen["counts"]
        for choice in chosen["choices"]
    }
    numbers = range(int(chosen["offset"]), LINES, int(chosen["step"]))
    output = chosen["output"]
    for pair in chosen["pairs"]:
        for setting in sorted(settings, key=str):
            figures = measure(str(chosen["model"]), pair, setting, numbers, make_progress(quiet=False))
            figures["offset"] = chosen["offset"]
            print(json.dumps(figures, ensure_ascii=False), flush=True)
            if isinstance(output, Path):
                before = json.loads(output.read_text(encoding="utf-8")) if output.exists() else []
                write_text(output, json.dumps([*before, figures], ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
