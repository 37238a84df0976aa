"""Quotes and their comparison: the types, and what the user may choose."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from corpora.offsets import Span

QuoteKind = Literal["direct", "partial", "scare", "title", "slogan", "indirect"]
Verdict = Literal["same", "reworded", "altered", "indirect", "missing", "uncertain"]
Severity = Literal["note", "warning", "serious"]
VERDICTS: tuple[Verdict, ...] = ("altered", "missing", "indirect", "uncertain", "reworded", "same")
"""The gravest first."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A passage of an article that is somebody's words, or that stands in quotation marks.

    Attributes:
        id: Name of the quote within its article, `q1`, `q2`, … in order of appearance.
        kind: `direct` (a complete utterance), `partial` (a fragment built into a sentence), `scare` (a term nobody is
            quoted as saying), `title` (of a work, an outlet, a ship), `slogan`, `indirect` (reported without marks).
        text: The words without the outer marks; the parts joined by a space, in Chinese by nothing.
        parts: The pieces, more than one where an attribution interrupts the quote or it runs over paragraphs.
        spans: Where each part stands: code points into the article's text, end exclusive.
        marks: The outer marks, opening then closing, as in `«»`; `dash` for Russian direct speech after a dash; empty
            for a block quote and for indirect speech.
        speaker: The words that name the speaker at this quote, None where none are found.
        speaker_span: Where those words stand, None where `speaker` is None.
        speaker_name: The fullest name of that person or body in the article, None where it is not known.
        cue: The verb or phrase that attributes the quote ("said", «по словам», 表示), None where there is none.
        sentences: Indices of the sentences that hold the quote.
        nested_in: Id of the quote it stands inside, None at the top.
    """

    id: str
    kind: QuoteKind
    text: str
    parts: tuple[str, ...]
    spans: tuple[Span, ...]
    marks: str = ""
    speaker: str | None = None
    speaker_span: Span | None = None
    speaker_name: str | None = None
    cue: str | None = None
    sentences: tuple[int, ...] = ()
    nested_in: str | None = None


@dataclass(frozen=True, slots=True)
class FindingValues:
    """What a finding sets against each other, for programs: "5" against "15".

    Attributes:
        first: In the first version of the pair, None where it has nothing of the kind: a number as a number, with its
            unit behind it where it has one; else the words.
        second: The same in the second.
    """

    first: str | None
    second: str | None


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference between two versions of a quote, with the words that show it.

    Attributes:
        kind: `missing`, `indirect`, `number`, `negation`, `speaker`, `length`, … see `docs/quotes.md`.
        severity: `note` (worth knowing), `warning` (the meaning may differ), `serious` (it very likely does).
        message: One sentence that a reader understands.
        first: Words in the first version of the pair: code points into its article's text; empty where it has none.
        second: The same for the second version.
        values: What stands against what, None where the finding is about the passage as a whole.
    """

    kind: str
    severity: Severity
    message: str
    first: tuple[Span, ...] = ()
    second: tuple[Span, ...] = ()
    values: FindingValues | None = None


@dataclass(frozen=True, slots=True)
class QuotePair:
    """One quote in two versions.

    Attributes:
        versions: Indices of the two articles compared, ascending.
        verdict: What a reader should think of the pair.
        similarity: Cosine of the two passages' embeddings, from -1 to 1; None where one is missing.
        altered: How likely the meaning differs, from 0 (the same) to 1 (changed).
        findings: What differs, the gravest first.
        right: How often `altered` was right between these languages on unseen text, from 0 to 1; None for another
            verdict, and where it was not measured.
    """

    versions: tuple[int, int]
    verdict: Verdict
    similarity: float | None
    altered: float
    findings: tuple[Finding, ...] = ()
    right: float | None = None


@dataclass(frozen=True, slots=True)
class QuoteGroup:
    """One passage in all the versions.

    Attributes:
        id: `g1`, `g2`, … in order of appearance.
        members: One quote for each article in order, None where that version has no such quote.
        pairs: One for every two articles.
        speaker_name: The speaker's name in the first version that has one.
        verdict: The gravest of its pairs; those of two versions that both lack it do not count. None without any. This
            is what quotes are counted by everywhere.
    """

    id: str
    members: tuple[Quote | None, ...]
    pairs: tuple[QuotePair, ...]
    speaker_name: str | None = None
    verdict: Verdict | None = None


def gravest(pairs: Iterable[QuotePair], members: Sequence[Quote | None]) -> Verdict | None:
    """Return the gravest verdict of the pairs of which one version has the passage; None without such a pair."""
    found = {pair.verdict for pair in pairs if any(members[at] for at in pair.versions)}
    return min(found, key=VERDICTS.index, default=None)


@dataclass(frozen=True, slots=True)
class Comparison:
    """How the quotes of several versions of one story differ.

    Attributes:
        languages: Language tag of each article.
        quotes: All quotes of each article.
        groups: Passages, each with its wording in every version.
        signature: What produced it: encoder, options, lexicon, by name.
    """

    languages: tuple[str, ...]
    quotes: tuple[tuple[Quote, ...], ...]
    groups: tuple[QuoteGroup, ...]
    signature: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class QuoteOptions:
    """Options of quote extraction and comparison.

    Attributes:
        beam: Readings of the quotation marks kept side by side while a text is read, at least 1; more is slower and
            recovers from worse typing.
        carry_blocks: How many blocks a quote may run on without its opening mark being repeated, at least 0.
        lookback: How many sentences back a speaker is looked for where the quote's own sentence names none, at least 0.
        titles: Whether names of works, outlets, ships in marks are listed.
        scare: Whether terms in marks that nobody is quoted as saying are listed.
    """

    beam: int = 12
    carry_blocks: int = 5
    lookback: int = 3
    titles: bool = True
    scare: bool = True


@dataclass(frozen=True, slots=True)
class MatchOptions:
    """How two passages are scored as one quote in two versions, and what is accepted.

    The score is a weighted mean of evidence that lies between 0 and 1 each. The shorter the passages, the less their
    own words say and the more their place does: `text` is multiplied by a reliability that grows from
    `least_reliability` to 1 at `reliable_length` characters, and what it loses goes to `place`.

    Attributes:
        text: Weight of the cosine of the two passages.
        place: Weight of standing in sentences that correspond.
        kind: Weight of the kinds being compatible.
        length: Weight of the lengths fitting the two languages.
        speaker: Weight of the speakers' names being compatible.
        reliable_length: Characters (a Chinese one counts as three) from which a passage's words are fully trusted.
        least_reliability: Trust in the words of the shortest passage, from 0 to 1.
        utterance_as_name: Least cosine of an utterance and a passage that was taken for a name, for the two to be one.
        accept: Least score, from 0 to 1, of two passages that are taken for one quote.
    """

    text: float = 0.50
    place: float = 0.30
    kind: float = 0.08
    length: float = 0.15
    speaker: float = 0.06
    reliable_length: int = 60
    least_reliability: float = 0.45
    utterance_as_name: float = 0.5
    accept: float = 0.55


@dataclass(frozen=True, slots=True)
class PresenceOptions:
    """When the words of a quote are taken to stand in a version that does not mark them as a quote.

    Attributes:
        indirect: Least cosine of the best passage with the quote, for a passage where the alignment expects it.
        elsewhere: The same for a passage anywhere else; no lower, since every sentence is tried.
        name: Least likeness of sound, from 0 to 1, of a name in marks with one that stands without them.
        reach: Sentences before and after the expected place that are looked at, too.
    """

    indirect: float = 0.45
    elsewhere: float = 0.62
    name: float = 0.6
    reach: int = 1


@dataclass(frozen=True, slots=True)
class VerdictOptions:
    """Where the measure of alteration, from 0 to 1, turns into a verdict.

    Attributes:
        altered: Least value that is called `altered`.
        uncertain: Least value that is called `uncertain`.
        reworded: Cosine below which two passages that mean the same are called `reworded`, across languages.
        missing_name: Measure of alteration of a name or a term in marks that one version drops.
    """

    altered: float = 0.62
    uncertain: float = 0.52
    reworded: float = 0.45
    missing_name: float = 0.3


@dataclass(frozen=True, slots=True)
class CompareOptions:
    """How versions of one story are compared."""

    match: MatchOptions = field(default_factory=MatchOptions)
    presence: PresenceOptions = field(default_factory=PresenceOptions)
    verdict: VerdictOptions = field(default_factory=VerdictOptions)
