"""Who speaks, in Chinese: no capitals, no spaces, so words are cut first, and titles and places tell names."""

import re
from collections.abc import Sequence
from functools import cached_property

from corpora.languages import CHINESE
from corpora.offsets import Span
from quotes.lexicon import Cue, load_lexicon
from quotes.speakers.chinese.names import NameList
from quotes.speakers.chinese.phrases import COMMAS, clauses
from quotes.speakers.chinese.subjects import SubjectHead, SubjectReader
from quotes.speakers.chinese.text import ChineseWord, any_of, simplify, speech_cues, word_set, words
from quotes.speakers.names import MASK, FoundSpeaker, Mention

_STOPS = re.compile(rf"[。！？；\n]|{MASK}(?!{MASK}|[\u4e00-\u9fff])|(?<![\u4e00-\u9fff{MASK}]){MASK}+")
"""Ends of sentences, and quotes that are no terms inside one."""
_LONG_STOPS = re.compile(r"[。！？\n]")
_PARAGRAPH = re.compile(rf"[ \t]*\n\s*([^。！？\n{MASK}]+)")
_WINDOW = 300
_REACH = 120
"""How far in front of a verb of saying its subject may stand."""
_MOST_CUES = 16
"""How many verbs of saying are tried for one quote or sentence; real news seldom has more."""
_COLONS = ("：", ":")
_LONGEST_LEAD = 60
_MOST_COMMAS = 2
_SPACES = " \N{IDEOGRAPHIC SPACE}\N{NO-BREAK SPACE}\N{ZERO WIDTH SPACE}"


class ChineseFinder:
    """Finds speakers in Chinese text, see `quotes.speakers.Finder`."""

    def __init__(self) -> None:
        self._lexicon = load_lexicon(CHINESE)
        self._names = NameList("")
        self._reader = SubjectReader("", self._names)

    @cached_property
    def _phrases(self) -> dict[str, Sequence[re.Pattern[str]]]:
        return {
            name: [
                re.compile(rf"{simplify(opening)}([^，。：,;；{MASK}]{{1,30}}?){simplify(closing)}")
                for opening, closing in self._lexicon.listed(name)
            ]
            for name in ("citing", "phrases")
        }

    def mentions(self, text: str) -> Sequence[Mention]:
        """List the names of a text and keep them in mind."""
        self._names = NameList(text)
        self._reader = SubjectReader(text, self._names)
        return self._names.mentions

    def after(self, text: str, span: Span) -> FoundSpeaker | None:
        """Read ", X says." right behind a quote."""
        start, end = span
        lead = text[start:end]
        if not lead.strip(_SPACES) and (found := self._told_next(text, start)):
            return found
        turned = any_of("turns").match(simplify(lead.lstrip(f"，,{_SPACES}")))
        ended = lead.lstrip(_SPACES)[:1] == "。"
        return None if ended or turned else self._says(text, span)

    def _says(self, text: str, span: Span) -> FoundSpeaker | None:
        """Read the first verb of saying behind a quote that has a subject."""
        start, end = span
        lead = text[start:end]
        start += len(lead) - len(lead.lstrip(f"，,。{_SPACES}\N{EM DASH}-"))
        stop = _STOPS.search(text, start, end)
        end = stop.start() if stop else end
        cut = words(text, (start, end), self._names.known)
        near = [cue for cue in speech_cues(text, cut)[:_MOST_CUES] if cue.strong and cue.start - start <= _LONGEST_LEAD]
        for cue in near:
            before = [word for word in cut if word.end <= cue.start]
            commas = sum(word.text in COMMAS for word in before)
            aside = commas > _MOST_COMMAS or (commas and text[cue.end : end].strip(_SPACES))
            closes = self._closes(text, cue, end)
            if closes and not aside and (found := self._in_clauses(before, cue)):
                return found
        return None

    def _told_next(self, text: str, end: int) -> FoundSpeaker | None:
        """Read the paragraph behind a quote that is one of its own: whoever goes on in reported speech said it.

        Not where the paragraph in front ends in somebody's words: then the quote continues them.
        """
        start = len(text[:end].rstrip(MASK))
        following = _PARAGRAPH.match(text, end)
        if following and (found := self._signed(text, following.span(1))):
            return found
        if self._ends_in_words(text[:start].rstrip()):
            return None
        return self._goes_on(text, following.span(1)) if following else None

    def _goes_on(self, text: str, span: Span) -> FoundSpeaker | None:
        cut = words(text, span, self._names.known)
        for cue in speech_cues(text, cut)[:2]:
            told = cue.strong and text[cue.end : cue.end + 1] in {"，", ","}
            if told and (found := self._in_clauses([word for word in cut if word.end <= cue.start], cue)):
                return found
        return None

    def _signed(self, text: str, span: Span) -> FoundSpeaker | None:
        """Read a paragraph that only says who spoke: "X reminded us."."""
        cut = words(text, span, self._names.known)
        last = speech_cues(text, cut)[-1:]
        alone = (
            last and last[0].strong and last[0].end == span[1] and text[span[1] : span[1] + 2].strip("。") in {"", "\n"}
        )
        return self._in_clauses([word for word in cut if word.end <= last[0].start], last[0]) if alone else None

    def _ends_in_words(self, text: str) -> bool:
        """Tell whether the last sentence of a text has a quote or a verb of saying."""
        far = max(0, len(text) - _WINDOW)
        begin = max([0, *(match.end() for match in _LONG_STOPS.finditer(text, far, max(far, len(text) - 1)))])
        return MASK in text[begin:] or bool(speech_cues(text, words(text, (begin, len(text)), self._names.known)))

    @staticmethod
    def _closes(text: str, cue: Cue, end: int) -> bool:
        """Tell whether nothing but a pause follows a verb of saying."""
        rest = text[cue.end : end].lstrip(_SPACES)
        if rest[:1] in _COLONS and rest[1:].lstrip(_SPACES)[:1] == MASK:
            return False
        return not rest or rest[0] in "，,。：:“「"

    def before(self, text: str, span: Span) -> FoundSpeaker | None:
        """Read "X says:" in front of a quote."""
        start, end = span
        colon = text[start:end].rstrip(_SPACES).endswith(_COLONS)
        cut = words(text, span, self._names.known)
        cues = speech_cues(text, cut)[-_MOST_CUES:]
        if not cues and colon:
            cues = [Cue(end, end, strong=True, word="：")]
        reporting = [] if colon else self._reporting(text, cues)
        if cited := self._phrase(text, span, "citing"):
            return cited
        ordered = [*reporting, *(cue for cue in reversed(cues) if cue not in reporting)]
        for cue in ordered:
            if found := self._ahead(text, start, cue):
                return found
        if found := self._phrase(text, span):
            return found
        if cues and cues[-1].strong and not text[cues[-1].end : end].strip(f"：:，,{_SPACES}"):
            return FoundSpeaker(None, cues[-1].word, "")
        return None

    @staticmethod
    def _reporting(text: str, cues: Sequence[Cue]) -> list[Cue]:
        """Verbs of saying before a comma, nearest first: what follows is reported, and so is any "concern" in it."""
        begin = max(
            [0, *(match.end() for match in _STOPS.finditer(text, cues[0].start, cues[-1].end))] if cues else [0]
        )
        marked = [
            cue
            for cue in cues
            if cue.strong and cue.start >= begin and text[cue.end : cue.end + 2].lstrip(_SPACES)[:1] in {"，", ","}
        ]
        return marked[::-1]

    def _phrase(self, text: str, span: Span, name: str = "phrases") -> FoundSpeaker | None:
        plain = simplify(text[span[0] : span[1]])
        for pattern in self._phrases[name]:
            for match in pattern.finditer(plain):
                inner = (span[0] + match.start(1), span[0] + match.end(1))
                head = self._reader.head(words(text, inner, self._names.known))
                if head and (not head.vague or name == "citing"):
                    return self._found(head, Cue(inner[1], inner[1], strong=True, word=match.group()))
        return None

    def _ahead(self, text: str, start: int, cue: Cue) -> FoundSpeaker | None:
        """Find the subject of a verb: in its sentence, else before the quote in front of it."""
        far = max(start, cue.start - _REACH)
        ends = ([match.end() for match in stops.finditer(text, far, cue.start)] for stops in (_STOPS, _LONG_STOPS))
        for begin in dict.fromkeys(max([far, *places]) for places in ends):
            if found := self._in_clauses(words(text, (begin, cue.start), self._names.known), cue):
                return found
        return None

    def _in_clauses(self, cut: Sequence[ChineseWord], cue: Cue) -> FoundSpeaker | None:
        """Read the clause of a verb, then those in front of it; a clause that says when comes last."""
        *earlier, own = list(clauses(cut))
        head = self._reader.subject(own)
        if head and (head.vague or (head.kind == "body" and not cue.strong)):
            return None
        if head:
            return self._found(head, cue)
        # A clause that ends in a verb of saying reports all that follows; one that says when comes last.
        nearest = list(reversed(earlier))
        ranked = sorted(nearest, key=lambda clause: not clause or clause[-1].text not in word_set("cues"))
        heads = (self._reader.subject(clause) for clause in ranked)
        found = next((head for head in heads if head and not head.vague), None)
        return self._found(found, cue) if found else None

    @staticmethod
    def _found(head: SubjectHead, cue: Cue) -> FoundSpeaker:
        return FoundSpeaker(head.span, cue.word, head.kind, head.gender, cue.strong, head.name)

    def anywhere(self, text: str, span: Span) -> FoundSpeaker | None:
        """Read a phrase like "in the words of X" anywhere, else the subject of the sentence's first verb of saying."""
        cut = words(text, span, self._names.known)
        for cue in speech_cues(text, cut)[:_MOST_CUES]:
            if cue.strong and (found := self._ahead(text, span[0], cue)):
                return found
        return self._phrase(text, span)

    def subject(self, text: str, span: Span) -> FoundSpeaker | None:
        """Take the subject of a sentence's first clause that has one with a name, else a pronoun or a noun."""
        heads = [head for head in map(self._reader.subject, clauses(words(text, span, self._names.known))) if head]
        named = [head for head in heads if head.kind == "name"]
        people = [head for head in heads if head.kind == "pronoun"]
        head = next(iter([*people, *named]), None) or next(
            (head for head in heads if head.kind in {"pronoun", "noun"}), None
        )
        return FoundSpeaker(head.span, "", head.kind, head.gender, name=head.name) if head else None
