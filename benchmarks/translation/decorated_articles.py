"""Articles from the samples' sentences, with random links, emphasis, code, addresses and placeholders."""

import random
import re
from dataclasses import dataclass
from html import escape
from typing import Final

from corpora.article import Article
from corpora.languages import Direction
from corpora.readers.html import read_html
from corpora.readers.markdown import read_markdown
from corpora.samples import sample_bitexts

LITERALS: Final = (
    "https://example.org/news?id=42&lang=en", "http://www.news-agency.ru/2024/05/report.html", "press@ministry.gov.cn",
    "www.example.com/path_to/file", "{name}", "{{count}}", "%s", "%1$s", "${price}", "{0}", "@reuters_world",
    "<br/>", "https://ru.wikipedia.org/wiki/X#y", "anna.petrova@news.example.co.uk",
)  # fmt: skip
CODES: Final = ("git push --force", "config.yaml", "x = y + 1", "C:\\temp", "SELECT *", "a_b_c")
TARGETS: Final = ("https://a.example/x", "/local/page", "mailto:a@b.org", "#note-1")
KINDS: Final = ("emphasis", "strong", "link")
_TAGS: Final = {"emphasis": "em", "strong": "strong"}
_PLAIN: Final = re.compile(r"[*_`\[\]<>|\\#~&{}%@$^]|https?:|^\s*[-+\d]")


@dataclass(frozen=True)
class DecoratedSentence:
    """A sentence with insertions: runs of plain words, marked words, code, literals."""

    runs: tuple[tuple[str, str], ...]

    def markdown(self) -> str:
        """Return it as Markdown."""
        return "".join(_as_markdown(kind, text) for kind, text in self.runs)

    def html(self) -> str:
        """Return it as HTML."""
        return "".join(_as_html(kind, text) for kind, text in self.runs)


def _as_markdown(kind: str, text: str) -> str:
    words, _, target = text.partition("\0")
    if kind == "code":
        return f"`{words}`"
    if kind == "literal":
        return re.sub(r"([_*\[\]<>$])", r"\\\1", words)
    return {"emphasis": f"*{words}*", "strong": f"**{words}**", "link": f"[{words}]({target})"}.get(kind, words)


def _as_html(kind: str, text: str) -> str:
    words, _, target = text.partition("\0")
    if kind == "link":
        return f'<a href="{escape(target)}">{escape(words)}</a>'
    tag = "code" if kind == "code" else _TAGS.get(kind)
    return f"<{tag}>{escape(words)}</{tag}>" if tag else escape(words)


def pairs_of(direction: Direction) -> dict[str, str]:
    """Return sentences of the samples and their human translations, except those that Markdown would change."""
    found = {}
    for bitext in sample_bitexts(*direction).values():
        for sources, targets in bitext.beads:
            if len(sources) == len(targets) == 1:
                one, other = bitext.source[sources[0]], bitext.target[targets[0]]
                if not _PLAIN.search(one) and not _PLAIN.search(other):
                    found[one] = other
    return found


def decorate(text: str, rng: random.Random, *, chinese: bool) -> DecoratedSentence:
    """Insert up to three things into a sentence, at borders of words."""
    words = list(text) if chinese else re.split(r"(?<= )", text)
    places = sorted(rng.sample(range(1, len(words)), k=min(rng.randrange(4), max(0, len(words) // 5))))
    runs: list[tuple[str, str]] = []
    at = 0
    for place in places:
        if place <= at:
            continue
        runs.append(("text", "".join(words[at:place])))
        at = place
        kind = rng.choice([*KINDS, "code", "literal"])
        if kind in KINDS:
            until = min(len(words), place + rng.randint(1, 3))
            marked = "".join(words[place:until])
            if re.fullmatch(r"\w[\w ]*\w\s?", marked) is None:
                continue
            inside, space = marked.rstrip(), marked[len(marked.rstrip()) :]
            runs += [(kind, f"{inside}\0{rng.choice(TARGETS)}"), ("text", space)]
            at = until
        else:
            runs += [
                ("text", " " if chinese else ""),
                (kind, rng.choice(CODES if kind == "code" else LITERALS)),
                ("text", " "),
            ]
    runs.append(("text", "".join(words[at:])))
    return DecoratedSentence(tuple((kind, run) for kind, run in runs if run))


def make_article(direction: Direction, number: int, table: dict[str, str]) -> Article:
    """Return the article of a number: Markdown if even, else HTML."""
    rng = random.Random(f"{direction} {number}")  # noqa: S311 - not for secrets
    chinese = direction[0] == "zh"
    sentences = [decorate(text, rng, chinese=chinese) for text in rng.sample(sorted(table), k=9)]
    glue = "" if chinese else " "
    groups = [sentences[0:1], sentences[1:4], sentences[4:5], sentences[5:6], sentences[6:7], sentences[7:9]]
    if number % 2 == 0:
        blocks = [glue.join(each.markdown() for each in group) for group in groups]
        text = f"## {blocks[0]}\n\n{blocks[1]}\n\n- {blocks[2]}\n- {blocks[3]}\n\n> {blocks[4]}\n\n{blocks[5]}\n"
        return read_markdown(text, language=direction[0])
    blocks = [glue.join(each.html() for each in group) for group in groups]
    text = (
        f"<html><body><article><h2>{blocks[0]}</h2><p>{blocks[1]}</p><ul><li>{blocks[2]}</li><li>{blocks[3]}</li></ul>"
        f"<blockquote><p>{blocks[4]}</p></blockquote><p>{blocks[5]}</p></article></body></html>"
    )
    return read_html(text, language=direction[0])
