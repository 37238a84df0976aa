"""Findings about who speaks: the two versions name different people."""

from collections.abc import Iterator

from common.messages import message
from corpora.offsets import Span
from quotes.facts.names import are_one_person, is_personal, name_similarity, person_similarity
from quotes.facts.passages import Passage, PassagePair
from quotes.facts.places import find_places
from quotes.findings.evidence import Evidence
from quotes.types import Finding, FindingValues, Severity

_ALIKE = 0.58
"""Similarity of sound from which two names are taken for one speaker's; by chance two short names reach 0.5."""
_MEANT = 0.5
"""Cosine of two names from which they are, too: names of bodies and countries are translated."""
_UNLIKE = 0.8
_STEEPNESS = 2.0
"""Two names whose sounds are less alike than the first, by half of 1, differ for certain."""
_SAME = 0.8
"""Similarity of sound from which the words of an attribution are taken for the speaker's name rather than an office."""
_SURELY = 0.65
"""Similarity of sound from which a name is taken for that of another speaker of the story."""

_SYLLABLE = 3
"""Letters of the longest name of one syllable, whose letters are compared rather than its sounds."""


def compare_speakers(pair: PassagePair) -> Iterator[Evidence]:
    """Give evidence where the two versions name different speakers.

    It is strong where one side's name is that of somebody else whom the other version quotes as well, and weaker where
    two people's names merely sound different: a person may be named by office on one side.
    """
    one, other = pair.first.quote.speaker_name, pair.second.quote.speaker_name
    if one is None or other is None or _is_common(one) or _is_common(other):
        return
    people = _is_person(one, pair.first.language) and _is_person(other, pair.second.language)
    sound = (person_similarity if people else name_similarity)(one, other)
    # Мэй and 特雷莎·梅 have too few consonants for that.
    if people and are_one_person(one, other):
        return
    # Two people with one first name have names of much the same meaning.
    namesakes = people and name_similarity(one, other) >= _SAME
    # One consonant sounds like nothing else: Лі is Ли Вэньхай.
    syllable = people and min(map(len, (one, other))) <= _SYLLABLE and are_one_person(one, other)
    if syllable or sound >= _ALIKE or (not namesakes and pair.vectors.cosine(one, other) >= _MEANT):
        return
    if not (_is_firm(pair.first) and _is_firm(pair.second)):
        yield Evidence("speaker_unsure", 1.0, _finding(pair, "note"))
    elif _is_somebody_else(one, other, pair):
        yield Evidence("speaker_other", 1.0, _finding(pair, "serious"))
    elif people:
        yield Evidence("speaker_unlike", min(1.0, _STEEPNESS * (_UNLIKE - sound)), _finding(pair, "warning"))


def _is_person(name: str, language: str) -> bool:
    """Return whether it looks like a person's name, and not like the place where somebody spoke."""
    places = find_places(name, language)
    return is_personal(name, language) and not any(place.end - place.start == len(name) for place in places)


def _is_common(name: str) -> bool:
    """Return whether it is no name but words in small letters: "the expert" may be anybody."""
    return name.islower()


def _is_firm(passage: Passage) -> bool:
    """Return whether the attribution itself names the speaker, rather than a pronoun or a sentence farther off."""
    quote = passage.quote
    if quote.cue is None:
        return False
    if quote.speaker_span is None or quote.speaker is None:
        return True
    near = any(
        sentence.start <= quote.speaker_span[0] < sentence.end
        for sentence in map(passage.article.sentences.__getitem__, quote.sentences)
    )
    return near and name_similarity(quote.speaker, quote.speaker_name or "") >= _SAME


def _is_somebody_else(one: str, other: str, pair: PassagePair) -> bool:
    rivals = [person_similarity(name, other) for name in pair.casts[0] if name != one]
    rivals += [person_similarity(one, name) for name in pair.casts[1] if name != other]
    return max(rivals, default=0.0) >= _SURELY


def _finding(pair: PassagePair, severity: Severity) -> Finding:
    first, second = pair.names
    words, others = (str(passage.quote.speaker_name) for passage in (pair.first, pair.second))
    text = message("finding.speaker", first=first, second=second, words=words, others=others)
    return Finding("speaker", severity, text, _where(pair.first), _where(pair.second), FindingValues(words, others))


def _where(passage: Passage) -> tuple[Span, ...]:
    return (passage.quote.speaker_span,) if passage.quote.speaker_span else ()
