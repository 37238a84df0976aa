"""Who speaks, in Russian: names by their capitals, subjects by the nominative and by agreement with the verb."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from corpora.languages import RUSSIAN
from quotes.lexicon import Cue, find_cues, load_lexicon, parse_russian
from quotes.speakers.finder import HOLE, Candidate, Found, gender_of, phrase_pattern, shifted
from quotes.speakers.names import Mention
from quotes.speakers.russian_words import (
    gender_of_run,
    given_name,
    is_animate,
    is_common,
    is_name_word,
    is_place_before_name,
    is_subject_name,
    joined,
    lemma,
    nominative_noun,
)
from quotes.types import Span

_TOKEN = re.compile(r"[^\W\d_](?:[\w-]|['\N{RIGHT SINGLE QUOTATION MARK}](?=\w))*\.?")
_STOP = re.compile(r"[.!?\N{HORIZONTAL ELLIPSIS}](?=\s+[\W_]*[A-ZА-Я])|[;\n]|\s[\N{EM DASH}\N{EN DASH}-]\s")
_CLAUSE = re.compile(rf"[;:]|[.!?](?=\s)|{HOLE}(?=[.,]?\s*[\N{{EM DASH}}\N{{EN DASH}}])")
_LEAD = " ,.\N{NO-BREAK SPACE}\N{EM DASH}\N{EN DASH}-!?\N{HORIZONTAL ELLIPSIS}"
_LATIN = re.compile(r"[A-Za-z]")
_HEAD_WORDS = 5
_BESIDE = 2


class RussianFinder:
    """Finds speakers in Russian text, see `quotes.speakers.Finder`."""

    def __init__(self) -> None:
        self._lexicon = load_lexicon(RUSSIAN)
        words = self._lexicon.words
        self._phrases = phrase_pattern(self._lexicon.listed("phrases"))
        self._possessive = phrase_pattern(self._lexicon.listed("possessive_phrases"))
        self._he = dict.fromkeys(words("pronouns_m"), "m") | dict.fromkeys(words("pronouns_f"), "f")

    def mentions(self, text: str) -> Sequence[Mention]:
        """List runs of capitalised words that are names."""
        return list(self._names(text, (0, len(text))))

    def _names(self, text: str, span: Span) -> Iterator[Mention]:
        run: list[re.Match[str]] = []
        for token in [*_TOKEN.finditer(text, *span), None]:
            joins = bool(token and run and joined(text, run[-1], token))
            capital = token is not None and is_name_word(token.group())
            if run and not (joins and capital):
                yield from self._name(text, run)
                run = []
            if token and capital:
                run.append(token)

    def _name(self, text: str, run: list[re.Match[str]]) -> Iterator[Mention]:
        words = self._lexicon.words
        before = text[max(0, run[0].start() - 2) : run[0].start()].strip()
        initial = before == "" or before[-1] in ".!?:\N{HORIZONTAL ELLIPSIS}" or not before[-1].isalnum()
        while run and (
            run[0].group().lower().rstrip(".") in words("no_subject") or (initial and is_common(run[0].group()))
        ):
            run, initial = run[1:], False
        while len(run) > 1 and is_place_before_name(run):
            run = run[1:]
        behind = text[max(0, run[0].start() - 30) : run[0].start()].split() if run else []
        run = run[given_name(run, titled=bool(behind) and lemma(behind[-1]) in words("speaker_nouns")) :]
        if not run:
            return
        lead = text[max(0, run[0].start() - 12) : run[0].start()].split()
        address = lead[-1].lower() if lead else ""
        gender = gender_of(address, words("men"), words("women")) or gender_of_run(run)
        last = run[-1].group()
        end = run[-1].end() - (1 if last.endswith(".") and len(last) > 2 else 0)  # noqa: PLR2004 - an initial keeps its stop
        person = address in words("honorifics") or any(
            "Name" in r.tag for r in parse_russian(run[0].group().lower())[:1]
        )
        yield Mention(run[0].start(), end, text[run[0].start() : end], gender, person)

    def _candidates(self, text: str, span: Span) -> list[Candidate]:
        """List what can be a subject: names, pronouns and nouns in the nominative."""
        found = []
        names = [m for m in self._names(text, span) if is_subject_name(m.text)]
        found = [Candidate(m.start, m.end, "name", m.gender) for m in names]
        for token in _TOKEN.finditer(text, *span):
            word = token.group().rstrip(".").lower()
            if any(m.start <= token.start() < m.end for m in names):
                continue
            if word in {"он", "она"} or word in self._lexicon.words("pronouns_other"):
                gender = self._he.get(word, "")
                found.append(Candidate(token.start(), token.start() + len(word), "pronoun", gender))
            elif nominative_noun(word, self._lexicon.words("speaker_nouns")):
                found.append(Candidate(token.start(), token.start() + len(word), "noun"))
        return sorted(found, key=lambda one: one.start)

    def after(self, text: str, span: Span) -> Found | None:
        """Read `— сказал X …` right behind a quote."""
        start, end = span
        lead = text[start:end]
        start += len(lead) - len(lead.lstrip(_LEAD))
        if not re.match(
            r"\s*[,\N{EM DASH}\N{EN DASH}-]|[.!?\N{HORIZONTAL ELLIPSIS}]\s*[\N{EM DASH}\N{EN DASH}-]", lead
        ):
            return None
        if stop := _STOP.search(text, start, end):
            end = stop.start()
        head = text[start:end].split()[:_HEAD_WORDS]
        conjunctions = self._lexicon.words("speech_goes_on") - {"как"}
        if not head or head[0][0].isupper() or head[0] in conjunctions:
            return None
        cues = [
            cue
            for cue in shifted(find_cues(text[start:end], RUSSIAN), start)
            if len(text[start : cue.start].split()) < _HEAD_WORDS
        ]
        for cue in cues:
            found = self._behind(text, cue, end) or self._ahead(text, start, cue)
            if found:
                return found
        return None

    def _behind(self, text: str, cue: Cue, end: int) -> Found | None:
        """Find the subject after the verb: the first full name, else the first of anything."""
        candidates = [one for one in self._candidates(text, (cue.end, end)) if self._agrees(text, one, cue)]
        if candidates and candidates[0].kind == "pronoun" and not text[cue.end : candidates[0].start].strip():
            return _found(candidates[0], cue)
        clause = text.find(",", cue.end, end)
        names = [one for one in candidates if one.kind == "name"]
        full = [one for one in names if " " in text[one.start : one.end]]
        full = [one for one in full if clause < 0 or one.start < clause or one is names[0]]
        if names and not _LATIN.match(text, names[0].start):
            # A foreign name behind a Russian one is whom it was said to: «сказала Смит Financial Times».
            full = [one for one in full if not _LATIN.match(text, one.start)]
        nouns = [one for one in candidates if one.kind == "noun"]
        best = next(iter([*full, *names, *nouns, *candidates]), None)
        if best is None:
            return None
        if best.kind == "name" and nouns and nouns[0].start < clause < best.start:
            best = nouns[0]
        return _found(best, cue)

    def _ahead(self, text: str, start: int, cue: Cue) -> Found | None:
        """Find the subject before the verb: the nearest name or pronoun in the nominative."""
        for clause in _CLAUSE.finditer(text, start, cue.start):
            start = clause.end()
        candidates = [one for one in self._candidates(text, (start, cue.start)) if self._agrees(text, one, cue)]
        if not candidates:
            return None
        near = candidates[-1]
        names = [one for one in candidates if one.kind == "name"]
        if not names or (near.kind == "pronoun" and _words(text, near.end, cue.start) <= _BESIDE):
            return _found(near, cue)
        if text[: cue.start].rstrip().endswith(",") and text[names[0].end : names[0].end + 1] == ",":
            return _found(names[0], cue)
        full = [one for one in names[:-1] if " " in text[one.start : one.end]]
        if full and _words(text, names[-1].end, cue.start) > 1 and "," in text[full[-1].end : names[-1].start]:
            return _found(full[-1], cue)
        return _found(names[-1], cue)

    def _agrees(self, text: str, one: Candidate, cue: Cue) -> bool:
        verb = _verb(text[cue.start : cue.end])
        if verb is None or verb.tag.POS == "GRND":
            return True
        if verb.tag.number == "plur" and one.kind == "name":
            return False
        gender = {"masc": "m", "femn": "f"}.get(str(verb.tag.gender), "")
        return one.kind == "noun" or not gender or not one.gender or gender == one.gender

    def before(self, text: str, span: Span) -> Found | None:
        """Read `X сказал: …`, `по словам X, …` in front of a quote."""
        start, end = span
        if phrase := self._possessive.search(text, start, end):
            return self._possessor(phrase)
        cues = shifted(find_cues(text[start:end], RUSSIAN), start)
        phrase = self._phrases.search(text, start, end)
        for cue in reversed(cues):
            if phrase and not cue.strong:
                continue
            found = self._ahead(text, start, cue) or self._behind(text, cue, end)
            if found:
                return found
        if phrase:
            return self._named_after(text, phrase, end)
        if text[start:end].rstrip().endswith(":"):
            candidates = self._candidates(text, span)
            names = [one for one in candidates if one.kind == "name"] or candidates
            return Found((names[0].start, names[0].end), ":", names[0].kind, names[0].gender) if names else None
        return None

    def _possessor(self, phrase: re.Match[str]) -> Found:
        word = phrase.group().split()[1]
        start = phrase.start() + phrase.group().find(word)
        gender = {"его": "m"}.get(word.lower(), "f" if word.lower() in self._he else "")
        return Found((start, start + len(word)), phrase.group(), "pronoun", gender)

    def _named_after(self, text: str, phrase: re.Match[str], end: int) -> Found | None:
        """Take the name that follows «по словам», whatever its case."""
        comma = text.find(",", phrase.end(), end)
        names = list(self._names(text, (phrase.end(), comma if comma > 0 else end)))
        if names:
            best = max(names, key=lambda name: (" " in name.text, -name.start))
            return Found((best.start, best.end), phrase.group(), "name", best.gender)
        word = _TOKEN.search(text, phrase.end(), end)
        if word is None:
            return None
        kind = "noun" if is_animate(word.group()) else "body"
        return Found((word.start(), word.end()), phrase.group(), kind)

    def anywhere(self, text: str, span: Span) -> Found | None:
        """Read `по словам X` anywhere, else the subject of the sentence's first verb of saying."""
        if phrase := self._possessive.search(text, *span):
            return self._possessor(phrase)
        if phrase := self._phrases.search(text, *span):
            return self._named_after(text, phrase, span[1])
        for cue in shifted(find_cues(text[span[0] : span[1]], RUSSIAN), span[0]):
            if cue.strong and (found := self._ahead(text, span[0], cue) or self._behind(text, cue, span[1])):
                return found
        return None

    def subject(self, text: str, span: Span) -> Found | None:
        """Take the first name in the nominative."""
        names = [one for one in self._candidates(text, span) if one.kind == "name"]
        return Found((names[0].start, names[0].end), "", "name", names[0].gender) if names else None


def _words(text: str, start: int, end: int) -> int:
    return len(text[start:end].split())


def _found(one: Candidate, cue: Cue) -> Found:
    return Found((one.start, one.end), cue.word, one.kind, one.gender, cue.strong)


def _verb(word: str) -> Any:
    return next((reading for reading in parse_russian(word.lower()) if reading.tag.POS in {"VERB", "GRND"}), None)
