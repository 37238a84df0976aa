"""Measures the house styles of `translate.typography` on human text.

Two questions, for each set and language:

- `unchanged`: the share of human sentences that do not change, and the changes in the others. People type straight
  marks and ordinary spaces, so `unchanged_but_for_shapes` ignores the shape of quotation marks and apostrophes and the
  kind of a space: the other changes are corrections or errors of the rules.
- `restored`: human sentences in house style are corrupted like models' output, and set again; the share that is
  restored exactly, ignoring the kind of a space. Sentences that the corruption does not change are not counted.

FLORES-200 and the sample articles were used for tuning. A few rules were corrected after inspecting NTREX-128. The
references of WMT 22 (news, social media, shops, chats) were not inspected before the rules were finished. The same
figures for the output of a translation system there, `wmt22-machine`, show how much needs to be set.

    python -m benchmarks.translation.typography --output docs/results/typography.json
    python -m benchmarks.translation.typography --sets flores samples --show 20      # changes, for a look
"""

import argparse
import json
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks.places import SAMPLES, shared_folder
from common.files import write_text
from translate.options import TypographyOptions
from translate.protected import find_literals
from translate.typography import set_block

LANGUAGES = ("en", "ru", "zh")
GROUPS = ("quotes", "dashes", "spaces", "width")
USES = {
    "wmt22": "reported",
    "wmt22-machine": "reported",
    "ntrex": "reported, looked at before",
    "flores": "tuned on",
    "samples": "tuned on",
}
WMT22_PAIRS = {"en": "ru-en", "ru": "en-ru", "zh": "en-zh"}
WMT22_FILES = {"wmt22": "ref.A", "wmt22-machine": "hyp.Online-B"}

_BLANKS = re.compile("[\u00a0\u202f\u2009]")
_DOUBLE = re.compile("[“”„‟«»「」『』＂]")
_SINGLE = re.compile("[‘’‚＇]")
_HAN = "[\u3007\u3400-\u9fff]"
_HALF = str.maketrans("，。；：？！（）", ",.;:?!()")
_CURLY = {"en": "«»", "ru": "“”", "zh": "「」"}
_HOUSE = {"en": "“”", "ru": "«»", "zh": "“”"}

Spoil = Callable[[str], str]


def sentences(name: str, language: str) -> list[str]:
    if name == "samples":
        folder = SAMPLES
        files = [*sorted(folder.glob(f"articles/*/{language}.txt")), folder / "lavrov" / f"{language}.txt"]
        return [line for file in files for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    if name in WMT22_FILES:
        file = Path("wmt22", WMT22_PAIRS[language], f"{WMT22_FILES[name]}.{language}")
    else:
        file = Path("ntrex" if name == "ntrex" else "flores200-devtest", f"{language}.txt")
    text = (shared_folder() / "testsets" / file).read_text(encoding="utf-8")
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def styled(text: str, language: str, options: TypographyOptions | None = None) -> str:
    spans = [literal.span for literal in find_literals(text)]
    return set_block([text], language, protected=[spans], options=options or TypographyOptions())[0]


def only(group: str) -> TypographyOptions:
    return TypographyOptions(**{name: name == group for name in GROUPS})


def plain_blanks(text: str) -> str:
    return _BLANKS.sub(" ", text)


def folded(text: str) -> str:
    return _SINGLE.sub("'", _DOUBLE.sub('"', plain_blanks(text)))


def unchanged(texts: Sequence[str], language: str, show: int) -> dict[str, object]:
    after = [styled(text, language) for text in texts]
    different = [(old, new) for old, new in zip(texts, after, strict=True) if folded(old) != folded(new)]
    for old, new in different[:show]:
        print(f"- {old}\n+ {plain_blanks(new)}")
    count = len(texts)
    by_group = {group: sum(styled(text, language, only(group)) != text for text in texts) for group in GROUPS}
    return {
        "sentences": count,
        "unchanged": round(sum(old == new for old, new in zip(texts, after, strict=True)) / count, 4),
        "unchanged_but_for_shapes": round(1 - len(different) / count, 4),
        "changed_by": {group: round(number / count, 4) for group, number in by_group.items()},
        "settled": all(styled(text, language) == text for text in after),
    }


def spoilers(language: str) -> Iterator[tuple[str, Spoil]]:
    def straight(text: str) -> str:
        return _SINGLE.sub("'", _DOUBLE.sub('"', text))

    def foreign(text: str) -> str:
        return text.translate(str.maketrans(_HOUSE[language], _CURLY[language]))

    def hyphens(text: str) -> str:
        return text.replace("——", "--") if language == "zh" else re.sub(" [—–] ", " - ", text)

    def spaces(text: str) -> str:
        if language == "zh":
            return re.sub(rf"(?<={_HAN})(?=[A-Za-z0-9])|(?<=[A-Za-z0-9%])(?={_HAN})", " ", text)
        return re.sub(r"(?<=\w)(?=[,;:!?.](?: |$))", " ", text)

    def half(text: str) -> str:
        return text.translate(_HALF)

    found: list[tuple[str, Spoil]] = [("straight", straight), ("foreign", foreign), ("hyphens", hyphens)]
    found.append(("spaces", spaces))
    if language == "zh":
        found.append(("half_width", half))
    yield from found
    steps = [spoil for name, spoil in found if name != "foreign"]

    def everything(text: str) -> str:
        for spoil in steps:
            text = spoil(text)
        return text

    yield "all", everything


def restored(texts: Sequence[str], language: str, show: int) -> dict[str, object]:
    house = [text for text in map(plain_blanks, texts) if plain_blanks(styled(text, language)) == text]
    result: dict[str, object] = {"sentences_in_house_style": len(house)}
    for name, spoil in spoilers(language):
        spoilt = [(text, spoil(text)) for text in house]
        spoilt = [(text, bad) for text, bad in spoilt if bad != text]
        right, shown = 0, 0
        for text, bad in spoilt:
            back = plain_blanks(styled(bad, language))
            right += back == text
            if back != text and shown < show:
                shown += 1
                print(f"{name}\n= {text}\n~ {bad}\n+ {back}")
        share = round(right / len(spoilt), 4) if spoilt else None
        result[name] = {"spoilt": len(spoilt), "restored": share}
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", nargs="+", choices=tuple(USES), default=list(USES))
    parser.add_argument("--languages", nargs="+", choices=LANGUAGES, default=list(LANGUAGES))
    parser.add_argument("--show", type=int, default=0, help="so many changes and failures of each kind are printed")
    parser.add_argument("--output", type=Path, help="JSON file")
    arguments = parser.parse_args()
    result: dict[str, dict[str, object]] = {}
    for name in arguments.sets:
        result[name] = {"use": USES[name]}
        for language in arguments.languages:
            texts = sentences(name, language)
            result[name][language] = {
                "as written": unchanged(texts, language, arguments.show),
                "restoring": restored(texts, language, arguments.show),
            }
    text = json.dumps(result, indent=1, ensure_ascii=False) + "\n"
    if arguments.output:
        write_text(arguments.output, text)
    else:
        print(text)


if __name__ == "__main__":
    main()
