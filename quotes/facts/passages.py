"""The words of a quote where they stand, alone and beside those of another version."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from common.messages import message, word
from corpora.article import Article
from corpora.languages import base_language
from corpora.offsets import Span
from quotes.facts.vectors import Vectors
from quotes.types import Quote


@dataclass(frozen=True)
class Passage:
    """The words of one quote where they stand.

    Attributes:
        article: The article that holds them.
        spans: Where they stand: code points into the article's text, in order.
        quote: The quote they are.
        label: What tells the version from another in the same language, such as "first"; None where the language does.
    """

    article: Article
    spans: tuple[Span, ...]
    quote: Quote
    label: str | None = None

    @classmethod
    def of(cls, article: Article, quote: Quote) -> "Passage":
        """Take the whole of `quote`."""
        return cls(article, quote.spans, quote)

    @property
    def language(self) -> str:
        """`en`, `ru` or `zh`."""
        return base_language(self.article.language)

    @property
    def language_name(self) -> str:
        """What a reader calls the version: its language, or its label."""
        return self.label or word("language", self.article.language)

    @cached_property
    def pieces(self) -> tuple[tuple[int, str], ...]:
        """Each span's first offset and words."""
        return tuple((start, self.article.text[start:end]) for start, end in self.spans)

    @cached_property
    def text(self) -> str:
        """All the words, the pieces joined by a space, in Chinese by nothing."""
        return ("" if self.language == "zh" else " ").join(piece for _, piece in self.pieces)


@dataclass(frozen=True, slots=True)
class PassagePair:
    """One quote in two versions.

    Attributes:
        first: Its words in the first version.
        second: The same in the second.
        vectors: Embeddings.
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
    def names(self) -> tuple[str, str]:
        """What a reader calls the two versions."""
        return self.first.language_name, self.second.language_name

    def message(self, name: str, spans: tuple[Iterable[Span], Iterable[Span]], **values: str) -> str:
        """Return a message of the catalogue about words of both versions.

        Args:
            name: Its name; its placeholders are `first`, `second` (versions), `words`, `others` and those of `values`.
            spans: Where the words are, in the first version and in the second.
            values: Further values.
        """
        words, others = words_at(self.first, spans[0]), words_at(self.second, spans[1])
        first, second = self.names
        return message(f"finding.{name}", first=first, second=second, words=words, others=others, **values)

    def lone_message(self, name: str, side: int, spans: Iterable[Span]) -> str:
        """Return a message of the catalogue about words that one version has, 0 the first or 1 the second.

        Its placeholders are `has`, `lacks` (versions) and `words`.
        """
        words = words_at(self.second if side else self.first, spans)
        return message(f"finding.{name}", has=self.names[side], lacks=self.names[1 - side], words=words)


def on_pieces(passage: Passage, find: Callable[[str], Iterable[Span]]) -> Iterator[Span]:
    """Run `find` on each piece and give what it finds in code points into the article's text."""
    for offset, piece in passage.pieces:
        for start, end in find(piece):
            yield offset + start, offset + end


def words_at(passage: Passage, spans: Iterable[Span]) -> str:
    """Quote the words at `spans` for a message."""
    return ", ".join(f"“{passage.article.text[start:end]}”" for start, end in spans)
