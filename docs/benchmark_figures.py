"""Tables of what was measured of evaluation and of models, see `figures.py`."""

from collections.abc import Callable
from typing import Any

from figure_tables import read, table

PAIRS = ("en-ru", "en-zh", "ru-en", "ru-zh", "zh-en", "zh-ru")
MIB = 2**20
GIB = 2**30


def _scores() -> str:
    found = read("wmt22_scores")
    rows = []
    for pair in dict.fromkeys(row["pair"] for row in found["rows"]):
        for metric in ("bleu", "chrf"):
            own = [row for row in found["rows"] if (row["pair"], row["metric"]) == (pair, metric)]
            equal = f"{sum(row['equal'] for row in own)} of {len(own)}"
            rows.append([pair, metric, equal, f"`{own[0]['signature']}`"])
    return table(["pair", "metric", "equal to the last of 12 decimals", "signature"], rows)


def _every_score() -> str:
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for row in read("wmt22_scores")["rows"]:
        rows.setdefault((row["pair"], row["system"]), {})[row["metric"]] = row["score"]
    return table(
        ["pair", "system", "BLEU", "chrF"],
        [[*key, f"{one['bleu']:.2f}", f"{one['chrf']:.2f}"] for key, one in rows.items()],
    )


def _significance() -> str:
    found = read("significance_speed")
    head = ["pair", "references", "segments", "metric", "sacrebleu, s", "ours, s", "times"]
    head += ["both tests, s", "times", "resampling alone, times"]
    rows = []
    for one in found["rows"]:
        seconds = one["seconds"]
        whole = (f"{seconds['sacrebleu']:.2f}", f"{seconds['bootstrap']:.2f}", one["ratio_whole"])
        both = (f"{seconds['both tests']:.2f}", one["ratio_whole_with_randomisation"], one["ratio_resampling"])
        rows.append([one["pair"], one["references"], one["segments"], one["metric"], *whole, *both])
    counts = f"{found['systems']} systems, {found['resamples']} resamples, {found['trials']} trials."
    return f"{counts}\n\n{table(head, rows)}"


def _adequacy() -> str:
    found = read("adequacy")
    rows = []
    for name, one in found["wmt22"].items():
        area = (f"{one['auc'][mix]:.3f}" for mix in ("exchanged", "damaged", "mixed"))
        rows.append([f"WMT22 {name}", f"{one['systems']} × {one['segments']}", *area])
    rows += [[f"NTREX {pair}", "200", "", "", f"{one['auc']:.3f}"] for pair, one in found["ntrex"].items()]
    return table(["set", "segments", "exchanged", "damaged", "all kinds"], rows)


def _adequacy_kinds() -> str:
    found = read("adequacy")["ntrex"]
    kinds = list(next(iter(found.values()))["by_kind"])
    return table(
        ["pair", *kinds],
        [[pair, *(f"{one['by_kind'][kind]:.2f}" for kind in kinds)] for pair, one in found.items()],
    )


def _ranking() -> str:
    found = read("ranking")
    signs = {"agreement": "agreement", "worst tenth": "adequacy, worst tenth", "mean": "adequacy, mean"}
    signs["chrf"] = "chrF, with references"
    rows = []
    for sign, label in signs.items():
        cells = [f"{one[sign]['tau']:.2f} ({one[sign]['p']:.3f})" for one in found["pairs"].values()]
        rows.append([label, *cells, f"{found['together'][sign]:.4f}"])
    pairs = [f"{pair}, {one['systems']} systems" for pair, one in found["pairs"].items()]
    return table(["sign", *pairs, "p, both together"], rows)


def _models() -> str:
    found = read("bench")
    rows = []
    for one in found["models"]:
        size = "" if one["size_bytes"] is None else f"{one['size_bytes'] / MIB:.0f} MiB"
        peak = "" if one["peak_bytes"] is None else f"{one['peak_bytes'] / GIB:.2f} GiB"
        start = "" if one["start_seconds"] is None else f"{one['start_seconds']:.1f} s"
        rows.append([_label(one["name"]), one["licence"] or "none: random weights", size, start, peak])
    return table(["model", "licence", "on disk", "start", "peak memory"], rows)


def _bench() -> str:
    found = read("bench")
    head = ["set", "pair", "model", "BLEU", "±", "p", "chrF", "±", "p", "worst tenth", "flagged", "segments/s"]
    rows = []
    for one in found["tables"]:
        scores = {(row["system"], row["metric"]): row for row in one["scores"]}
        tested = {(row["system"], row["metric"]): row for row in one["comparisons"]}
        for system in one["systems"]:
            cells = []
            for metric in ("bleu", "chrf"):
                score = scores[system["name"], metric]
                half = (score["interval"]["high"] - score["interval"]["low"]) / 2
                compared = tested.get((system["name"], metric))
                p_value = "" if compared is None else f"{compared['p_holm']:.4f}"
                cells += [f"{score['score']:.2f}", f"{half:.2f}", p_value]
            flagged = "" if system["flagged"] is None else f"{system['flagged']:.1%}"
            speed = "" if system["segments_per_second"] is None else f"{system['segments_per_second']:.2f}"
            adequacy = f"{system['adequacy']:.3f}"
            rows.append([one["set"], one["pair"], _label(system["name"]), *cells, adequacy, flagged, speed])
        scale = one["reference"]
        blank = [""] * len(cells)
        signs = [f"{scale['adequacy']:.3f}", f"{scale['flagged']:.1%}"]
        rows.append([one["set"], one["pair"], scale["name"], *blank, *signs, ""])
    return table(head, rows)


def _label(name: str) -> str:
    return name.rpartition("/")[2]


def _signatures() -> str:
    found = read("bench")
    named: dict[str, str] = {}
    for one in found["tables"]:
        for row in one["scores"]:
            named.setdefault(f"{row['metric']}, into {one['pair'].partition('-')[2]}", row["signature"])
    return "".join(f"- {name}: `{signature}`\n" for name, signature in named.items())


def _command() -> str:
    return f"```text\n{read('bench')['command']}\n```\n"


def _interrupted() -> str:
    one = read("bench_interrupted")
    kills = " and after ".join(str(number) for number in one["killed_after"])
    return (
        f"The same benchmark was killed twice with SIGKILL on the way, after {kills} of its {one['chunks']} chunks. It "
        f"ended with the same report: {', '.join(one['compared'])}. What a clock or the system measures is left out of "
        "the comparison.\n"
    )


def _gold() -> str:
    found = read("gold")
    rows = [
        [f"alignment {one['pair']}", one["beads"], f"strict F1 {one['strict_f1']:.3f}, lax F1 {one['lax_f1']:.3f}"]
        for one in found["alignment"]
    ]
    rows += [
        [f"quotes {one['language']}", one["quotes"], f"F1 {one['f1']:.3f}, kind {one['kind']:.3f}"]
        for one in found["quotes"]
    ]
    return table(["what", "gold beads or quotes", "figures"], rows)


BENCHMARK_TABLES: dict[str, Callable[[], str]] = {
    "wmt-scores": _scores,
    "wmt-every-score": _every_score,
    "significance-speed": _significance,
    "adequacy": _adequacy,
    "adequacy-kinds": _adequacy_kinds,
    "adequacy-ranking": _ranking,
    "bench-models": _models,
    "bench": _bench,
    "bench-signatures": _signatures,
    "bench-command": _command,
    "bench-gold": _gold,
    "bench-interrupted": _interrupted,
}
