"""How the quotes of several versions of one story differ."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
from corpora.chinese import in_simplified
from corpora.offsets import Span
from quotes.extraction import as_written, extract_all
from quotes.facts.clauses import is_statement, text_size
from quotes.facts.passages import Passage, PassagePair
from quotes.facts.vectors import Vectors
from quotes.findings.evidence import Evidence
from quotes.findings.measure import absent, altered, gather_evidence, order_findings, prepare, share_right, strengths
from quotes.judges.base import Judge, collect, support
from quotes.matching.links import QuotedVersion, group_quotes, link_versions
from quotes.matching.members import AlignmentsByPair, Member, MemberFinder, Members
from quotes.types import (
    CompareOptions,
    Comparison,
    Finding,
    Quote,
    QuoteGroup,
    QuotePair,
    Severity,
    Verdict,
    VerdictOptions,
    gravest,
)

_SPOKEN = frozenset({"direct", "partial", "slogan"})
_GUESSES = frozenset({"omission", "addition", "words"})
"""Findings that rest on similarity alone: they say why a pair is suspected, and nothing where it is not."""
_HARMLESS = frozenset({"same", "reworded"})


def judge_pair(
    versions: tuple[int, int],
    pair: PassagePair,
    members: tuple[Member, Member],
    options: VerdictOptions,
    *,
    opinion: Evidence | None = None,
) -> QuotePair:
    """Compare a quote that both versions have, with or without marks.

    The opinion of a judge changes the score, and never makes a pair `altered` without evidence from the words.
    """
    evidence = gather_evidence(pair)
    opinions = [support(opinion, evidence)] if opinion else []
    cosine = pair.vectors.cosine(pair.first.text, pair.second.text)
    score = _measure(pair, [*evidence, *opinions], options)
    if all(member.trace for member in members):
        return _both_found(versions, evidence, (score, cosine), options)
    findings = [item.finding for item in (*evidence, *opinions) if item.finding]
    verdict = _verdict(pair, evidence, (score, cosine), options)
    if any(member.trace for member in members):
        verdict = _found_verdict(pair, members, verdict)
    told = (*agreeing(findings, verdict), *_unmarked(pair, members))
    return QuotePair(versions, verdict, cosine, score, order_findings(told), _right(pair, verdict))


def _measure(pair: PassagePair, evidence: Sequence[Evidence], options: VerdictOptions) -> float:
    """Return how likely the meaning differs, from 0 to 1."""
    # Two copies of one sentence in one language need no model to be the same.
    if pair.same_language and not evidence:
        return 0.0
    score = altered(strengths(evidence))
    # Nor can a number, a denial or a name that differs in one language be a matter of translation.
    if pair.same_language and any(item.finding and item.finding.severity == "serious" for item in evidence):
        return max(score, options.altered)
    return score


def agreeing(findings: Iterable[Finding], verdict: Verdict) -> Iterator[Finding]:
    """Yield the findings that a verdict lets stand.

    Where the evidence together says that the meaning is the same, what any of it says alone is only worth a note. A
    serious finding is never among them: no such verdict is given beside one.
    """
    for finding in findings:
        if verdict not in _HARMLESS:
            yield finding
        elif verdict == "reworded" or finding.kind not in _GUESSES:
            yield replace(finding, severity="note")


def _right(pair: PassagePair, verdict: Verdict) -> float | None:
    """Return how often `altered` is right between the two languages; None for another verdict."""
    return share_right(pair.first.language, pair.second.language) if verdict == "altered" else None


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
    severities = {item.finding.severity for item in evidence if item.finding}
    # "Altered" is a claim that needs something to show for it.
    if score >= options.altered and severities - {"note"}:
        return "altered"
    # Nor is a doubt worth anything that cannot say what it is about; what is plain is doubt enough. In one language
    # that holds for what is only likely, too: no translation explains it.
    plain = {"serious", "warning"} if pair.same_language else {"serious"}
    if severities & plain or (score >= options.uncertain and severities):
        return "uncertain"
    differs = any(item.feature == "wording" for item in evidence) if pair.same_language else cosine < options.reworded
    return "reworded" if differs else "same"


def _found_verdict(pair: PassagePair, members: tuple[Member, Member], verdict: Verdict) -> Verdict:
    """Return the verdict on a quote whose words were searched for, from the one that they would have as a quote.

    A name or a few words in marks here and without them there are a habit of print; a statement without its marks is
    another claim. Where few words were found is a guess, so they are never called altered.
    """
    marked = [side for side, member in zip((pair.first, pair.second), members, strict=True) if not member.trace]
    if not any(map(is_statement, marked)):
        return "uncertain" if verdict == "altered" else verdict
    unmarked = not all(member.trace.inside for member in members if member.trace)
    return "indirect" if unmarked and any(side.quote.kind in _SPOKEN for side in marked) else verdict


def _unmarked(pair: PassagePair, members: tuple[Member, Member]) -> list[Finding]:
    findings = []
    for side, (passage, other, member) in enumerate(
        ((pair.first, pair.second, members[0]), (pair.second, pair.first, members[1]))
    ):
        quote = members[1 - side].quote
        if member.rest:
            text = message("finding.rest", lacks=passage.language_name, has=other.language_name)
            findings.append(Finding("indirect", "note", text, *((), member.rest) if side else (member.rest, ())))
        if member.trace is None or quote.kind == "indirect":
            continue
        spans: tuple[tuple[Span, ...], tuple[Span, ...]] = (pair.first.spans, pair.second.spans)
        if member.trace.inside:
            findings.append(Finding("merged", "note", message("finding.merged", has=passage.language_name), *spans))
        elif quote.kind == "title":
            text = message("finding.unmarked", lacks=passage.language_name, has=other.language_name)
            findings.append(Finding("unmarked", "note", text, *spans))
        else:
            severity: Severity = "warning" if quote.kind in _SPOKEN and is_statement(other) else "note"
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
    closest: float = 0.0,
) -> QuotePair:
    """Report a quote that one version lacks: side 0 or 1 of `lacking`, with its language as a reader calls it.

    Where it is a mere `name` in marks, it may stand anywhere unrecognised. `closest` is the cosine of what comes
    closest to the quote in the version that lacks it.
    """
    # Words that neither version quotes are no quote that one of them lacks.
    if passage is None or passage.quote.kind == "indirect":
        return QuotePair(versions, "uncertain" if name else "missing", None, 0.0)
    if name:
        return _unknown_name(versions, passage, lacking, options)
    side, language = lacking
    spoken = passage.quote.kind in _SPOKEN
    score = absent(closest, text_size(passage.text, passage.article)) if spoken else options.missing_name
    # What may well be there in words that were not recognised is a doubt, and no claim.
    doubted = spoken and (score < options.altered or not is_statement(passage))
    direct = passage.quote.kind == "direct" and not doubted
    severity: Severity = "serious" if direct else "warning" if spoken else "note"
    text = message("finding.missing", lacks=language, has=passage.language_name)
    spans = (passage.spans, ()) if side == 1 else ((), passage.spans)
    findings = (Finding("missing", severity, text, *spans),)
    return QuotePair(versions, "uncertain" if doubted else "missing", None, score, findings)


def _unknown_name(
    versions: tuple[int, int], passage: Passage, lacking: tuple[int, str], options: VerdictOptions
) -> QuotePair:
    """Report a name in marks that was not recognised: it may be there, translated and without marks."""
    side, language = lacking
    text = message("finding.unknown_name", lacks=language, has=passage.language_name)
    spans = (passage.spans, ()) if side == 1 else ((), passage.spans)
    return QuotePair(versions, "uncertain", None, options.missing_name, (Finding("unmarked", "note", text, *spans),))


_ORDINALS = ("first", "second", "third")
_NAME_KINDS = frozenset({"title", "indirect"})
_Place = tuple[str, tuple[int, int]]
"""Name of a group, and two of its versions."""
_Named = tuple[str, Members]
_AT_ONCE = 32
"""Groups whose texts are encoded together: enough for whole batches, few enough for a bar that moves."""


def compare_versions(  # noqa: PLR0913 - all but the articles have a default
    articles: Sequence[Article],
    *,
    options: CompareOptions | None = None,
    encoder: Encoder | None = None,
    quotes: Sequence[Sequence[Quote]] | None = None,
    alignments: AlignmentsByPair | None = None,
    judge: Judge | None = None,
    names: Sequence[str | None] = (),
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
        names: What findings call each article where another is in its language; None for its place among these.
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
    encoder = encoder or encoders.load_encoder()
    vectors = Vectors(encoder)
    known = quotes if quotes is not None else extract_all(articles, progress)
    versions = [_plain_version(article, found) for article, found in zip(articles, known, strict=True)]
    if alignments is None:
        alignments = alignment.align_versions(articles, encoder=encoder, progress=progress)
    # The matrices of a quote are small: a second thread would be waited for longer than it would help.
    with blas_threads().one():
        groups = group_quotes(versions, link_versions(versions, alignments, vectors=vectors, options=options.match))
        finder = MemberFinder(versions, alignments, vectors=vectors, options=options.presence, progress=progress)
        filled = finder.fill(groups)
    comparer = _Comparer(articles, versions, list(map(_cast, versions)), vectors, options, names=names)
    named = [(f"g{number}", members) for number, members in enumerate(filled, start=1)]
    if judge:
        comparer = replace(comparer, opinions=collect(judge, comparer.pairs(named), progress))
    done: list[QuoteGroup] = []
    with progress.bar("Comparing the quotes", len(named), unit="quotes") as advance, blas_threads().one():
        for start in range(0, len(named), _AT_ONCE):
            done += comparer.compare(named[start : start + _AT_ONCE])
            advance(len(done) - start)
    return Comparison(
        tuple(article.language for article in articles),
        tuple(map(tuple, known)),
        tuple(_as_written(group, articles, versions, known) for group in done),
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


def _plain_version(article: Article, quotes: Sequence[Quote]) -> QuotedVersion:
    """Return a version and its quotes as they are compared: Traditional Chinese in Simplified characters."""
    plain = in_simplified(article)
    if plain is article:
        return QuotedVersion(article, tuple(quotes))
    return QuotedVersion(plain, tuple(as_written(quote, article, plain) for quote in quotes))


def _as_written(
    group: QuoteGroup,
    articles: Sequence[Article],
    versions: Sequence[QuotedVersion],
    quotes: Sequence[Sequence[Quote]],
) -> QuoteGroup:
    """Return a group with the words of the articles as they were written."""
    if all(version.article is article for version, article in zip(versions, articles, strict=True)):
        return group
    listed = [{quote.id: quote for quote in found} for found in quotes]
    members = tuple(
        own.get(quote.id) or as_written(quote, version.article, article) if quote else None
        for quote, own, version, article in zip(group.members, listed, versions, articles, strict=True)
    )
    return replace(group, members=members, speaker_name=_speaker(members))


def _speaker(members: Iterable[Quote | None]) -> str | None:
    return next((quote.speaker_name for quote in members if quote and quote.speaker_name), None)


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
    """Compares the members of groups; the articles are as they were written, the versions as they are compared."""

    articles: Sequence[Article]
    versions: Sequence[QuotedVersion]
    casts: Sequence[tuple[str, ...]]
    vectors: Vectors
    options: CompareOptions
    opinions: Mapping[_Place, Evidence] = field(default_factory=dict)
    names: Sequence[str | None] = ()

    def pairs(self, groups: Sequence[_Named]) -> dict[_Place, PassagePair]:
        """Return all pairs of words, by the name of the group and the versions."""
        return {
            (name, at): pair
            for name, members in groups
            for at in combinations(range(len(members)), 2)
            if (pair := self._words(at, members))
        }

    def compare(self, groups: Sequence[_Named]) -> Iterator[QuoteGroup]:
        """Compare some groups; what the encoder is asked for them is encoded together, and forgotten behind them."""
        pairs = self.pairs(groups)
        prepare(pairs.values())
        yield from (self._group(name, members, pairs) for name, members in groups)
        self.vectors.forget_words()

    def _group(self, name: str, members: Members, words: Mapping[_Place, PassagePair]) -> QuoteGroup:
        versions = combinations(range(len(members)), 2)
        pairs = tuple(self._pair((name, at), members, words.get((name, at))) for at in versions)
        quotes = tuple(member.quote if member else None for member in members)
        return QuoteGroup(name, quotes, pairs, _speaker(quotes), gravest(pairs, quotes))

    def _words(self, at: tuple[int, int], members: Members) -> PassagePair | None:
        first, second = members[at[0]], members[at[1]]
        if not first or not second:
            return None
        passages = self._passage(at, 0, first), self._passage(at, 1, second)
        return PassagePair(*passages, self.vectors, (self.casts[at[0]], self.casts[at[1]]))

    def _pair(self, place: _Place, members: Members, pair: PassagePair | None) -> QuotePair:
        _, at = place
        first, second = members[at[0]], members[at[1]]
        if pair and first and second:
            opinion = self.opinions.get(place)
            return judge_pair(at, pair, (first, second), self.options.verdict, opinion=opinion)
        name = all(member.quote.kind in _NAME_KINDS for member in members if member)
        side = 0 if second else 1
        present = second if side == 0 else first
        passage = self._passage(at, 1 - side, present) if present else None
        closest = present.closest.get(at[side], 0.0) if present else 0.0
        lacking = self._label(at, side) or word("language", self.versions[at[side]].article.language)
        return judge_absence(at, passage, (side, lacking), self.options.verdict, name=name, closest=closest)

    def _passage(self, at: tuple[int, int], side: int, member: Member) -> Passage:
        plain, article = self.versions[at[side]].article, self.articles[at[side]]
        written = None if plain is article else article.text
        return Passage(plain, member.spans, member.quote, self._label(at, side), written)

    def _label(self, at: tuple[int, int], side: int) -> str | None:
        """Name a version, or give its place among those in its language, where there are several."""
        languages = [article.language for article in self.articles]
        own = languages[at[side]]
        if languages.count(own) == 1:
            return None
        if self.names and (name := self.names[at[side]]):
            return message("version.named", name=name)
        place = languages[: at[side]].count(own)
        name = _ORDINALS[place] if place < len(_ORDINALS) else "later"
        order = message(f"version.{name}", number=place + 1)
        return (
            order
            if len(set(languages)) == 1
            else message("version.of_language", order=order, language=word("language", own))
        )


def _cast(version: QuotedVersion) -> tuple[str, ...]:
    """Return the names of all speakers of a version."""
    return tuple(dict.fromkeys(quote.speaker_name for quote in version.quotes if quote.speaker_name))


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
