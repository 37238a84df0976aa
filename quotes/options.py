"""What the user may choose about finding and comparing quotes."""

from dataclasses import dataclass, field


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
