"""A source, its translation, and the analysis of both for the checks."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from corpora.article import Article, Block
from corpora.languages import base_language, parse_language
from quotes.facts.passages import Passage, PassagePair
from quotes.facts.vectors import Vectors
from quotes.types import Quote
from translate.glossary import TermUse
from translate.options import CheckOptions
from translate.protected import Literal, find_literals
from translate.types import Check

if TYPE_CHECKING:
    from common.arrays import Floats


@dataclass(frozen=True, slots=True)
class SentencePair:
    """A source sentence and its hypothesis.

    Attributes:
        finished: False if the engine stopped at its length limit.
        literals: Literals to be repeated byte for byte; empty finds them in the source.
    """

    source: str
    hypothesis: str
    source_language: str
    target_language: str
    finished: bool = True
    literals: tuple[Literal, ...] = ()
    terms: tuple[TermUse, ...] = ()


@dataclass(frozen=True)
class SideEncoding:
    """The words of one text, and how the other text matches them.

    Attributes:
        weights: Information content of each word, 0 for punctuation, at most 8.
        linked: Whether the word alignment links it: 1 or 0.
        unanswered: Probability that it has no match, by `quotes.findings.divergence`.
    """

    words: Sequence[str]
    weights: "Floats"
    linked: "Floats"
    unanswered: "Floats"


@dataclass(frozen=True)
class PairEncoding:
    """A pair as the encoder sees it.

    Attributes:
        cosine: Similarity of the two texts, -1 to 1.
        changed: Logit that the meaning changed, by the divergence model.
        links: The words that correspond, by their indices, and how surely, from 0 to 1.
        sides: The words of the source, and of the translation.
    """

    cosine: float
    changed: float
    links: Mapping[tuple[int, int], float]
    sides: tuple[SideEncoding, SideEncoding]


@dataclass(eq=False)
class PairReading:
    """A pair with its analysis, computed once for all checks.

    Attributes:
        vectors: Embeddings, shared by the pairs that are checked together.
        encoded: Output of the sentence encoder; None if it was not used.
    """

    pair: SentencePair
    vectors: Vectors
    encoded: PairEncoding | None = field(default=None)

    @cached_property
    def languages(self) -> tuple[str, str]:
        """`en`, `ru` or `zh`, of the source and of the translation."""
        return base_language(self.pair.source_language), base_language(self.pair.target_language)

    @cached_property
    def literals(self) -> tuple[tuple[Literal, ...], tuple[Literal, ...]]:
        """Literals of the source and of the translation."""
        return self.pair.literals or find_literals(self.pair.source), find_literals(self.pair.hypothesis)

    @cached_property
    def texts(self) -> tuple[str, str]:
        """Both texts with spaces in place of their literals, so that these are not judged twice."""
        known = {literal.text for literal in self.literals[0]}
        source, hypothesis = (
            _blanked(text, own)
            for text, own in zip((self.pair.source, self.pair.hypothesis), self.literals, strict=True)
        )
        for text in sorted(known, key=len, reverse=True):
            if len(text) > 1:
                hypothesis = hypothesis.replace(text, " " * len(text))
        return source, hypothesis

    @cached_property
    def passages(self) -> PassagePair:
        """Both texts as the comparison of quotes reads them."""
        return self.passages_of(*self.texts)

    @property
    def sides(self) -> tuple[Passage, Passage]:
        """The source and the translation as the comparison of quotes reads them."""
        return self.passages.first, self.passages.second

    def passages_of(self, source: str, hypothesis: str) -> PassagePair:
        """Return other texts in the same languages, as the comparison of quotes reads them."""
        first, second = _passage(source, self.pair.source_language), _passage(hypothesis, self.pair.target_language)
        return PassagePair(first, second, self.vectors)

    @property
    def comparable(self) -> bool:
        """Whether both sides have words, in two languages."""
        return self.languages[0] != self.languages[1] and all(text.strip() for text in self.texts)


CheckFunction = Callable[[PairReading, CheckOptions], Iterable[Check]]
"""A check: yields findings, none if all is well."""


def _blanked(text: str, literals: tuple[Literal, ...]) -> str:
    characters = list(text)
    for literal in literals:
        characters[literal.start : literal.end] = " " * len(literal.text)
    return "".join(characters)


def _passage(text: str, language: str) -> Passage:
    """Return a text as a passage."""
    span = (0, len(text))
    article = Article(text, parse_language(language), blocks=(Block("paragraph", *span),))
    return Passage.of(article, Quote("q", "direct", text, (text,), (span,)))
