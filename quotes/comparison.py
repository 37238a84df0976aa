"""How the quotes of several versions of one story differ."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import combinations

from alignment.encoders import Encoder
from corpora.article import Article
from corpora.errors import UsageError
from corpora.languages import NAMES
from corpora.progress import SILENT, Progress
from quotes.compare_options import CompareOptions
from quotes.findings.evidence import Pair, Passage
from quotes.findings.vectors import Vectors
from quotes.matching.links import Version, group_quotes, link_versions
from quotes.matching.members import Alignments, Member, MemberFinder, Members
from quotes.types import Comparison, Quote, QuoteGroup, QuotePair
from quotes.verdicts import judge, judge_absence

_NAME_KINDS = frozenset({"title", "indirect"})


def compare_versions(
    articles: Sequence[Article],
    *,
    options: CompareOptions | None = None,
    encoder: Encoder | None = None,
    quotes: Sequence[Sequence[Quote]] | None = None,
    alignments: Alignments | None = None,
    progress: Progress = SILENT,
) -> Comparison:
    """Find the passages that are one quote in several versions, and what differs between their wordings.

    Args:
        articles: Two or more versions of one story, in any of the known languages, also several in one language.
        options: Weights and thresholds; None takes the defaults.
        encoder: Embeds sentences and quotes; None loads the embedded one.
        quotes: The quotes of each article, where they are known; None extracts them.
        alignments: For every two articles, the lower index first, how their sentences answer each other; None aligns
            them.
        progress: Told about every step.

    Returns:
        Every quote of every article in exactly one group, in order of appearance. A member that stands in no marks of
        its own has kind `indirect`, or is a share of a quote that another group holds, with an empty `marks`.

    Raises:
        UsageError: Fewer than two articles, or `quotes` or `alignments` that do not fit them.
    """
    options = options or CompareOptions()
    _check(articles, quotes, alignments)
    encoder = encoder or _load_encoder()
    vectors = Vectors(encoder)
    versions = [
        Version(article, tuple(found)) for article, found in zip(articles, _quotes(articles, quotes), strict=True)
    ]
    table = alignments if alignments is not None else _align(articles, encoder)
    groups = group_quotes(versions, link_versions(versions, table, vectors=vectors, options=options.match))
    filled = MemberFinder(versions, table, vectors, options.presence).fill(groups)
    judge_of = _Judge(versions, vectors, options)
    done = []
    with progress.bar("Comparing quotes", len(filled), unit="quotes") as advance:
        for number, members in enumerate(filled, start=1):
            done.append(judge_of.group(f"g{number}", members))
            advance(1)
    return Comparison(
        tuple(article.language for article in articles),
        tuple(version.quotes for version in versions),
        tuple(done),
        _signature(encoder, options),
    )


def _check(
    articles: Sequence[Article], quotes: Sequence[Sequence[Quote]] | None, alignments: Alignments | None
) -> None:
    if len(articles) < 2:  # noqa: PLR2004 - a comparison needs two
        raise UsageError(f"cannot compare {len(articles)} version(s) of a story", hint="Name two or more articles")
    if quotes is not None and len(quotes) != len(articles):
        raise UsageError(f"{len(quotes)} lists of quotes were given for {len(articles)} articles")
    missing = set(combinations(range(len(articles)), 2)) - set(alignments if alignments is not None else ())
    if alignments is not None and missing:
        first, second = min(missing)
        raise UsageError(f"no alignment of articles {first} and {second} was given")


def _load_encoder() -> Encoder:
    from alignment.encoders import load_encoder  # noqa: PLC0415 - so that a test can stand in for it

    return load_encoder()


def _quotes(articles: Sequence[Article], quotes: Sequence[Sequence[Quote]] | None) -> Sequence[Sequence[Quote]]:
    if quotes is not None:
        return quotes
    from quotes.extraction import extract_quotes  # noqa: PLC0415 - loads lexicons and a morphological dictionary

    return [extract_quotes(article) for article in articles]


def _align(articles: Sequence[Article], encoder: Encoder) -> Alignments:
    from alignment import align_versions  # noqa: PLC0415 - heavy, and not needed where alignments are given

    return align_versions(articles, encoder=encoder)


def _signature(encoder: Encoder, options: CompareOptions) -> tuple[tuple[str, str], ...]:
    settings = asdict(options)
    return (
        ("encoder", encoder.name),
        ("encoder_revision", encoder.revision),
        *((f"{part}.{name}", f"{value:g}") for part, values in settings.items() for name, value in values.items()),
    )


@dataclass(frozen=True, slots=True)
class _Judge:
    """Compares the members of groups."""

    versions: Sequence[Version]
    vectors: Vectors
    options: CompareOptions

    def group(self, name: str, members: Members) -> QuoteGroup:
        pairs = tuple(self._pair((one, other), members) for one, other in combinations(range(len(members)), 2))
        quotes = tuple(member.quote if member else None for member in members)
        speakers = [quote.speaker_name for quote in quotes if quote and quote.speaker_name]
        return QuoteGroup(name, quotes, pairs, speakers[0] if speakers else None)

    def _pair(self, at: tuple[int, int], members: Members) -> QuotePair:
        first, second = members[at[0]], members[at[1]]
        if first and second:
            passages = self._passage(at[0], first), self._passage(at[1], second)
            pair = Pair(*passages, self.vectors, (self._cast(at[0]), self._cast(at[1])))
            return judge(at, pair, (first, second), self.options.verdict)
        name = all(member.quote.kind in _NAME_KINDS for member in members if member)
        side = 0 if second else 1
        present = second if side == 0 else first
        passage = self._passage(at[1 - side], present) if present else None
        language = NAMES[self.versions[at[side]].article.language]
        return judge_absence(at, passage, (side, language), self.options.verdict, name=name)

    def _passage(self, version: int, member: Member) -> Passage:
        return Passage(self.versions[version].article, member.spans, member.quote)

    def _cast(self, version: int) -> tuple[str, ...]:
        names = (quote.speaker_name for quote in self.versions[version].quotes)
        return tuple(dict.fromkeys(name for name in names if name))
