"""Who speaks, in a language known by word lists alone: the nearest name, pronoun or role beside a verb of saying."""

import re
from collections.abc import Sequence
from dataclasses import replace

from corpora.offsets import Span
from quotes.lexicon import Cue, find_cues, load_lexicon
from quotes.speakers.names import FoundSpeaker, Mention, phrase_pattern, shifted

_LEADS = re.compile(r"\s*,?\s*[\N{EM DASH}\N{EN DASH}-]|\s*,|[.!?\N{HORIZONTAL ELLIPSIS}]\s*[\N{EM DASH}\N{EN DASH}-]")
_STOP = r"(?<!\b[A-ZА-ЯҐЄІЇ])\."
"""A stop that is not an initial's: «речник М. І. Петренко»."""
_CLAUSE_END = re.compile("(?:" + _STOP + r"|[!?;:\n\N{HORIZONTAL ELLIPSIS}])+(?=\s|\Z)|, |\s[\N{EM DASH}\N{EN DASH}]\s")
_WORD = re.compile(r"[^\W\d_][\w\N{RIGHT SINGLE QUOTATION MARK}'-]*\.?")
_SENTENCE_START = re.compile(r"(?:\A|[.!?:\n…«„\"])[^\w]*\Z")
_NEAR = 10
"""Words between a verb and its subject: «заявила у вівторок міністерка закордонних справ Олена Коваль»."""
_NEAREST = 4
"""Words between a verb and a pronoun, which stands nearer than a name."""
_MOST_CUES = 8
_REACH = 200
"""Code points of the longest clause that is read, so that time grows with the text only."""
_TITLED = 3
"""Words of a run at the start of a sentence of which the first is a role: «Краєзнавиця Олена Коваль»."""
_BESIDE = 20
"""Code points that hold the word beside a name."""
_BEHIND_END = re.compile("(?:" + _STOP + r"|[!?;\n])(?=\s|\Z)|\s[\N{EM DASH}\N{EN DASH}]\s")


class ListedFinder:
    """Finds speakers in text of any language with a lexicon, see `quotes.speakers.Finder`."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._lexicon = load_lexicon(language)
        self._phrases = phrase_pattern(self._lexicon.listed("phrases"))
        self._possessive = phrase_pattern(self._lexicon.listed("possessive_phrases"))
        self._inside: set[str] = set()
        self._roles = tuple(stem.rstrip("*") for stem in self._lexicon.listed("roles"))

    def mentions(self, text: str) -> Sequence[Mention]:
        """List runs of words with capitals; a word that has its capital from a sentence only is no name."""
        self._inside = {
            word.group().rstrip(".")
            for word in _WORD.finditer(text)
            if word.group()[0].isupper() and not _begins(text, word.start())
        }
        return self._runs(text)

    def _runs(self, text: str) -> list[Mention]:
        found: list[Mention] = []
        run: list[re.Match[str]] = []
        for word in _WORD.finditer(text):
            if run and not self._goes_on(text, run[-1], word):
                found += self._named(text, run)
                run = []
            if run or (word.group()[0].isupper() and word.group().lower() not in self._lexicon.words("no_subject")):
                run.append(word)
        return [*found, *self._named(text, run)]

    def _goes_on(self, text: str, last: re.Match[str], word: re.Match[str]) -> bool:
        if text[last.end() : word.start()] not in {" ", "\N{NO-BREAK SPACE}"} or _ends(last.group()):
            return False
        return word.group()[0].isupper() or word.group() in self._lexicon.words("name_particles")

    def _named(self, text: str, run: Sequence[re.Match[str]]) -> list[Mention]:
        while run and not run[-1].group()[0].isupper():
            run = run[:-1]
        if run and _begins(text, run[0].start()) and not self._is_name(run):
            run = run[1:]
        if not run:
            return []
        start, end = run[0].start(), run[-1].end() - _ends(run[-1].group())
        before, after = text[max(0, start - _BESIDE) : start].split()[-1:], text[end : end + _BESIDE].split()[:1]
        gender = self._gender(before[0]) if before else ""
        says = bool(find_cues(" ".join([*before, *after]), self._language))
        return [Mention(start, end, text[start:end], gender, says or bool(gender))]

    def _is_name(self, run: Sequence[re.Match[str]]) -> bool:
        """Return whether the first word of a sentence is a name, as far as the run that it begins tells."""
        first = run[0].group()
        if first.rstrip(".") in self._inside:
            return True
        return 1 < len(run) < _TITLED and not first.lower().startswith(self._roles)

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
        names = self._names(text, span)
        return FoundSpeaker((names[0].start, names[0].end), "", "name", names[0].gender) if names else None

    def _names(self, text: str, span: Span) -> list[Mention]:
        """List the names inside a span that no preposition governs."""
        names = self._runs(text[: span[1]][span[0] :])
        moved = (Mention(one.start + span[0], one.end + span[0], one.text, one.gender) for one in names)
        return [name for name in moved if not self._governed(text, name.start)]

    def _governed(self, text: str, start: int) -> bool:
        before = text[max(0, start - _BESIDE) : start].split()[-1:]
        return bool(before) and before[0].lower() in self._lexicon.words("prepositions")

    def _by_phrase(self, text: str, span: Span, *, first: bool = False) -> FoundSpeaker | None:
        own = self._possessive.search(text, *span)
        if own and not (first and text[span[0] : own.start()].strip()):
            word = next(w for w in _WORD.finditer(own.group()) if self._is_pronoun(w.group()))
            at = own.start() + word.start()
            return FoundSpeaker((at, at + len(word.group())), own.group(), "pronoun", self._gender(word.group()))
        phrase = self._phrases.search(text, *span)
        if phrase is None or (first and text[span[0] : phrase.start()].strip()):
            return None
        end = min(span[1], phrase.end() + _REACH)
        border = _CLAUSE_END.search(text, phrase.end(), end)
        return self._nearest(text, (phrase.end(), border.start() if border else end), phrase.group())

    def _by_cue(self, text: str, span: Span, *, last: bool = False) -> FoundSpeaker | None:
        cues = shifted(find_cues(text[slice(*span)], self._language), span[0])
        for cue in (cues[::-1] if last else cues)[:_MOST_CUES]:
            start, end = max(span[0], cue.start - _REACH), min(span[1], cue.end + _REACH)
            border = _CLAUSE_END.search(text, cue.end, end)
            behind = (cue.end, border.start() if border else end)
            borders = [match.end() for match in _CLAUSE_END.finditer(text, start, cue.start)]
            front = (borders[-1] if borders else start, cue.start)
            gender = self._verb_gender(cue)
            found = self._nearest(text, front, cue.word, gender, back=True) or self._nearest(
                text, behind, cue.word, gender
            )
            if found:
                return replace(found, strong=cue.strong)
        return FoundSpeaker(None, cues[0].word, "", strong=cues[0].strong) if cues and not last else None

    def _nearest(self, text: str, span: Span, cue: str, gender: str = "", *, back: bool = False) -> FoundSpeaker | None:
        """Take a person's name in a clause beside a cue, else any name, the nearest pronoun or role."""
        step = -1 if back else 1
        words = list(_WORD.finditer(text, *span))[::step][:_NEAR]
        near = {word.start() for word in words}
        names = [name for name in self._names(text, span)[::step] if name.start in near]
        # «директорка Nordlinje Інгрід Гольм»: a body in front of its speaker has one word or is in other letters.
        if name := next((one for one in names if " " in one.text and not one.text.isascii()), next(iter(names), None)):
            return FoundSpeaker((name.start, name.end), cue, "name", name.gender or gender)
        for word in words[:_NEAREST]:
            if self._is_pronoun(word.group()):
                end = word.end() - _ends(word.group())
                return FoundSpeaker(
                    (word.start(), end), cue, "pronoun", self._gender(text[word.start() : end]) or gender
                )
        for word in words:
            if word.group().lower().startswith(self._roles) and not self._governed(text, word.start()):
                # Whom a role stands for is not looked for: a wrong name is worse than none.
                return FoundSpeaker((word.start(), word.end() - _ends(word.group())), cue, "body", gender)
        return None

    def _is_pronoun(self, word: str) -> bool:
        return any(word.lower().rstrip(".") in self._lexicon.words(f"pronouns_{kind}") for kind in ("m", "f", "other"))


def _begins(text: str, position: int) -> bool:
    """Return whether a sentence may begin with the word at a position."""
    return _SENTENCE_START.search(text, max(0, position - _BESIDE), position) is not None


def _ends(word: str) -> bool:
    """Return whether a word ends in a stop that is not an initial's."""
    return word.endswith(".") and len(word) > len("I.")
