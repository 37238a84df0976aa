"""Who says each quote: read off beside it, else taken over from the text before, and brought to the fullest name."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import replace
from functools import partial

from corpora.article import Article
from corpora.languages import CHINESE, ENGLISH, RUSSIAN, base_language, conventions_of
from corpora.offsets import Span
from quotes.marks.block_quotes import FAMILY, find_signature
from quotes.marks.passages import MarkedPassage
from quotes.speakers.antecedents import NOBODY, Antecedents, Attribution, Told
from quotes.speakers.chinese.finder import ChineseFinder
from quotes.speakers.english.finder import EnglishFinder
from quotes.speakers.listed import ListedFinder
from quotes.speakers.names import MASK, Finder, FoundSpeaker, Names, repeats
from quotes.speakers.russian.cast import RussianCast
from quotes.speakers.russian.finder import RussianFinder
from quotes.types import QuoteOptions

__all__ = ["NOBODY", "Attribution", "attribute"]

_TITLE_FAMILIES = frozenset({"title", "inner title"})
_PAUSES = frozenset(",.?!:-\N{EM DASH}\N{EN DASH}\N{HORIZONTAL ELLIPSIS}")
_FARTHEST = 600
_NEAR, _CROWD = 100, 60
"""Reach where more than `_CROWD` quotes stand within `_FARTHEST`, so that they are not all read again for each."""
_QUOTES_BACK = 8
_BLOCKS_BACK = 2
_SHORT = 40
"""Russian names of outlets and bodies stand in marks, and may be who says the quote before."""
_MYSELF = frozenset({"i", "я", "我"})
_INDEFINITE = ("a ", "an ", "one ", "another ", "some ", "many ", "有", "某")


def attribute(article: Article, passages: Sequence[MarkedPassage], options: QuoteOptions) -> list[Attribution]:
    """Find the speaker of each passage; `passages` are in order, those around others first.

    Returns:
        One attribution a passage; `NOBODY` where none is found.
    """
    return _Reader(article, passages, options).read()


class _Reader:
    """Goes through an article's passages in order and keeps in mind who spoke last."""

    def __init__(self, article: Article, passages: Sequence[MarkedPassage], options: QuoteOptions) -> None:
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
        spans = [(sentence.start, sentence.end) for sentence in article.sentences]
        self._cast = RussianCast(self._masked, spans, self._names, plain=self._text) if language == RUSSIAN else None
        self._done: dict[int, Attribution] = {}
        self._leaders: dict[int, str | None] = {}
        told = Told(self._masked, passages, self._done, self._leaders)
        self._antecedents = Antecedents(article, self._finder, self._names, told, reach=options.lookback)
        self._note_speakers()

    def read(self) -> list[Attribution]:
        """Return the attribution of each passage, in order."""
        tops = [passage for passage in self._passages if passage.parent is None]
        for number, passage in enumerate(tops):
            self._done[id(passage)] = self._attribute(passage, tops, number)
        for passage in self._passages:
            if passage.parent is not None:
                self._done[id(passage)] = self._nested(passage)
        attribute_headlines(self._article, self._passages, self._done, cast=self._cast is not None)
        return [self._done[id(passage)] for passage in self._passages]

    def _sentence(self, position: int) -> Span:
        place = max(0, bisect_right(self._starts, position) - 1)
        if not self._starts:
            return 0, len(self._text)
        sentence = self._article.sentences[place]
        return sentence.start, max(sentence.end, position)

    def _attribute(self, passage: MarkedPassage, tops: Sequence[MarkedPassage], number: int) -> Attribution:
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

    def _set_apart(self, passage: MarkedPassage) -> Attribution | None:
        """Read the signature of a block quote, else the sentence that leads to it; None where its marks may tell."""
        if span := find_signature(self._article, passage):
            return self._settle(FoundSpeaker(span, self._text[: span[0]].rstrip()[-1], "name"), "after")
        leads = passage.block > 0 and self._blocks[passage.block - 1].kind in ("paragraph", "list_item")
        if passage.family != FAMILY:
            return None
        last = self._blocks[passage.block - 1].end - 1
        found = self._finder.before(self._masked, (self._sentence(last)[0], passage.outer[0])) if leads else None
        return self._settle(found, "before") if found and found.strong else NOBODY

    def _reach(self, passage: MarkedPassage, tops: Sequence[MarkedPassage], number: int, right: int) -> int:
        """How far an attribution behind a passage may be looked for."""
        end = passage.outer[1]
        short = _SHORT if conventions_of(self._names.language) == RUSSIAN else 0
        later = (top.outer for top in tops[number + 1 :] if top.outer[1] - top.outer[0] > short)
        following = next((begin for begin, _ in later), len(self._text))
        pause = self._text[max(0, end - 3) : end + 2]
        if self._article.language == ENGLISH and not set(pause) & _PAUSES:
            return end
        finished = self._text[max(0, end - 2) : end - 1] == "." or self._text[end : end + 1] == "."
        last = self._blocks[passage.block].end if self._blocks else right
        return max(
            end, min(right if finished or last < end else max(right, last), following, end + self._farthest(end))
        )

    def _beside(self, passage: MarkedPassage, window: Span, right: int) -> tuple[FoundSpeaker | None, str]:
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

    def _settle(self, found: FoundSpeaker, place: str) -> Attribution:
        """Bring what was found to a full name."""
        if found.span is None:
            return Attribution(cue=found.cue or None, place=place, strong=found.strong)
        words = self._text[found.span[0] : found.span[1]]
        name = self._meant(found, found.span)
        if self._cast and name:
            self._cast.note(found.span[0], name)
        return Attribution(words, found.span, name, found.cue or None, place, found.strong)

    def _meant(self, found: FoundSpeaker, span: Span) -> str | None:
        """Return the full name that the words of an attribution stand for."""
        words = self._text[span[0] : span[1]]
        if found.kind == "name":
            full = (self._cast or self._names).full(found.name or words)
            self._names.note_speaker(full, found.gender)
            return full
        if self._cast:
            return self._cast.meant(found, words)
        if found.kind == "body" or (found.kind == "noun" and words.lower().startswith(_INDEFINITE)):
            return None
        if found.kind == "document":
            return self._antecedents.author(span[0])
        office = self._antecedents.office(span) if found.kind == "noun" else None
        name = office or self._antecedents.find(span[0], found.gender)
        if found.kind == "pronoun" and name and found.gender:
            self._names.note_speaker(name, found.gender)
        return name

    def _note_speakers(self) -> None:
        """Remember everybody who is said to say something, with or without quotation marks."""
        for sentence in self._article.sentences:
            found = self._finder.anywhere(self._masked, (sentence.start, sentence.end))
            if found and found.span and self._cast and self._masked[found.span[0]] != MASK:
                self._leaders[sentence.index] = self._settle(found, "").name
                continue
            if found and found.span and found.kind == "name" and self._masked[found.span[0]] != MASK:
                name = self._names.full(found.name or self._text[found.span[0] : found.span[1]])
                self._leaders[sentence.index] = name
                self._names.note_speaker(name, found.gender)
            elif found and found.span and found.gender and self._names.language == ENGLISH:
                self._leaders[sentence.index] = self._meant(found, found.span)

    def _carried(self, passage: MarkedPassage, tops: Sequence[MarkedPassage], number: int) -> Attribution:
        """Take over the speaker of the quote before, where this one stands as a sentence of its own after it."""
        start = passage.outer[0]
        left = max(self._sentence(start)[0], start - self._farthest(start))
        if self._masked[left:start].strip(" \N{EM DASH}\N{EN DASH}-"):
            return self._own_subject((left, start))
        place = max(0, bisect_right(self._starts, start) - 1)
        if done := self._led_on(place) or self._told_next(passage):
            return done
        for top in reversed(tops[max(0, number - _QUOTES_BACK) : number]):
            done = self._done[id(top)]
            last = bisect_right(self._starts, top.outer[1] - 1) - 1
            if last < place - self._options.lookback:
                break
            if name := self._antecedents.reported(last + 1, place):
                return Attribution(None, None, name, None, "carried")
            if done.speaker and passage.block - top.block <= _BLOCKS_BACK:
                return Attribution(done.speaker, done.span, done.name, None, "carried")
        back = self._cast.last_speaker(start) if self._cast else self._antecedents.find(start, "")
        # Somebody who says nothing anywhere does not say this.
        known = back is not None and self._names.has_spoken(back)
        name = back if known else self._antecedents.far_speaker(place) if passage.family != FAMILY else None
        return Attribution(None, None, name, None, "carried") if name else NOBODY

    def _told_next(self, passage: MarkedPassage) -> Attribution | None:
        """Read the sentence behind a quote, where it says who said that: such as "this was announced by"."""
        place = bisect_right(self._starts, passage.outer[1] - 1)
        if self._cast is None or place >= len(self._starts):
            return None
        sentence = self._article.sentences[place]
        if not self._cast.points_back(self._masked[sentence.start : sentence.end]):
            return None
        found = self._finder.anywhere(self._masked, (sentence.start, sentence.end))
        return self._settle(found, "sentence") if found and found.span else None

    def _led_on(self, place: int) -> Attribution | None:
        """Read a sentence that ends in a colon in front of a quote in a block of its own."""
        start, end = (self._starts[place - 1], self._starts[place]) if 0 < place < len(self._starts) else (0, 0)
        if not self._masked[start:end].rstrip().endswith((":", "\N{FULLWIDTH COLON}")):
            return None
        found = self._finder.before(self._masked, (start, end))
        return self._settle(found, "before") if found and found.span else None

    def _own_subject(self, span: Span) -> Attribution:
        """Take the subject of the words in front of a quote that nothing attributes, else who spoke last."""
        found = self._finder.subject(self._masked, span)
        words = self._text[found.span[0] : found.span[1]] if found and found.span else ""
        if found and self._names.language == CHINESE:
            return self._led_by(found, span)
        named = found.name if found and self._names.language == ENGLISH else ""
        full = self._names.full(named or words) if words else None
        leads = self._cast is not None and ":" in self._masked[slice(*span)]
        if full is None or not (leads or self._names.has_spoken(full)):
            last = self._antecedents.last_speaker(span[1])
            if last:
                return Attribution(None, None, last, None, "carried")
        return Attribution(words, found.span, full, None, "carried") if found and full else NOBODY

    def _led_by(self, found: FoundSpeaker, span: Span) -> Attribution:
        """Take the Chinese subject in front of a quote where it is a person behind whom a pause leads to the quote."""
        done = self._settle(found, "carried")
        pause = self._masked[span[0] : span[1]].rstrip()[-1:] in {"，", ","}
        if done.name and (
            self._names.has_spoken(done.name) or (pause and self._names.may_be_person(done.name, leads=False))
        ):
            return replace(done, cue=None, strong=False)
        if last := self._antecedents.last_speaker(span[1]):
            return Attribution(None, None, last, None, "carried")
        return replace(done, cue=None, strong=False) if done.name else NOBODY

    def _nested(self, passage: MarkedPassage) -> Attribution:
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
            outer = self._done.get(id(parent), NOBODY).name if self._names.language in {ENGLISH, CHINESE} else None
            return Attribution(None, None, outer, None, "carried") if outer else NOBODY
        span = (found.span[0] + start, found.span[1] + start)
        words = self._text[span[0] : span[1]]
        name = self._names.full(words) if found.kind == "name" else None
        if found.kind == "pronoun" and self._cast:
            outer = self._done.get(id(parent), NOBODY).name
            name = self._cast.pronoun(parent.outer[0], found.gender, words.lower(), but=outer)
        if words.lower() in _MYSELF:
            name = self._done.get(id(parent), NOBODY).name
        return Attribution(words, span, name, found.cue, "before", found.strong)


def mask(text: str, passages: Sequence[MarkedPassage], window: Span | None = None) -> str:
    """Return `text` or its `window` with `MASK` for each code point of passages; attributions inside stay."""
    place, last = window or (0, len(text))
    pieces = []
    for span in sorted(_hidden(passages)):
        start, end = max(place, span[0]), min(last, span[1])
        if start < end:
            pieces += [text[place:start], MASK * (end - start)]
            place = end
    return "".join([*pieces, text[place:last]])


def _hidden(passages: Sequence[MarkedPassage]) -> list[Span]:
    """The stretches of passages that lie between their attributions."""
    hidden = []
    for passage in passages:
        starts = [passage.outer[0], *(end for _, end in sorted(passage.gaps))]
        ends = [*(start for start, _ in sorted(passage.gaps)), passage.outer[1]]
        hidden += [(start, end) for start, end in zip(starts, ends, strict=True) if start < end]
    return hidden


_FINDERS: dict[str, Callable[[], Finder]] = {
    ENGLISH: EnglishFinder,
    RUSSIAN: RussianFinder,
    CHINESE: ChineseFinder,
}


def finder_for(language: str) -> Finder:
    """Make a finder for a base language; one without a finder of its own is read by word lists."""
    return _FINDERS.get(language, partial(ListedFinder, language))()


_MOST = 200
"""How many quotes in headlines are looked at."""
_KINDS = ("title", "heading")
_STRANGERS = ("a", "an", "one", "some")


def attribute_headlines(
    article: Article, passages: Sequence[MarkedPassage], done: MutableMapping[int, Attribution], *, cast: bool
) -> None:
    """Give a headline's quote the name of the one who says the same in the text, else of whoever is quoted first.

    It replaces the headlines' entries in `done`, which holds attributions by the passage's id.
    """
    if not article.blocks:
        return
    tops = [passage for passage in passages if passage.parent is None]
    bodies = [top for top in tops if article.blocks[top.block].kind not in _KINDS and done[id(top)].name]
    english = base_language(article.language) == ENGLISH
    for passage in passages[:_MOST]:
        if article.blocks[passage.block].kind not in _KINDS:
            continue
        own, words = done[id(passage)], _words(article, passage)
        same = next((done[id(body)] for body in bodies if repeats(words, _words(article, body))), None)
        if same:
            name = own.name if own.name and own.cue else same.name
            done[id(passage)] = replace(own, name=name, place="extract", strong=same.strong)
        elif passage.parent is not None:
            continue
        elif cast and (own.cue is None or own.name is None):
            # Nobody is named in the headline: whoever is quoted first.
            done[id(passage)] = replace(own, name=next((done[id(body)].name for body in bodies), own.name))
        elif english and own.name is None and _may_lead(own):
            first = next((done[id(body)].name for body in bodies if done[id(body)].cue), None)
            done[id(passage)] = replace(own, name=first)


def _words(article: Article, passage: MarkedPassage) -> str:
    return " ".join(article.text[start:end] for start, end in passage.spans)


def _may_lead(own: Attribution) -> bool:
    """Tell whether the article's first speaker may be meant: no group and no stranger is said to say it."""
    words = (own.speaker or "").lower().split()
    return not words or not (words[-1].endswith("s") or words[0] in _STRANGERS)
