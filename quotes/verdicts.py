"""What a reader should think of one quote in two versions."""

from collections.abc import Sequence

from common.messages import message
from corpora.offsets import Span
from quotes.compare_options import VerdictOptions
from quotes.facts.passages import Passage, PassagePair
from quotes.findings.evidence import Evidence
from quotes.findings.measure import altered, gather_evidence, order_findings, strengths
from quotes.judges.base import support
from quotes.matching.members import Member
from quotes.types import Finding, QuotePair, Severity, Verdict

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
            findings.append(Finding("merged", "note", message("merged", has=passage.language_name), *spans))
        elif quote.kind == "title":
            text = message("unmarked", lacks=passage.language_name, has=other.language_name)
            findings.append(Finding("unmarked", "note", text, *spans))
        else:
            severity: Severity = "warning" if quote.kind in _SPOKEN else "note"
            text = message("indirect", lacks=passage.language_name, has=other.language_name)
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
    text = message("missing", lacks=language, has=passage.language_name)
    spans = (passage.spans, ()) if side == 1 else ((), passage.spans)
    score = options.missing if spoken else options.missing_name
    return QuotePair(versions, "missing", None, score, (Finding("missing", severity, text, *spans),))


def _unknown_name(
    versions: tuple[int, int], passage: Passage, lacking: tuple[int, str], options: VerdictOptions
) -> QuotePair:
    """Report a name in marks that was not recognised: it may be there, translated and without marks."""
    side, language = lacking
    text = message("unknown_name", lacks=language, has=passage.language_name)
    spans = (passage.spans, ()) if side == 1 else ((), passage.spans)
    return QuotePair(versions, "uncertain", None, options.missing_name, (Finding("unmarked", "note", text, *spans),))
