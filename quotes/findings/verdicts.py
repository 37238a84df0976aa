"""What a reader should think of one quote in two versions."""

from collections.abc import Sequence

from quotes.compare_options import VerdictOptions
from quotes.findings.evidence import Evidence, Pair, Passage
from quotes.findings.measure import altered, gather_evidence, order_findings, strengths
from quotes.findings.members import Member
from quotes.types import Finding, QuotePair, Severity, Span, Verdict

_SPOKEN = frozenset({"direct", "partial", "slogan"})


def judge(versions: tuple[int, int], pair: Pair, members: tuple[Member, Member], options: VerdictOptions) -> QuotePair:
    """Compare a quote that both versions have, with or without marks.

    Args:
        versions: Indices of the two.
        pair: The words.
        members: How each version has them.
        options: Thresholds.
    """
    evidence = gather_evidence(pair)
    cosine = pair.vectors.cosine(pair.first.text, pair.second.text)
    # Two copies of one sentence in one language need no model to be the same.
    score = 0.0 if pair.same_language and not evidence else altered(strengths(evidence))
    findings = [item.finding for item in evidence if item.finding]
    findings += _unmarked(pair, members)
    unmarked = [bool(member.trace and not member.trace.inside) for member in members]
    spoken = any(member.quote.kind in _SPOKEN for member in members)
    # A name in marks here and without them there is a habit of print; speech without its marks is another claim.
    verdict = (
        "indirect"
        if any(unmarked) and (spoken or all(unmarked))
        else _verdict(pair, evidence, (score, cosine), options)
    )
    return QuotePair(versions, verdict, cosine, score, order_findings(findings))


def _verdict(
    pair: Pair, evidence: Sequence[Evidence], measures: tuple[float, float], options: VerdictOptions
) -> Verdict:
    score, cosine = measures
    # "Altered" is a claim that needs something to show for it.
    shown = any(item.finding and item.finding.severity != "note" for item in evidence)
    if score >= options.altered and shown:
        return "altered"
    if score >= options.uncertain:
        return "uncertain"
    differs = any(item.feature == "wording" for item in evidence) if pair.same_language else cosine < options.reworded
    return "reworded" if differs else "same"


def _unmarked(pair: Pair, members: tuple[Member, Member]) -> list[Finding]:
    findings = []
    for side, (passage, other, member) in enumerate(
        ((pair.first, pair.second, members[0]), (pair.second, pair.first, members[1]))
    ):
        quote = members[1 - side].quote
        if member.trace is None or quote.kind == "indirect":
            continue
        spans: tuple[tuple[Span, ...], tuple[Span, ...]] = (pair.first.spans, pair.second.spans)
        if member.trace.inside:
            message = f"The {passage.language_name} version quotes this together with other words of the speaker."
            findings.append(Finding("merged", "note", message, *spans))
        else:
            severity: Severity = "warning" if quote.kind in _SPOKEN else "note"
            message = (
                f"The {passage.language_name} version says this without quotation marks; "
                f"the {other.language_name} one quotes it."
            )
            findings.append(Finding("indirect", severity, message, *spans))
    return findings


def judge_absence(
    versions: tuple[int, int], passage: Passage | None, lacking: tuple[int, str], options: VerdictOptions
) -> QuotePair:
    """Report a quote that one version lacks.

    Args:
        versions: Indices of the two.
        passage: The words where they are; None where neither of the two has them.
        lacking: Which side lacks them, 0 or 1, and its language as a reader calls it.
        options: How much a missing quote counts.
    """
    if passage is None:
        return QuotePair(versions, "missing", None, 0.0)
    side, language = lacking
    spoken = passage.quote.kind in _SPOKEN
    severity: Severity = "serious" if passage.quote.kind == "direct" else "warning" if spoken else "note"
    message = f"The {language} version has nothing that answers this quote of the {passage.language_name} one."
    spans = (passage.spans, ()) if side == 1 else ((), passage.spans)
    score = options.missing if spoken else options.missing_name
    return QuotePair(versions, "missing", None, score, (Finding("missing", severity, message, *spans),))
