"""Captures the output of the commands for the samples, outside the repository, and compares two captures byte for byte.

    python -m benchmarks.golden capture OLD --checkout ../before
    python -m benchmarks.golden capture NEW
    python -m benchmarks.golden compare OLD NEW

The translator is a tiny chat model that OLD gets first; NEW gets the same weights with `--model OLD/model`. Times,
speeds, versions of libraries and paths are masked. The exit status of `compare` is 1 if anything else differs; files
that only NEW has, because the script changed since, are listed.
"""

import argparse
import difflib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.places import ROOT
from common.files import write_text

_LAVROV = "corpora/samples/lavrov"
_THREE = [f"{_LAVROV}/{name}.txt" for name in ("en", "ru", "zh")]
_ALTERED = [f"{_LAVROV}/{name}.txt" for name in ("en", "ru-altered", "zh-altered")]
_STORIES = [f"corpora/samples/articles/a0{number}" for number in range(1, 10)]
_SHOWN = 12
"""Most lines of a difference that are printed."""
_CLOCK = "seconds|speed|memory|per_second|machine|commit|code|peak_bytes"
_MASKED = (
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?"), "<time>"),
    (re.compile(rf'("[a-z_]*(?:{_CLOCK})[a-z_]*": )[^\n]+'), r"\1<measured>"),
    (re.compile(r"(\| [^|\n]*){2}\|\s*\d+\.\d+ \|$", re.MULTILINE), "<row with seconds>"),
)


def commands(folder: Path, model: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield a name and the arguments of each command; its output goes into a file of that name."""
    for form in ("json", "table", "html", "csv"):
        yield f"compare.{form}", ["compare", *_ALTERED, "--format", form]
    yield "compare-one-language.json", ["compare", f"{_LAVROV}/en.txt", f"{_LAVROV}/en-as-received.txt"]
    for form in ("json", "table", "csv"):
        yield f"quotes.{form}", ["quotes", *_THREE, "--format", form]
    for form in ("json", "table", "html"):
        yield f"align.{form}", ["align", *_THREE, "--format", form]
    for form in ("tsv", "tmx", "xliff", "ids"):
        yield f"align-pair.{form}", ["align", *_THREE[:2], "--format", form]
    for story in _STORIES:
        texts = [f"{story}/{language}.txt" for language in ("en", "ru", "zh")]
        name = Path(story).name
        yield f"{name}-align.json", ["align", *texts, "--format", "json"]
        yield f"{name}-compare.json", ["compare", *texts, "--format", "json"]
    scored = ["evaluate", f"{_LAVROV}/ru-altered.txt", f"{_LAVROV}/ru.txt", "--source", f"{_LAVROV}/en.txt"]
    yield "evaluate.json", [*scored, "--by", "article"]
    lines = {name: str(model / f"{name}.lines") for name in ("en", "ru", "cut")}
    metrics = [word for name in ("bleu", "chrf", "chrf++", "ter") for word in ("--metric", name)]
    by_line = ["evaluate", lines["cut"], lines["ru"], "--system", f"whole={lines['ru']}", "--source", lines["en"]]
    yield "evaluate-lines.json", [*by_line, *metrics, "--sentence-level"]
    yield "evaluate-lines.table", [*by_line, "--format", "table"]
    yield "evaluate-source.json", ["evaluate", lines["cut"], "--source", lines["en"]]
    tested = ["bench", "run", "--model", str(model), "--set", str(model / "lines.tsv"), "--pair", "en-ru"]
    yield "bench.json", [*tested, "--outputs", f"cut={lines['cut']}", "-o", f"{folder}/.bench", "--format", "json"]
    yield "bench-gold.json", ["bench", "--alignment", "--quotes", "--format", "json"]
    translated = ["--to", "ru", "--to", "zh", "--model", str(model)]
    forms = ("text", "markdown", "html", "bilingual", "tmx", "xliff", "json")
    words = [word for form in forms for word in ("--format", form)]
    yield "translate.txt", ["translate", _THREE[0], *translated, *words, "-o", f"{folder}/translate/"]
    # Again, with every sentence in the memory.
    yield "run.json", ["run", _THREE[0], *translated, "-o", f"{folder}/run", "--format", "json"]


def capture(folder: Path, checkout: Path, model: Path | None) -> None:
    """Run every command of a checkout and keep its output."""
    folder.mkdir(parents=True)
    home = model or _make_model(folder / "model")
    _write_lines(home, checkout)
    environment = os.environ | {
        "PYTHONPATH": str(checkout.resolve()), "TOLMACH_CACHE": str(folder / ".cache"), "TOLMACH_OFFLINE": "1",
        "COLUMNS": "100", "PYTHONHASHSEED": "0",
    }  # fmt: skip
    for name, words in commands(folder, home):
        print(name, file=sys.stderr)
        command = [sys.executable, "-m", "tolmach", *words, "-q"]
        done = subprocess.run(command, cwd=checkout, env=environment, capture_output=True, check=False)  # noqa: S603 - ours
        status = f"status {done.returncode}\n".encode()
        (folder / name).write_bytes(done.stdout + (status + done.stderr if done.returncode else b""))
    for name in (".cache", ".bench"):
        shutil.rmtree(folder / name, ignore_errors=True)


def _make_model(folder: Path) -> Path:
    folder.mkdir()
    code = "import sys; from pathlib import Path; from tests.support.models import tiny_models; "
    code += "tiny_models.make_qwen2(Path(sys.argv[1]))"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", code, str(folder)], env=environment, check=True)  # noqa: S603 - ours
    return folder


def _write_lines(folder: Path, checkout: Path) -> None:
    """Write the sentences of a sample that correspond one to one, and translations without the last word."""
    record = json.loads((checkout / _LAVROV / "alignment.json").read_text(encoding="utf-8"))
    english, russian = (record["sentences"][language] for language in ("en", "ru"))
    pairs = [(english[a[0]], russian[b[0]]) for a, b in record["alignment"]["en-ru"] if len(a) == len(b) == 1]
    sides = {"en": [one for one, _ in pairs], "ru": [other for _, other in pairs]}
    sides["cut"] = [line.rpartition(" ")[0] for line in sides["ru"]]
    for name, lines in sides.items():
        write_text(folder / f"{name}.lines", "".join(f"{line}\n" for line in lines))
    write_text(folder / "lines.tsv", "".join(f"{one}\t{other}\n" for one, other in pairs))


def compare(old: Path, new: Path) -> int:
    """Print the differences of two captures; return the number of differing files."""
    names, more = ({str(path.relative_to(root)) for path in _files(root)} for root in (old, new))
    different = 0
    for name in sorted(names):
        before, after = (_lines(root / name, (old, new)) for root in (old, new))
        changes = list(difflib.unified_diff(before, after, f"old/{name}", f"new/{name}", lineterm="", n=0))
        different += bool(changes)
        for change in changes[:_SHOWN]:
            print(change[:200])
        if len(changes) > _SHOWN:
            print(f"… {len(changes) - _SHOWN} more lines")
    print(f"{different} of {len(names)} files differ")
    if more - names:
        print("only in the new capture:", *sorted(more - names))
    return different


def _files(root: Path) -> Iterator[Path]:
    for path in root.rglob("*"):
        if path.is_file() and path.relative_to(root).parts[0] != "model":
            yield path


def _lines(path: Path, roots: tuple[Path, Path]) -> list[str]:
    if not path.exists():
        return ["<missing>"]
    text = path.read_text(encoding="utf-8", errors="backslashreplace")
    for root in roots:
        text = re.sub(rf"{re.escape(str(root))}(?![\w-])", "<folder>", text)
    for pattern, mask in _MASKED:
        text = pattern.sub(mask, text)
    return text.splitlines()


def main() -> int:
    """Run one of the two commands."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    actions = parser.add_subparsers(dest="action", required=True)
    capturing = actions.add_parser("capture")
    capturing.add_argument("folder", type=lambda text: Path(text).resolve())
    capturing.add_argument("--checkout", type=Path, default=ROOT)
    capturing.add_argument("--model", type=lambda text: Path(text).resolve())
    comparing = actions.add_parser("compare")
    comparing.add_argument("old", type=lambda text: Path(text).resolve())
    comparing.add_argument("new", type=lambda text: Path(text).resolve())
    arguments = parser.parse_args()
    if arguments.action == "capture":
        capture(arguments.folder, arguments.checkout, arguments.model)
        return 0
    return 1 if compare(arguments.old, arguments.new) else 0


if __name__ == "__main__":
    sys.exit(main())
