"""Survival of markup, numbers, addresses and placeholders in generated articles under a damaging model.

    python -m benchmarks.translation.damaged_articles --articles 500 --output docs/results/damaged_articles.json

Each article is made of sentences of the samples in one of six directions, with links, emphasis, code, addresses and
placeholders inserted at random, alternately as Markdown and HTML. The model knows the human translation of every
sentence, and drops, duplicates, alters or translates the insertions, some digits, and the tokens of literals. Every
part must then be as frequent as in the source, or its sentence flagged; all others count as lost. The translator uses
none of the code that judges here.
"""

import json
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

import click

from benchmarks.translation.decorated_articles import CODES, LITERALS, make_article, pairs_of
from common.files import write_text
from corpora.article import Article, Inline
from corpora.readers.html import read_html
from corpora.readers.markdown import read_markdown
from corpora.writers.html import to_html
from corpora.writers.markdown import to_markdown
from tolmach.terminal.console import make_progress
from translate.engines.base import Hypothesis
from translate.models.requests import Request
from translate.models.specs import ALL_DIRECTIONS, LocalSource, ModelSpec
from translate.pipeline.directions import DirectionRunner
from translate.translator import Translator
from translate.types import DecodeOptions, TranslatedArticle

_MASK: Final = re.compile(r"X\d+X")
_NUMBER: Final = re.compile(r"\d{2,}")


@dataclass
class Damager:
    """A model that knows the human translations, and damages everything between the words.

    Attributes:
        table: Translation of each sentence.
        rng: Random generator of the damage.
        share: Share of the literals that are damaged.
    """

    table: dict[str, str]
    rng: random.Random
    share: float = 0.4
    max_input_tokens: int | None = None
    damaged: Counter[str] = field(default_factory=Counter)

    def count_tokens(self, request: Request) -> int:
        """Return the number of words."""
        return len(request.text.split())

    def generate(self, requests: Sequence[Request], *, options: DecodeOptions) -> list[Hypothesis]:
        """Return the damaged translations."""
        return [hypothesis for _, hypothesis in self.stream(requests, options=options)]

    def stream(self, requests: Sequence[Request], *, options: DecodeOptions) -> Iterator[tuple[int, Hypothesis]]:
        """Yield the damaged translations."""
        del options
        for index, request in enumerate(requests):
            yield index, Hypothesis(self.answer(request.text), (), -0.5, finished=True)

    def signature(self) -> dict[str, str]:
        """Return its signature."""
        return {"engine": "damager"}

    def answer(self, text: str) -> str:
        """Return the human translation of a text with the literals, some of them damaged."""
        pattern = re.compile(
            "|".join([_MASK.pattern, *map(re.escape, sorted((*LITERALS, *CODES), key=len, reverse=True))])
        )
        held = [(match.group(), match.start() / max(1, len(text))) for match in pattern.finditer(text)]
        words = self._translation(_key(pattern.sub(" ", text)))
        for literal, place in reversed(held):
            for kept in self._damaged(literal):
                words = _inserted(words, kept, place)
        return self._with_wrong_digit(words)

    def _translation(self, key: str) -> str:
        if key in self.table:
            return self.table[key]
        for source, target in self.table.items():
            at = source.find(key)
            if at >= 0 and key:  # a part of a sentence: the same part of the translation
                first, last = at / len(source), (at + len(key)) / len(source)
                return target[int(first * len(target)) : max(int(last * len(target)), int(first * len(target)) + 1)]
        return self.table[min(self.table, key=lambda source: abs(len(source) - len(key)))]

    def _damaged(self, literal: str) -> list[str]:
        if self.rng.random() >= self.share:
            return [literal]
        at = self.rng.randrange(len(literal))
        ways = {
            "dropped": [],
            "doubled": [literal, literal],
            "altered": [literal[:at] + self.rng.choice("xyz") + literal[at + 1 :]],
            "spaced": [f"{literal[:at]} {literal[at:]}"] if at > 0 else [],
            "cut": [literal[: max(1, at)]],
        }
        way = self.rng.choice(sorted(ways))
        self.damaged[way] += 1
        return ways[way]

    def _with_wrong_digit(self, text: str) -> str:
        numbers = list(_NUMBER.finditer(text))
        if not numbers or self.rng.random() >= self.share / 2:
            return text
        number = self.rng.choice(numbers)
        self.damaged["digit"] += 1
        return f"{text[: number.start()]}{(int(text[number.start()]) + 4) % 10 or 7}{text[number.start() + 1 :]}"


def _key(text: str) -> str:
    return "".join(text.split())


def _inserted(text: str, literal: str, place: float) -> str:
    spaces = [at for at, character in enumerate(text) if character in " ，、："]
    at = min(spaces, key=lambda one: abs(one - place * len(text)), default=len(text))
    return (
        f"{text[:at]} {literal}{text[at:]}"
        if text[at : at + 1] == " "
        else f"{text[: at + 1]} {literal} {text[at + 1 :]}"
    )


@dataclass
class DamageTally:
    """Outcomes of the parts of one kind."""

    kept: int = 0
    flagged: int = 0
    lost: list[str] = field(default_factory=list)


def tally_article(
    source: Article, made: TranslatedArticle, tallies: dict[str, DamageTally], table: dict[str, str]
) -> None:
    """Count the outcome of every literal, number and inline of an article."""
    for sentence, translation in zip(source.sentences, made.translations, strict=True):
        flagged = bool(translation.checks)
        inside = [one for one in source.inlines if one.kind == "code" and sentence.start <= one.start < sentence.end]
        words = sentence.text
        for literal in (*LITERALS, *(source.text[one.start : one.end] for one in inside)):
            wanted = words.count(literal)
            if wanted:
                _count(
                    tallies["literals"], translation.text.count(literal) == wanted, flagged, (literal, translation.text)
                )
        human = table.get(_key(_without_literals(words)), "")
        for number, wanted in Counter(_NUMBER.findall(human)).items():
            found = Counter(_NUMBER.findall(_without_literals(translation.text)))[number]
            _count(tallies["numbers"], found == wanted, flagged, (number, translation.text))
    _tally_inlines(source, made, tallies["inlines"])


def _without_literals(text: str) -> str:
    for literal in sorted((*LITERALS, *CODES), key=len, reverse=True):
        text = text.replace(literal, " ")
    return text


def _tally_inlines(source: Article, made: TranslatedArticle, tally: DamageTally) -> None:
    render = to_markdown if source.meta.format == "markdown" else to_html
    read = read_markdown if source.meta.format == "markdown" else read_html
    delivered = read(render(made.article), language=made.article.language)  # as in a reader of the file
    wanted, found = Counter(map(_face, source.inlines)), Counter(map(_face, delivered.inlines))
    flagged = sum(check.kind in {"markup", "literal"} for one in made.translations for check in one.checks)
    for face, count in wanted.items():
        missing = max(0, count - found[face])
        tally.kept += count - missing
        covered = min(missing, flagged)
        flagged -= covered
        tally.flagged += covered
        tally.lost += [str(face)] * (missing - covered)
    tally.lost += [f"more of {face}" for face, count in found.items() if count > wanted[face]]


def _face(inline: Inline) -> tuple[str, str | None]:
    return inline.kind, inline.target


def _count(tally: DamageTally, kept: bool, flagged: bool, example: tuple[str, str]) -> None:  # noqa: FBT001 - two outcomes
    if kept:
        tally.kept += 1
    elif flagged:
        tally.flagged += 1
    else:
        tally.lost.append(" | ".join(example))


def _give(model: Any, _: tuple[str, str]) -> Any:
    return model


@click.command()
@click.option("--articles", default=500, show_default=True)
@click.option("--output", type=click.Path(path_type=Path), help="JSON file for the figures.")
def main(articles: int, output: Path | None) -> None:
    """Translate generated articles with a damaging model; count kept, flagged and lost parts."""
    tables = {direction: pairs_of(direction) for direction in ALL_DIRECTIONS}
    tallies = {name: DamageTally() for name in ("literals", "numbers", "inlines")}
    damaged: Counter[str] = Counter()
    with make_progress(quiet=False).bar("Translating", articles, unit="articles") as advance:
        for number in range(articles):
            direction = ALL_DIRECTIONS[number % len(ALL_DIRECTIONS)]
            table = {_key(one): other for one, other in tables[direction].items()}
            model = Damager(table, random.Random(number))  # noqa: S311 - not for secrets
            runner = DirectionRunner(
                ModelSpec("damager", "t5", LocalSource(Path())), partial(_give, model), lambda _: {}
            )
            source = make_article(direction, number // len(ALL_DIRECTIONS), tables[direction])
            made = Translator(runner).translate_article(source, target=direction[1])
            tally_article(source, made, tallies, table)
            damaged += model.damaged
            advance(1)
    figures = {
        "articles": articles,
        "damaged": dict(sorted(damaged.items())),
        "parts": {
            name: {"kept": one.kept, "flagged": one.flagged, "lost": len(one.lost)} for name, one in tallies.items()
        },
    }
    print(json.dumps(figures, indent=1))
    for name, one in tallies.items():
        for example in one.lost[:10]:
            print(f"lost {name}: {example}")
    if output:
        write_text(output, json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
