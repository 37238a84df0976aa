"""Labels quotes in news stories that may be read but not copied, and measures how far two annotators agree.

An annotator writes one JSON line a story, with excerpts in place of offsets:

    {"file": "a.txt", "quotes": [{"parts": ["We won"], "kind": "direct", "speaker": "Ann Lee",
     "attribution": "[[Lee]] {{said}} on Monday", "antecedent": "[[Ann Lee]], the mayor"}]}

`resolve` turns them into stand-off labels: offsets of code points, end exclusive, and the story's SHA-256, never its
text. `[[…]]` holds the words that name the speaker, `{{…}}` the words of saying. Run `python -m training.native_quotes
--help` for the steps: show, check, agreement, differences, resolve.
"""

import argparse
import hashlib
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from common.errors import TolmachError

KINDS = ("direct", "partial", "scare", "title", "slogan")
SPOKEN = ("direct", "partial")
# Every third story by its hash is held out: it is scored once, at the end, and not read by programmers.
ASIDE = 3
# Pairs of marks that may hold a quote. Not every candidate needs a label, but none may be overlooked.
CANDIDATE = re.compile(r"“[^”]*”|«[^»]*»|„[^“”]*[“”]|「[^」]*」|(?<!\w)\"[^\"\n]*\"|(?<!\w)‘[^’\n]*’")
MARKS = '“”«»„"「」'
MARKED = re.compile(r"\[\[(?P<mention>.*?)\]\]|\{\{(?P<cue>.*?)\}\}", re.DOTALL)

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class LabelledQuote:
    """One quote of a story: the offsets of its parts, its speaker, and the words that identify the speaker."""

    kind: str
    parts: tuple[Span, ...]
    speaker: str | None = None
    mention: Span | None = None
    cue: Span | None = None
    antecedent: Span | None = None


def is_aside(path: Path) -> bool:
    """Return whether a story is held out, by its file's name alone."""
    return int(hashlib.sha256(path.name.encode()).hexdigest(), 16) % ASIDE == 0


def candidates(text: str) -> list[Span]:
    """Find passages in quotation marks, outermost first, by a pattern independent of quote extraction."""
    return [match.span() for match in CANDIDATE.finditer(text)]


def _nearest(text: str, wanted: str, place: int) -> int:
    found = [match.start() for match in re.finditer(re.escape(wanted), text)]
    if not found:
        raise TolmachError(f"not in the story, letter for letter: {wanted!r}")
    return min(found, key=lambda start: abs(start - place))


def _following(text: str, wanted: str, place: int) -> int:
    start = text.find(wanted, place)
    if start < 0:
        raise TolmachError(f"not in the story after the quote before it, letter for letter: {wanted!r}")
    return start


def _excerpt(text: str, excerpt: str | None, place: int) -> dict[str, Span]:
    """Locate the marked words of an excerpt, at its occurrence nearest to `place`."""
    if not excerpt:
        return {}
    if not MARKED.search(excerpt):
        raise TolmachError(f"nothing is marked with [[…]] or {{{{…}}}} in {excerpt!r}")
    start = _nearest(text, MARKED.sub(lambda match: match["mention"] or match["cue"] or "", excerpt), place)
    spans: dict[str, Span] = {}
    shift = 0
    for match in MARKED.finditer(excerpt):
        name = "mention" if match["mention"] is not None else "cue"
        begin = start + match.start() - shift
        spans[name] = (begin, begin + len(match[name]))
        shift += 4  # the two characters of each bracket
    return spans


def _trimmed(part: str, start: int) -> Span:
    """Leave out an outer mark that an annotator added to distinguish similar passages."""
    marks = 0 if sum(part.count(mark) for mark in MARKS) % 2 == 0 else 1
    before = marks * (len(part) - len(part.lstrip(MARKS)))
    after = marks * (len(part) - len(part.rstrip(MARKS)))
    return start + before, start + len(part) - after


def resolve_quote(text: str, record: Mapping[str, Any], place: int) -> LabelledQuote:
    """Convert an annotator's record to offsets; `place` is after the first character of the previous quote.

    Raises:
        TolmachError: an unknown kind, or words that the story does not hold.
    """
    if record.get("kind") not in KINDS:
        raise TolmachError(f"kind is {record.get('kind')!r}, not one of {', '.join(KINDS)}")
    parts: list[Span] = []
    for part in record["parts"]:
        start = _following(text, part, parts[-1][1] if parts else place)
        parts.append(_trimmed(part, start))
    middle = (parts[0][0] + parts[-1][1]) // 2
    spans = _excerpt(text, record.get("attribution"), middle)
    antecedent = _excerpt(text, record.get("antecedent"), middle).get("mention")
    return LabelledQuote(
        record["kind"], tuple(parts), record.get("speaker"), spans.get("mention"), spans.get("cue"), antecedent
    )


def resolve_story(text: str, records: Iterable[Mapping[str, Any]]) -> tuple[list[LabelledQuote], list[str]]:
    """Resolve the quotes of a story in reading order, and list errors in them."""
    quotes: list[LabelledQuote] = []
    wrong: list[str] = []
    place = 0
    for number, record in enumerate(records, start=1):
        try:
            quotes.append(resolve_quote(text, record, place))
            place = quotes[-1].parts[0][0] + 1
        except (TolmachError, KeyError) as error:
            wrong.append(f"quote {number}: {error}")
    wrong += [f"quote {n}: spoken words need an attribution or a speaker of null" for n in _unattributed(quotes)]
    return quotes, wrong


def _unattributed(quotes: Sequence[LabelledQuote]) -> Iterator[int]:
    for number, quote in enumerate(quotes, start=1):
        if quote.kind in SPOKEN and quote.speaker and not quote.mention:
            yield number


def uncovered(text: str, quotes: Sequence[LabelledQuote]) -> list[Span]:
    """List the candidates that no labelled quote touches."""
    parts = [part for quote in quotes for part in quote.parts]
    return [span for span in candidates(text) if not any(a < span[1] and span[0] < b for a, b in parts)]


def read_annotations(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Read an annotator's file, or all `.jsonl` files of a folder: the records of each story."""
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    return {story["file"]: story["quotes"] for story in map(json.loads, lines)}


def kappa(pairs: Sequence[tuple[str, str]]) -> float:
    """Compute Cohen's kappa of pairs of labels: 1 is full agreement, 0 is chance level."""
    total = len(pairs)
    observed = sum(a == b for a, b in pairs) / total
    first, second = (Counter(pair[side] for pair in pairs) for side in (0, 1))
    expected = sum(first[label] * second[label] for label in first) / total**2
    return 1.0 if expected == 1 else (observed - expected) / (1 - expected)


def _overlap(one: LabelledQuote, other: LabelledQuote) -> bool:
    """Return whether two quotes share more than half of the longer one's extent."""
    shared = sum(max(0, min(a[1], b[1]) - max(a[0], b[0])) for a in one.parts for b in other.parts)
    return shared * 2 > max(sum(b - a for a, b in quote.parts) for quote in (one, other))


def paired(
    first: Sequence[LabelledQuote], second: Sequence[LabelledQuote]
) -> list[tuple[LabelledQuote, LabelledQuote]]:
    """Pair the quotes of two passes over a story by their extent, each at most once."""
    left = list(second)
    pairs = []
    for quote in first:
        match = next((other for other in left if _overlap(quote, other)), None)
        if match is not None:
            left.remove(match)
            pairs.append((quote, match))
    return pairs


def same_speaker(one: str | None, other: str | None) -> bool:
    """Compare two canonical speakers: equal but for case, or one holds all the words of the other."""
    if not one or not other:
        return one == other
    words = [set(re.findall(r"\w+", name.casefold())) for name in (one, other)]
    return words[0] <= words[1] or words[1] <= words[0] or one in other or other in one


def _folder(language: str, root: Path) -> Path:
    return root / "native" / language


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8")


def show(arguments: argparse.Namespace) -> None:
    """Print stories with their candidates, for an annotator."""
    files = sorted(_folder(arguments.language, arguments.shared).glob("*.txt"))
    for path in files[arguments.start : arguments.stop]:
        text = _text(path)
        print(f"=== {path.name}\n{text.strip()}\n--- candidates")
        for start, end in candidates(text):
            print("   ", json.dumps(text[start:end], ensure_ascii=False))


def check(arguments: argparse.Namespace) -> None:
    """Check an annotator's file against the stories; the exit status is 1 if something is wrong."""
    faults = 0
    for name, records in read_annotations(arguments.file).items():
        text = _text(_folder(arguments.language, arguments.shared) / name)
        quotes, wrong = resolve_story(text, records)
        wrong += [f"not labelled: {text[a:b]!r}" for a, b in uncovered(text, quotes)]
        faults += len(wrong)
        print(*(f"{name}: {fault}" for fault in wrong), sep="\n", end="\n" if wrong else "")
    print(f"{faults} to mend")
    if faults:
        raise SystemExit(1)


def read_labels(path: Path) -> dict[str, list[LabelledQuote]]:
    """Read stand-off labels: the quotes of each story, by file name."""
    stories = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return {story["file"]: [_labelled(quote) for quote in story["quotes"]] for story in stories}


def _labelled(fields: Mapping[str, Any]) -> LabelledQuote:
    spans = {name: tuple(fields[name]) for name in ("mention", "cue", "antecedent") if name in fields}
    parts = tuple((start, end) for start, end in fields["parts"])
    return LabelledQuote(fields["kind"], parts, fields.get("speaker"), **spans)


def _passes(arguments: argparse.Namespace) -> Iterator[tuple[str, list[LabelledQuote], list[LabelledQuote]]]:
    first, second = (read_labels(path) for path in (arguments.first, arguments.second))
    for name in sorted(first.keys() & second.keys()):
        yield name, first[name], second[name]


def agreement(arguments: argparse.Namespace) -> None:
    """Print how far two passes agree: quotes found by both, kinds and speakers, with Cohen's kappa."""
    found = [0, 0]
    pairs: list[tuple[LabelledQuote, LabelledQuote]] = []
    speakers: list[tuple[str, str]] = []
    for name, first, second in _passes(arguments):
        found = [found[0] + len(first), found[1] + len(second)]
        both = paired(first, second)
        pairs += both
        speakers += [
            _speaker_labels(name, one, other) for one, other in both if one.kind in SPOKEN or other.kind in SPOKEN
        ]
    print(f"quotes: {found[0]} and {found[1]}, both found {len(pairs)}, F1 {2 * len(pairs) / sum(found):.3f}")
    print(f"kind: kappa {kappa([(one.kind, other.kind) for one, other in pairs]):.3f}")
    print(f"speaker: kappa {kappa(speakers):.3f} of {len(speakers)}")


def _speaker_labels(name: str, one: LabelledQuote, other: LabelledQuote) -> tuple[str, str]:
    """Label two speakers with one name if they are the same; names of different stories always differ."""
    first = f"{name}: {one.speaker}"
    return first, first if same_speaker(one.speaker, other.speaker) else f"{name}: {other.speaker}"


def differences(arguments: argparse.Namespace) -> None:
    """Print where two passes differ, for a third annotator to decide."""
    for name, first, second in _passes(arguments):
        text = _text(_folder(arguments.language, arguments.shared) / name)
        both = paired(first, second)
        lines = [f"only the first: {_said(text, quote)}" for quote in first if all(quote is not a for a, _ in both)]
        lines += [f"only the second: {_said(text, quote)}" for quote in second if all(quote is not b for _, b in both)]
        lines += [
            f"first: {_said(text, one)}\n    second: {_said(text, two)}" for one, two in both if _differ(one, two)
        ]
        if lines:
            print(f"=== {name}", *lines, sep="\n  ")


def _differ(one: LabelledQuote, other: LabelledQuote) -> bool:
    return one.kind != other.kind or not same_speaker(one.speaker, other.speaker)


def _said(text: str, quote: LabelledQuote) -> str:
    parts = " … ".join(text[a:b] for a, b in quote.parts)
    mention = text[slice(*quote.mention)] if quote.mention else None
    return json.dumps([quote.kind, quote.speaker, mention, parts], ensure_ascii=False)


def resolve(arguments: argparse.Namespace) -> None:
    """Write stand-off labels, one JSON line a story, without any text; held-out ones separately."""
    arguments.output.mkdir(parents=True, exist_ok=True)
    lines: dict[bool, list[str]] = {False: [], True: []}
    for name, records in sorted(read_annotations(arguments.file).items()):
        path = _folder(arguments.language, arguments.shared) / name
        quotes, _ = resolve_story(_text(path), records)
        labels = [{key: value for key, value in asdict(quote).items() if value is not None} for quote in quotes]
        story = {"file": name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "quotes": labels}
        lines[is_aside(path)].append(json.dumps(story, ensure_ascii=False) + "\n")
    for aside, prefix in ((False, ""), (True, "aside-")):
        target = arguments.output / f"{prefix}{arguments.language}.jsonl"
        target.write_text("".join(lines[aside]), encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training.native_quotes", description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared/data"), help="folder that holds native/")
    steps = parser.add_subparsers(dest="step", required=True)
    for step, names in ((show, ()), (check, ("file",)), (agreement, ("first", "second")),
                        (differences, ("first", "second")), (resolve, ("file", "output"))):  # fmt: skip
        sub = steps.add_parser(step.__name__, help=step.__doc__)
        sub.set_defaults(run=step)
        sub.add_argument("language", choices=("en", "ru", "zh"))
        for name in names:
            sub.add_argument(name, type=Path)
        if step is show:
            sub.add_argument("start", type=int)
            sub.add_argument("stop", type=int)
    return parser


def main() -> int:
    """Run one step."""
    arguments = _parser().parse_args()
    arguments.run(arguments)
    return 0


if __name__ == "__main__":
    sys.exit(main())
