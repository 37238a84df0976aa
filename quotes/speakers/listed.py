"""Who speaks, in a language known by word lists alone: the nearest name, pronoun or role beside a verb of saying."""

import re
from collections.abc import Sequence

from corpora.offsets import Span
from quotes.lexicon import Cue, find_cues, load_lexicon
from quotes.speakers.names import FoundSpeaker, Mention, phrase_pattern, shifted

_LEADS = re.compile(r"\s*,?\s*[\N{EM DASH}\N{EN DASH}-]|\s*,|[.!?\N{HORIZONTAL ELLIPSIS}]\s*[\N{EM DASH}\N{EN DASH}-]")
_CLAUSE_END = re.compile(
    r"[.!?;:\n\N{HORIZONTAL ELLIPSIS}\N{OBJECT REPLACEMENT CHARACTER}]+(?=\s|\Z)|, |\s[\N{EM DASH}\N{EN DASH}]\s"
)
_WORD = re.compile(r"[^\W\d_][\w\N{RIGHT SINGLE QUOTATION MARK}'-]*\.?")
_SENTENCE_START = re.compile(r"(?:\A|[.!?\n\N{HORIZONTAL ELLIPSIS}])[\s\W]*\Z")
_INITIAL = 2
"""Length of a letter with its stop."""
_NEAR = 6
"""Words between a verb and its subject: «заявила у вівторок міністерка закордонних справ Олена Коваль»."""
_LOOK_BACK = 4
_BESIDE = 20
"""Code points that hold the word beside a name."""
_BEHIND_END = re.compile(r"[.!?;\n](?=\s|\Z)|\s[\N{EM DASH}\N{EN DASH}]\s")


class ListedFinder:
    """Finds speakers in text of any language with a lexicon, see `quotes.speakers.Finder`.

    Args:
        language: Base language.
    """

    def __init__(self, language: str) -> None:
        self._language = language
        self._lexicon = load_lexicon(language)
        self._phrases = phrase_pattern(self._lexicon.listed("phrases"))
        self._possessive = phrase_pattern(self._lexicon.listed("possessive_phrases"))
        self._roles = tuple(stem.rstrip("*") for stem in self._lexicon.listed("roles"))

    def mentions(self, text: str) -> Sequence[Mention]:
        """List runs of words with capitals, initials and particles between them included."""
        found: list[Mention] = []
        run: list[re.Match[str]] = []
        for word in _WORD.finditer(text):
            if run and (text[run[-1].end() : word.start()].strip() or not self._goes_on(word.group())):
                found += self._named(text, run)
                run = []
            if run or (word.group()[0].isupper() and self._may_begin(text, word)):
                run.append(word)
        return [*found, *self._named(text, run)]

    def _goes_on(self, word: str) -> bool:
        return word[0].isupper() or word in self._lexicon.words("name_particles")

    def _may_begin(self, text: str, word: re.Match[str]) -> bool:
        plain = word.group().rstrip(".").lower()
        if plain in self._lexicon.words("no_subject"):
            return False
        # A role at the start of a sentence has its capital from there.
        return not plain.startswith(self._roles) or not _SENTENCE_START.search(text, 0, word.start())

    def _named(self, text: str, run: Sequence[re.Match[str]]) -> list[Mention]:
        while run and not run[-1].group()[0].isupper():
            run = run[:-1]
        if not run or all(len(word.group()) <= _INITIAL for word in run):
            return []
        end = run[-1].end()
        if text[end - 1] == "." and len(run[-1].group()) > _INITIAL:
            end -= 1
        start = run[0].start()
        before, after = text[max(0, start - _BESIDE) : start].split()[-1:], text[end : end + _BESIDE].split()[:1]
        gender = self._gender(before[0]) if before else ""
        says = bool(find_cues(" ".join([*before, *after]), self._language))
        return [Mention(start, end, text[start:end], gender, says or bool(gender))]

    def _gender(self, word: str) -> str:
        plain, words = word.lower(), self._lexicon.words
        return "m" if plain in words("men") else "f" if plain in words("women") else ""

    def _verb_gender(self, cue: Cue) -> str:
        for gender, name in (("f", "woman_endings"), ("m", "man_endings")):
            if cue.word.endswith(tuple(self._lexicon.words(name))):
                return gender
        return ""

    def after(self, text: str, span: Span) -> FoundSpeaker | None:
        """Read `— said X …` right behind a quote."""
        lead = _LEADS.match(text, *span)
        if lead is None:
            return None
        stop = _BEHIND_END.search(text, lead.end(), span[1])
        end = stop.start() if stop else span[1]
        return self._by_phrase(text, (lead.end(), end), first=True) or self._by_cue(text, (lead.end(), end))

    def before(self, text: str, span: Span) -> FoundSpeaker | None:
        """Read `X said: …` or `according to X, …` in front of a quote."""
        return self._by_phrase(text, span) or self._by_cue(text, span, last=True)

    def anywhere(self, text: str, span: Span) -> FoundSpeaker | None:
        """Read an attribution somewhere in a sentence."""
        return self._by_phrase(text, span) or self._by_cue(text, span)

    def subject(self, text: str, span: Span) -> FoundSpeaker | None:
        """Take the first name that no preposition governs."""
        names = [name for name in self._names(text, span) if not self._governed(text, name.start)]
        return FoundSpeaker((names[0].start, names[0].end), "", "name", names[0].gender) if names else None

    def _names(self, text: str, span: Span) -> list[Mention]:
        return [
            Mention(name.start + span[0], name.end + span[0], name.text, name.gender)
            for name in self.mentions(text[slice(*span)])
        ]

    def _governed(self, text: str, start: int) -> bool:
        return (text[:start].split()[-1:] or [""])[0].lower() in self._lexicon.words("prepositions")

    def _by_phrase(self, text: str, span: Span, *, first: bool = False) -> FoundSpeaker | None:
        own = self._possessive.search(text, *span)
        if own and not (first and text[span[0] : own.start()].strip()):
            word = next(w for w in _WORD.finditer(own.group()) if self._is_pronoun(w.group()))
            at = own.start() + word.start()
            return FoundSpeaker((at, at + len(word.group())), own.group(), "pronoun", self._gender(word.group()))
        phrase = self._phrases.search(text, *span)
        if phrase is None or (first and text[span[0] : phrase.start()].strip()):
            return None
        border = _CLAUSE_END.search(text, phrase.end(), span[1])
        return self._nearest(text, (phrase.end(), border.start() if border else span[1]), phrase.group())

    def _by_cue(self, text: str, span: Span, *, last: bool = False) -> FoundSpeaker | None:
        cues = shifted(find_cues(text[slice(*span)], self._language), span[0])
        for cue in reversed(cues) if last else cues:
            border = _CLAUSE_END.search(text, cue.end, span[1])
            behind = (cue.end, border.start() if border else span[1])
            borders = [match.end() for match in _CLAUSE_END.finditer(text, span[0], cue.start)]
            front = (borders[-1] if borders else span[0], cue.start)
            gender = self._verb_gender(cue)
            if found := self._nearest(text, front, cue.word, gender) or self._nearest(text, behind, cue.word, gender):
                return FoundSpeaker(found.span, cue.word, found.kind, found.gender, cue.strong)
        return FoundSpeaker(None, cues[0].word, "", strong=cues[0].strong) if cues and not last else None

    def _nearest(self, text: str, span: Span, cue: str, gender: str = "") -> FoundSpeaker | None:
        """Take the first name of a clause beside a cue, else its pronoun, else its role."""
        words = list(_WORD.finditer(text, *span))
        for name in self._names(text, span):
            if sum(word.end() <= name.start for word in words) <= _NEAR and not self._governed(text, name.start):
                return FoundSpeaker((name.start, name.end), cue, "name", name.gender or gender)
        for word in words[:_LOOK_BACK]:
            if self._is_pronoun(word.group()):
                return FoundSpeaker(word.span(), cue, "pronoun", self._gender(word.group()) or gender)
        for word in words[:_NEAR]:
            if word.group().lower().startswith(self._roles) and not self._governed(text, word.start()):
                return FoundSpeaker((word.start(), word.end() - word.group().endswith(".")), cue, "noun", gender)
        return None

    def _is_pronoun(self, word: str) -> bool:
        return any(word.lower() in self._lexicon.words(f"pronouns_{kind}") for kind in ("m", "f", "other"))
