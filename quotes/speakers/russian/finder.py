"""Who speaks, in Russian: noun phrases that agree with a verb of saying, or stand behind «по словам» and the like."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from corpora.languages import RUSSIAN
from corpora.offsets import Span
from quotes.lexicon import load_lexicon
from quotes.speakers.names import FoundSpeaker, Mention, gender_of, phrase_pattern
from quotes.speakers.russian.clauses import ClauseStretch, found_phrase, read_stretch
from quotes.speakers.russian.forms import nominative_name
from quotes.speakers.russian.heads import RussianPhrase
from quotes.speakers.russian.names import Name, RussianWord, read_name, read_words
from quotes.speakers.russian.subjects import Subjects

_LEADS = re.compile(r"\s*[,\N{EM DASH}\N{EN DASH}-]|[.!?\N{HORIZONTAL ELLIPSIS}]\s*[\N{EM DASH}\N{EN DASH}-]")
# The stop behind an initial ends no sentence: «отметил Д. Белов».
_STOP = re.compile(
    r"(?<!\s[A-ZА-ЯЁ])[.!?\N{HORIZONTAL ELLIPSIS}](?=\s+[\W_]*[A-ZА-ЯЁ])|[;\n]|\s[\N{EM DASH}\N{EN DASH}-]\s"
)
_LEAD = " ,.\N{NO-BREAK SPACE}\N{EM DASH}\N{EN DASH}-!?\N{HORIZONTAL ELLIPSIS}"
_HEAD_WORDS = 7
_BESIDE = 4
_LINE = re.compile(r"[^\n]+")
_OWNERS = (("m", "pronouns_m"), ("f", "pronouns_f"))
_ADDRESS = 12
_UTTERED = 5


class RussianFinder:
    """Finds speakers in Russian text, see `quotes.speakers.Finder`."""

    def __init__(self) -> None:
        self._lexicon = load_lexicon(RUSSIAN)
        self._phrases = phrase_pattern(self._lexicon.listed("phrases"))
        self._possessive = phrase_pattern(self._lexicon.listed("possessive_phrases"))
        self._referring = phrase_pattern(self._lexicon.listed("referring"))
        self._subjects = Subjects()

    def mentions(self, text: str) -> Sequence[Mention]:
        """List runs of capitalised words that are names."""
        return [mention for line in _LINE.finditer(text) for mention in self._named(line.group(), line.start())]

    def _named(self, line: str, offset: int) -> Iterator[Mention]:
        words = read_words(line)
        place = 0
        while place < len(words):
            name = read_name(line, words, place)
            if name:
                yield self._mention(line, words, name, offset)
            place = name.last if name else place + 1

    def _mention(self, line: str, words: Sequence[RussianWord], name: Name, offset: int) -> Mention:
        start, end = words[name.first].start, words[name.last - 1].end
        address = line[max(0, start - _ADDRESS) : start].split()[-1:] or [""]
        lists = self._lexicon.words
        gender = gender_of(address[0], lists("men"), lists("women")) or name.gender
        titled = address[0].lower() in lists("honorifics")
        person = titled or (name.person and name.last - name.first > 1)
        text = line[start:end]
        if person:
            text = nominative_name(text.split(), name.cases, gender or "m")
        return Mention(start + offset, end + offset, text, gender, person)

    def after(self, text: str, span: Span) -> FoundSpeaker | None:
        """Read `— сказал X …` right behind a quote."""
        start, end = span
        lead = text[start:end]
        if not _LEADS.match(lead):
            return None
        start += len(lead) - len(lead.lstrip(_LEAD))
        if stop := _STOP.search(text, start, end):
            end = stop.start()
        head = text[start:end].split()[:_HEAD_WORDS]
        if not head or self._is_other(head):
            return None
        return _shifted(self._told_behind(read_stretch(text[start:end])), start)

    def _is_other(self, head: Sequence[str]) -> bool:
        """Tell whether words behind a quote are more speech or a clause of their own: ", о чём говорил X"."""
        first, second = head[0].strip(","), " ".join(head[1:2]).strip(",")
        lists = self._lexicon.words
        if {first, f"{first} {second}"} & (lists("speech_still_goes_on") | lists("speech_is_over")):
            return True
        return first in lists("prepositions") and second in lists("relatives_only")

    def _referred(self, stretch: ClauseStretch, start: int) -> FoundSpeaker | None:
        """«Сообщает агентство со ссылкой на X»: X, if it has a name."""
        match = self._referring.search(stretch.text, start)
        found = self._named_after(stretch, match) if match else None
        return found if found and (found.kind == "name" or found.name) else None

    def _told_behind(self, stretch: ClauseStretch) -> FoundSpeaker | None:
        if phrase := self._possessive.match(stretch.text):
            return self._possessor(phrase)
        if phrase := self._phrases.match(stretch.text):
            return self._named_after(stretch, phrase)
        for cue in stretch.cues:
            count = stretch.count(0, cue.start)
            if count >= (_HEAD_WORDS if cue.strong else _BESIDE) or cue.mood in {"infinitive", "passive"}:
                continue
            if found := self._referred(stretch, cue.end) or self._subjects.find(stretch, cue, behind=True):
                return found
        return None

    def before(self, text: str, span: Span) -> FoundSpeaker | None:
        """Read `X сказал: …`, `по словам X, …` in front of a quote."""
        start, end = span
        stretch = read_stretch(text[start:end])
        return _shifted(self._told_before(stretch), start)

    def _told_before(self, stretch: ClauseStretch) -> FoundSpeaker | None:
        phrase = next(iter(reversed(list(self._phrases.finditer(stretch.text)))), None)
        possessive = next(iter(reversed(list(self._possessive.finditer(stretch.text)))), None)
        latest = max((match for match in (phrase, possessive) if match), key=lambda match: match.start(), default=None)
        if found := self._uttered(stretch):
            return found
        if latest:
            return self._possessor(latest) if latest is possessive else self._named_after(stretch, latest)
        # «Не смог сказать»: an infinitive tells less than a finite verb, wherever it stands.
        nearest = [cue for cue in stretch.cues[::-1] if not cue.future or stretch.text.rstrip().endswith(":")]
        for cue in sorted(nearest, key=lambda cue: cue.mood == "infinitive"):
            if found := self._subjects.find(stretch, cue, behind=False):
                return found
        return self._introduced(stretch)

    def _uttered(self, stretch: ClauseStretch) -> FoundSpeaker | None:
        """Read `слова X о …` near the quote."""
        nouns = self._lexicon.words("utterances")
        said = next((p for p in reversed(stretch.phrases) if p.head in nouns and p.complement), None)
        if said is None or not (said.others or (said.complement and (said.complement.proper or said.complement.name))):
            return None
        between = stretch.text[said.end :].split()
        if len(between) > _UTTERED or not between or between[0] not in self._lexicon.words("about"):
            return None
        return None if set(stretch.text[said.end :]) & set(",:") else self._author(stretch, said)

    def _introduced(self, stretch: ClauseStretch) -> FoundSpeaker | None:
        """Read `X: …`, or `слова X …` right in front of the quote."""
        text = stretch.text.rstrip()
        if text.endswith(":"):
            likely = [p for p in stretch.phrases if p.subject and (p.name or p.proper or p.animate)]
            if likely:
                return found_phrase(stretch, likely[0], ":")
            papers = [p for p in stretch.phrases if p.complement and p.head in self._lexicon.words("documents")]
            return self._author(stretch, papers[-1]) if papers else None
        last = stretch.phrases[-1] if stretch.phrases else None
        if last and last.head in self._lexicon.words("utterances") and last.complement and len(text) - last.end <= 1:
            return self._author(stretch, last)
        return None

    def _author(self, stretch: ClauseStretch, phrase: RussianPhrase) -> FoundSpeaker | None:
        done = self._subjects.author(stretch, phrase, phrase.head)
        return replace(done, strong=False) if done and (done.kind != "body" or done.name) else None

    def _possessor(self, phrase: re.Match[str]) -> FoundSpeaker:
        word = phrase.group().split()[1]
        start = phrase.start() + phrase.group().find(word)
        plain = word.lower()
        gender = next((g for g, name in _OWNERS if plain in self._lexicon.words(name)), "")
        return FoundSpeaker((start, start + len(word)), phrase.group(), "pronoun", gender)

    def _named_after(self, stretch: ClauseStretch, match: re.Match[str]) -> FoundSpeaker | None:
        """Take the phrase that follows «по словам», whatever its case."""
        phrase = next((p for p in stretch.phrases_from(match.end()) if p.start >= match.end()), None)
        if phrase is None or stretch.count(match.end(), phrase.start) > 1:
            return None
        if phrase.complement and phrase.head in self._lexicon.words("documents") | self._lexicon.words("utterances"):
            return self._subjects.author(stretch, phrase, match.group())
        oblique = replace(phrase, cases=phrase.cases - {"nomn"} or phrase.cases)
        return found_phrase(stretch, oblique, match.group())

    def anywhere(self, text: str, span: Span) -> FoundSpeaker | None:
        """Read `по словам X` anywhere, else the subject of the sentence's first verb of saying."""
        stretch = read_stretch(text[span[0] : span[1]])
        return _shifted(self._told_anywhere(stretch), span[0])

    def _told_anywhere(self, stretch: ClauseStretch) -> FoundSpeaker | None:
        if phrase := self._possessive.search(stretch.text):
            return self._possessor(phrase)
        if (phrase := self._phrases.search(stretch.text)) and (found := self._named_after(stretch, phrase)):
            return found
        for cue in sorted(stretch.cues, key=lambda cue: cue.future):
            plain = cue.strong and cue.mood in {"verb", "document", "gerund"}
            if plain and (found := self._subjects.find(stretch, cue, behind=False)):
                return found
        return None

    def subject(self, text: str, span: Span) -> FoundSpeaker | None:
        """Take the first name in the nominative."""
        stretch = read_stretch(text[span[0] : span[1]])
        first = next((p for p in stretch.phrases if p.subject and (p.name or p.kind == "name")), None)
        return _shifted(found_phrase(stretch, first, ""), span[0]) if first else None


def _shifted(found: FoundSpeaker | None, start: int) -> FoundSpeaker | None:
    if found is None or found.span is None:
        return found
    return replace(found, span=(found.span[0] + start, found.span[1] + start))
