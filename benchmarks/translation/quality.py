"""BLEU and chrF of a model on NTREX-128: plain greedy search against Tolmach's defaults.

    python -m benchmarks.translation.quality --output docs/results/translation_quality.json

`plain` is its family's general prompt, greedy search, the direct route, without examples, retries and house style.
`default` is `tolmach translate`: search, examples and detours of the model's entry, checks, retries, house style;
`once` is the same without retries. Lines are taken from every other document, so that settings may be tried on the odd
ones and reported on the even ones. The English of the set has straight marks and apostrophes only, so those of English
translations are made straight before they are scored, whatever the setting. Finished work is cached, so an interrupted
run resumes. Needs `TOLMACH_SHARED` (default `../shared/data`).
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

import click

from benchmarks.places import shared_folder
from common.files import write_text
from common.progress import Progress
from corpora.languages import ENGLISH
from eval import evaluate
from tolmach.terminal.console import make_progress
from translate import ArticleOptions, DecodeOptions, Translation, TranslatorOptions, loading
from translate.models.registry import find_model, load_registry
from translate.models.specs import ALL_DIRECTIONS, ModelSpec
from translate.options import RetryPolicy

BATCH: Final = 64
STRAIGHT: Final = str.maketrans({
    "\N{LEFT DOUBLE QUOTATION MARK}": '"', "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
    "\N{LEFT SINGLE QUOTATION MARK}": "'", "\N{RIGHT SINGLE QUOTATION MARK}": "'",
})  # fmt: skip
PLAIN: Final = TranslatorOptions(
    decode=DecodeOptions(),
    batch_size=BATCH,
    examples=0,
    article=ArticleOptions(checks=None, retry=RetryPolicy(attempts=1), typography=None),
)
DEFAULT: Final = TranslatorOptions(batch_size=BATCH)
ONCE: Final = replace(DEFAULT, article=ArticleOptions(retry=RetryPolicy(attempts=1)))
SETTINGS: Final = {"plain": PLAIN, "once": ONCE, "default": DEFAULT}


def lines_of(parity: str, first: int, last: int) -> list[int]:
    """Return the numbers of the lines `first` to `last`, counted from 1, of every other document of the set."""
    names = (shared_folder() / "testsets" / "ntrex" / "documents.txt").read_text(encoding="utf-8").splitlines()
    order = {name: number for number, name in enumerate(dict.fromkeys(names), 1)}
    wanted = [at for at, name in enumerate(names) if order[name] % 2 == (parity == "odd")]
    return wanted[first - 1 : last]


def read(language: str, numbers: list[int]) -> list[str]:
    """Return lines of the set in a language."""
    lines = (shared_folder() / "testsets" / "ntrex" / f"{language}.txt").read_text(encoding="utf-8").splitlines()
    return [lines[number] for number in numbers]


def measure(
    model: str, pair: str, setting: tuple[str, TranslatorOptions], numbers: list[int], progress: Progress
) -> dict[str, object]:
    """Translate and score the lines; return the figures."""
    source, target = pair.split("-")
    name, options = setting
    find = general if name == "plain" else find_model
    with patch.object(loading, "find_model", find):
        translator = loading.load_translator(model, options=options, progress=progress)
    found = translator.translate(read(source, numbers), source=source, target=target, progress=progress)
    texts = [one.text.translate(STRAIGHT) if target == ENGLISH else one.text for one in found]
    scores = evaluate(texts, [read(target, numbers)], target_language=target)
    return {
        "model": translator.spec.name,
        "pair": pair,
        "route": "-".join(translator.route(source, target)),
        "sentences": len(found),
        "scores": {name: {"score": one.score, "signature": one.signature} for name, one in scores.items()},
    } | _counts(found)


def general(name: str) -> ModelSpec:
    """Return a model with the default input form of its family, ignoring its own prompt."""
    spec = find_model(name)
    family = load_registry().families.get(spec.family) if spec.family else None
    return replace(spec, prompt=family.prompt, chinese_prompt=family.chinese_prompt) if family else spec


def _counts(found: list[Translation]) -> dict[str, object]:
    return {
        "flagged": sum(bool(one.checks) for one in found),
        "methods": dict(sorted(Counter(one.method for one in found).items())),
    }


@click.command()
@click.option("--model", default="qwen2.5-coder-1.5b", show_default=True)
@click.option("--pair", "pairs", multiple=True, default=["-".join(one) for one in ALL_DIRECTIONS], show_default=True)
@click.option("--setting", "settings", multiple=True, type=click.Choice(list(SETTINGS)), default=list(SETTINGS))
@click.option("--parity", type=click.Choice(["even", "odd"]), default="even", show_default=True)
@click.option("--first", default=1, show_default=True, help="First line of those documents.")
@click.option("--last", default=200, show_default=True, help="Last line of those documents.")
@click.option("--examples", type=int, help="Translations the model is shown, in place of the setting's number.")
@click.option("--via", help="Language to go through.")
@click.option("--output", type=click.Path(path_type=Path), help="JSON file in which rows like these are replaced.")
def main(model: str, output: Path | None, **chosen: Any) -> None:
    """Translate and score every pair with every setting."""
    other = {name: chosen[name] for name in ("examples", "via") if chosen[name] is not None}
    numbers = lines_of(chosen["parity"], chosen["first"], chosen["last"])
    rows = []
    for pair in chosen["pairs"]:
        for setting in chosen["settings"]:
            # The plain setting is direct, whatever the model's entry has.
            via = {"via": chosen["via"] or (pair.partition("-")[2] if setting == "plain" else None)}
            options = _changed(SETTINGS[setting], chosen | via)
            row = measure(model, pair, (setting, options), numbers, make_progress(quiet=False))
            row |= {
                "setting": setting,
                "changed": other,
                "lines": f"{chosen['parity']} documents, {chosen['first']} to {chosen['last']}",
            }
            print(json.dumps(row, ensure_ascii=False), flush=True)
            rows.append(row)
            if output:
                write_text(output, json.dumps(_merged(output, rows), ensure_ascii=False, indent=1) + "\n")


def _changed(options: TranslatorOptions, chosen: Mapping[str, Any]) -> TranslatorOptions:
    if chosen["examples"] is not None:
        options = replace(options, examples=chosen["examples"])
    return replace(options, via=chosen["via"])


def _merged(output: Path, rows: list[dict[str, object]]) -> list[dict[str, object]]:
    before = json.loads(output.read_text(encoding="utf-8")) if output.exists() else []
    keys = ("model", "pair", "setting", "changed", "lines")
    new = [[row[key] for key in keys] for row in rows]
    return [row for row in before if [row.get(key) for key in keys] not in new] + rows


if __name__ == "__main__":
    main()
