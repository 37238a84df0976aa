"""Tables of what was measured of translation, see `figures.py`."""

from collections.abc import Callable
from typing import Any

from figure_tables import read, table

MARKUP_NAMES = {"proportional": "same relative place", "links": "first to last link", "tolmach": "Tolmach"}
DIRECTIONS = ("en-ru", "en-zh", "ru-en", "ru-zh", "zh-en", "zh-ru")
SHIPPED = ("en-ru", "zh-ru", "en-zh")
PARTS = {
    "all": "NTREX, lines 1 to 200",
    "even": "NTREX, even documents",
    "flores": "FLORES-200 devtest",
}
ATTEMPTS = {
    "rank-64": "rank 64 (as shipped), directions en-ru, zh-ru, en-zh",
    "rank-16": "rank 16",
    "rank-128": "rank 128",
    "layers-6": "no adapter: the last 6 of 18 layers, learning rate 0.0002",
    "layers-18": "no adapter: all 18 layers, learning rate 0.0001",
    "one-way": "without pairs read backwards",
    "few-sentences": "300 sentences of each direction, all their translations",
    "few-sentences-one-translation": "the same 300, one translation each",
    "six-directions": "all six directions",
    "en-ru-alone": "en-ru alone, as many of its pairs",
    "qwen": "qwen2.5-coder-1.5b as the base, rank 16",
}


def _quality() -> str:
    found = {(one["pair"], one["setting"]): one for one in read("translation_quality")}
    rows = []
    for pair in DIRECTIONS:
        settings = [found.get((pair, setting)) for setting in ("plain", "once")]
        rows.append([pair, *(_scored(one, name) for name in ("bleu", "chrf") for one in settings)])
    head = ["pair", "BLEU, plain", "once", "chrF, plain", "once"]
    return table(head, rows)


def _translator() -> str:
    usual = [one for one in read("translation_quality_dev") if one["setting"] == "plain" and not one["changed"]]
    other = {one["pair"]: one["scores"] for one in usual if one["lines"] == "odd documents, 1 to 100"}
    ours = [
        [
            f"{one['run']}, {one['pairs']:,} pairs" + (f", beam {one['beam']}" if one["beam"] > 1 else ""),
            *(f"{one[pair]['chrf']:.1f}" if pair in one else "" for pair in DIRECTIONS),
        ]
        for one in read("translator_curve")
        if (one["part"], one["lines"]) == ("odd", 100)
    ]
    first = ["qwen2.5-coder-1.5b", *(f"{other[pair]['chrf']['score']:.1f}" for pair in DIRECTIONS)]
    return table(["chrF", *DIRECTIONS], [first, *ours])


def _translator_report() -> str:
    index = {
        (each["pair"], one["system"], one["metric"]): one["score"]
        for each in read("bench")["tables"]
        for one in each["scores"]
    }
    (ours,) = (one for one in read("translator_curve") if one["part"] == "all")
    other = "qwen2.5-coder-1.5b"
    rows = [
        [other, *(f"{index[pair, other, 'chrf']:.1f}" for pair in ours["directions"])],
        ["gemma3-270m-news", *(f"{ours[pair]['chrf']:.1f}" for pair in ours["directions"])],
    ]
    return table(["chrF", *ours["directions"]], rows)


def _translator_parts() -> str:
    rows = [
        [PARTS[one["part"]], one["lines"], *(f"{one[pair]['chrf']:.1f} / {one[pair]['bleu']:.1f}" for pair in SHIPPED)]
        for one in read("translator_curve")
        if one["part"] in PARTS
    ]
    return table(["chrF / BLEU", "lines", *SHIPPED], rows)


def _translator_ablation() -> str:
    found = {one["run"]: one for one in read("translator_ablation")}
    rows = [
        [text, f"{one['pairs']:,}", *(f"{one[pair]['chrf']:.1f}" for pair in ("en-ru", "zh-ru"))]
        for run, text in ATTEMPTS.items()
        for one in [found[run]]
    ]
    return table(["run", "pairs", "chrF en-ru", "zh-ru"], rows)


def _first_use() -> str:
    head = ["", "s", "processor s", "peak MB", "cache, MB", "flagged"]
    rows = []
    for one in read("translator_first_use"):
        flagged = ", ".join(f"{language} {number}" for language, number in one["flagged"].items())
        measured = [one[name] for name in ("seconds", "processor_seconds", "peak_mb", "cache_mb")]
        rows.append([one["run"], *measured, f"{flagged} of {one['sentences']}" if flagged else ""])
    return table(head, rows)


def _scored(one: dict[str, Any] | None, name: str) -> str:
    return "not measured" if one is None else f"{one['scores'][name]['score']:.2f}"


def _damaged_articles() -> str:
    found = read("damaged_articles")
    rows = [[name, one["kept"], one["flagged"], one["lost"]] for name, one in found["parts"].items()]
    return table([f"in {found['articles']} articles", "kept", "flagged", "lost unseen"], rows)


def _markup_projection() -> str:
    found = read("markup-projection")
    rows = []
    for name, systems in found.items():
        for system, groups in systems.items():
            one = groups["all"]
            lost = groups["unrelated"]["lost"] if "unrelated" in groups else 0
            figures = [f"{figure:.3f}" for figure in (one["exact"], one["f1"], one["lost"], lost)]
            rows.append([name, MARKUP_NAMES[system], one["spans"], *figures])
    head = ["set", "", "spans", "exact", "F1 of overlap", "without a place", "same, in another translation"]
    return table(head, rows)


def _typography() -> str:
    rows = []
    for name, languages in read("typography").items():
        found = [languages[language] for language in ("en", "ru", "zh")]
        written = [one["as written"] for one in found]
        shares = (
            [one["unchanged"] for one in written],
            [one["unchanged_but_for_shapes"] for one in written],
            [one["restoring"]["all"]["restored"] for one in found],
        )
        rows.append([name.upper(), *(" / ".join(f"{one:.3f}" for one in each) for each in shares)])
    head = ["text", "unchanged, en / ru / zh", "but for shapes of marks", "restored exactly"]
    return table(head, rows)


SPEED_NAMES = {
    "marian": "Marian, size of opus-mt",
    "t5": "T5-base",
    "index": "qwen2.5-coder-1.5b",
}


def _speed() -> str:
    rows = []
    for name, one in read("translation_speed").items():
        ours, ratios, start = one["systems"]["tolmach"], one["ratios"], one["start"]
        rows.append([
            SPEED_NAMES[name], f"{ours['tokens_per_second']:.0f}", ours["peak_mb"],
            f"{ratios['transformers']['speed']:.1f}\N{MULTIPLICATION SIGN}", f"{ratios['transformers']['memory']:.2f}",
            f"{ratios['ctranslate2-single']['speed']:.1f}\N{MULTIPLICATION SIGN}",
            f"{start['engine_seconds']:.1f}, {start['command_seconds']:.1f}",
        ])  # fmt: skip
    head = [
        "model", "tokens/s", "peak MB", "faster than transformers", "memory beside it",
        "faster than one at a time", "start, s",
    ]  # fmt: skip
    return table(head, rows)


CHECKED_SETS = {
    "dev": "written, development",
    "test-first": "**written, unseen**",
    "test": "the same, last time",
    "ntrex": "NTREX-128, people's translations; damaged by rules",
    "flores200-devtest": "FLORES-200, likewise",
}


def _checks() -> str:
    found = read("translation_checks")
    rows = []
    for name, told in CHECKED_SETS.items():
        one = found[name]
        good, damaged = one["rows"]["good"], one["rows"]["damaged"]
        rows.append([told, good, f"{one['false_alarms']:.3f}", damaged, f"{one['recall']:.3f}"])
    return table(["set", "good", "false alarms", "damaged", "found"], rows)


def _checks_by_fault() -> str:
    found = read("translation_checks")["test"]["found_by_kind"]
    return table(["planted fault", "found"], [[kind, f"{one[0]} of {one[1]}"] for kind, one in sorted(found.items())])


PROMPTS = {"before": "earlier prompt", "now": "this prompt"}
HALVES = {"dev": "development half", "test": "other half"}


def _injection() -> str:
    found = read("injection")
    rows = [
        [f"{prompt}, {half}", *_obeyed(found[label]["parts"][part])]
        for label, prompt in PROMPTS.items()
        for part, half in HALVES.items()
    ]
    return table(["", "attempts", "obeyed", "obeyed and not flagged", "flagged in all"], rows)


def _obeyed(one: dict[str, int]) -> list[str]:
    counts = (one[name] for name in ("obeyed", "obeyed_unflagged", "flagged"))
    return [str(one["translated"]), *(f"{count} ({count / one['translated']:.0%})" for count in counts)]


def _boundaries() -> str:
    found = read("boundaries")
    rows = []
    for before, now in zip(found["before"], found["now"], strict=True):
        rows.append([before["pair"], *(_scored(one, name) for name in ("bleu", "chrf") for one in (before, now))])
    return table(["pair", "BLEU, earlier prompt", "this prompt", "chrF, earlier prompt", "this prompt"], rows)


def _injection_kinds() -> str:
    before, now = (read("injection")[label]["kinds"] for label in PROMPTS)
    rows = [
        [kind, one["translated"], before[kind]["obeyed"], one["obeyed"], one["obeyed_unflagged"], one["flagged"]]
        for kind, one in now.items()
    ]
    return table(["kind", "attempts", "obeyed, earlier prompt", "obeyed", "not flagged", "flagged in all"], rows)


TRANSLATION_TABLES: dict[str, Callable[[], str]] = {
    "translation-speed": _speed,
    "translation-quality": _quality,
    "translator": _translator,
    "translator-report": _translator_report,
    "translator-parts": _translator_parts,
    "translator-ablation": _translator_ablation,
    "translator-first-use": _first_use,
    "damaged-articles": _damaged_articles,
    "markup-projection": _markup_projection,
    "typography": _typography,
    "translation-checks": _checks,
    "translation-checks-by-fault": _checks_by_fault,
    "injection": _injection,
    "injection-kinds": _injection_kinds,
    "boundaries": _boundaries,
}
