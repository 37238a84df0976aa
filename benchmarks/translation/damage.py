"""Damaged translations: typical errors of models, made from human translations without a model."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import regex

from corpora.article import Block
from quotes.marks.pairing import MarkPair, pair_marks

_SPLIT = {"zh": regex.compile(r"(?<=[，；：。！？])")}
_SPACED = regex.compile(r"(?<=[,;:—.!?])\s+")
_TRAIL = regex.compile(r"[\s,;:—–，；：、-]+$")
_STOP = regex.compile(r"[.!?。！？…][\"”»」)]?$")
_NUMBER = regex.compile(r"\d+(?:[.,]\d+)*")
_MARK = regex.compile('[“”«»„"「」]')
_NAME = {
    "en": regex.compile(r"(?<=[\p{Ll},] )\p{Lu}[\p{Ll}’'-]{2,}(?: \p{Lu}[\p{Ll}’'-]{2,})*"),
    "zh": regex.compile(
        r"(?:美国|中国|俄罗斯|英国|法国|德国|日本|印度|北京|上海|莫斯科|纽约|伦敦|巴黎|乌克兰|以色列|伊朗|意大利|西班牙)"
    ),
}
_LEAST = {"en": 18, "ru": 18, "zh": 6}
"""Characters of the shortest clause that is left out or inserted."""


@dataclass(frozen=True)
class HumanTranslation:
    """A source and its human translation."""

    source: str
    target: str
    source_language: str
    target_language: str

    @property
    def glue(self) -> str:
        """Return the separator between sentences of the translation."""
        return "" if self.target_language == "zh" else " "


Damage = Callable[[HumanTranslation, Sequence[HumanTranslation], random.Random], "str | None"]


def clauses(text: str, language: str) -> list[str]:
    """Split a text after its punctuation."""
    return [part for part in _SPLIT.get(language, _SPACED).split(text) if part.strip()]


def _stopped(text: str, language: str) -> str:
    text = _TRAIL.sub("", text)
    return text if _STOP.search(text) else text + ("。" if language == "zh" else ".")


def _drop(sample: HumanTranslation, where: str) -> str | None:
    language = sample.target_language
    parts = clauses(sample.target, language)
    places = {"last": len(parts) - 1, "first": 0, "middle": len(parts) // 2}
    at = places[where]
    if len(parts) < (3 if where == "middle" else 2) or len(parts[at]) < _LEAST[language]:
        return None
    left = parts[:at] + parts[at + 1 :]
    text = _stopped(sample.glue.join(left), language)
    return text[0].upper() + text[1:]


def drop_last(sample: HumanTranslation, others: Sequence[HumanTranslation], rng: random.Random) -> str | None:
    del others, rng
    return _drop(sample, "last")


def drop_first(sample: HumanTranslation, others: Sequence[HumanTranslation], rng: random.Random) -> str | None:
    del others, rng
    return _drop(sample, "first")


def drop_middle(sample: HumanTranslation, others: Sequence[HumanTranslation], rng: random.Random) -> str | None:
    del others, rng
    return _drop(sample, "middle")


def add_sentence(sample: HumanTranslation, others: Sequence[HumanTranslation], rng: random.Random) -> str | None:
    return sample.target + sample.glue + rng.choice(others).target


def add_clause(sample: HumanTranslation, others: Sequence[HumanTranslation], rng: random.Random) -> str | None:
    language = sample.target_language
    least = _LEAST[language]
    fitting = [part for part in clauses(rng.choice(others).target, language) if least < len(part) < 5 * least]
    if not fitting:
        return None
    body = regex.sub(r"[.!?。！？]+$", "", sample.target)
    clause = regex.sub(r"[.!?。！？,，;；:：]+$", "", rng.choice(fitting))
    return body + ("，" if language == "zh" else ", ") + clause + ("。" if language == "zh" else ".")


def cut_off(sample: HumanTranslation, others: Sequence[HumanTranslation], rng: random.Random) -> str | None:
    del others
    text = sample.target[: int(len(sample.target) * rng.uniform(0.5, 0.9))].rstrip()
    return text if _STOP.search(sample.source) and len(text) > _LEAST[sample.target_language] else None


def cut_and_stopped(sample: HumanTranslation, others: Sequence[HumanTranslation], rng: random.Random) -> str | None:
    text = cut_off(sample, others, rng)
    if text is None:
        return None
    if sample.target_language != "zh":
        text = text.rpartition(" ")[0]
    return _stopped(text, sample.target_language)


def other_sentence(sample: HumanTranslation, others: Sequence[HumanTranslation], rng: random.Random) -> str | None:
    del sample
    return rng.choice(others).target


def digit(sample: HumanTranslation, others: Sequence[HumanTranslation], rng: random.Random) -> str | None:
    del others
    found = list(_NUMBER.finditer(sample.target))
    if not found:
        return None
    match = rng.choice(found)
    at = rng.choice([place for place in range(*match.span()) if sample.target[place].isdigit()])
    new = rng.choice([sign for sign in "123456789" if sign != sample.target[at]])
    return sample.target[:at] + new + sample.target[at + 1 :]


def name(sample: HumanTranslation, others: Sequence[HumanTranslation], rng: random.Random) -> str | None:
    pattern = _NAME.get(sample.target_language, _NAME["en"])
    found = list(pattern.finditer(sample.target))
    if not found:
        return None
    match = rng.choice(found)
    words = match.group().count(" ")
    pool = {
        each.group()
        for other in others
        for each in pattern.finditer(other.target)
        if each.group() not in sample.target and each.group().count(" ") == words
    }
    if not pool:
        return None
    return sample.target[: match.start()] + rng.choice(sorted(pool)) + sample.target[match.end() :]


def mark_lost(sample: HumanTranslation, others: Sequence[HumanTranslation], rng: random.Random) -> str | None:
    del others
    found = [match.start() for match in _MARK.finditer(sample.target)]
    if not found or len(found) % 2:
        return None
    at = rng.choice(found)
    return sample.target[:at] + sample.target[at + 1 :]


def marks_dropped(sample: HumanTranslation, others: Sequence[HumanTranslation], rng: random.Random) -> str | None:
    del others
    found = _utterances(sample)
    if not found:
        return None
    pair = rng.choice(found)
    return _without_marks(sample.target, pair)


def marks_moved(sample: HumanTranslation, others: Sequence[HumanTranslation], rng: random.Random) -> str | None:
    """Put the marks of an utterance around the last few words behind it, as around the name of its speaker."""
    del others
    text = sample.target
    found = [pair for pair in _utterances(sample) if len(text) - (pair.closer or 0) > _LEAST[sample.target_language]]
    if not found:
        return None
    pair = rng.choice(found)
    opening, closing = text[pair.opener], text[pair.closer or 0]
    bare = _TRAIL.sub("", regex.sub(r"[.。]$", "", _without_marks(text, pair)))
    size = 4 if sample.target_language == "zh" else len(bare.rpartition(" ")[2])
    stop = "。" if sample.target_language == "zh" else "."
    return f"{bare[:-size]}{opening}{bare[-size:]}{closing}{stop}"


def _utterances(sample: HumanTranslation) -> list[MarkPair]:
    """Return the closed pairs of marks around a clause or more, in both texts."""
    least = _LEAST[sample.target_language]
    own = pair_marks(sample.target, [Block("paragraph", 0, len(sample.target))], sample.target_language)
    source = pair_marks(sample.source, [Block("paragraph", 0, len(sample.source))], sample.source_language)
    if not any(pair.closer and pair.closer - pair.opener > _LEAST[sample.source_language] for pair in source):
        return []
    return [pair for pair in own if pair.closer and pair.closer - pair.opener > least and pair.parent is None]


def _without_marks(text: str, pair: MarkPair) -> str:
    closer = pair.closer or len(text)
    return text[: pair.opener] + text[pair.opener + 1 : closer] + text[closer + 1 :]


def loop(sample: HumanTranslation, others: Sequence[HumanTranslation], rng: random.Random) -> str | None:
    del others
    words = list(sample.target) if sample.target_language == "zh" else sample.target.split()
    size = rng.randint(3, 7) if sample.target_language == "zh" else rng.randint(2, 4)
    if len(words) < size + 2:
        return None
    at = rng.randrange(len(words) - size)
    again = words[at : at + size] * rng.randint(1, 4)
    return sample.glue.join(words[: at + size] + again + words[at + size :])


def left_untranslated(sample: HumanTranslation, others: Sequence[HumanTranslation], rng: random.Random) -> str | None:
    del others, rng
    own, source = clauses(sample.target, sample.target_language), clauses(sample.source, sample.source_language)
    if min(len(own), len(source)) < 2 or not regex.search(r"\p{Ll}{3}|\p{Han}{3}", source[-1]):  # noqa: PLR2004
        return None
    return sample.glue.join([*own[:-1], source[-1]])


def copied(sample: HumanTranslation, others: Sequence[HumanTranslation], rng: random.Random) -> str | None:
    del others, rng
    return sample.source


DAMAGES: dict[str, Damage] = {
    "drop_last": drop_last,
    "drop_first": drop_first,
    "drop_middle": drop_middle,
    "add_sentence": add_sentence,
    "add_clause": add_clause,
    "cut_off": cut_off,
    "cut_and_stopped": cut_and_stopped,
    "other_sentence": other_sentence,
    "digit": digit,
    "name": name,
    "mark_lost": mark_lost,
    "marks_dropped": marks_dropped,
    "marks_moved": marks_moved,
    "loop": loop,
    "left_untranslated": left_untranslated,
    "copied": copied,
}
