"""Tables of measured figures, made from `docs/results/*.json` and set into the pages that explain them.

A page holds a pair of marks for each, `<!-- figures: NAME -->` and `<!-- end -->`; what is between them is replaced.
"""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
REGION = re.compile(r"<!-- figures: ([a-z-]+) -->\n.*?<!-- end -->", re.DOTALL)
LANGUAGES = ("en", "ru", "zh")
PAIRS = ("en-ru", "en-zh", "ru-zh")
FAITHFUL = ("same", "paraphrase_ok")
PARTS = {
    "dev": "development",
    "held": "unseen",
    "seen": "development",
    "unseen": "unseen",
    "lavrov": "`lavrov`",
    "dev-samples": "development, articles",
    "dev-ntrex": "development, NTREX",
    "held-samples": "unseen, articles",
    "held-ntrex": "unseen, NTREX",
}


def fill_figures(text: str) -> str:
    """Return a page with its tables as the result files have them."""
    return REGION.sub(lambda found: f"<!-- figures: {found[1]} -->\n{TABLES[found[1]]()}<!-- end -->", text)


def _read(name: str) -> Any:
    return json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)


def _extraction() -> str:
    found = _read("quote_extraction")
    rows = []
    for key in sorted(found, key=_extraction_order):
        part, source, language = key.split("/")
        one = found[key]
        speaker = f"{one['speaker']:.3f} ({one['speakers']})"
        name = "**all**" if source == "all" else source
        rows.append([PARTS[part], name, language, one["gold"], f"{one['f1']:.3f}", f"{one['kind']:.3f}", speaker])
    return _table(["part", "source", "language", "quotes", "F1", "kind", "speaker"], rows)


def _extraction_order(key: str) -> tuple[str, bool, str]:
    part, source, language = key.split("/")
    return part, source == "all", f"{source}/{language}"


def _matching() -> str:
    found = _read("quote_comparison")["matching"]
    rows = [
        [PARTS[part], quotes, *(f"{found[quotes][part][pair]['f1']:.3f}" for pair in PAIRS)]
        for part in found["gold"]
        for quotes in found
    ]
    return _table(["part", "quotes", *PAIRS], rows)


def _alterations() -> str:
    found = _read("quote_comparison")["alterations"]
    rows = []
    for part, pairs in found["gold"].items():
        for pair, gold in pairs.items():
            extracted = found["extracted"][part][pair]
            rows.append([PARTS[part], pair, gold["pairs"], *_detection(gold), *_detection(extracted)])
    head = ["part", "pair", "quotes", "gold: area", "found", "false", "extracted: area", "found", "false"]
    return _table(head, rows)


def _detection(one: dict[str, Any]) -> list[str]:
    shares = {kind: tuple(map(int, share.split("/"))) for kind, share in one["flagged"].items()}
    false = [shares.pop(kind) for kind in FAITHFUL if kind in shares]
    return [f"{one['area_under_roc']:.3f}", _sum(shares.values()), _sum(false)]


def _sum(shares: Iterable[tuple[int, ...]]) -> str:
    some, all_ = (sum(each) for each in zip(*shares, strict=True))
    return f"{some}/{all_}"


def _segmentation() -> str:
    found = _read("segmentation")
    rows = []
    for tool, sets in found["scores"].items():
        name = f"**{tool}**" if tool == "tolmach" else f"{tool} {found['versions'][tool]}"
        rows.append([name, *(_boundaries(sets["a01-a09"], count) for count in ("inner", "all"))])
    return _table(["", "inner en / ru / zh", "all en / ru / zh"], rows)


def _boundaries(scores: dict[str, Any], count: str) -> str:
    known = (f"{scores[one][count]['f1']:.3f}" if one in scores else "\N{EN DASH}" for one in LANGUAGES)
    return " / ".join(known)


def _alignment() -> str:
    rows = []
    for name, pairs in _read("alignment")["results"].items():
        cells = [" / ".join(f"{one[f'{kind}_f1']:.3f}" for one in pairs.values()) for kind in ("strict", "lax")]
        rows.append([name, " / ".join(pairs), *cells])
    return _table(["set", "pair", "strict F1", "lax F1"], rows)


def _translation() -> str:
    rows = [_translation_row(one) for one in sorted(_read("translation"), key=_translation_order)]
    return _table(["pair", "first line", "beam", "examples", "BLEU", "chrF", "seconds"], rows)


def _translation_row(one: dict[str, Any]) -> list[object]:
    examples = f"{one['examples']} {one['choice']}" if one["examples"] else "none"
    scores = (f"{one[metric]['score']:.1f}" for metric in ("bleu", "chrf"))
    return [one["pair"], one["offset"], one["beam_size"], examples, *scores, round(one["seconds"])]


def _translation_order(one: dict[str, Any]) -> tuple[Any, ...]:
    return one["offset"], one["pair"], one["beam_size"], one["examples"], one["choice"]


TABLES: dict[str, Callable[[], str]] = {
    "segmentation": _segmentation,
    "alignment": _alignment,
    "translation": _translation,
    "quote-extraction": _extraction,
    "quote-matching": _matching,
    "quote-alterations": _alterations,
}
