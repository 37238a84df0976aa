"""What the kind of a passage is judged by: its words, what stands around it, and its attribution."""

import re
from dataclasses import dataclass
from functools import cached_property

from corpora.article import Article
from quotes.lexicon import Lexicon, load_lexicon
from quotes.marks.passages import Passage
from quotes.speakers.attribution import Attribution

_CLAUSE_BORDER = re.compile(r"(?<=[.!?])\s+(?=[\WA-ZА-ЯЁ])|[;。！？；]")
_AFTER_SENTENCE = frozenset(".!?。！？\"'»」\N{RIGHT DOUBLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}")
_WINDOW = 200
_BESIDE = frozenset({"inside", "after", "before", "extract"})
WORD = re.compile(r"[^\W\d_][\w\N{RIGHT SINGLE QUOTATION MARK}'-]*")
STOPS = frozenset(".!?。！？")


@dataclass(frozen=True)
class Context:
    """A passage with what its kind is judged by.

    Attributes:
        text: The words inside, its parts joined by a space.
        before: What stands before it in its block, as far as it matters.
        after: What stands after it.
        passage: The passage.
        found: Who says it.
        lexicon: Word lists of the language.
    """

    text: str
    before: str
    after: str
    passage: Passage
    found: Attribution
    lexicon: Lexicon

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
    def spoken(self) -> bool:
        """Whether that attribution reports whole utterances."""
        return self.attributed and self.found.strong

    @cached_property
    def capital(self) -> bool:
        """Whether it begins with a capital, a figure or anything else that is no small letter."""
        return not self.text[0].islower()

    def has_word(self, name: str, size: int) -> bool:
        """Tell whether a word of the list `name` is among the last `size` characters before the passage."""
        near = self.clause[-size:].lower()
        return any(not near[m.end() : m.end() + 1].isalnum() for m in self.lexicon.pattern(name).finditer(near))


def read_context(article: Article, passage: Passage, found: Attribution) -> Context:
    """Gather what the kind of a passage is judged by."""
    start, end = passage.outer
    block = article.blocks[passage.block] if article.blocks else None
    left, right = (block.start, max(block.end, end)) if block else (0, len(article.text))
    words = " ".join(article.text[a:b] for a, b in passage.spans)
    before = article.text[max(left, start - _WINDOW) : start]
    return Context(
        words, before, article.text[end : min(right, end + _WINDOW)], passage, found, load_lexicon(article.language)
    )
