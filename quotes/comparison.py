"""How the quotes of several versions of one story differ."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from itertools import combinations

import alignment
from alignment import encoders
from alignment.encoders import Encoder
from alignment.encoders.threads import blas_threads
from common.errors import UsageError
from common.messages import message, word
from common.progress import SILENT, Progress
from corpora.article import Article
from corpora.offsets import Span
from quotes.extraction import extract_quotes
from quotes.facts.passages import Passage, PassagePair
from quotes.facts.vectors import Vectors
from quotes.findings.evidence import Evidence
from quotes.findings.measure import altered, gather_evidence, order_findings, prepare, strengths
from quotes.judges.base import Judge, collect, support
from quotes.matching.links import QuotedVersion, group_quotes, link_versions
from quotes.matching.members import AlignmentsByPair, Member, MemberFinder, Members
from quotes.options import CompareOptions, VerdictOptions
from quotes.types import Comparison, Finding, Quote, QuoteGroup, QuotePair, Severity, Verdict

_SPOKEN = frozenset({"direct", "partial", "slogan"})
_GUESSES = frozenset({("omission", "note"), ("addition", "note"), ("words", "note"), ("words", "warning")})
"""Findings that rest on similarity alone: they say why a pair is suspected, and contradict a verdict of `same`."""


def judge_pair(
    versions: tuple[int, int],
    pair: PassagePair,
    members: tuple[Member, Member],
    options: VerdictOptions,
    *,
    opinion: Evidence | None = None,
) -> QuotePair:
    """Compare a quote that both versions have, with or without marks.

    Args:
        versions: Indices of the two.
        pair: The words.
        members: How each version has them.
        options: Thresholds.
        opinion: A judge's. It changes the score, and never makes a pair `altered` without evidence from the words.
    """
    evidence = gather_evidence(pair)
    opinions = [support(opinion, evidence)] if opinion else []
    cosine = pair.vectors.cosine(pair.first.text, pair.second.text)
    # Two copies of one sentence in one language need no model to be the same.
    score = 0.0 if pair.same_language and not evidence else altered(strengths([*evidence, *opinions]))
    if all(member.trace for member in members):
        return _both_found(versions, evidence, (score, cosine), options)
    findings = [item.finding for item in (*evidence, *opinions) if item.finding]
    findings += _unmarked(pair, members)
    unmarked = any(member.trace and not member.trace.inside for member in members)
    spoken = any(member.quote.kind in _SPOKEN for member in members)
    # A name in marks here and without them there is a habit of print; speech without its marks is another claim.
    verdict = "indirect" if unmarked and spoken else _verdict(pair, evidence, (score, cosine), options)
    if verdict == "same":
        findings = [finding for finding in findings if (finding.kind, finding.severity) not in _GUESSES]
    return QuotePair(versions, verdict, cosine, score, order_findings(findings))


def _both_found(
    versions: tuple[int, int], evidence: Sequence[Evidence], measures: tuple[float, float], options: VerdictOptions
) -> QuotePair:
    """Report two passages that neither version quotes: each was only found as the answer to a third one's quote.

    Where each was found is a guess, so the two are never called altered, and only what is plain is told.
    """
    score, cosine = measures
    findings = [item.finding for item in evidence if item.finding and item.finding.severity != "note"]
    verdict: Verdict = "uncertain" if score >= options.uncertain and findings else "same"
    return QuotePair(versions, verdict, cosine, score, order_findings(findings))


def _verdict(
    pair: PassagePair, evidence: Sequence[Evidence], measures: tuple[float, float], options: VerdictOptions
) -> Verdict:
    score, cosine = measures
    # "Altered" is a claim that needs something to show for it.
    shown = any(item.finding and item.finding.severity != "note" for item in evidence)
    if score >= options.altered and shown:
        return "altered"
    # Nor is a doubt worth anything that cannot say what it is about.
    if score >= options.uncertain and any(item.finding for item in evidence):
        return "uncertain"
    differs = any(item.feature == "wording" for item in evidence) if pair.same_language else cosine < options.reworded
    return "reworded" if differs else "same"


def _unmarked(pair: PassagePair, members: tuple[Member, Member]) -> list[Finding]:
    findings = []
    for side, (passage, other, member) in enumerate(
        ((pair.first, pair.second, members[0]), (pair.second, pair.first, members[1]))
    ):
        quote = members[1 - side].quote
        if member.trace is None or quote.kind == "indirect":
            continue
        spans: tuple[tuple[Span, ...], tuple[Span, ...]] = (pair.first.spans, pair.second.spans)
        if member.trace.inside:
            findings.append(Finding("merged", "note", message("finding.merged", has=passage.language_name), *spans))
        elif quote.kind == "title":
            text = message("finding.unmarked", lacks=passage.language_name, has=other.language_name)
            findings.append(Finding("unmarked", "note", text, *spans))
        else:
            severity: Severity = "warning" if quote.kind in _SPOKEN else "note"
            text = message("finding.indirect", lacks=passage.language_name, has=other.language_name)
            findings.append(Finding("indirect", severity, text, *spans))
    return findings


def judge_absence(
    versions: tuple[int, int],
    passage: Passage | None,
    lacking: tuple[int, str],
    options: VerdictOptions,
    *,
    name: bool = False,
) -> QuotePair:
    """Report a quote that one version lacks.

    Args:
        versions: Indices of the two.
        passage: The words where they are; None where neither of the two has them.
        lacking: Which side lacks them, 0 or 1, and its language as a reader calls it.
        options: How much a missing quote counts.
        name: Whether no version has more than a name in marks, which may stand anywhere unrecognised.
    """
    # Words that neither version quotes are no quote that one of them lacks.
    if passage is None or passage.quote.kind == "indirect":
        return QuotePair(versions, "uncertain" if name else "missing", None, 0.0)
    side, language = lacking
    if name:
        return _unknown_name(versions, passage, lacking, options)
    spoken = passage.quote.kind in _SPOKEN
    severity: Severity = "serious" if passage.quote.kind == "direct" else "warning" if spoken else "note"
    text = message("finding.missing", lacks=language, has=passage.language_name)
    spans = (passage.spans, ()) if side == 1 else ((), passage.spans)
    score = options.missing if spoken else options.missing_name
    return QuotePair(versions, "missing", None, score, (Finding("missing", severity, text, *spans),))


def _unknown_name(
    versions: tuple[int, int], passage: Passage, lacking: tuple[int, str], options: VerdictOptions
) -> QuotePair:
    """Report a name in marks that was not recognised: it may be there, translated and without marks."""
    side, language = lacking
    text = message("finding.unknown_name", lacks=language, has=passage.language_name)
    spans = (passage.spans, ()) if side == 1 else ((), passage.spans)
    return QuotePair(versions, "uncertain", None, options.missing_name, (Finding("unmarked", "note", text, *spans),))


_NAME_KINDS = frozenset({"title", "indirect"})
_Place = tuple[str, tuple[int, int]]
"""Name of a group, and two of its versions."""


def compare_versions(  # noqa: PLR0913 - all but the articles have a default
    articles: Sequence[Article],
    *,
    options: CompareOptions | None = None,
    encoder: Encoder | None = None,
    quotes: Sequence[Sequence[Quote]] | None = None,
    alignments: AlignmentsByPair | None = None,
    judge: Judge | None = None,
    progress: Progress = SILENT,
) -> Comparison:
    """Find the passages that are one quote in several versions, and what differs between their wordings.

    Args:
        articles: Two or more versions of one story, in any of the known languages, also several in one language.
        options: Weights and thresholds; None takes the defaults.
        encoder: Embeds sentences and quotes; None loads the embedded one.
        quotes: The quotes of each article, where they are known; None extracts them.
        alignments: For every two articles, the lower index first, how their sentences correspond; None aligns
            them.
        judge: Model that gives a second opinion on all pairs of utterances; None asks none.
        progress: Told about every step.

    Returns:
        Every quote of every article in exactly one group, in order of appearance. A member that stands in no marks of
        its own has kind `indirect`, or is a share of a quote that another group holds, with an empty `marks`.

    Raises:
        UsageError: Fewer than two articles, or `quotes` or `alignments` that do not fit them.
        TolmachError: The judge cannot be asked at all.
    """
    options = options or CompareOptions()
    _check(articles, quotes, alignments)
    encoder = encoder or _load_encoder()
    vectors = Vectors(encoder)
    versions = [
        QuotedVersion(article, tuple(found)) for article, found in zip(articles, _quotes(articles, quotes), strict=True)
    ]
    table = alignments if alignments is not None else _align(articles, encoder)
    # The matrices of a quote are small: a second thread would be waited for longer than it would help.
    with blas_threads().one():
        groups = group_quotes(versions, link_versions(versions, table, vectors=vectors, options=options.match))
        filled = MemberFinder(versions, table, vectors, options.presence).fill(groups)
    comparer = _Comparer(versions, vectors, options)
    if judge:
        comparer = replace(comparer, opinions=collect(judge, comparer.pairs(filled), progress))
    done = []
    with progress.bar("Comparing quotes", len(filled), unit="quotes") as advance, blas_threads().one():
        prepare(comparer.pairs(filled).values())
        for number, members in enumerate(filled, start=1):
            done.append(comparer.group(f"g{number}", members))
            advance(1)
    return Comparison(
        tuple(article.language for article in articles),
        tuple(version.quotes for version in versions),
        tuple(done),
        _signature(encoder, options, judge if comparer.opinions else None),
    )


def _check(
    articles: Sequence[Article], quotes: Sequence[Sequence[Quote]] | None, alignments: AlignmentsByPair | None
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
    return encoders.load_encoder()


def _quotes(articles: Sequence[Article], quotes: Sequence[Sequence[Quote]] | None) -> Sequence[Sequence[Quote]]:
    if quotes is not None:
        return quotes
    return [extract_quotes(article) for article in articles]


def _align(articles: Sequence[Article], encoder: Encoder) -> AlignmentsByPair:
    return alignment.align_versions(articles, encoder=encoder)


def _signature(encoder: Encoder, options: CompareOptions, judge: Judge | None) -> tuple[tuple[str, str], ...]:
    settings = asdict(options)
    return (
        ("encoder", encoder.name),
        ("encoder_revision", encoder.revision),
        ("lexicon", data_hash()),
        *((f"{part}.{name}", f"{value:g}") for part, values in settings.items() for name, value in values.items()),
        *(judge.signature() if judge else ()),
    )


@dataclass(frozen=True, slots=True)
class _Comparer:
    """Compares the members of groups."""

    versions: Sequence[QuotedVersion]
    vectors: Vectors
    options: CompareOptions
    opinions: Mapping[_Place, Evidence] = field(default_factory=dict)

    def pairs(self, groups: Sequence[Members]) -> dict[_Place, PassagePair]:
        """Return all pairs of words, by the name of the group and the versions."""
        return {
            (f"g{number}", at): pair
            for number, members in enumerate(groups, start=1)
            for at in combinations(range(len(members)), 2)
            if (pair := self._words(at, members))
        }

    def group(self, name: str, members: Members) -> QuoteGroup:
        pairs = tuple(self._pair(name, at, members) for at in combinations(range(len(members)), 2))
        quotes = tuple(member.quote if member else None for member in members)
        speakers = [quote.speaker_name for quote in quotes if quote and quote.speaker_name]
        return QuoteGroup(name, quotes, pairs, speakers[0] if speakers else None)

    def _words(self, at: tuple[int, int], members: Members) -> PassagePair | None:
        first, second = members[at[0]], members[at[1]]
        if not first or not second:
            return None
        passages = self._passage(at, 0, first), self._passage(at, 1, second)
        return PassagePair(*passages, self.vectors, (self._cast(at[0]), self._cast(at[1])))

    def _pair(self, group: str, at: tuple[int, int], members: Members) -> QuotePair:
        first, second = members[at[0]], members[at[1]]
        pair = self._words(at, members)
        if pair and first and second:
            opinion = self.opinions.get((group, at))
            return judge_pair(at, pair, (first, second), self.options.verdict, opinion=opinion)
        name = all(member.quote.kind in _NAME_KINDS for member in members if member)
        side = 0 if second else 1
        present = second if side == 0 else first
        passage = self._passage(at, 1 - side, present) if present else None
        lacking = self._label(at, side) or word("language", self.versions[at[side]].article.language)
        return judge_absence(at, passage, (side, lacking), self.options.verdict, name=name)

    def _passage(self, at: tuple[int, int], side: int, member: Member) -> Passage:
        return Passage(self.versions[at[side]].article, member.spans, member.quote, self._label(at, side))

    def _label(self, at: tuple[int, int], side: int) -> str | None:
        """Name a version by its place where the language is that of the other, too."""
        first, second = (self.versions[version].article.language for version in at)
        return message("version.second" if side else "version.first") if first == second else None

    def _cast(self, version: int) -> tuple[str, ...]:
        names = (quote.speaker_name for quote in self.versions[version].quotes)
        return tuple(dict.fromkeys(name for name in names if name))


_DATA = (".toml", ".json", ".npz")


@cache
def data_hash() -> str:
    """Return the first 12 digits of the SHA-256 of all data files of `quotes`, by name and content."""
    found = hashlib.sha256()
    for name, file in sorted(_files(resources.files("quotes"), ""), key=lambda item: item[0]):
        found.update(name.encode("utf-8") + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return found.hexdigest()[:12]


def _files(folder: Traversable, path: str) -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        name = f"{path}{entry.name}"
        if entry.is_dir():
            yield from _files(entry, f"{name}/")
        elif name.endswith(_DATA):
            yield name, entry
