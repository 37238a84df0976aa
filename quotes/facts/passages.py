"""The words of a quote where they stand, alone and beside those of another version."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from common.messages import message, word
from corpora.article import Article, Sentence
from corpora.chinese import in_simplified
from corpora.languages import LANGUAGES, base_language
from corpora.offsets import Span
from quotes.facts.vectors import Vectors
from quotes.types import Finding, FindingValues, Quote, Severity


@dataclass(frozen=True)
class Passage:
    """The words of one quote where they stand.

    Attributes:
        spans: Where they stand: code points into the article's text, in order.
        label: What a reader calls the version where its language does not tell it from the other; else None.
        written: The article's text as it was written, where that is in Traditional characters, of which `article` has
            the Simplified ones; else None.
    """

    article: Article
    spans: tuple[Span, ...]
    quote: Quote
    label: str | None = None
    written: str | None = None

    @classmethod
    def of(cls, article: Article, quote: Quote) -> "Passage":
        """Take the whole of `quote`, in Simplified characters if it is Chinese."""
        plain = in_simplified(article)
        return cls(plain, quote.spans, quote, written=None if plain is article else article.text)

    @property
    def language(self) -> str:
        """Base language."""
        return base_language(self.article.language)

    @property
    def language_name(self) -> str:
        """What a reader calls the version: its language, or its label."""
        return self.label or word("language", self.article.language)

    @property
    def as_written(self) -> str:
        """The article's text as a reader knows it."""
        return self.article.text if self.written is None else self.written

    @cached_property
    def pieces(self) -> tuple[tuple[int, str], ...]:
        """Each span's first offset and words."""
        return tuple((start, self.article.text[start:end]) for start, end in self.spans)

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """The sentences of the article that share a character with the words, in order."""
        found: dict[int, Sentence] = {}
        everything = self.article.sentences
        for start, end in self.spans:
            first = bisect_right(everything, start, key=lambda sentence: sentence.end)
            last = bisect_left(everything, end, key=lambda sentence: sentence.start)
            found |= {sentence.index: sentence for sentence in everything[first:last]}
        return tuple(found[at] for at in sorted(found))

    @cached_property
    def text(self) -> str:
        """All the words, the pieces joined by a space, in Chinese by nothing."""
        return ("" if self.language == "zh" else " ").join(piece for _, piece in self.pieces)


@dataclass(frozen=True, slots=True)
class PassagePair:
    """One quote in two versions.

    Attributes:
        casts: The names of all speakers of the first version, and of the second.
    """

    first: Passage
    second: Passage
    vectors: Vectors
    casts: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())

    @property
    def same_language(self) -> bool:
        """Return whether the two can be compared word by word."""
        return self.first.language == self.second.language

    @property
    def complete(self) -> bool:
        """Return whether all lists of words and all that was fitted know both languages."""
        return all(LANGUAGES[side.language].complete for side in (self.first, self.second))

    @property
    def names(self) -> tuple[str, str]:
        """What a reader calls the two versions."""
        return self.first.language_name, self.second.language_name

    def finding(
        self,
        kind: str,
        severity: Severity,
        spans: tuple[Iterable[Span], Iterable[Span]],
        name: str,
        *,
        values: FindingValues | None = None,
        **more: str,
    ) -> Finding:
        """Return a finding about words of the versions, with its message from the catalogue.

        Args:
            kind: Its kind.
            severity: Its severity.
            spans: Where the words are, in the first version and in the second; either may be none.
            name: Name of the message. Its placeholders are `first` and `second` (versions), `words` and `others`; where
                only one side has words, `has`, `lacks` (versions) and `words`; and those of `more`.
            values: What the words stand for; None for the words themselves.
            more: Further values.
        """
        first, second = tuple(spans[0]), tuple(spans[1])
        words, others = words_at(self.first, first), words_at(self.second, second)
        has, lacks = self.names if first else self.names[::-1]
        versions = {"first": self.names[0], "second": self.names[1], "has": has, "lacks": lacks}
        text = message(f"finding.{name}", **versions, words=words or others, others=others, **more)
        plain = FindingValues(plain_words(self.first, first), plain_words(self.second, second))
        return Finding(kind, severity, text, first, second, values or plain)


def words_at(passage: Passage, spans: Iterable[Span]) -> str:
    """Quote the words at `spans` for a message."""
    return message("list.comma").join(message("list.quoted", words=passage.as_written[a:b]) for a, b in spans)


def plain_words(passage: Passage, spans: Iterable[Span]) -> str | None:
    """Return the words at `spans` as they are, those apart parted by a comma; None without any."""
    return ", ".join(passage.as_written[start:end] for start, end in spans) or None
