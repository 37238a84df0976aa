"""Who speaks, in English: names by their capitals, subjects by their place before the verb of saying."""

import re
from collections.abc import Iterator, Sequence

from corpora.languages import ENGLISH
from quotes.lexicon import Cue, find_cues, load_lexicon
from quotes.speakers.finder import HOLE, Candidate, Found, gender_of, phrase_pattern, shifted
from quotes.speakers.names import Mention
from quotes.types import Span

_TOKEN = re.compile(r"[^\W_](?:[\w.&-]|['\N{RIGHT SINGLE QUOTATION MARK}](?=\w))*")
_POSSESSIVE = re.compile(r"['\N{RIGHT SINGLE QUOTATION MARK}]s$")
_NEXT_WORD = re.compile(r" ([a-z]+)")
_OWNED = re.compile(r"['\N{RIGHT SINGLE QUOTATION MARK}]s ")
_STOP = re.compile(r"[.!?](?=\s+[\W_]*[A-Z])")
_CLAUSE = re.compile(rf"[;:{HOLE}]|[.!?](?=\s)")
_NOUN_PHRASE = (
    r"\b(?:[Tt]he|[Aa]n?|[Hh]is|[Hh]er|[Tt]heir|[Mm]y|[Oo]ne|[Aa]nother|[Ss]ome|[Mm]any)"
    r"(?:\s+(?!(?:the|an?|his|her|their|that|which|who)\b)[\w-]+){{0,4}}?\s+(?:{nouns})\b"
)
_OWNER = (
    r"(?:[Tt]he|[Ii]ts|[Hh]is|[Hh]er|[Tt]heir|[Oo]ur|[Mm]y|[Aa]n?|[Oo]ne|[Aa]nother"
    r"|[^\W\d_][\w-]*['\N{RIGHT SINGLE QUOTATION MARK}]s?)"
)
_TITLE = re.compile(rf"\s+(?:{_OWNER}\s+)+(?=[a-z])[^,;:.!?()\n{HOLE}]{{2,90}},\s+")
"""What stands before a name in apposition: "the mayor of Riverton, "."""
_ROLE = rf"\s+((?:{_OWNER}\s+)+(?:[a-z][\w-]*\s+){{0,3}}?(?:ROLES)\b)(?!-|\s+[A-Z])"
_LED_ROLE = rf"\b{_OWNER}\s+(?:[\w-]+\s+){{0,4}}?(?:ROLES)\s+(?:of|for|at|in|with)\s[^,;:.{HOLE}]*,\s*\Z"
_FOLLOWING = re.compile(r"\s+([\w'\N{RIGHT SINGLE QUOTATION MARK}-]+)")
_BESIDE_NAME = frozenset({"when", "while", "since", "late", "early", "yesterday", "today", "himself", "herself"})
_ADJECTIVES = frozenset({"former", "foreign", "prime", "vice", "state", "union", "executive", "general"})
_FARTHEST_CUE = 25
_INVERTED_WORDS = 7
_ACCEPT = -0.2
_DETERMINERS = frozenset({"the", "a", "an", "his", "her", "its", "their", "our", "my"})
_CONJUNCTIONS = frozenset({"and", "but", "which", "as", "who", "or", "if", "because"})
_INITIAL_WORD = re.compile(r".*(?:ing|ed|ly)$")
_BARE_CUES = frozenset({":", ","})


class EnglishFinder:
    """Finds speakers in English text, see `quotes.speakers.Finder`."""

    def __init__(self) -> None:
        self._lexicon = load_lexicon(ENGLISH)
        words = self._lexicon.words
        nouns = "|".join(sorted(words("speaker_nouns"), key=len, reverse=True))
        self._nouns = re.compile(_NOUN_PHRASE.format(nouns=nouns))
        roles = "|".join(sorted(words("roles") - words("speaker_nouns") - _ADJECTIVES, key=len, reverse=True))
        self._title = re.compile(_ROLE.replace("ROLES", roles))
        self._apposition = re.compile(_LED_ROLE.replace("ROLES", f"{roles}|{nouns}"))
        self._phrases = phrase_pattern(self._lexicon.listed("phrases"))
        self._pronouns = dict.fromkeys(words("pronouns_m"), "m") | dict.fromkeys(words("pronouns_f"), "f")
        self._pronouns |= dict.fromkeys(words("pronouns_other"), "")
        self._small: frozenset[str] = frozenset()
        self._inner: frozenset[str] = frozenset()

    def mentions(self, text: str) -> Sequence[Mention]:
        """List runs of capitalised words, without titles and forms of address."""
        self._small = frozenset(re.findall(r"\b[a-z]{2,}\b", text))
        self._inner = frozenset(re.findall(r"(?<=[a-z,] )[A-Z][\w-]+", text))
        return [name for name in self._names(text, 0, len(text)) if not self._is_word(text, name)]

    def _is_word(self, text: str, name: Mention) -> bool:
        """Tell whether a capital only shows that a sentence begins: "Elsewhere in his speech, …"."""
        before = text[max(0, name.start - 3) : name.start].rstrip(" ")
        if name.person or " " in name.text or (before and before[-1].isalnum()):
            return False
        word = name.text.lower()
        if word in self._lexicon.words("adverbs"):
            return True
        following = _NEXT_WORD.match(text, name.end)
        if following and following.group(1) in self._lexicon.words("cues"):
            return False  # "Ahmed said"
        return name.text not in self._inner and (word in self._small or bool(_INITIAL_WORD.match(word)))

    def _names(self, text: str, start: int, end: int) -> Iterator[Mention]:
        run: list[re.Match[str]] = []
        for token in [*_TOKEN.finditer(text, start, end), None]:
            joins = bool(token and run and self._joins(text[run[-1].end() : token.start()], run[-1].group()))
            if run and not (joins and token and self._is_capital(token.group())):
                if joins and token and token.group() in self._lexicon.words("particles"):
                    run.append(token)
                    continue
                yield from self._name(run)
                run = []
            if token and self._is_capital(token.group()):
                run.append(token)

    def _joins(self, between: str, last: str) -> bool:
        return between == " " and not _POSSESSIVE.search(last) and (not last.endswith(".") or self._is_short(last))

    def _is_short(self, word: str) -> bool:
        plain = word.rstrip(".")
        return len(plain) == 1 or "." in plain or plain.lower() in self._lexicon.words("honorifics")

    @staticmethod
    def _is_capital(word: str) -> bool:
        return word[0].isupper()

    def _name(self, run: list[re.Match[str]]) -> Iterator[Mention]:
        """Cut titles off a run of capitalised words; what is left is a name."""
        words = self._lexicon.words
        while run and not run[-1].group()[0].isupper():
            run = run[:-1]
        kept, gender, person = 0, "", False
        for place, token in enumerate(run):
            plain = token.group().lower().rstrip(".")
            if plain in words("no_subject") and place == kept:
                kept = place + 1
            elif (plain in words("honorifics") or plain in words("roles")) and place + 1 < len(run):
                gender = gender or gender_of(plain, words("men"), words("women"))
                kept, person = place + 1, True
        if kept == len(run) or (len(run) == 1 and run[0].group().lower() in words("roles")):
            return
        last = _POSSESSIVE.sub("", run[-1].group()).rstrip(".")
        end = run[-1].start() + len(last)
        text = run[0].string[run[kept].start() : end]
        yield Mention(run[kept].start(), end, text, gender, person)

    def _candidates(self, text: str, span: Span) -> list[Candidate]:
        names = [m for m in self._names(text, *span) if not self._is_word(text, m)]
        found = [Candidate(m.start, m.end, "name", m.gender) for m in names]
        for token in _TOKEN.finditer(text, *span):
            plain = token.group().lower()
            if plain in self._pronouns:
                found.append(Candidate(token.start(), token.end(), "pronoun", self._pronouns[plain]))
        for match in self._nouns.finditer(text, *span):
            if not any(one.start < match.end() and match.start() < one.end for one in found):
                found.append(Candidate(match.start(), match.end(), "noun"))
        return sorted(found, key=lambda one: one.start)

    def after(self, text: str, span: Span) -> Found | None:
        """Read `… said X`, `X said …`, `according to X` right behind a quote."""
        start, end = span
        stop = _STOP.search(text, start, end)
        while stop and self._is_short(text[start : stop.start() + 1].rsplit(maxsplit=1)[-1]):
            stop = _STOP.search(text, stop.end(), end)
        end = stop.start() if stop else end
        lead = text[start:end].lstrip(" ,\N{EM DASH}\N{EN DASH}-\N{NO-BREAK SPACE}")
        start = end - len(lead)
        if phrase := self._phrases.match(text, start, end):
            return self._named_after((phrase.end(), end), text, phrase.group())
        first = lead.split(maxsplit=1)[0].lower().strip(",") if lead.strip() else ""
        if first in self._lexicon.words("prepositions") or first in _CONJUNCTIONS:
            return None
        for cue in shifted(find_cues(text[start:end], ENGLISH), start):
            if len(text[start : cue.start].split()) > _FARTHEST_CUE:
                break
            if not text[start : cue.start].strip():
                return self._inverted(text, cue, end)
            if found := self._before_cue(text, start, cue):
                return found
        return None

    def _named_after(self, span: Span, text: str, cue: str) -> Found | None:
        found = self._candidates(text, span)
        names = [one for one in found if one.kind == "name"]
        clause = text[span[0] : span[1]].split(",")
        near = [one for one in names if one.start < span[0] + len(",".join(clause[:2]))]
        if len(near) > 1 and _OWNED.fullmatch(text[near[0].end : near[1].start]):
            near = near[1:]
        best = next(iter([*near, *found]), None)
        return Found((best.start, best.end), cue, best.kind, best.gender) if best is not None else None

    def _inverted(self, text: str, cue: Cue, end: int) -> Found | None:
        title = _TITLE.match(text, cue.end, end)
        if title and (name := self._apposed(text, title.end(), end)):
            return Found((name.start, name.end), cue.word, name.kind, name.gender, cue.strong)
        if (title := self._title.match(text, cue.end, end)) and not self._nouns.match(text, title.start(1), end):
            return Found(title.span(1), cue.word, "noun", "", cue.strong)
        for one in self._candidates(text, (cue.end, end)):
            between = text[cue.end : one.start]
            if "," in between or ":" in between or HOLE in between or len(between.split()) > _INVERTED_WORDS:
                break
            best = self._named(text, one, end) if one.kind == "noun" else one
            return Found((best.start, best.end), cue.word, best.kind, best.gender, cue.strong)
        return None

    def _apposed(self, text: str, start: int, end: int) -> Candidate | None:
        """Read the name behind the comma of "the mayor of Riverton, Anna Petrova"; a clause of its own is none."""
        name = next((one for one in self._candidates(text, (start, end)) if one.kind == "name"), None)
        lead = text[start : name.start].split() if name else []
        titles = self._lexicon.words("honorifics") | self._lexicon.words("roles")
        if name is None or not all(word.lower().rstrip(".") in titles for word in lead):
            return None
        following = _FOLLOWING.match(text, name.end, end)
        plain = following and following.group(1) in self._lexicon.words("prepositions") | _CONJUNCTIONS | _BESIDE_NAME
        return name if following is None or plain else None

    def _named(self, text: str, noun: Candidate, end: int) -> Candidate:
        """Take the name in apposition to a noun: "the manager, Moira Tennant"."""
        for one in self._candidates(text, (noun.end, end)):
            if one.kind == "name" and text[noun.end : one.start] in (" ", ", "):
                return one
        return noun

    def before(self, text: str, span: Span) -> Found | None:
        """Read `X said: …`, `X called it …` in front of a quote."""
        start, end = span
        cues = shifted(find_cues(text[start:end], ENGLISH), start)
        found = [hit for cue in reversed(cues) if (hit := self._before_cue(text, start, cue))]
        if not found and text[start:end].rstrip().endswith((":", ",")):
            place = start + len(text[start:end].rstrip()) - 1
            return self._before_cue(text, start, Cue(place, place + 1, text[place] == ":", text[place]))
        if not found and cues and cues[-1].strong and not text[cues[-1].end : end].strip(" ,:"):
            return Found(None, cues[-1].word, "")
        settled = [hit for hit in found if not hit.cue.endswith("ing")]
        return next(iter([*settled, *found]), None)

    def _before_cue(self, text: str, start: int, cue: Cue) -> Found | None:
        """Find the subject of a verb among the words in front of it."""
        for clause in [match.end() for match in _CLAUSE.finditer(text, start, cue.start)]:
            if not self._is_short((text[start:clause].split() or ["word"])[-1]):
                start = clause
        candidates = self._candidates(text, (start, cue.start))
        bare = 3.0 if cue.word in _BARE_CUES else 0.0
        scored = []
        for number, one in enumerate(candidates):
            score = self._score(text, (start, cue.start), one, first=number == 0)
            scored.append((score if number else score + bare, one))
        if not scored:
            return None
        score, best = max(scored, key=lambda pair: pair[0])
        return Found((best.start, best.end), cue.word, best.kind, best.gender, cue.strong) if score >= _ACCEPT else None

    def _score(self, text: str, span: Span, one: Candidate, *, first: bool) -> float:
        """Judge how well words fit as the subject of the verb that starts where `span` ends."""
        start, cue = span
        between = text[one.end : cue]
        words = between.lower().replace(",", " ").split()
        adjacent = all(word in self._lexicon.words("between") or word.endswith("ly") for word in words)
        score = (1.0 if first else 0.0) - 0.002 * len(between)
        if re.match(r"['\N{RIGHT SINGLE QUOTATION MARK}]", between) or self._governed(text[start : one.start]):
            return score - 4.0
        if text[start : one.end].rsplit(maxsplit=1)[-1] in self._lexicon.words("place_nouns"):
            score -= 2.0
        if adjacent:
            score += 4.0
        elif one.kind == "pronoun":
            score -= 1.0
        elif re.match(r"\s*(?:\([^)]*\))?,", between):
            score += 3.0 if between.rstrip().endswith(",") else 2.0
        return score - (0.5 if one.kind == "noun" else 0.0)

    def _governed(self, earlier: str) -> bool:
        """Tell whether a preposition stands in front of words, also one before the place in "in Lyon, France"."""
        words = earlier.lower().split()
        while words and words[-1] in _DETERMINERS:
            words.pop()
        if not words:
            return False
        if words[-1] in self._lexicon.words("prepositions"):
            return True
        if self._apposition.search(earlier):
            return False  # "the mayor of Riverton, Anna Petrova"
        place = earlier.rsplit(maxsplit=1)[-1]
        return (
            place.endswith(",")
            and place[0].isupper()
            and len(words) > 1
            and words[-2] in self._lexicon.words("prepositions")
        )

    def anywhere(self, text: str, span: Span) -> Found | None:
        """Read `According to X, …` in front or `…, X said.` at the end of a sentence."""
        if phrase := self._phrases.search(text, *span):
            return self._named_after((phrase.end(), span[1]), text, phrase.group())
        cues = [cue for cue in shifted(find_cues(text[span[0] : span[1]], ENGLISH), span[0]) if cue.strong]
        for cue in reversed(cues):
            if found := self._before_cue(text, max(span[0], text.rfind(",", span[0], cue.start - 1)), cue):
                return found
        for cue in cues:
            if found := self._before_cue(text, span[0], cue):
                return found
        return None

    def subject(self, text: str, span: Span) -> Found | None:
        """Take the first name of a sentence that no preposition governs, else its first pronoun."""
        for one in self._candidates(text, span):
            governed = self._governed(text[span[0] : one.start])
            owner = re.match(r"['\N{RIGHT SINGLE QUOTATION MARK}]", text[one.end :])
            if one.kind == "name" and not governed and not owner:
                return Found((one.start, one.end), "", one.kind, one.gender)
        return None
