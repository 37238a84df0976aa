"""The head of the report: where the versions come from, what was counted, what to beware of."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from common.messages import message, word
from quotes.types import QuotePair
from tolmach.pages.groups import Card
from tolmach.pages.text import version_name
from tolmach.results.result import Result, Version, VersionTranslation

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
