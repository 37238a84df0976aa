"""Tables of measured figures, made from `docs/results/*.json` and set into the pages that explain them.

A page holds a pair of marks for each, `<!-- figures: NAME -->` and `<!-- end -->`; what is between them is replaced.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

from accuracy_figures import ACCURACY_TABLES
from benchmark_figures import BENCHMARK_TABLES
from figure_tables import read, table
from translation_figures import TRANSLATION_TABLES

REGION = re.compile(r"<!-- figures: ([a-z-]+) -->\n.*?<!-- end -->", re.DOTALL)
LANGUAGES = ("en", "ru", "zh")
PAIRS = ("en-ru", "en-zh", "ru-zh")
WORST_KINDS = 5
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
    "w9": "unseen, written set w9",
    "written": "development, written set w4",
}


def fill_figures(text: str) -> str:
    """Return a page with its tables as the result files have them."""
    return REGION.sub(lambda found: f"<!-- figures: {found[1]} -->\n{TABLES[found[1]]()}<!-- end -->", text)


def _extraction(name: str = "quote_extraction") -> str:
    found = read(name)
    rows = []
    for key in sorted(found, key=_extraction_order):
        part, source, language = key.split("/")
        one = found[key]
        speaker = f"{one['speaker']:.3f} ({one['speakers']})"
        name = "**all**" if source == "all" else source
        rows.append([PARTS[part], name, language, one["gold"], f"{one['f1']:.3f}", f"{one['kind']:.3f}", speaker])
    return table(["part", "source", "language", "quotes", "F1", "kind", "speaker"], rows)


def _blind() -> str:
    found = read("quote_extraction_blind")
    rows = [
        [
            key.split("/")[2],
            one["gold"],
            f"{one['f1']:.3f}",
            f"{one['kind']:.3f}",
            f"{one['speaker']:.3f} ({one['speakers']})",
        ]
        for key, one in sorted(found.items())
        if key.startswith("unseen/all/")
    ]
    return table(["language", "quotes", "F1", "kind", "speaker"], rows)


def _extraction_order(key: str) -> tuple[str, bool, str]:
    part, source, language = key.split("/")
    return part, source == "all", f"{source}/{language}"


def _matching() -> str:
    found = read("quote_comparison")["matching"]
    rows = [
        [PARTS[part], quotes, *(f"{found[quotes][part][pair]['f1']:.3f}" for pair in PAIRS)]
        for part in found["gold"]
        for quotes in found
    ]
    return table(["part", "quotes", *PAIRS], rows)


def _alterations() -> str:
    found = read("quote_comparison")["alterations"]
    rows = []
    for part, pairs in found["gold"].items():
        for pair, gold in pairs.items():
            extracted = found["extracted"][part][pair]
            rows.append([PARTS[part], pair, gold["pairs"], *_detection(gold), *_detection(extracted)])
    columns = ["area", "recall", "found", "false"]
    head = ["part", "pair", "quotes", *(f"{quotes}: {name}" for quotes in found for name in columns)]
    return table(head, rows)


def _detection(one: dict[str, Any]) -> list[str]:
    shares = {kind: tuple(map(int, share.split("/"))) for kind, share in one["flagged"].items()}
    false = [shares.pop(kind) for kind in FAITHFUL if kind in shares]
    recall = one["recall_at_10_percent_false_alarms"]
    return [f"{one['area_under_roc']:.3f}", f"{recall:.3f}", _sum(shares.values()), _sum(false)]


def _by_kind() -> str:
    found = read("quote_comparison")["alterations"]["extracted"]
    kinds = sorted({kind for part in found.values() for kind in part["all"]["recall_by_kind"]})
    rows = [[kind, *(_recall(part["all"], kind) for part in found.values())] for kind in kinds]
    return table(["kind", *(PARTS[part] for part in found)], rows)


def _recall(one: dict[str, Any], kind: str) -> str:
    if kind not in one["recall_by_kind"]:
        return "–"
    count = one["flagged"][kind].split("/")[1]
    return f"{one['recall_by_kind'][kind]:.2f} ({count})"


def _baselines() -> str:
    found = read("quote_baselines")
    names = list(next(iter(found["held-ntrex"].values())))
    rows = [
        [PARTS[part], pair, *(f"{one[name][0]:.2f} / {one[name][1]:.2f}" for name in names)]
        for part, pairs in found.items()
        for pair, one in pairs.items()
    ]
    return table(["part", "pair", *names], rows)


def _judge() -> str:
    found = read("quote_judge")
    rows = [
        [PARTS[part], pair, *(_two(one[name]) for name in ("judge", "typed", "both"))]
        for part, pairs in found.items()
        for pair, one in pairs.items()
    ]
    return table(["part", "pair", "judge alone", "evidence alone", "both"], rows)


def _two(one: dict[str, float]) -> str:
    return f"{one['area_under_roc']:.3f} / {one['recall_at_10_percent_false_alarms']:.3f}"


def _quote_families() -> str:
    found = read("quote_families")
    columns = [(part, *names) for part in ("dev", "held") for names in (("found", "changed"), ("accused", "faithful"))]
    rows = [
        [f"**{family}**" if family == "all" else family.replace("-", " ")]
        + [f"{found[part][family][some]}/{found[part][family][every]}" for part, some, every in columns]
        for family in sorted(found["held"], key=lambda family: (family == "all", family))
    ]
    head = [f"{PARTS[part]}: {'found' if some == 'found' else 'false'}" for part, some, _ in columns]
    return table(["family", *head], rows)


def _quote_trial() -> str:
    found = read("quote_trial")
    rows = [
        [name, f"{found[some]}/{found[every]}"]
        for name, some, every in (
            ("planted changes called `altered`", "found", "planted"),
            ("faithful pairs called `altered`, `indirect` or `missing`", "accused", "faithful"),
        )
    ]
    return table(["in three stories", "share"], rows)


def _quote_speakers() -> str:
    found = read("quote_speakers")
    rules = found["extracted"]
    baselines = [each for way, each in found.items() if way != "extracted"]
    rows = [
        [name, one["quotes"], f"{one['accuracy']:.2f} ({one['interval'][0]:.2f} … {one['interval'][1]:.2f})"]
        + [f"{each[name]['accuracy']:.2f}" for each in baselines]
        for name, one in rules.items()
        if "/all/" not in name
    ]
    return table(
        ["set", "quotes", "rules (95 % interval)", "nearest name", "nearest name beside a verb of saying"], rows
    )


def _quote_speed() -> str:
    found = read("quote_speed")
    parts = [part for part in ("article", "long", "interview", "command") if part in found]
    rows = [
        [part, *(f"{seconds[step]:.2f}" if step in seconds else "" for step in ("extract", "align", "compare", "all"))]
        for part in parts
        for seconds in [found[part]["processor_seconds"]]
    ]
    return table(["", "extract", "align", "compare", "all"], rows)


def _ablation() -> str:
    found = read("quote_ablation")
    whole = found.pop("nothing")
    head = ["left out", *(f"{PARTS[part]}: {name}" for part in whole for name in ("area", "recall"))]
    first = ["**nothing**", *(f"{one[name]:.3f}" for one in whole.values() for name in ("area", "recall"))]
    rows = [
        [f"`{name}`", *(_loss(*one[figure]) for one in parts.values() for figure in ("area", "recall"))]
        for name, parts in found.items()
    ]
    return table(head, [first, *rows])


def _loss(lost: float, low: float, high: float) -> str:
    # Adding zero turns a negative zero into a positive one.
    change, least, most = (round(-value, 3) + 0.0 for value in (lost, high, low))
    return f"{change:+.3f} ({least:+.3f} … {most:+.3f})"


def _sum(shares: Iterable[tuple[int, ...]]) -> str:
    some, all_ = (sum(each) for each in zip(*shares, strict=True))
    return f"{some}/{all_}"


def _segmentation() -> str:
    found = read("segmentation")
    rows = []
    for tool, sets in found["scores"].items():
        name = f"**{tool}**" if tool == "tolmach" else f"{tool} {found['versions'][tool]}"
        rows.append([name, *(_boundaries(sets["a01-a09"], count) for count in ("inner", "all"))])
    return table(["", "inner en / ru / zh", "all en / ru / zh"], rows)


def _boundaries(scores: dict[str, Any], count: str) -> str:
    known = (f"{scores[one][count]['f1']:.3f}" if one in scores else "\N{EN DASH}" for one in LANGUAGES)
    return " / ".join(known)


def _encodings() -> str:
    found = read("encodings")
    rows = []
    for name, sets in found["right"].items():
        cells = (
            f"{count[tool]} of {count['texts']}"
            for tool in ("tolmach", "charset-normalizer")
            for count in sets.values()
        )
        rows.append([name, *cells])
    alone = f"charset-normalizer {found['version']} alone"
    return table(["encoding", "articles", "paragraphs", f"articles, {alone}", "its paragraphs"], rows)


def _alignment() -> str:
    found = read("alignment")["results"]
    peers = list(dict.fromkeys(peer for pairs in found.values() for one in pairs.values() for peer in one["aligners"]))
    peers.remove("tolmach")
    rows = []
    for name, pairs in found.items():
        cells = [_f1(pairs, "tolmach", kind) for kind in ("strict", "lax")] + [_f1(pairs, peer) for peer in peers]
        rows.append([name, " / ".join(pairs), *cells])
    return table(["set", "pair", "**tolmach**", "its lax F1", *(peer.removesuffix("-pypi") for peer in peers)], rows)


def _f1(pairs: dict[str, Any], aligner: str, kind: str = "strict") -> str:
    known = [one["aligners"].get(aligner) for one in pairs.values()]
    return " / ".join(f"{one[f'{kind}_f1']:.3f}" if one else "\N{EN DASH}" for one in known)


def _alignment_speed() -> str:
    rows = []
    for name, one in read("alignment-speed")["results"].items():
        size = f"{one['source']:,} × {one['target']:,}"
        for aligner, row in one["aligners"].items():
            times = [f"{row['seconds']:.1f}", f"{row['ratio']:.1f}", round(row["megabytes_peak"])]
            rows.append([name, size, aligner, *times, f"{row['strict_f1']:.3f}", f"{row['lax_f1']:.3f}"])
    return table(["set", "sentences", "aligner", "seconds", "ratio", "peak MB", "strict F1", "lax F1"], rows)


def _alignment_agreement() -> str:
    rows = []
    for name, one in read("alignment-agreement")["results"].items():
        alone, agreed = one["alone"], one["agreed"]
        cells = [f"{alone['strict_f1'][pair]:.3f} → {agreed['strict_f1'][pair]:.3f}" for pair in PAIRS]
        rows.append([name, one["documents"], *cells, f"{alone['contradictions']} → {agreed['contradictions']}"])
    return table(["set", "documents", *PAIRS, "contradictions"], rows)


def _alignment_calibration() -> str:
    found = read("alignment-calibration")["results"]
    rows = []
    for name, one in found.items():
        cells = [f"{one['before'][key]:.3f} → {one['after'][key]:.3f}" for key in ("mean", "ece", "brier")]
        rows.append([name, one["beads"], f"{one['right']:.3f}", *cells])
    head = ["set", "beads", "share right", "mean confidence", "calibration error", "Brier score"]
    bins = [
        [f"{one['probability']:.2f}", f"{one['right']:.2f}", one["beads"]]
        for one in found["all held out"]["after"]["bins"]
    ]
    return f"{table(head, rows)}\n{table(['mean confidence', 'share right', 'beads'], bins)}"


def _alignment_relation() -> str:
    found = read("alignment-relation")["results"]
    kinds = list(dict.fromkeys(kind for one in found.values() for kind in one))
    rows = [[name, *(_judged(one.get(kind)) for kind in kinds)] for name, one in found.items()]
    return table(["set", *kinds], rows)


def _judged(one: dict[str, Any] | None) -> str:
    return f"{one['right']:,}/{one['pairs']:,}" if one else "\N{EN DASH}"


def _alignment_errors() -> str:
    rows = []
    for name, kinds in read("alignment-errors")["results"].items():
        missed = [(kind, one) for kind, one in kinds.items() if one["missed"]]
        for kind, one in missed[:WORST_KINDS]:
            given = ", ".join(f"{reading} ({count})" for reading, count in list(one["given"].items())[:2])
            rows.append([name, kind, one["gold"], one["missed"], given])
    return table(["set", "gold bead", "in gold", "missed", "read as"], rows)


def _word_alignment() -> str:
    found = read("word-alignment")["results"]
    rows = [
        [
            f"**{name}**" if name == "Tolmach" else name,
            *(f"{one[part]['aer']:.3f}" for part in ("odd", "even", "all")),
            *(f"{one['all'][figure]:.3f}" for figure in ("precision", "recall")),
            one["pairs_per_second"],
        ]
        for name, one in found.items()
    ]
    head = [
        "method",
        "AER, odd pairs",
        "AER, even pairs (prices searched on)",
        "AER",
        "precision",
        "recall",
        "pairs a second",
    ]
    return table(head, rows)


TABLES: dict[str, Callable[[], str]] = (
    {
        "encodings": _encodings,
        "segmentation": _segmentation,
        "alignment": _alignment,
        "alignment-agreement": _alignment_agreement,
        "alignment-calibration": _alignment_calibration,
        "alignment-errors": _alignment_errors,
        "alignment-relation": _alignment_relation,
        "alignment-speed": _alignment_speed,
        "word-alignment": _word_alignment,
        "quote-extraction": _extraction,
        "quote-speakers": _quote_speakers,
        "quote-extraction-blind": _blind,
        "quote-ablation": _ablation,
        "quote-baselines": _baselines,
        "quote-kinds-found": _by_kind,
        "quote-judge": _judge,
        "quote-speed": _quote_speed,
        "quote-families": _quote_families,
        "quote-trial": _quote_trial,
        "quote-matching": _matching,
        "quote-alterations": _alterations,
    }
    | TRANSLATION_TABLES
    | BENCHMARK_TABLES
    | ACCURACY_TABLES
)
