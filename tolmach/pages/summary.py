"""The head of the report: which quotes may differ, a line for each; where the versions come from, what to beware of."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlsplit

from common.messages import message, word
from corpora.languages import CHINESE, base_language
from quotes.types import VERDICTS, QuotePair
from tolmach.pages.groups import DIFFERENT, Card, MemberCard, PairCard, gravity
from tolmach.pages.text import GAP, Fragment, version_name
from tolmach.results.result import Result, Version, VersionTranslation

_LONGEST: Final = 100
"""Characters of a wording on its line: some two lines of a column at 1280 pixels. Chinese gets half as many."""
_MOST_KINDS: Final = 3
_SEVERITIES: Final = ("serious", "warning", "changed", "note")
_ELLIPSIS: Final = "\N{HORIZONTAL ELLIPSIS}"
_GAP: Final = Fragment(GAP)


@dataclass(frozen=True, slots=True)
class ChangeSide:
    """One version's words on the line of a change.

    Attributes:
        words: The words around the change, evidence marked; none where the version has nothing to show.
    """

    member: MemberCard
    words: tuple[Fragment, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the summary: the gravest pair of a passage.

    Attributes:
        kinds: Kinds of its gravest findings.
    """

    card: Card
    kinds: tuple[str, ...]
    sides: tuple[ChangeSide, ChangeSide]


def make_changes(cards: Iterable[Card]) -> tuple[Change, ...]:
    """Return a line for each passage that may differ, the gravest first."""
    return tuple(_change(card) for card in sorted(cards, key=gravity) if card.verdict in DIFFERENT)


def _change(card: Card) -> Change:
    roles = [member.version.role for member in card.members]
    original = roles.index("source") if "source" in roles else 0
    pair = min(card.pairs, key=lambda each: _rank(each, original))
    places = sorted(pair.compared.versions, key=lambda at: (at != original, at))
    first, second = (ChangeSide(card.members[at], _words(card.members[at], pair)) for at in places)
    return Change(card, _kinds(pair), (first, second))


def _rank(pair: PairCard, original: int) -> tuple[int, bool, float]:
    """Return a key that puts the gravest pair first, and of several one with the original."""
    compared = pair.compared
    return VERDICTS.index(compared.verdict), original not in compared.versions, -compared.altered


def _kinds(pair: PairCard) -> tuple[str, ...]:
    findings = [finding for _, finding in pair.findings]
    grave = [each for each in findings if each.severity != "note"] or findings
    # A verdict that is also a kind of finding is on the line already.
    kinds = dict.fromkeys(each.kind for each in grave if each.kind != pair.compared.verdict)
    return tuple(kinds)[:_MOST_KINDS]


def _words(member: MemberCard, pair: PairCard) -> tuple[Fragment, ...]:
    wording = [piece for part in member.parts for piece in (_GAP, *part)][1:]
    around = [list(context.fragments) for context in member.context]
    marked = [[_marked(piece, pair) for piece in pieces] for pieces in (wording, *around)]
    shown = min(marked, key=_severity)
    if not shown and around and pair.compared.verdict == "indirect":
        shown = marked[1]
    chinese = base_language(member.version.article.language) == CHINESE
    return excerpt(shown, _LONGEST // 2 if chinese else _LONGEST)


def _severity(pieces: Sequence[Fragment]) -> int:
    """Return the place in `_SEVERITIES` of the gravest mark in a text."""
    kinds = {kind for piece in pieces for kind in piece.kinds}
    return next((rank for rank, kind in enumerate(_SEVERITIES) if kind in kinds), len(_SEVERITIES))


def _marked(piece: Fragment, pair: PairCard) -> Fragment:
    """Return a piece with the marks of one pair alone."""
    kinds = dict.fromkeys(kind for number, kind in pair.marks.items() if number in piece.findings)
    return replace(piece, kinds=tuple(kinds), findings=(), group=0)


def excerpt(pieces: Sequence[Fragment], longest: int) -> tuple[Fragment, ...]:
    """Return at most `longest` characters of a text around its first marked words, an ellipsis where more is."""
    text = "".join(piece.text for piece in pieces)
    if len(text) <= longest:
        return tuple(pieces)
    start, end = _window(text, _first_mark(pieces), longest)
    kept = (_slice(piece, place, (start, end)) for place, piece in zip(_places(pieces), pieces, strict=True))
    opening = [Fragment(f"{_ELLIPSIS} ")] if start else []
    closing = [Fragment(f" {_ELLIPSIS}")] if end < len(text) else []
    return (*opening, *(piece for piece in kept if piece.text), *closing)


def _places(pieces: Sequence[Fragment]) -> list[int]:
    places = [0]
    for piece in pieces[:-1]:
        places.append(places[-1] + len(piece.text))
    return places


def _first_mark(pieces: Sequence[Fragment]) -> tuple[int, int]:
    places = zip(_places(pieces), pieces, strict=True)
    return next(((at, at + len(piece.text)) for at, piece in places if piece.kinds), (0, 0))


def _window(text: str, mark: tuple[int, int], longest: int) -> tuple[int, int]:
    """Return a span of at most `longest` characters with the mark in its middle, cut between words where there are."""
    before = max(0, longest - (mark[1] - mark[0])) // 2
    start = max(0, min(mark[0] - before, len(text) - longest))
    end = min(len(text), start + longest)
    if start and (space := text.find(" ", start, mark[0])) >= 0:
        start = space + 1
    if end < len(text) and (space := text.rfind(" ", max(start, min(mark[1], end - 1)), end)) > start:
        end = space
    return start, end


def _slice(piece: Fragment, place: int, window: tuple[int, int]) -> Fragment:
    start, end = (max(0, at - place) for at in window)
    return replace(piece, text=piece.text[start:end])


_ARROW = " \N{RIGHTWARDS ARROW} "
_TENTHS = 10
"""Shares are told in tenths: the sets that they were measured on are too small for more."""


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """One version in the table at the head.

    Attributes:
        name: Its language.
        link: Address of the page it was read from, None where that is no web page.
        model: Model that translated it, empty where none did.
        routes: Languages that the sentences went through, each route once.
        failed: How many sentences failed a check, None where none were made.
        warnings: What to know about its quality.
    """

    version: Version
    name: str
    role: str
    link: str | None
    model: str
    licence: str
    routes: tuple[str, ...]
    failed: int | None
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Caution:
    """What to know about the quality of some versions.

    Attributes:
        names: Their languages.
    """

    names: tuple[str, ...]
    warning: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the summary.

    Attributes:
        value: As printed.
        anchor: Where more about it stands.
    """

    value: str
    label: str
    anchor: str = ""


def make_facts(result: Result) -> tuple[VersionFacts, ...]:
    """Return what is known of each version."""
    return tuple(_facts(version, result.translations.get(version.id)) for version in result.versions)


def make_cautions(facts: Sequence[VersionFacts]) -> tuple[Caution, ...]:
    """Return each warning once, with the versions it is about."""
    warnings = dict.fromkeys(warning for each in facts for warning in each.warnings)
    return tuple(Caution(tuple(each.name for each in facts if one in each.warnings), one) for one in warnings)


def sentences_figure(result: Result) -> Figure:
    """Return the number of sentences of every version."""
    sentences = " \N{MIDDLE DOT} ".join(str(len(version.article.sentences)) for version in result.versions)
    names = message("list.comma").join(version.id for version in result.versions)
    return Figure(sentences, message("figure.sentences_of", versions=names), anchor="text")


def describe_right(pairs: Iterable[QuotePair]) -> str:
    """Return how often `altered` was right in such pairs, as "about 7 in 10 on unseen text"; empty if not measured."""
    shares = sorted({round(_TENTHS * pair.right) for pair in pairs if pair.right is not None})
    if not shares:
        return ""
    least, most = shares[0], shares[-1]
    share = str(least) if least == most else message("report.right_range", least=least, most=most)
    return message("report.right", share=share)


def list_speakers(cards: Sequence[Card]) -> list[str]:
    """Return the named speakers, the most quoted first."""
    return [speaker for speaker, _ in Counter(card.speaker for card in cards if card.speaker).most_common()]


def _facts(version: Version, translation: VersionTranslation | None) -> VersionFacts:
    role = word("role", version.role)
    link, name = web_address(version.article.meta.source), version_name(version)
    if translation is None:
        return VersionFacts(version, name, role, link, "", "", (), None, ())
    routes = tuple(dict.fromkeys(_ARROW.join(each.route) for each in translation.sentences if each.route))
    failed = sum(1 for each in translation.sentences if each.checks)
    model = translation.signature.get("model", "")
    licence = translation.signature.get("licence", "")
    return VersionFacts(version, name, role, link, model, licence, routes, failed, translation.warnings)


def web_address(source: str | None) -> str | None:
    """Return `source` if it is an http address: nothing else may become a link, least of all `javascript:`."""
    try:
        return source if source and urlsplit(source).scheme in {"http", "https"} else None
    except ValueError:
        return None
