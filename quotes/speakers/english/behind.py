"""Whom the words behind an English verb or phrase of saying name: "said the mayor of Riverton, Anna Petrova"."""

import re

from corpora.offsets import Span
from quotes.lexicon import Cue, Lexicon
from quotes.speakers.english.nouns import EnglishNouns
from quotes.speakers.names import MASK, FoundSpeaker

_OWNED = re.compile(r"['\N{RIGHT SINGLE QUOTATION MARK}]s ")
_INVERTED_WORDS = 7
_OBJECT = re.compile(r"\s+(him|her|them)\b(?=[,.;:]|\s*\Z)")


class BehindReader:
    """Reads the speaker's name or role behind what attributes the quote."""

    def __init__(self, lexicon: Lexicon, nouns: EnglishNouns) -> None:
        self._nouns = nouns
        self._documents = lexicon.words("document_nouns")

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
            head = found[0]
            return FoundSpeaker((head.start, head.end), cue, head.kind, head.gender)
        best = next(iter([*near, *found]), None)
        return FoundSpeaker((best.start, best.end), cue, best.kind, best.gender) if best is not None else None

    def inverted(self, text: str, cue: Cue, end: int) -> FoundSpeaker | None:
        """Read the subject behind its verb: "said Anna Petrova"."""
        for one in self._nouns.candidates(text, (cue.end, end)):
            between = text[cue.end : one.start]
            if "," in between or ":" in between or MASK in between or len(between.split()) > _INVERTED_WORDS:
                break
            best = self._nouns.named(text, one, end) if one.kind == "noun" else one
            return FoundSpeaker((best.start, best.end), cue.word, best.kind, best.gender, cue.strong)
        return None
