"""What the words of a wording are in another version: a literal gloss, made from the alignment of words."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from corpora.languages import ENGLISH, base_language
from tolmach.pages.groups import DIFFERENT, Card, MemberCard

_MOST_CARDS: Final = 200
"""Most passages with glosses, the most serious ones: two seconds of work."""
_LONGEST: Final = 200
"""Words of a wording whose counterparts are looked for."""
CardPlace = tuple[int, int]
"""Number of a card, and place of a version in it."""
Translate = Callable[[Sequence[str], str, str], Sequence[str]]
"""Translates texts from one language, the second argument, into another, the third."""


@dataclass(frozen=True, slots=True)
class GlossPiece:
    """A word of a wording, or what is between two.

    Attributes:
        meaning: The corresponding words of the other version, joined by spaces; empty where there are none.
    """

    text: str
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Gloss:
    """A wording with the counterparts of its words.

    Attributes:
        language: BCP-47 tag of the counterparts.
        pieces: Its words and what is between them, together its text.
        translation: Of the whole by a model; empty where none was asked.
    """

    language: str
    pieces: tuple[GlossPiece, ...]
    translation: str = ""


def make_glosses(cards: Sequence[Card], translate: Translate | None = None) -> dict[CardPlace, Gloss]:
    """Return glosses for the wordings of passages that may differ, from their English wording or the first one.

    The most serious of `cards` come first. A wording in the language of that one has no gloss. With `translate` each
    also has a translation.
    """
    pairs: dict[tuple[str, str], list[tuple[CardPlace, MemberCard, MemberCard]]] = {}
    for card in [card for card in cards if card.verdict in DIFFERENT][:_MOST_CARDS]:
        quoted = [(place, member) for place, member in enumerate(card.members) if member.quote]
        # A wording in English comes first where there is one, else the first version's.
        glossing = min((member for _, member in quoted), key=lambda member: _language(member) != ENGLISH)
        for place, member in quoted:
            if _language(member) != _language(glossing):
                languages = member.version.article.language, glossing.version.article.language
                pairs.setdefault(languages, []).append(((card.number, place), member, glossing))
    return {
        place: gloss for languages, listed in pairs.items() for place, gloss in _glosses(languages, listed, translate)
    }


def _glosses(
    languages: tuple[str, str],
    listed: Sequence[tuple[CardPlace, MemberCard, MemberCard]],
    translate: Translate | None,
) -> Iterator[tuple[CardPlace, Gloss]]:
    from alignment.words.align import align_word_pairs  # noqa: PLC0415 - loads the encoder
    from alignment.words.segmentation import split_words  # noqa: PLC0415 - loaded when used

    source, target = languages
    words = [
        (split_words(_text(one), source)[:_LONGEST], split_words(_text(other), target)[:_LONGEST])
        for _, one, other in listed
    ]
    aligned = align_word_pairs(words, source_language=source, target_language=target)
    texts = [_text(member) for _, member, _ in listed]
    translated = translate(texts, source, target) if translate else [""] * len(texts)
    for (place, member, _), (own, others), links, whole in zip(listed, words, aligned, translated, strict=True):
        meanings = [""] * len(own)
        for at, other, _score in links:
            if _is_word(own[at]) and _is_word(others[other]):
                meanings[at] = f"{meanings[at]} {others[other]}".strip()
        yield place, Gloss(target, _pieces(_text(member), own, meanings), whole)


def _language(member: MemberCard) -> str:
    return base_language(member.version.article.language)


def _text(member: MemberCard) -> str:
    return member.quote.text if member.quote else ""


def _is_word(text: str) -> bool:
    return any(character.isalnum() for character in text)


def _pieces(text: str, words: Sequence[str], meanings: Sequence[str]) -> tuple[GlossPiece, ...]:
    found, end = [], 0
    for word, meaning in zip(words, meanings, strict=True):
        start = text.index(word, end)
        found += [GlossPiece(text[end:start]), GlossPiece(word, meaning)]
        end = start + len(word)
    found.append(GlossPiece(text[end:]))
    return tuple(piece for piece in found if piece.text)
