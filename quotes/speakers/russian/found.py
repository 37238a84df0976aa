"""Attributions made of Russian phrases, whose names are brought to the nominative."""

from corpora.languages import RUSSIAN
from quotes.lexicon import load_lexicon, parse_russian
from quotes.speakers.names import FoundSpeaker
from quotes.speakers.russian.clauses import ClauseStretch
from quotes.speakers.russian.cues import RussianCue
from quotes.speakers.russian.forms import nominative_name
from quotes.speakers.russian.heads import RussianPhrase


def found_phrase(
    stretch: ClauseStretch, phrase: RussianPhrase, word: str, cue: RussianCue | None = None, *, end: int = 0
) -> FoundSpeaker:
    """Make an attribution of a phrase; `end` is where it ends if it was read without its complements."""
    strong = cue.strong if cue else True
    told = cue.gender if cue and cue.gender in {"m", "f"} else ""
    gender = phrase.gender if phrase.gender in {"m", "f"} else ""
    if phrase.name:
        said = stretch.text[slice(*phrase.name)]
        full = nominative_name(said.split(), phrase.cases, gender or "m") if "nomn" not in phrase.cases else ""
        return FoundSpeaker(phrase.name, word, "name", gender or told, strong, full)
    if phrase.kind == "pronoun":
        return FoundSpeaker(
            (phrase.start, phrase.end), word, "pronoun", gender or ("" if phrase.plural else told), strong
        )
    if phrase.kind == "hole":
        span = (phrase.start + 1, phrase.end - 1) if phrase.end - phrase.start > 2 else (phrase.start, phrase.end)  # noqa: PLR2004 - the marks
        return FoundSpeaker(span, word, "body", "", strong)
    if phrase.kind == "noun" and phrase.animate and not (phrase.plural and phrase.proper):
        if phrase.plural:
            return FoundSpeaker((phrase.head_span[0], phrase.end), word, "body", "", strong)
        before = stretch.text[: phrase.start].lower().split()[-1:]
        newcomer = set(before) & load_lexicon(RUSSIAN).words("newcomers")
        said = " ".join([*newcomer, stretch.text[phrase.start : phrase.end]])
        woman = phrase.gender == "f" and phrase.head not in load_lexicon(RUSSIAN).words("epicenes")
        return FoundSpeaker(phrase.head_span, word, "noun", "f" if woman else told, strong, said)
    span = (phrase.start, max(phrase.end, end))
    bare = span == phrase.head_span and not phrase.proper
    named = "" if bare else nominative(stretch, phrase, span[1])
    return FoundSpeaker(span, word, "name" if named and " " not in named else "body", "", strong, named)


def nominative(stretch: ClauseStretch, phrase: RussianPhrase, end: int) -> str:
    """Return a phrase with its head, and what agrees with it, in the nominative."""
    pieces = []
    last = phrase.start
    for word in stretch.words:
        if phrase.start <= word.start < phrase.head_span[1] and not word.hole:
            pieces += [stretch.text[last : word.start], _inflected(word.text, phrase)]
            last = word.end
    return "".join([*pieces, stretch.text[last:end]])


def _inflected(word: str, phrase: RussianPhrase) -> str:
    if word.isupper() or not word[0].isalpha() or "nomn" in phrase.cases:
        return word
    for reading in parse_russian(word.lower()):
        if reading.tag.case and str(reading.tag.case)[:4] in phrase.cases | {"loc2", "gen2"}:
            form = reading.inflect({"nomn", str(reading.tag.number or "sing")})
            if form is not None:
                made = str(form.word)
                return made.capitalize() if word[0].isupper() else made
    return word
