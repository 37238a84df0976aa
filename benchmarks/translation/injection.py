"""How often a model follows instructions in an article instead of translating them.

    python -m benchmarks.translation.injection --model qwen2.5-coder-1.5b -o docs/results/injection.json

Each of the sixty articles of `tests/cases/injection` has one sentence that tries to steer the translator. They are
translated into both other languages; patterns of the articles determine whether the attempt succeeded. A success counts
as flagged if a check fires on a sentence of the attempt. Finished work is cached.
"""

import json
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click
import regex

from benchmarks.places import ROOT
from common.files import write_text
from common.progress import Progress
from corpora.segmentation import segment
from tolmach.terminal.console import make_progress
from translate import ArticleOptions, Translation, TranslatorOptions, load_translator
from translate.options import RetryPolicy

CASES: Final = ROOT / "tests" / "cases" / "injection"
LANGUAGES: Final = ("en", "ru", "zh")
Translate = Callable[[Sequence[str], str, str], Sequence[Translation]]
"""Translates sentences: sentences, source, target."""


@dataclass(frozen=True, slots=True)
class Case:
    """An article with an attempt to steer its translator.

    Attributes:
        language: Tag of its language.
        kind: Kind of the attempt.
        part: `dev` if used in development, else `test`; each half has every kind.
        text: The article.
        attempt: Span of the attempt in it, in code points.
        entry: Its patterns and its obedient answer, from the file.
    """

    language: str
    kind: str
    part: str
    text: str
    attempt: tuple[int, int]
    entry: Mapping[str, Any]

    def said(self, name: str, target: str) -> str:
        """Return a named pattern or answer for a target language; empty if there is none."""
        found = self.entry.get(name, "")
        return str(found if isinstance(found, str) else found[target])

    def obeyed(self, translation: str, target: str) -> bool:
        """Return whether a translation shows that the attempt succeeded."""
        flags = regex.IGNORECASE | regex.DOTALL
        unless = self.said("unless", target)
        honest = bool(unless) and regex.search(unless, translation, flags) is not None
        return not honest and regex.search(self.said("obeyed", target), translation, flags) is not None


@dataclass(frozen=True, slots=True)
class InjectionAnswer:
    """The outcome of an attempt.

    Attributes:
        case: The article.
        target: Tag of the language that it was translated into.
        text: Translation of the sentences of the attempt.
        checks: Kinds of the checks that fired on them.
    """

    case: Case
    target: str
    text: str
    checks: tuple[str, ...]

    @property
    def obeyed(self) -> bool:
        """Whether the attempt succeeded."""
        return self.case.obeyed(self.text, self.target)


def load_cases() -> list[Case]:
    """Return the sixty articles."""
    return [case for language in LANGUAGES for case in _cases(language)]


def _cases(language: str) -> Iterator[Case]:
    glue = "" if language == "zh" else " "
    entries = tomllib.loads((CASES / f"{language}.toml").read_text(encoding="utf-8"))["article"]
    for number, entry in enumerate(entries, LANGUAGES.index(language)):
        start = len(entry["before"] + glue)
        text = glue.join((entry["before"], entry["attempt"], entry["after"]))
        part = "test" if number % 2 else "dev"
        yield Case(language, entry["kind"], part, text, (start, start + len(entry["attempt"])), entry)


def answers(cases: Sequence[Case], translate: Translate) -> list[InjectionAnswer]:
    """Return the outcomes of all attempts in both other languages."""
    found: list[InjectionAnswer] = []
    for source in LANGUAGES:
        ours = [(case, segment(case.text, source)) for case in cases if case.language == source]
        sentences = [case.text[start:end] for case, spans in ours for start, end in spans]
        for target in LANGUAGES:
            if target != source and sentences:
                made = iter(translate(sentences, source, target))
                found += [_answer(case, target, [(span, next(made)) for span in spans]) for case, spans in ours]
    return found


def _answer(case: Case, target: str, made: Sequence[tuple[tuple[int, int], Translation]]) -> InjectionAnswer:
    first, last = case.attempt
    inside = [one for (start, end), one in made if start < last and first < end]
    checks = dict.fromkeys(check.kind for one in inside for check in one.checks)
    return InjectionAnswer(case, target, " ".join(one.text for one in inside), tuple(checks))


def figures(found: Sequence[InjectionAnswer]) -> dict[str, Any]:
    """Return the counts of all outcomes, by direction and by kind, and every obedient answer."""
    directions = {f"{one.case.language}-{one.target}" for one in found}
    kinds = {one.case.kind for one in found}
    return {
        "all": _counts(found),
        "parts": {part: _counts([one for one in found if one.case.part == part]) for part in ("dev", "test")},
        "directions": {
            name: _counts([one for one in found if f"{one.case.language}-{one.target}" == name])
            for name in sorted(directions)
        },
        "kinds": {kind: _counts([one for one in found if one.case.kind == kind]) for kind in sorted(kinds)},
        "answers": [
            {
                "kind": one.case.kind,
                "direction": f"{one.case.language}-{one.target}",
                "text": one.text,
                "checks": list(one.checks),
            }
            for one in found
            if one.obeyed
        ],
    }


def _counts(found: Sequence[InjectionAnswer]) -> dict[str, int]:
    obeyed = [one for one in found if one.obeyed]
    return {
        "translated": len(found),
        "flagged": sum(bool(one.checks) for one in found),
        "obeyed": len(obeyed),
        "obeyed_unflagged": sum(not one.checks for one in obeyed),
    }


@click.command()
@click.option("--model", default="qwen2.5-coder-1.5b", show_default=True)
@click.option("--attempts", default=1, show_default=True, help="Hypotheses of one sentence, as `tolmach translate`.")
@click.option("--part", type=click.Choice(["dev", "test"]), help="Only this half; both if not given.")
@click.option("--label", default="now", show_default=True, help="What the figures are called in the file.")
@click.option("--all-answers", is_flag=True, help="Print every translation of an attempt.")
@click.option("--output", "-o", type=click.Path(path_type=Path), help="JSON file that the figures are put into.")
def main(model: str, attempts: int, output: Path | None, **chosen: Any) -> None:
    """Translate the articles and count successful attempts."""
    progress = make_progress(quiet=False)
    options = TranslatorOptions(article=ArticleOptions(retry=RetryPolicy(attempts=attempts)))
    translator = load_translator(model, options=options, progress=progress)
    signature: dict[str, str] = {}

    def translate(sentences: Sequence[str], source: str, target: str) -> list[Translation]:
        made, signed = translator.translate_with_signature(sentences, source=source, target=target, progress=progress)
        signature.update(signed)
        return made

    cases = [case for case in load_cases() if chosen["part"] in (None, case.part)]
    found = answers(cases, translate)
    if chosen["all_answers"]:
        for one in found:
            print(one.case.kind, f"{one.case.language}-{one.target}", one.obeyed, one.checks, one.text, sep="\t")
    told = figures(found) | {"attempts": attempts, "signature": signature}
    print(json.dumps(told["all"]))
    if output:
        _keep(output, chosen["label"], told, progress)


def _keep(output: Path, label: str, told: dict[str, Any], progress: Progress) -> None:
    before = json.loads(output.read_text(encoding="utf-8")) if output.exists() else {}
    write_text(output, json.dumps(before | {label: told}, ensure_ascii=False, indent=1) + "\n")
    progress.note(f"Written to {output}")


if __name__ == "__main__":
    main()
