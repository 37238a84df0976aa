"""Subjects in Chinese: whom the words in front of a verb of saying name."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from corpora.offsets import Span
from quotes.speakers.chinese.names import NameList
from quotes.speakers.chinese.phrases import ChinesePhrase, PhraseCutter
from quotes.speakers.chinese.text import NAME, ChineseWord, any_of, endings, is_body, simplify, word_set, words

_FARTHEST = 600
_STOPS = "。！？\n"
_WORK = re.compile(r"《([^《》\n]{2,30})》")


@dataclass(frozen=True, slots=True)
class SubjectHead:
    """What a noun phrase names.

    Attributes:
        kind: As in `FoundSpeaker`.
        name: Who is meant, where that is another name than the words.
        vague: Whether it is only known to be a noun.
    """

    span: Span
    kind: str
    gender: str = ""
    name: str = ""
    vague: bool = False


@cache
def _address() -> re.Pattern[str]:
    return re.compile(f"(?:{any_of('honorifics').pattern}|{any_of('forces').pattern})+")


class SubjectReader:
    """Reads clauses of one article."""

    def __init__(self, text: str, names: NameList) -> None:
        self._text = text
        self._plain = simplify(text)
        self._cutter = PhraseCutter(names)
        self._names = names
        self._pronouns = (
            dict.fromkeys(word_set("pronouns_other"), "")
            | dict.fromkeys(word_set("pronouns_m"), "m")
            | dict.fromkeys(word_set("pronouns_f"), "f")
        )

    def subject(self, cut: Sequence[ChineseWord]) -> SubjectHead | None:
        """Find the subject of a clause whose words end where its verb of saying begins."""
        best: SubjectHead | None = None
        named: SubjectHead | None = None
        object_follows = False
        phrases = list(self._cutter.phrases(cut))
        for number, phrase in enumerate(phrases):
            head = self.head(phrase.words)
            if head is None:
                continue
            last = number == len(phrases) - 1
            relative = phrase.words[0].text in word_set("possessive")
            if self._objective(phrase.before):
                named = named or self._misplaced(phrase, head)
            elif relative and not (last and not object_follows and not head.vague):
                continue
            elif best is None or relative or self._supersedes(phrase.before, best, head):
                best = head
                object_follows = phrase.after is not None and phrase.after.text in word_set("objects")
        return (None if best and best.vague else best) or named or best

    @staticmethod
    def _misplaced(phrase: ChinesePhrase, head: SubjectHead) -> SubjectHead | None:
        """Take a name that only looks like an object: behind a relative clause, or behind a stray preposition."""
        spoken_to = phrase.before is not None and phrase.before.text in word_set("objects")
        relative = any(word.text in word_set("possessive") for word in phrase.words) and phrase.after is None
        thing = phrase.words[-1].text in word_set("owned")
        return head if head.kind == "name" and not thing and (relative or not spoken_to) else None

    @staticmethod
    def _supersedes(before: ChineseWord | None, best: SubjectHead, head: SubjectHead) -> bool:
        """Tell whether a later phrase is the subject: behind "after the talks", or better known than the first."""
        return not head.vague and (best.vague or (before is not None and before.text in word_set("time_ends")))

    @staticmethod
    def _objective(before: ChineseWord | None) -> bool:
        if before is None or before.text in word_set("introducers") or before.text in word_set("time_ends"):
            return False
        return before.tag[0] in "pv" or before.text in word_set("objects") or before.text in word_set("coverbs")

    def head(self, cut: Sequence[ChineseWord]) -> SubjectHead | None:
        """Read a noun phrase: a name, a pronoun, a body, a state, a role, or just a noun."""
        cut = self._trimmed(cut)
        if not cut:
            return None
        whole = self._plain_head(cut)
        first = next((place for place, word in enumerate(cut) if word.text in word_set("conjunctions")), 0)
        head = self._plain_head(self._trimmed(cut[:first])) if first else None
        if head and head.kind == "name" and not head.name:
            return head
        return whole

    @staticmethod
    def _trimmed(cut: Sequence[ChineseWord]) -> Sequence[ChineseWord]:
        start, end = 0, len(cut)
        while start < end and (cut[start].tag in {"t", "uj", "c", "x", "f"} or cut[start].text in word_set("lead_ins")):
            start += 1
        while end > start and (cut[end - 1].tag in {"t", "f", "m", "x"} or cut[end - 1].text in word_set("noun_ends")):
            end -= 1
        while end > start and cut[end - 1].tag == "uj":
            end -= 1
        return cut[start:end]

    def _plain_head(self, cut: Sequence[ChineseWord]) -> SubjectHead | None:
        if not cut:
            return None
        last = cut[-1]
        if last.text in self._pronouns and last.text not in word_set("determiners"):
            return SubjectHead((last.start, last.end), "pronoun", self._pronouns[last.text])
        pointed = cut[0].text in word_set("one_pointed") and last.tag != NAME
        role = self._role(cut) if pointed else None  # "This Brazilian" is nobody's name.
        return role or self._named(cut) or self._owner(cut) or self._body(cut) or self._role(cut)

    def _named(self, cut: Sequence[ChineseWord]) -> SubjectHead | None:
        last = cut[-1]
        place = len(cut) - 1
        while place > 0 and (_address().fullmatch(cut[place].text) or cut[place].text in word_set("role_ends")):
            place -= 1
        if cut[place].tag == NAME and cut[place].text in self._names.people:
            last = cut[place]
        span = (last.start, last.end)
        if last.tag == NAME:
            return SubjectHead(span, "name", name=self._names.meant(span))
        if last.tag == "nrt" and last.text not in word_set("common_words"):
            return SubjectHead(span, "name")
        return SubjectHead(span, "name") if last.tag == "ns" and len(last.text) > 1 else None

    def _owner(self, cut: Sequence[ChineseWord]) -> SubjectHead | None:
        """Whose a statement or a team is."""
        if cut[-1].text not in word_set("owned"):
            return None
        owner = self._trimmed(cut[:-1])
        if all(word.text in word_set("determiners") or word.text in word_set("owned") for word in owner):
            span = (cut[0].start, cut[-1].end)
            issuer = self._issuer(span[0], cut[-1].text)
            return SubjectHead(span, "name", name=issuer) if issuer else None
        head = self.head(owner) if owner else None
        return head if head and not head.vague else None

    def _issuer(self, position: int, noun: str) -> str:
        """Find which body is named beside the same noun, here or before, else the last title; else nothing."""
        far = max(0, position - _FARTHEST)
        before = self._plain.rfind(noun, far, position)
        beside = [*self._near(position, position), *(self._near(before, position) if before >= 0 else ())]
        named = next((self._text[word.start : word.end] for word in beside if is_body(word)), "")
        return named or next(reversed(_WORK.findall(self._text, far, position)), "")

    def _near(self, place: int, last: int) -> Iterator[ChineseWord]:
        """The words of a sentence in front of a place, nearest first, then those behind it."""
        far = max(0, place - _FARTHEST)
        begin = max([far, *(self._plain.rfind(stop, far, place) + 1 for stop in _STOPS)])
        ends = [self._plain.find(stop, place, last) for stop in _STOPS]
        yield from reversed(words(self._text, (begin, place), self._names.known))
        yield from words(self._text, (place, min([last, *(end for end in ends if end >= 0)])), self._names.known)

    def _body(self, cut: Sequence[ChineseWord]) -> SubjectHead | None:
        last = cut[-1]
        if not is_body(last):
            return None
        before = enumerate(cut[:-1])
        start = max((place + 1 for place, word in before if word.tag == "uj"), default=0)
        own = cut[start:]
        pointed = any(word.text in word_set("determiners") for word in own)
        vague = pointed or any(word.text in word_set("indefinite") or word.tag == "m" for word in own)
        generic = last.text in word_set("bodies") and last.text not in word_set("proper_bodies")
        alone = len(own) == 1 and last.tag != "nt" and generic
        span = (own[0].start, last.end)
        if pointed:
            body = next((name for place, name in reversed(self._names.bodies) if place < span[0]), "")
            return SubjectHead(span, "name" if body else "body", name=body)
        return SubjectHead(span, "body" if vague or alone else "name", name="" if vague else self._names.meant(span))

    def _role(self, cut: Sequence[ChineseWord]) -> SubjectHead | None:
        last = cut[-1]
        titled = last.text.endswith(endings("roles"))
        if not titled and not last.text.endswith(endings("role_ends")):
            return None
        span = (cut[0].start, last.end)
        single = any(word.text in word_set("one_pointed") for word in cut)
        crowd = last.text in word_set("crowds") and not single
        if crowd or any(word.text in word_set("indefinite") for word in cut):
            return SubjectHead(span, "body")
        title = "".join(word.text for word in cut[-2:]) if titled else last.text
        holder = (
            self._names.holder(title, span[0])
            or self._names.holder(last.text, span[0])
            or self._names.introduced(last.end)
        )
        if holder:
            return SubjectHead(span, "name", name=holder)
        pointed = any(word.text in word_set("determiners") for word in cut)
        leads = len(cut) == 1 and last.text in word_set("leaders")
        return SubjectHead(span, "noun" if pointed or leads else "body")
