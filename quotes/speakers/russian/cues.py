"""Russian words that report speech, and how each finds its speaker."""

from collections.abc import Sequence
from dataclasses import dataclass

from corpora.languages import RUSSIAN
from quotes.lexicon import load_lexicon
from quotes.speakers.russian.forms import Form, forms
from quotes.speakers.russian.names import RussianWord

_VERBAL = frozenset({"VERB", "GRND", "INFN", "PRTF", "PRTS", "ADJS"})
_OWN_SPEECH = frozenset({"1per", "2per", "impr"})
_NEAR = 6
_READINGS = 4
_MOODS = {"GRND": "gerund", "INFN": "infinitive"}


@dataclass(frozen=True, slots=True)
class RussianCue:
    """A word that reports speech.

    Attributes:
        word: As printed.
        strong: Whether it reports whole utterances.
        mood: `verb` (agrees with its subject), `gerund`, `infinitive`, `active` and `passive` (participles), or
            `document` («говорится»: the speaker is what it is said in).
        gender: Gender of its subject, where it tells.
        plural: Whether its subject is a plural; None where it does not tell.
        future: Whether it tells what is still to be said.
    """

    start: int
    end: int
    word: str
    strong: bool
    mood: str
    lemma: str
    gender: str = ""
    plural: bool | None = None
    future: bool = False


def read_cues(words: Sequence[RussianWord]) -> list[RussianCue]:
    """List the words that report speech, in order."""
    found = (_cue(words, place) for place in range(len(words)))
    return [cue for cue in found if cue]


def _cue(words: Sequence[RussianWord], place: int) -> RussianCue | None:
    word = words[place]
    lexicon = load_lexicon(RUSSIAN)
    if word.hole or word.low in lexicon.words("no_cue"):
        return None
    for form in forms(word.low)[:_READINGS]:
        if form.pos == "PRTF" and form.lemma in lexicon.words("document_cues"):
            continue
        if form.pos not in _VERBAL or _OWN_SPEECH & form.tags:
            continue
        strength = _strength(words, place, form)
        if strength is not None:
            return _made(word, form, strong=strength)
    return None


def _strength(words: Sequence[RussianWord], place: int, form: Form) -> bool | None:
    """Whether a reading is a strong cue or a weak one; None where it is none."""
    lexicon = load_lexicon(RUSSIAN)
    if form.pos == "ADJS":
        return True if form.lemma in lexicon.words("cue_adjectives") else None
    if form.pos == "PRTS" and form.lemma in lexicon.words("felt"):
        return True
    if form.lemma in lexicon.words("cues") or form.lemma in lexicon.words("document_cues"):
        return True
    if form.lemma in lexicon.words("light_verbs"):
        nouns = lexicon.words("speech_nouns")
        first = max(0, place - _NEAR)
        near = [number for number in range(first, min(len(words), place + _NEAR)) if number != place]
        near = [number for number in near if not number or words[number - 1].low not in lexicon.words("phrase_heads")]
        return True if any(form.lemma in nouns for number in near for form in words[number].forms[:2]) else None
    return False if form.lemma in lexicon.words("weak_cues") else None


def _made(word: RussianWord, form: Form, *, strong: bool) -> RussianCue:
    document = form.lemma in load_lexicon(RUSSIAN).words("document_cues")
    impersonal = form.lemma in load_lexicon(RUSSIAN).words("impersonal_participles")
    if form.pos == "PRTS" and form.lemma in load_lexicon(RUSSIAN).words("felt"):
        mood = "verb"
    elif form.pos == "PRTS":
        mood = "document" if form.gender == "n" and impersonal else "passive"
    elif form.pos == "PRTF":
        mood = "active"
    else:
        mood = "document" if document else _MOODS.get(form.pos, "verb")
    tells = mood == "verb"
    gender = "" if form.plural else form.gender
    return RussianCue(
        word.start, word.end, word.text, strong and form.pos != "PRTF", mood, form.lemma,
        gender if tells or form.pos == "PRTF" else "", form.plural if tells else None, strong and "futr" in form.tags,
    )  # fmt: skip
