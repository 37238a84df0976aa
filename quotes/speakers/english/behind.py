"""Whom the words behind an English verb or phrase of saying name: "said the mayor of Riverton, Anna Petrova"."""

import re

from corpora.offsets import Span
from quotes.lexicon import Cue, Lexicon
from quotes.speakers.english.nouns import EnglishNouns
from quotes.speakers.names import MASK, Candidate, FoundSpeaker

_OWNED = re.compile(r"['\N{RIGHT SINGLE QUOTATION MARK}]s ")
_OWNER = (
    r"(?:[Tt]he|[Ii]ts|[Hh]is|[Hh]er|[Tt]heir|[Oo]ur|[Mm]y|[Aa]n?|[Oo]ne|[Aa]nother"
    r"|[^\W\d_][\w-]*['\N{RIGHT SINGLE QUOTATION MARK}]s?)"
)
_TITLE = re.compile(rf"\s+(?:{_OWNER}\s+)+(?=[\w-]+[\s,])[^,;:.!?()\n{MASK}]{{2,90}},\s+")
"""What stands before a name in apposition: "the mayor of Riverton, "."""
_FOLLOWING = re.compile(r"\s+([\w'\N{RIGHT SINGLE QUOTATION MARK}-]+)")
_BESIDE_NAME = frozenset({"when", "while", "since", "late", "early", "yesterday", "today", "himself", "herself"})
_INVERTED_WORDS = 7
_OBJECT = re.compile(r"\s+(him|her|them)\b(?=[,.;:]|\s*\Z)")


class BehindReader:
    """Reads the speaker's name or role behind what attributes the quote."""

    def __init__(self, lexicon: Lexicon, nouns: EnglishNouns) -> None:
        self._words = lexicon.words
        self._nouns = nouns
        self._documents = lexicon.words("document_nouns")
        self._conjunctions = lexicon.words("conjunctions")

    def named_after(self, span: Span, text: str, cue: str) -> FoundSpeaker | None:
        """Read the speaker behind a phrase such as "according to"."""
        if pronoun := _OBJECT.match(text, *span):
            gender = {"him": "m", "her": "f"}.get(pronoun.group(1), "")
            return FoundSpeaker(pronoun.span(1), cue, "pronoun", gender)
        found = self._nouns.candidates(text, span)
        names = [one for one in found if one.kind == "name"]
        clause = text[span[0] : span[1]].split(",")
        near = [one for one in names if one.start < span[0] + len(",".join(clause[:2]))]
        if len(near) > 1 and _OWNED.fullmatch(text[near[0].end : near[1].start]):
            near = near[1:]
        written = found[:1] and text[found[0].start : found[0].end].lower().split()[-1] in self._documents
        if found and found[0].kind != "name" and not (written and near) and not text[span[0] : found[0].start].strip():
            head = self._apposed_to(text, found[0], span[1])
            return FoundSpeaker((head.start, head.end), cue, head.kind, head.gender)
        best = next(iter([*near, *found]), None)
        return FoundSpeaker((best.start, best.end), cue, best.kind, best.gender) if best is not None else None

    def _apposed_to(self, text: str, noun: Candidate, end: int) -> Candidate:
        """Take the name behind a role, however long the role is: "the mayor of Riverton, Anna Petrova"."""
        title = _TITLE.match(" " + text[noun.start : end])
        place = noun.start + title.end() - 1 if title else None
        name = self._apposed(text, place, end) if place is not None else None
        return name or self._nouns.named(text, noun, end)

    def inverted(self, text: str, cue: Cue, end: int) -> FoundSpeaker | None:
        """Read the subject behind its verb: "said Anna Petrova"."""
        title = _TITLE.match(text, cue.end, end)
        if title and (name := self._apposed(text, title.end(), end)):
            return FoundSpeaker((name.start, name.end), cue.word, name.kind, name.gender, cue.strong)
        for one in self._nouns.candidates(text, (cue.end, end)):
            between = text[cue.end : one.start]
            if "," in between or ":" in between or MASK in between or len(between.split()) > _INVERTED_WORDS:
                break
            best = self._nouns.named(text, one, end) if one.kind == "noun" else one
            return FoundSpeaker((best.start, best.end), cue.word, best.kind, best.gender, cue.strong)
        return None

    def _apposed(self, text: str, start: int, end: int) -> Candidate | None:
        """Read the name behind the comma of "the mayor of Riverton, Anna Petrova"; a clause of its own is none."""
        name = next((one for one in self._nouns.candidates(text, (start, end)) if one.kind == "name"), None)
        lead = text[start : name.start].split() if name else []
        titles = (self._words("honorifics"), self._words("roles"))
        if name is None or not all(any(word.lower().rstrip(".") in kind for kind in titles) for word in lead):
            return None
        following = _FOLLOWING.match(text, name.end, end)
        plain = following and following.group(1) in self._words("prepositions") | self._conjunctions | _BESIDE_NAME
        return name if following is None or plain else None
