"""What the kind of a passage is judged by: its words, what stands around it, and its attribution."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise

from common.data import load_table
from corpora.article import Article
from corpora.languages import base_language
from quotes.lexicon import Lexicon, load_lexicon
from quotes.marks.passages import MarkedPassage
from quotes.speakers.attribution import Attribution


class WordLists:
    """The lists of one language, by name."""

    def __init__(self, language: str) -> None:
        self._lists: dict[str, Sequence[str]] = load_table(__name__, "words.toml")[language]
        self._sets = {name: frozenset(words) for name, words in self._lists.items()}
        self._stems = {name: tuple(w[:-1] for w in words if w.endswith("*")) for name, words in self._lists.items()}
        self._patterns: dict[str, re.Pattern[str]] = {}

    def words(self, name: str) -> frozenset[str]:
        """Return a list as a set."""
        return self._sets[name]

    def has(self, name: str, word: str) -> bool:
        """Return whether a list has a word, or a stem that it begins with: `книг*`."""
        return word in self._sets[name] or word.startswith(self._stems[name])

    def starts(self, name: str) -> tuple[str, ...]:
        """Return a list for `str.startswith` and `str.endswith`."""
        return tuple(self._lists[name])

    def named(self, name: str) -> dict[str, str]:
        """Return a list of words that each have a name behind a space."""
        return dict(entry.split(" ") for entry in self._lists[name])

    def within(self, name: str, text: str) -> bool:
        """Return whether a word or phrase of a list stands in lower-case text, as whole words where it has letters."""
        if name not in self._patterns:
            longest_first = sorted(self._lists[name], key=len, reverse=True)
            self._patterns[name] = re.compile(
                rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)".replace(r"\*", r"\w*")
            )
        return bool(self._patterns[name].search(text))


@cache
def load_word_lists(language: str) -> WordLists:
    """Return the lists for a BCP-47 tag."""
    return WordLists(base_language(language))


_CLAUSE_BORDER = re.compile(r"(?<=[.!?])\s+(?=[\WA-ZА-ЯЁІЇЄҐ])|[;。！？；]")
_AFTER_SENTENCE = frozenset(".!?。！？\"'»」\N{RIGHT DOUBLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}")
_LIST_MARKS = " ,/\n\N{IDEOGRAPHIC COMMA}\N{NO-BREAK SPACE}"
_WINDOW = 200
_LONGEST_REPEAT = 40
_BESIDE = frozenset({"inside", "after", "before", "extract"})
_EDGE = re.compile(r"^[\W_]+|[\W_]+$")
WORD = re.compile(r"[^\W\d_][\w\N{RIGHT SINGLE QUOTATION MARK}'-]*")
STOPS = frozenset(".!?。！？")


@dataclass(frozen=True)
class KindContext:
    """A passage with what its kind is judged by.

    Attributes:
        text: The words inside, its parts joined by a space.
        before: What stands before it in its block, as far as it matters.
        found: Who says it.
        block: Kind of the block that it stands in.
        times: How many passages of the article have these words.
        listed: Whether only a comma or "and" stands between it and the passage before.
    """

    text: str
    before: str
    after: str
    passage: MarkedPassage
    found: Attribution
    lexicon: Lexicon
    block: str = "paragraph"
    times: int = 1
    listed: bool = False

    @cached_property
    def words(self) -> list[str]:
        """The words inside."""
        return WORD.findall(self.text)

    @cached_property
    def clause(self) -> str:
        """The part of `before` that belongs to the passage's own sentence."""
        return _CLAUSE_BORDER.split(self.before)[-1]

    @cached_property
    def led(self) -> bool:
        """Whether a colon stands in front."""
        return self.before.rstrip().endswith((":", "：")) or self.passage.family == "dash"

    @cached_property
    def alone(self) -> bool:
        """Whether the passage begins a sentence."""
        before = self.before.rstrip()
        return not before or before[-1] in _AFTER_SENTENCE

    @cached_property
    def ends_sentence(self) -> bool:
        """Whether a sentence may end with the passage."""
        return self.text[-1] in STOPS or self.after.lstrip()[:1] in {"", *STOPS}

    @cached_property
    def attributed(self) -> bool:
        """Whether an attribution stands beside it."""
        return self.found.place in _BESIDE and self.found.cue is not None

    @cached_property
    def capital(self) -> bool:
        """Whether it begins with a capital, a figure or anything else that is no small letter."""
        return not self.text[0].islower()


def read_contexts(
    article: Article, passages: Sequence[MarkedPassage], found: Sequence[Attribution]
) -> list[KindContext]:
    """Gather what the kinds of an article's passages are judged by, in their order."""
    lexicon = load_lexicon(article.language)
    texts = [" ".join(article.text[a:b] for a, b in passage.spans) for passage in passages]
    times = Counter(map(same_words, texts))
    follows = {id(second) for first, second in pairwise(passages) if _are_listed(article, first, second)}
    contexts = []
    for text, passage, attribution in zip(texts, passages, found, strict=True):
        start, end = passage.outer
        block = article.blocks[passage.block] if article.blocks else None
        left, right = (block.start, max(block.end, end)) if block else (0, len(article.text))
        contexts.append(
            KindContext(
                text,
                article.text[max(left, start - _WINDOW) : start],
                article.text[end : min(right, end + _WINDOW)],
                passage,
                attribution,
                lexicon,
                block.kind if block else "paragraph",
                times[same_words(text)] if len(text) <= _LONGEST_REPEAT else 1,
                id(passage) in follows,
            )
        )
    return contexts


def same_words(text: str) -> str:
    """Bring short words in marks to the form in which they are compared with others."""
    if len(text) > _LONGEST_REPEAT:
        return ""
    # Russian and Ukrainian words that differ in their endings are the same.
    return re.sub(r"([а-яёіїєґ]{5})[а-яёіїєґ]+", r"\1", _EDGE.sub("", text).casefold())


def _are_listed(article: Article, first: MarkedPassage, second: MarkedPassage) -> bool:
    between = article.text[first.outer[1] : second.outer[0]]
    joins = load_word_lists(article.language).words("and")
    return first.parent is second.parent and bool(between) and between.strip(_LIST_MARKS).lower() in joins
