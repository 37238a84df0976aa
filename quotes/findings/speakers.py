"""Findings about who speaks: the two versions name different people."""

from collections.abc import Iterator

from common.messages import message
from corpora.offsets import Span
from quotes.facts.names import full_name_similarity, is_personal, name_similarity
from quotes.facts.passages import Passage, PassagePair
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
_CLOSER = 0.3
"""How much more like another speaker's full name one must sound: a spelling or two of a short name is 0.2."""


def compare_speakers(pair: PassagePair) -> Iterator[Evidence]:
    """Give evidence where the two versions name different speakers.

    It is strong where one side's name is that of somebody else whom the other version quotes as well, and weaker where
    two people's names merely sound different: a person may be named by office on one side.
    """
    one, other = pair.first.quote.speaker_name, pair.second.quote.speaker_name
    if one is None or other is None or _is_common(one) or _is_common(other):
        return
    sound = name_similarity(one, other)
    namesakes = _is_namesake(one, other, pair)
    if not namesakes and (sound >= _ALIKE or pair.vectors.cosine(one, other) >= _MEANT):
        return
    if not (_is_firm(pair.first) and _is_firm(pair.second)):
        yield Evidence("speaker_unsure", 1.0, _finding(pair, "note"))
    elif namesakes or _is_somebody_else(one, other, pair):
        yield Evidence("speaker_other", 1.0, _finding(pair, "serious"))
    elif is_personal(one, pair.first.language) and is_personal(other, pair.second.language):
        yield Evidence("speaker_unlike", min(1.0, _STEEPNESS * (_UNLIKE - sound)), _finding(pair, "warning"))


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
    rivals = [name_similarity(name, other) for name in pair.casts[0] if name != one]
    rivals += [name_similarity(one, name) for name in pair.casts[1] if name != other]
    return max(rivals, default=0.0) >= _SURELY


def _is_namesake(one: str, other: str, pair: PassagePair) -> bool:
    """Return whether one of two full names is another speaker's of the other version, who shares a part of the name."""
    if not (_is_full(one) and _is_full(other)):
        return False
    # A name of the same family or spelling is the same person's, with another title or first name.
    rivals = [
        full_name_similarity(name, other) for name in pair.casts[0] if name.split()[-1] != one.rsplit(maxsplit=1)[-1]
    ]
    rivals += [
        full_name_similarity(one, name) for name in pair.casts[1] if name.split()[-1] != other.rsplit(maxsplit=1)[-1]
    ]
    best = max(rivals, default=0.0)
    return best >= _SAME and best - full_name_similarity(one, other) >= _CLOSER


def _is_full(name: str) -> bool:
    """Return whether a name has more than one part; Chinese ones are written together."""
    return len(name.split()) > 1 or (len(name) > 1 and not name[0].isupper())


def _finding(pair: PassagePair, severity: Severity) -> Finding:
    first, second = pair.names
    words, others = (str(passage.quote.speaker_name) for passage in (pair.first, pair.second))
    text = message("finding.speaker", first=first, second=second, words=words, others=others)
    return Finding("speaker", severity, text, _where(pair.first), _where(pair.second), FindingValues(words, others))


def _where(passage: Passage) -> tuple[Span, ...]:
    return (passage.quote.speaker_span,) if passage.quote.speaker_span else ()
