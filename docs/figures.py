"""Tables of measured figures, made from `docs/results/*.json` and set into the pages that explain them.

A page holds a pair of marks for each, `<!-- figures: NAME -->` and `<!-- end -->`; what is between them is replaced.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from accuracy_figures import ACCURACY_TABLES
from benchmark_figures import BENCHMARK_TABLES
from corpus_figures import CORPUS_TABLES
from figure_tables import read, table
from translation_figures import TRANSLATION_TABLES

from quotes.types import VERDICTS

REGION = re.compile(r"<!-- figures: ([a-z-]+) -->\n.*?<!-- end -->", re.DOTALL)
LANGUAGES = ("en", "ru", "zh")
PAIRS = ("en-ru", "en-zh", "ru-zh")
WORST_KINDS = 2
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
    "written": "development, written set w4",
}


def fill_figures(text: str) -> str:
    """Return a page with its tables as the result files have them."""
    return REGION.sub(lambda found: f"<!-- figures: {found[1]} -->\n{TABLES[found[1]]()}<!-- end -->", text)


def _extraction() -> str:
    found = read("quote_extraction")
    rows = [
        [PARTS[part], language, one["gold"], f"{one['f1']:.3f}", f"{one['kind']:.3f}", _attributed(one)]
        for part in ("seen", "unseen")
        for language in LANGUAGES
        for one in [found[f"{part}/all/{language}"]]
    ]
    return table(["part", "language", "quotes", "F1", "kind", "speaker"], rows)


def _attributed(one: dict[str, Any]) -> str:
    return f"{one['speaker']:.3f} ({one['speakers']})"


def _verdicts() -> str:
    found = read("quote_comparison")["alterations"]["extracted"]
    counts: dict[str, Counter[str]] = {}
    for part in ("held-samples", "held-ntrex"):
        for verdict, share in found[part]["all"]["verdicts"].items():
            changed, every = map(int, share.split("/"))
            counts.setdefault(verdict, Counter()).update(changed=changed, every=every)
    rows = [
        [f"`{verdict}`", count["every"], f"{changes / count['every']:.0%}", f"{1 - changes / count['every']:.0%}"]
        for verdict in VERDICTS
        if (count := counts.get(verdict))
        for changes in [count["changed"]]
    ]
    return table(["verdict", "quotes", "had been changed", "were faithful"], rows)


def _matching() -> str:
    found = read("quote_comparison")["matching"]["extracted"]
    rows = [[PARTS[part], *(f"{pairs[pair]['f1']:.3f}" for pair in PAIRS)] for part, pairs in found.items()]
    return table(["part", *PAIRS], rows)


def _alterations() -> str:
    found = read("quote_comparison")["alterations"]
    rows = [
        [PARTS[part], pairs["all"]["pairs"], *_detection(pairs["all"]), *_detection(found["extracted"][part]["all"])]
        for part, pairs in found["gold"].items()
    ]
    columns = ["area", "recall", "found", "false"]
    return table(["part", "quotes", *(f"{quotes}: {name}" for quotes in found for name in columns)], rows)


def _by_kind() -> str:
    found = read("quote_comparison")["alterations"]["extracted"]
    unseen = [found[part]["all"]["flagged"] for part in ("held-samples", "held-ntrex")]
    kinds = sorted({kind for part in unseen for kind in part if kind not in FAITHFUL})
    rows = [[kind, _sum(tuple(map(int, part[kind].split("/"))) for part in unseen if kind in part)] for kind in kinds]
    return table(["kind of change", "found"], rows)


def _detection(one: dict[str, Any]) -> list[str]:
    shares = {kind: tuple(map(int, share.split("/"))) for kind, share in one["flagged"].items()}
    false = [shares.pop(kind) for kind in FAITHFUL if kind in shares]
    recall = one["recall_at_10_percent_false_alarms"]
    return [f"{one['area_under_roc']:.3f}", f"{recall:.3f}", _sum(shares.values()), _sum(false)]


def _judge() -> str:
    found = read("quote_judge")
    rows = [
        [PARTS[part], pair, *(_two(one[name]) for name in ("judge", "typed", "both"))]
        for part, pairs in found.items()
        for pair, one in pairs.items()
        if PARTS[part] == "unseen"
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


def _quote_faithful() -> str:
    found = read("quote_faithful")
    counts = [
        (part, name) for part in ("development", "unseen") for name in ("accused", "altered", "indirect", "missing")
    ]
    rows = [
        [f"**{pair}**" if pair == "all" else pair]
        + [
            f"{found[part][pair].get(name, 0)}/{found[part][pair]['quotes']}"
            if name == "accused"
            else found[part][pair].get(name, 0)
            for part, name in counts
        ]
        for pair in found["unseen"]
    ]
    return table(
        ["versions", *(f"{part}: {name if name == 'accused' else f'`{name}`'}" for part, name in counts)], rows
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
    head = ["left out", *(PARTS[part] for part in whole)]
    first = ["**nothing**", *(f"{one['area']:.3f}" for one in whole.values())]
    rows = [
        [f"`{name}`", *(_loss(*one["area"]) for one in parts.values())]
        for name, parts in found.items()
        if name.startswith("compare_")
    ]
    return table(head, [first, *rows])


def _speaker_ablation() -> str:
    rows = [
        [group, *(f"{lost:.1f} ({low:.1f} … {high:.1f})" for lost, low, high in languages.values())]
        for group, languages in read("speaker_ablation").items()
    ]
    return table(["left out", "English", "Russian", "Chinese"], rows)


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
        rows.append([name, _boundaries(sets["a01-a09"])])
    return table(["", "F1, en / ru / zh"], rows)


def _boundaries(scores: dict[str, Any]) -> str:
    known = (f"{scores[one]['inner']['f1']:.3f}" if one in scores else "\N{EN DASH}" for one in LANGUAGES)
    return " / ".join(known)


def _encodings() -> str:
    found = read("encodings")
    rows = [
        [name, *(f"{count[tool]}/{count['texts']}" for tool in ("tolmach", "charset-normalizer"))]
        for name, sets in found["right"].items()
        for count in [sets["paragraphs"]]
    ]
    return table(["encoding", "paragraphs right", f"charset-normalizer {found['version']} alone"], rows)


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
        "quote-verdicts": _verdicts,
        "quote-ablation": _ablation,
        "speaker-ablation": _speaker_ablation,
        "quote-judge": _judge,
        "quote-speed": _quote_speed,
        "quote-families": _quote_families,
        "quote-faithful": _quote_faithful,
        "quote-trial": _quote_trial,
        "quote-matching": _matching,
        "quote-alterations": _alterations,
        "quote-kinds-found": _by_kind,
    }
    | TRANSLATION_TABLES
    | BENCHMARK_TABLES
    | CORPUS_TABLES
    | ACCURACY_TABLES
)
