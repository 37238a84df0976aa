"""Who speaks, in English: names by their capitals, subjects by their place before the verb of saying."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from corpora.languages import ENGLISH
from corpora.offsets import Span
from quotes.lexicon import Cue, Lexicon, find_cues, load_lexicon
from quotes.speakers.english.cues import CueReader, is_announced, main_clause, reach_back, skip_dateline, stranger
from quotes.speakers.english.names import EnglishNames
from quotes.speakers.english.nouns import EnglishNouns
from quotes.speakers.english.roles import EnglishRoles
from quotes.speakers.english.subjects import SubjectJudge
from quotes.speakers.names import MASK, Candidate, FoundSpeaker, Mention, phrase_pattern, shifted

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


_STOP = re.compile(r"[.!?](?=\s+[\W_]*[A-Z])")
_CLAUSE = re.compile(rf"[;:{MASK}]|[.!?](?=\s)")
_FARTHEST_CUE = 25
_FARTHEST = 600
_MOST_CUES = 40
_BY = re.compile(r"\s+(?:as\s+)?by\s+")
_BY_AHEAD = re.compile(r"\bby\s+")
_FARTHEST_AGENT = 300
_JOINED_REACH = 30
_JOINED = re.compile(r"[\s,](?:and|but)\s+(?:(?:also|then|later|even|\w+ly)\s+)?\Z")
_PHRASE_REACH = 80
_IS = re.compile(r"\s+(?:is|are|was|were)\b|['\N{RIGHT SINGLE QUOTATION MARK}]")


class EnglishFinder:
    """Finds speakers in English text, see `quotes.speakers.Finder`."""

    def __init__(self) -> None:
        self._lexicon = load_lexicon(ENGLISH)
        self._names = EnglishNames(self._lexicon)
        self._nouns = EnglishNouns(self._lexicon, self._names)
        self._cues = CueReader(self._lexicon)
        self._judge = SubjectJudge(self._lexicon)
        self._roles = EnglishRoles(self._lexicon)
        self._behind = BehindReader(self._lexicon, self._nouns)
        self._phrases = phrase_pattern(self._lexicon.listed("phrases"))
        prepositions, cues = self._lexicon.words("prepositions"), self._lexicon.words("cues")
        # Not verbs among them that their subject may follow: "asked Anna Petrova".
        barred = {word for word in prepositions if word not in cues or not word.endswith("ed")}
        self._barred = barred | self._lexicon.words("conjunctions")

    def mentions(self, text: str) -> Sequence[Mention]:
        """List runs of capitalised words, without titles and forms of address."""
        return self._roles.read(text, self._names.read(text))

    def after(self, text: str, span: Span) -> FoundSpeaker | None:
        """Read `… said X`, `X said …`, `according to X` right behind a quote."""
        return self._roles.resolve(text, self._after(text, span))

    def _after(self, text: str, span: Span) -> FoundSpeaker | None:
        start, end = span
        stop = _STOP.search(text, start, end)
        while stop and self._names.closes_short(text, start, stop.start() + 1):
            stop = _STOP.search(text, stop.end(), end)
        end = stop.start() if stop else end
        lead = text[start:end].lstrip(" ,\N{EM DASH}\N{EN DASH}-\N{NO-BREAK SPACE}")
        start = end - len(lead)
        if lead[:1] in (":", ";"):
            return None
        if phrase := self._phrases.match(text, start, end):
            return self._behind.named_after((phrase.end(), end), text, phrase.group())
        word = lead.split(maxsplit=1)[0].strip(",") if lead.strip() else ""
        first = word.lower()
        # "Asked" with a capital begins a sentence: "“Never.” Asked whether Bell agreed, she nodded."
        if first in self._barred or (word != first and first in self._lexicon.words("prepositions")):
            return None
        return self._after_cue(text, start, end)

    def _after_cue(self, text: str, start: int, end: int) -> FoundSpeaker | None:
        for cue in shifted(find_cues(text[start:end], ENGLISH), start):
            if len(text[start : cue.start].split()) > _FARTHEST_CUE:
                break
            if not text[start : cue.start].strip():
                return self._behind.inverted(text, cue, end)
            use = self._cues.read(text, start, cue)
            if use and not use.passive and (found := self._before_cue(text, start, cue)):
                return found
        return None

    def _agent(self, text: str, span: Span) -> Candidate | None:
        """Take the words right behind "by"."""
        for one in self._nouns.candidates(text, span)[:1]:
            lead = text[span[0] : one.start].split()
            if all(word[0].isupper() or word in self._lexicon.words("roles") for word in lead):
                return self._nouns.named(text, one, span[1])
        return None

    def before(self, text: str, span: Span) -> FoundSpeaker | None:
        """Read `X said: …`, `X called it …` in front of a quote."""
        return self._roles.resolve(text, self._forward(text, span[0], self._before(text, span)))

    def _before(self, text: str, span: Span) -> FoundSpeaker | None:
        start, end = span = (max(skip_dateline(text, span), span[1] - _FARTHEST), span[1])
        if phrase := self._phrases.search(text, max(start, end - _PHRASE_REACH), end):
            named = self._behind.named_after((phrase.end(), end), text, phrase.group())
            if named and named.span and text[named.span[1] : end].strip() == ",":
                return named
        cues = shifted(find_cues(text[start:end], ENGLISH), start)
        found = [*self._reported(text, span, cues)]
        if not found and text[start:end].rstrip().endswith((":", ",")):
            place = start + len(text[start:end].rstrip()) - 1
            return self._before_cue(text, start, Cue(place, place + 1, text[place] == ":", text[place]))
        last = self._cues.read(text, start, cues[-1]) if cues else None
        if not found and last and last.cue.strong and not text[last.cue.end : end].strip(" ,:"):
            return FoundSpeaker(None, last.cue.word, "")
        settled = [hit for hit in found if not hit.cue.endswith("ing")]
        return next(iter([*settled, *found]), None)

    def _reported(self, text: str, span: Span, cues: Sequence[Cue]) -> Iterator[FoundSpeaker]:
        """List what the verbs and nouns of saying in a stretch tell, the nearest to its end first."""
        start, end = span
        uses = [use for cue in cues[-_MOST_CUES:] if (use := self._cues.read(text, start, cue))]
        for use in reversed(uses):
            cue = use.cue
            by = _BY.match(text, cue.end, end)
            if by and (agent := self._agent(text, (by.end(), end))):
                yield FoundSpeaker((agent.start, agent.end), cue.word, agent.kind, agent.gender, cue.strong)
            elif not use.passive and (found := self._active(text, span, cue)):
                yield found

    def _active(self, text: str, span: Span, cue: Cue) -> FoundSpeaker | None:
        """Find the subject of a verb in the active."""
        start, end = span
        if is_announced(text, start, cue.start, end):
            return None
        return self._before_cue(text, start, cue)

    def _before_cue(self, text: str, start: int, cue: Cue) -> FoundSpeaker | None:
        """Find the subject of a verb among the words in front of it."""
        start = reach_back(text, start, cue.start)
        joined = _JOINED.search(text[start : cue.start], max(0, cue.start - start - _JOINED_REACH))
        first = self._first_use(text, start, start + joined.start()) if joined and cue.word not in (":", ",") else None
        if first and (found := self._before_cue(text, start, first)):
            return replace(found, cue=cue.word, strong=cue.strong)
        for clause in [match.end() for match in _CLAUSE.finditer(text, start, cue.start)]:
            if not self._names.closes_short(text, start, clause):
                start = clause
        candidates = self._nouns.candidates(text, (start, cue.start))
        role = self._nouns.bare_role(text, (start, cue.start))
        if role and not any(one.end >= role.end for one in candidates):
            candidates.append(role)
        best = self._judge.best(text, (start, cue.start), candidates, bare=cue.word in (":", ","))
        best = best or (stranger(text, start, cue.start) if cue.strong else None)
        if best is None:
            return None
        if best.kind == "noun":
            best = self._nouns.named(text, best, cue.start, closed=True)
        return FoundSpeaker((best.start, best.end), cue.word, best.kind, best.gender, cue.strong)

    def _first_use(self, text: str, start: int, end: int) -> Cue | None:
        """Find the verb that "and" joins another one to."""
        for cue in reversed(shifted(find_cues(text[start:end], ENGLISH), start)):
            use = self._cues.read(text, start, cue)
            if use and not use.passive and not cue.word.endswith("ing"):
                return cue
        return None

    def anywhere(self, text: str, span: Span) -> FoundSpeaker | None:
        """Read `According to X, …` in front or `…, X said.` at the end of a sentence."""
        return self._roles.resolve(text, self._forward(text, span[0], self._anywhere(text, span)))

    def _anywhere(self, text: str, span: Span) -> FoundSpeaker | None:
        if phrase := self._phrases.search(text, *span):
            return self._behind.named_after((phrase.end(), span[1]), text, phrase.group())
        span = (skip_dateline(text, span), span[1])
        cues = shifted(find_cues(text[span[0] : span[1]], ENGLISH), span[0])
        uses = [use for cue in cues if (use := self._cues.read(text, span[0], cue))]
        for use in [use for use in uses if use.passive][:_MOST_CUES]:
            if found := self._agent_ahead(text, use.cue, span[1]):
                return found
        active = [use.cue for use in uses if use.cue.strong and not use.passive]
        for cue in reversed(active[-_MOST_CUES:]):
            border = text.rfind(",", span[0], cue.start - 1)
            if border > 0 and (found := self._before_cue(text, border, cue)):
                return found
        for cue in active[:_MOST_CUES]:
            if found := self._before_cue(text, span[0], cue):
                return found
        return None

    def _agent_ahead(self, text: str, cue: Cue, end: int) -> FoundSpeaker | None:
        """Read the speaker of `was called "…" by X`, the quote between them."""
        by = _BY_AHEAD.search(text, cue.end, min(end, cue.end + _FARTHEST_AGENT))
        agent = self._agent(text, (by.end(), end)) if by else None
        return FoundSpeaker((agent.start, agent.end), cue.word, agent.kind, agent.gender, cue.strong) if agent else None

    def _forward(self, text: str, start: int, found: FoundSpeaker | None) -> FoundSpeaker | None:
        """Put the name that follows in the place of a pronoun: "Asked whether she agreed, Petrova shook her head"."""
        if found is None or found.span is None or found.kind != "pronoun" or not found.gender:
            return found
        begin = main_clause(text, start, found.span[0])
        names = self._nouns.candidates(text, (begin, begin + _PHRASE_REACH))[:1] if begin else []
        if not names or names[0].kind != "name" or names[0].start != begin or names[0].gender not in ("", found.gender):
            return found
        return replace(found, span=(names[0].start, names[0].end), kind="name")

    def subject(self, text: str, span: Span) -> FoundSpeaker | None:
        """Take the first name of a sentence that no preposition governs, or the role that the sentence begins with."""
        for one in self._nouns.candidates(text, span):
            opens = one.kind == "noun" and not text[span[0] : one.start].strip() and text.startswith("The ", one.start)
            if opens and not _IS.match(text, one.end):
                found = self._roles.resolve(text, FoundSpeaker((one.start, one.end), "", one.kind, one.gender))
                if found and found.kind in {"name", "noun"}:
                    return found
            if one.kind == "name" and self._judge.leads(text, span[0], one):
                return FoundSpeaker((one.start, one.end), "", one.kind, one.gender)
        return None
