"""What Tolmach gets right on unseen text, for `docs/accuracy.md`, the README and the line in every report."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from figure_tables import read, table

from translate.models.registry import load_registry

PAIRS = {"en-ru": "English–Russian", "en-zh": "English–Chinese", "ru-zh": "Russian–Chinese"}
LANGUAGES = {"en": "English", "ru": "Russian", "zh": "Chinese"}
UNSEEN = ("held-samples", "held-ntrex")
FAITHFUL = ("same", "paraphrase_ok")
TRANSLATED = ("translation_quality", "translation_quality_dev")
TRAINED = "gemma3-270m-news"
"""Scored by its training, in translator_curve.json."""


def report_accuracy() -> str:
    """Return the counts over all pairs that every report names, as TOML."""
    counts = _all()
    lines = [f"{name} = {counts[name]}" for name in ("changed", "found", "faithful", "accused")]
    return "\n".join(["# Made by docs/generate.py from docs/results: run `make docs`.", *lines, ""])


def _all() -> Counter[str]:
    return sum(map(_counts, PAIRS), Counter[str]())


def _counts(pair: str) -> Counter[str]:
    """Count changed and faithful quotes of a pair, and those that were called altered, indirect or missing."""
    counts = Counter[str]()
    for kind, share in _flagged(pair):
        some, every = map(int, share.split("/"))
        called, all_ = ("accused", "faithful") if kind in FAITHFUL else ("found", "changed")
        counts += Counter({called: some, all_: every})
    return counts


def _flagged(pair: str) -> Iterator[tuple[str, str]]:
    found = read("quote_comparison")["alterations"]["extracted"]
    for part in UNSEEN:
        yield from found[part].get(pair, {"flagged": {}})["flagged"].items()


def _share(some: int, every: int) -> str:
    return f"{some} of {every} ({some / every:.0%})"


def _changes() -> str:
    rows = [[name, *_shares(_counts(pair))] for pair, name in PAIRS.items()]
    every = _shares(_all())
    return table(["versions", "changed quotes found", "faithful quotes accused"], [*rows, ["**all**", *every]])


def _shares(counts: Counter[str]) -> list[str]:
    return [_share(counts["found"], counts["changed"]), _share(counts["accused"], counts["faithful"])]


def _faithful() -> str:
    found = read("quote_faithful")["unseen"]
    rows = [[name, _share(found[pair]["accused"], found[pair]["quotes"])] for pair, name in PAIRS.items()]
    every = _share(found["all"]["accused"], found["all"]["quotes"])
    return table(["versions", "faithful quotes accused"], [*rows, ["**all**", every]])


def _short() -> str:
    one = Counter(read("quote_families")["held"]["all"])
    return table(["short quotes", "changed, found", "faithful, accused"], [["all families", *_shares(one)]])


def _speakers() -> str:
    found = read("quote_speakers")["extracted"]
    sets = {"held/articles": "invented articles", "held/ntrex": "NTREX", "dev/native": "native news stories"}
    rows = [[told, *(_speaker(found[f"{name}/{language}"]) for language in LANGUAGES)] for name, told in sets.items()]
    return table(["text", *LANGUAGES.values()], rows)


def _speaker(one: dict[str, Any]) -> str:
    low, high = one["interval"]
    return f"{one['accuracy']:.0%} of {one['quotes']} ({low:.0%} to {high:.0%})"


def _models() -> str:
    measured = {one["model"] for name in TRANSLATED for one in read(name)}
    measured |= {one["name"] for one in read("bench")["models"]} | {TRAINED}
    names = [spec.name for spec in load_registry().models]
    rows = [
        ["run with its real weights, and measured", _listed(name for name in names if name in measured)],
        ["follows its documentation; never run here", _listed(name for name in names if name not in measured)],
    ]
    return table(["", "models"], rows)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


BOXES = {
    "en": "> **How far to trust it.** On unseen text the comparison found {found} of the planted changes of meaning,\n"
    "> and accused {accused} of the faithful quotes. It shows where to look; it proves nothing.\n"
    "> This counts the verdicts altered, missing and indirect; “quotes may differ” counts uncertain ones, too.\n"
    "> By pair, found and accused: {pairs}.\n",
    "ru": "> **Насколько этому верить.** На новых для программы текстах сравнение нашло {found} внесённых искажений и\n"
    "> заподозрило {accused} верных цитат. Оно показывает, куда смотреть, и ничего не доказывает.\n"
    "> Считались выводы «изменено», «отсутствует» и «косвенная речь»; в «могут отличаться» входит и «неясно».\n"
    "> По парам языков, нашло и заподозрило: {pairs}.\n",
    "zh": "> **结果有多可靠。** 在未见过的文本上，比对找出了 {found} 的人为改动，并误报了 {accused} 的忠实引语。\n"
    "> 它只提示该看哪里，并不证明什么。这里只计“有改动”“缺失”和“间接引语”；“可能不同”还包括“不确定”。\n"
    "> 各语言对的找出率和误报率：{pairs}。\n",
}


def _box(language: str) -> str:
    found, accused = _rates(_all())
    pairs = ", ".join(f"{pair} {' / '.join(_rates(_counts(pair)))}" for pair in PAIRS)
    return BOXES[language].format(found=found, accused=accused, pairs=pairs)


def _rates(counts: Counter[str]) -> tuple[str, str]:
    found, accused = counts["found"] / counts["changed"], counts["accused"] / counts["faithful"]
    return f"{found:.0%}", f"{accused:.0%}"


def _ukrainian() -> str:
    rows = []
    for name, one in read("language_uk")["articles"].items():
        quotes, pairs = one["quotes"], [Counter(verdicts) for verdicts in one["verdicts"].values()]
        rows.append([
            name,
            f"{one['sentences']['right']} of {one['sentences']['gold']}",
            f"{quotes['right']} of {quotes['gold']}",
            quotes["exact_kind"],
            f"{quotes['speaker']} of {quotes['speakers']}",
            ", ".join(f"{score:.2f}" for score in one["alignment"].values()),
            f"{sum(pair['altered'] for pair in pairs)} of {sum(map(Counter.total, pairs))}",
        ])  # fmt: skip
    return table(["article", "sentences", "quotes", "kind", "speaker", "alignment", "altered"], rows)


ACCURACY_TABLES: dict[str, Callable[[], str]] = {
    **{f"accuracy-box-{language}": partial(_box, language) for language in BOXES},
    "accuracy-changes": _changes,
    "accuracy-faithful": _faithful,
    "accuracy-models": _models,
    "accuracy-short": _short,
    "accuracy-speakers": _speakers,
    "accuracy-ukrainian": _ukrainian,
}
