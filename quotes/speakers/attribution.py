"""Who says each quote: read off beside it, else taken over from the text before, and brought to the fullest name."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpora.article import Article
from corpora.languages import ENGLISH, base_language
from quotes.marks.block_quotes import FAMILY, find_signature
from quotes.marks.passages import Passage
from quotes.options import QuoteOptions
from quotes.speakers.finder import HOLE, Finder, Found
from quotes.speakers.finders import finder_for
from quotes.speakers.masking import mask
from quotes.speakers.names import Names, repeats
from quotes.types import Span

_TITLE_FAMILIES = frozenset({"title", "inner title"})
_PAUSES = frozenset(",.?!:-\N{EM DASH}\N{EN DASH}\N{HORIZONTAL ELLIPSIS}")
_FARTHEST = 600
_NEAR, _CROWD = 100, 60
"""Reach where more than `_CROWD` quotes stand within `_FARTHEST`, so that they are not all read again for each."""
_HEADLINE_QUOTES = 200
_QUOTES_BACK = 8
_BLOCKS_BACK = 2
_MYSELF = frozenset({"i", "я", "我"})


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who says a quote, and how that is known.

    Attributes:
        speaker: The words that name the speaker, None where there are none.
        span: Where they stand.
        name: The fullest name in the article.
        cue: What attributes the quote.
        place: `inside`, `after`, `before` (beside the quote), `sentence` (elsewhere in it), `carried` (from the text
            before), `extract` (a headline that repeats a quote), or an empty string.
        strong: Whether the cue reports whole utterances.
    """

    speaker: str | None = None
    span: Span | None = None
    name: str | None = None
    cue: str | None = None
    place: str = ""
    strong: bool = False


NOBODY = Attribution()


def attribute(article: Article, passages: Sequence[Passage], options: QuoteOptions) -> list[Attribution]:
    """Find the speaker of each passage.

    Args:
        article: The article that the passages are from.
        passages: Passages in order, those around others first.
        options: How far back to look.

    Returns:
        One attribution a passage; `NOBODY` where none is found.
    """
    return _Reader(article, passages, options).read()


class _Reader:
    """Goes through an article's passages in order and keeps in mind who spoke last."""

    def __init__(self, article: Article, passages: Sequence[Passage], options: QuoteOptions) -> None:
        self._article = article
        self._text = article.text
        self._passages = passages
        self._blocks = article.blocks
        self._places = [passage.outer[0] for passage in passages]
        self._options = options
        language = base_language(article.language)
        self._finder: Finder = finder_for(language)
        self._names = Names(self._finder.mentions(article.text), language)
        hidden = [passage for passage in passages if passage.parent is None and passage.family not in _TITLE_FAMILIES]
        self._masked = mask(article.text, hidden)
        self._starts = [sentence.start for sentence in article.sentences]
        self._done: dict[int, Attribution] = {}
        self._leaders: dict[int, str | None] = {}
        self._note_speakers()

    def read(self) -> list[Attribution]:
        tops = [passage for passage in self._passages if passage.parent is None]
        for number, passage in enumerate(tops):
            self._done[id(passage)] = self._attribute(passage, tops, number)
        for passage in self._passages:
            if passage.parent is not None:
                self._done[id(passage)] = self._nested(passage)
        self._headlines(tops)
        return [self._done[id(passage)] for passage in self._passages]

    def _sentence(self, position: int) -> Span:
        place = max(0, bisect_right(self._starts, position) - 1)
        if not self._starts:
            return 0, len(self._text)
        sentence = self._article.sentences[place]
        return sentence.start, max(sentence.end, position)

    def _attribute(self, passage: Passage, tops: Sequence[Passage], number: int) -> Attribution:
        if passage.family in _TITLE_FAMILIES:
            return NOBODY
        if self._blocks and self._blocks[passage.block].kind == "quote" and (done := self._set_apart(passage)):
            return done
        start, end = passage.outer
        left = max(self._sentence(start)[0], start - self._farthest(start))
        right = min(max(self._sentence(max(start, end - 1))[1], end), end + self._farthest(start))
        found, place = self._beside(passage, (left, right), self._reach(passage, tops, number, right))
        if found is None:
            found, place = self._finder.anywhere(self._masked, (left, right)), "sentence"
        if found is None:
            return self._carried(passage, tops, number)
        return self._settle(found, place)

    def _farthest(self, position: int) -> int:
        first, last = (bisect_left(self._places, position + far) for far in (-_FARTHEST, _FARTHEST))
        return _FARTHEST if last - first <= _CROWD else _NEAR

    def _set_apart(self, passage: Passage) -> Attribution | None:
        """Read the signature of a block quote, else the sentence that leads to it; None where its marks may tell."""
        if span := find_signature(self._article, passage):
            return self._settle(Found(span, self._text[: span[0]].rstrip()[-1], "name"), "after")
        leads = passage.block > 0 and self._blocks[passage.block - 1].kind in ("paragraph", "list_item")
        if passage.family != FAMILY:
            return None
        last = self._blocks[passage.block - 1].end - 1
        found = self._finder.before(self._masked, (self._sentence(last)[0], passage.outer[0])) if leads else None
        return self._settle(found, "before") if found and found.strong else NOBODY

    def _reach(self, passage: Passage, tops: Sequence[Passage], number: int, right: int) -> int:
        """How far an attribution behind a passage may be looked for."""
        end = passage.outer[1]
        following = tops[number + 1].outer[0] if number + 1 < len(tops) else len(self._text)
        pause = self._text[max(0, end - 3) : end + 2]
        if self._article.language == ENGLISH and not set(pause) & _PAUSES:
            return end
        finished = self._text[max(0, end - 2) : end - 1] == "." or self._text[end : end + 1] == "."
        last = self._blocks[passage.block].end if self._blocks else right
        return max(
            end, min(right if finished or last < end else max(right, last), following, end + self._farthest(end))
        )

    def _beside(self, passage: Passage, window: Span, right: int) -> tuple[Found | None, str]:
        for gap in passage.gaps:
            if found := self._finder.after(self._masked, gap):
                return found, "inside"
        start, end = passage.outer
        before = self._masked[window[0] : start].rstrip()
        if not before.endswith((":", "\N{FULLWIDTH COLON}")) and (
            found := self._finder.after(self._masked, (end, right))
        ):
            return found, "after"
        if found := self._finder.before(self._masked, (window[0], start)):
            return found, "before"
        return None, ""

    def _settle(self, found: Found, place: str) -> Attribution:
        """Bring what was found to a full name."""
        if found.span is None:
            return Attribution(cue=found.cue or None, place=place, strong=found.strong)
        words = self._text[found.span[0] : found.span[1]]
        return Attribution(words, found.span, self._meant(found, found.span), found.cue or None, place, found.strong)

    def _meant(self, found: Found, span: Span) -> str | None:
        """Return the full name that the words of an attribution stand for."""
        words = self._text[span[0] : span[1]]
        if found.kind == "name":
            full = self._names.full(words)
            self._names.note_speaker(full, found.gender)
            return full
        if found.kind == "body" or (found.kind == "noun" and not self._definite(words)):
            return None
        name = self._antecedent(span[0], found.gender)
        if found.kind == "pronoun" and name and found.gender:
            self._names.note_speaker(name, found.gender)
        return name

    @staticmethod
    def _definite(words: str) -> bool:
        return not words.lower().startswith(("a ", "an ", "one ", "another ", "some ", "many ", "有", "某"))

    def _antecedent(self, position: int, gender: str) -> str | None:
        """Find whom a pronoun or a noun stands for: the subject of this sentence or an earlier one, a speaker first."""
        place = max(0, bisect_right(self._starts, position) - 1)
        inside = self._person((self._sentence(position)[0], position), gender)
        if inside:
            return inside
        for back in range(place - 1, max(-1, place - 1 - 3 * self._options.lookback), -1):
            leader = self._leader(back)
            if leader and self._fits(leader, gender):
                return leader
            sentence = self._article.sentences[back]
            if found := self._person((sentence.start, sentence.end), gender):
                return found
        return None

    def _note_speakers(self) -> None:
        """Remember everybody who is said to say something, with or without quotation marks."""
        for sentence in self._article.sentences:
            found = self._finder.anywhere(self._masked, (sentence.start, sentence.end))
            if found and found.span and found.kind == "name" and self._masked[found.span[0]] != HOLE:
                name = self._names.full(self._text[found.span[0] : found.span[1]])
                self._leaders[sentence.index] = name
                self._names.note_speaker(name, found.gender)

    def _leader(self, place: int) -> str | None:
        """Who speaks in a sentence: in a quote there, else in reported speech."""
        sentence = self._article.sentences[place]
        name = self._spoken(sentence.start, sentence.end) or self._leaders.get(place)
        return name if name and self._names.may_be_person(name, leads=True) else None

    def _spoken(self, start: int, end: int) -> str | None:
        """The last speaker of a quote in a stretch of text."""
        here = self._passages[bisect_left(self._places, start) : bisect_left(self._places, end)]
        names = [self._done[id(passage)].name for passage in here if id(passage) in self._done]
        return next((name for name in reversed(names) if name), None)

    def _person(self, span: Span, gender: str) -> str | None:
        subject = self._finder.subject(self._masked, span)
        names = [m for m in self._names.within(span) if self._masked[m.start] != HOLE]
        ordered = [*([subject.span] if subject and subject.span else []), *((m.start, m.end) for m in names)]
        fitting = []
        for start, end in ordered:
            full = self._names.full(self._text[start:end])
            leads = subject is not None and subject.span == (start, end)
            if self._names.may_be_person(full, leads=leads) and self._fits(full, gender):
                fitting.append(full)
        sure = [full for full in fitting if gender and self._names.gender(full) == gender]
        return next(iter([*sure, *fitting]), None)

    def _fits(self, name: str, gender: str) -> bool:
        known = self._names.gender(name)
        return not gender or not known or known == gender

    def _carried(self, passage: Passage, tops: Sequence[Passage], number: int) -> Attribution:
        """Take over the speaker of the quote before, where this one stands as a sentence of its own after it."""
        start = passage.outer[0]
        left = max(self._sentence(start)[0], start - self._farthest(start))
        if self._masked[left:start].strip(" \N{EM DASH}\N{EN DASH}-"):
            return self._own_subject((left, start))
        oldest = max(0, bisect_right(self._starts, start) - 1) - self._options.lookback
        for top in reversed(tops[max(0, number - _QUOTES_BACK) : number]):
            done = self._done[id(top)]
            if bisect_right(self._starts, top.outer[1] - 1) - 1 < oldest:
                break
            if done.speaker and passage.block - top.block <= _BLOCKS_BACK:
                return Attribution(done.speaker, done.span, done.name, None, "carried")
        back = self._antecedent(start, "")
        # Somebody who says nothing anywhere does not say this.
        return Attribution(None, None, back, None, "carried") if back and self._names.has_spoken(back) else NOBODY

    def _own_subject(self, span: Span) -> Attribution:
        """Take the subject of the words in front of a quote that nothing attributes."""
        found = self._finder.subject(self._masked, span)
        if found is None or found.span is None:
            return NOBODY
        words = self._text[found.span[0] : found.span[1]]
        return Attribution(words, found.span, self._names.full(words), None, "carried")

    def _nested(self, passage: Passage) -> Attribution:
        """Read the words of the quote around a nested one."""
        parent = passage.parent
        if parent is None or passage.family in _TITLE_FAMILIES:
            return NOBODY
        begin, end = passage.outer
        start, stop = next((s for s in parent.spans if s[0] <= begin <= s[1]), parent.outer)
        start, stop = max(start, begin - _FARTHEST), max(end, min(stop, end + _FARTHEST))
        near = self._passages[bisect_left(self._places, start) : bisect_left(self._places, stop)]
        text = mask(self._text, [other for other in near if other.parent is parent], (start, stop))
        found = self._finder.before(text, (0, begin - start)) or self._finder.after(text, (end - start, stop - start))
        if found is None or found.span is None:
            return NOBODY
        span = (found.span[0] + start, found.span[1] + start)
        words = self._text[span[0] : span[1]]
        name = self._names.full(words) if found.kind == "name" else None
        if words.lower() in _MYSELF:
            name = self._done.get(id(parent), NOBODY).name
        return Attribution(words, span, name, found.cue, "before", found.strong)

    def _headlines(self, tops: Sequence[Passage]) -> None:
        """Give a headline's quote the name of the one who says the same in the text."""
        bodies = [top for top in tops if self._blocks and self._blocks[top.block].kind not in ("title", "heading")]
        for passage in tops[:_HEADLINE_QUOTES]:
            if not self._blocks or self._blocks[passage.block].kind not in ("title", "heading"):
                continue
            words = " ".join(self._text[a:b] for a, b in passage.spans)
            for other in bodies:
                said = " ".join(self._text[a:b] for a, b in other.spans)
                if self._done[id(other)].name and repeats(words, said):
                    done, own = self._done[id(other)], self._done[id(passage)]
                    name = own.name or done.name
                    self._done[id(passage)] = replace(own, name=name, place="extract", strong=done.strong)
                    break
