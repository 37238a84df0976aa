"""Who speaks, in Chinese: no capitals, no spaces, so titles, dots and the characters of transcriptions tell names."""

import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from corpora.languages import CHINESE
from quotes.lexicon import Cue, find_cues, load_lexicon
from quotes.speakers.finder import HOLE, Found, shifted
from quotes.speakers.names import Mention
from quotes.types import Span

_DOTS = "\N{MIDDLE DOT}\N{BULLET}\N{KATAKANA MIDDLE DOT}\N{HYPHENATION POINT}\N{FULLWIDTH FULL STOP}"
_LATIN = r"[A-Z][A-Za-z\u00c0-\u024f'.-]*(?: [A-Z][A-Za-z\u00c0-\u024f'.-]*)*"
_STOPS = re.compile(rf"[。！？；\n{HOLE}]")
_COMMAS = re.compile(r"[，、：:,]")
_EDGES = frozenset(
    " ()（）\"'\N{IDEOGRAPHIC SPACE}\N{ZERO WIDTH SPACE}\N{NO-BREAK SPACE}\N{LEFT DOUBLE QUOTATION MARK}"
    "\N{RIGHT DOUBLE QUOTATION MARK}"
)
_AFTER_PRONOUN = frozenset("不也还還曾当就都会會能没沒只又再在对對向跟和")
_LONGEST_LEAD = 60
_LONGEST_NOUN = 15


class ChineseFinder:
    """Finds speakers in Chinese text, see `quotes.speakers.Finder`."""

    def __init__(self) -> None:
        self._lexicon = load_lexicon(CHINESE)
        words = self._lexicon.words
        self._pronouns = (
            dict.fromkeys(words("pronouns_other"), "")
            | dict.fromkeys(words("pronouns_m"), "m")
            | dict.fromkeys(words("pronouns_f"), "f")
        )
        self._roles = sorted(words("roles"), key=len, reverse=True)
        self._honorifics = sorted(words("honorifics"), key=len, reverse=True)
        self._particles = frozenset(self._lexicon.listed_text("function_characters"))
        self._known: tuple[str, ...] = ()

    @cached_property
    def _foreign(self) -> str:
        return "[" + "".join(sorted(set(self._lexicon.listed_text("transcription")))) + "]"

    @cached_property
    def _dotted(self) -> re.Pattern[str]:
        # Ordinary characters stand in a name only where a character of transcriptions follows: 得 in 彼得罗娃.
        inner = (
            f"(?:{self._foreign}|[{self._lexicon.listed_text('transcription_inside')}](?={self._foreign})|(?<=彼)得)"
        )
        return re.compile(rf"{inner}{{1,7}}(?:[{_DOTS}](?:{inner}{{1,8}}|[一-鿿]{{1,4}}))+|{_LATIN}")

    def mentions(self, text: str) -> Sequence[Mention]:
        """List dotted and Latin names, names after titles, and where their parts stand alone."""
        full = {self._cut_roles(match.group()) for match in self._dotted.finditer(text)}
        full |= set(self._titled(text))
        parts = {part for name in full for part in re.split(f"[{_DOTS}]", name)[-1:] if len(part) > 1}
        first = {re.split(f"[{_DOTS}]", name)[0] for name in full if re.search(f"[{_DOTS}]", name)}
        first = {part for part in first if len(part) > 2}  # noqa: PLR2004 - shorter ones are common words
        self._known = tuple(sorted((full | parts | first) - {""}, key=len, reverse=True))
        if not self._known:
            return []
        pattern = re.compile("|".join(map(re.escape, self._known)))
        return [self._mention(text, match) for match in pattern.finditer(text)]

    def _mention(self, text: str, match: re.Match[str]) -> Mention:
        after = text[match.end() : match.end() + 2]
        if "女" in text[max(0, match.start() - 6) : match.start()]:
            return Mention(match.start(), match.end(), match.group(), "f", person=True)
        gender = "m" if after in self._lexicon.words("men") else "f" if after in self._lexicon.words("women") else ""
        person = (
            bool(gender) or after in self._lexicon.words("honorifics") or any(dot in match.group() for dot in _DOTS)
        )
        return Mention(match.start(), match.end(), match.group(), gender, person)

    def _titled(self, text: str) -> Iterator[str]:
        """Names of two or three characters behind a title, the first of them a surname, that occur again."""
        roles = "|".join(map(re.escape, self._roles))
        surnames = self._lexicon.listed_text("surnames")
        for match in re.finditer(rf"(?:{roles})(?=([{surnames}][一-鿿]{{1,2}}))", text):
            name = match.group(1)
            for size in (3, 2):
                if len(name) >= size and text.count(name[:size]) > 1:
                    yield name[:size]
                    break

    def _cut_roles(self, name: str) -> str:
        for role in self._roles:
            head = re.split(f"[{_DOTS}]", name)[0]
            if head.startswith(role) and len(head) > len(role):
                return name[len(role) :]
        return name

    def after(self, text: str, span: Span) -> Found | None:
        """Read `，X说。` right behind a quote."""
        start, end = span
        lead = text[start:end]
        start += len(lead) - len(lead.lstrip("，, \N{EM DASH}-"))
        stop = _STOPS.search(text, start, end)
        end = stop.start() if stop else end
        for cue in shifted(find_cues(text[start:end], CHINESE), start):
            if not cue.strong or cue.start - start > _LONGEST_LEAD:
                continue
            region = text[start : cue.start]
            if "，" in region or (
                text[cue.end : cue.end + 1] not in ("", "，", "。", "：", ":", HOLE, "\n", "道", " ", "“")
                and cue.end < end
            ):
                continue
            if found := self._noun(text, (start, cue.start), cue):
                return found
        return None

    def before(self, text: str, span: Span) -> Found | None:
        """Read `X表示：` in front of a quote."""
        start, end = span
        cues = shifted(find_cues(text[start:end], CHINESE), start)
        if not cues and text[start:end].rstrip().endswith(("：", ":")):
            cues = [Cue(end, end, strong=True, word="：")]
        if phrase := self._phrase(text, span):
            return phrase
        reporting = [] if text[start:end].rstrip().endswith(("：", ":")) else self._reporting(text, cues)
        for cue in [*reporting, *reversed(cues)]:
            if found := self._ahead(text, start, cue):
                return found
        if cues and cues[-1].strong and not text[cues[-1].end : end].strip("：:，, "):
            return Found(None, cues[-1].word, "")
        return None

    @staticmethod
    def _reporting(text: str, cues: Sequence[Cue]) -> list[Cue]:
        """Verbs of saying before a comma, nearest first: what follows is reported, and so is any "concern" in it."""
        begin = max(
            [0, *(match.end() for match in _STOPS.finditer(text, cues[0].start, cues[-1].end))] if cues else [0]
        )
        marked = [
            cue for cue in cues if cue.strong and cue.start >= begin and text[cue.end : cue.end + 1] in {"，", ","}
        ]
        return marked[::-1]

    def _phrase(self, text: str, span: Span) -> Found | None:
        for opening, closing in self._lexicon.listed("phrases"):
            match = re.search(rf"{opening}([^，。：]{{1,20}}?){closing}", text[span[0] : span[1]])
            if match:
                inner = (span[0] + match.start(1), span[0] + match.end(1))
                return self._noun(text, inner, Cue(inner[1], inner[1], strong=True, word=match.group()))
        return None

    def _ahead(self, text: str, start: int, cue: Cue) -> Found | None:
        """Look in the clause of the verb, then in the clauses before it."""
        begins = [start, *(match.end() for match in _STOPS.finditer(text, start, cue.start))]
        sentence = begins[-1]
        clauses = [sentence, *(match.end() for match in _COMMAS.finditer(text, sentence, cue.start))]
        ends = [*(clause - 1 for clause in clauses[1:]), cue.start]
        for begin, end in reversed(list(zip(clauses, ends, strict=True))):
            if found := self._noun(text, (begin, end), cue):
                return found
        return None

    def _noun(self, text: str, span: Span, cue: Cue) -> Found | None:
        """Read the words before a verb as a subject: a pronoun, a known name, what follows a title, a noun."""
        start, end = self._bare(text, span)
        words = text[start:end]
        if not words:
            return self._first_known(text, span, cue)
        for pronoun, gender in sorted(self._pronouns.items(), key=lambda item: -len(item[0])):
            rest = words[len(pronoun) :] if words.startswith(pronoun) else None
            if rest is not None and (len(rest) <= 2 or rest[0] in _AFTER_PRONOUN):  # noqa: PLR2004 - "他坚定地"
                return Found((start, start + len(pronoun)), cue.word, "pronoun", gender, cue.strong)
        return self._name(text, (start, end), cue) or self._first_known(text, span, cue)

    def _first_known(self, text: str, span: Span, cue: Cue) -> Found | None:
        """Take the first known name of a clause that nobody is told or asked about."""
        for name in sorted(self._known, key=lambda one: text.find(one, *span)):
            place = text.find(name, *span)
            if place >= 0 and text[max(span[0], place - 1) : place] not in self._lexicon.words("objects"):
                return Found((place, place + len(name)), cue.word, "name", "", cue.strong)
        return None

    def _bare(self, text: str, span: Span) -> Span:
        """Cut adverbs, conjunctions and prepositional phrases off both ends of a clause."""
        start, end = span
        changed = True
        while changed:
            changed = False
            while start < end and text[start] in _EDGES:
                start += 1
            while start < end and text[end - 1] in _EDGES:
                end -= 1
            for word in [*self._lexicon.listed("lead_ins"), *self._lexicon.listed("adverbs")]:
                if text.startswith(word, start, end) and not self._starts_name(text, start, end):
                    start, changed = start + len(word), True
            for word in [*self._lexicon.listed("adverbs"), *self._lexicon.listed("cues")]:
                if end - len(word) > start and text.endswith(word, start, end):
                    end, changed = end - len(word), True
        cut = self._coverb(text, start, end)
        if cut:
            return self._bare(text, (start, cut))
        return start, end

    def _starts_name(self, text: str, start: int, end: int) -> bool:
        return any(text.startswith(name, start, end) for name in self._known)

    def _coverb(self, text: str, start: int, end: int) -> int:
        """Where the first prepositional phrase behind some words begins, outside known names; 0 where there is none."""
        taken = [(m.start(), m.end()) for name in self._known for m in re.finditer(re.escape(name), text[start:end])]
        found = [
            match.start()
            for coverb in self._lexicon.listed("coverbs")
            for match in re.finditer(re.escape(coverb), text[start:end])
        ]
        places = [place for place in found if place > 0 and not any(a <= place < b for a, b in taken)]
        return start + min(places) if places else 0

    def _name(self, text: str, span: Span, cue: Cue) -> Found | None:
        """Read words as a known name, a new one, a state, or a noun for a speaker, in that order."""
        start, end = span
        words = text[start:end]
        part = self._known_part(words) or self._new_part(words) or self._state_part(words)
        if part:
            return Found((start + part[0], start + part[1]), cue.word, "name", "", cue.strong)
        nouns = self._lexicon.words("speaker_nouns")
        if len(words) <= _LONGEST_NOUN and any(noun in words for noun in nouns):
            return Found((start, end), cue.word, "noun", "", cue.strong)
        return None

    def _known_part(self, words: str) -> Span | None:
        """Where the last known name in some words stands."""
        known = [(words.rfind(name), words.rfind(name) + len(name)) for name in self._known if name in words]
        return max(known, key=lambda part: (part[1], part[1] - part[0]), default=None)

    def _new_part(self, words: str) -> Span | None:
        """Where a name stands that is new: behind a title, behind 的, or all of the words."""
        end = len(words)
        for honorific in self._honorifics:
            if words[:end].endswith(honorific) and end > len(honorific) + 1:
                end -= len(honorific)
        role = max((words.rfind(one, 0, end) + len(one) for one in self._roles if one in words[:end]), default=0)
        for begin in (role, words.rfind("的", 0, end) + 1, 0):
            if self._is_name(words[begin:end]):
                return begin, end
        return None

    def _state_part(self, words: str) -> Span | None:
        states = [state for state in self._lexicon.words("states") if words.startswith(state)]
        return (0, len(max(states, key=len))) if states else None

    def _is_name(self, words: str) -> bool:
        """Tell whether characters look like a name: a transcription, or a surname and one or two more."""
        if words.startswith(tuple(self._lexicon.words("common_words"))):
            return False
        if re.fullmatch(rf"{self._foreign}{{2,7}}", words):
            return True
        surnames = self._lexicon.listed_text("surnames")
        return bool(re.fullmatch(rf"[{surnames}][一-鿿]{{1,2}}", words)) and not set(words[1:]) & self._particles

    def anywhere(self, text: str, span: Span) -> Found | None:
        """Read a phrase like `用X的话说` anywhere, else the subject of the sentence's first verb of saying."""
        if phrase := self._phrase(text, span):
            return phrase
        for cue in shifted(find_cues(text[span[0] : span[1]], CHINESE), span[0]):
            if cue.strong and (found := self._ahead(text, span[0], cue)):
                return found
        return None

    def subject(self, text: str, span: Span) -> Found | None:
        """Take the first known name of a sentence."""
        best: Span | None = None
        for name in self._known:
            place = text.find(name, *span)
            if place >= 0 and (best is None or place < best[0]):
                best = (place, place + len(name))
        return Found(best, "", "name") if best else None
