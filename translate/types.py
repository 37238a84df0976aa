"""Translations, and the options that shape them."""

from dataclasses import dataclass, field

from corpora.article import Article


@dataclass(frozen=True, slots=True)
class DecodeOptions:
    """How hypotheses are searched for.

    Attributes:
        beam_size: Hypotheses kept at each step; 1 is greedy search.
        max_length: Most target tokens of one sentence; None takes a multiple of the source's length.
        repetition_penalty: Divides the score of tokens that were already produced; 1 changes nothing.
        no_repeat_ngram_size: Length of token runs that may not occur twice; 0 allows all.
        batch_size: Most sentences decoded together; it does not change the result beyond numerics. With CTranslate2 a
            batch also holds at most 1536 tokens (4096 of a chat model), padding included.
    """

    beam_size: int = 1
    max_length: int | None = None
    repetition_penalty: float = 1.0
    no_repeat_ngram_size: int = 0
    batch_size: int = 32


@dataclass(frozen=True, slots=True)
class Check:
    """Something suspicious about one translation.

    Attributes:
        kind: `empty`, `copied`, `language`, `loop`, `cut`, `number`, `markup`, … see `docs/translation.md`.
        message: What was seen, in one sentence.
    """

    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class MemoryMatch:
    """A translation of the user's own whose source is nearly the sentence.

    Attributes:
        source: The text that it translates.
        target: The translation.
        likeness: How alike the two sources are, by their characters, from 0 to 1.
    """

    source: str
    target: str
    likeness: float


@dataclass(frozen=True, slots=True)
class Translation:
    """One sentence translated.

    Attributes:
        text: The hypothesis.
        route: Languages it went through, as in `("ru", "en", "zh")`.
        checks: What looks wrong with it, empty where nothing does.
        score: Mean log-probability of the tokens, at most 0; None where the engine gives none.
        method: How it was made: `plain`, another way of `translate/pipeline/retry.toml`, `document`, `joined` (its
            words are in the translation of the sentence before), `memory` (the user's own) or `kept` (nothing to
            translate).
        attempts: Hypotheses that it was chosen from.
        near: The most similar translation of the user's own; None where there is none, or an exact one.
    """

    text: str
    route: tuple[str, ...]
    checks: tuple[Check, ...] = ()
    score: float | None = None
    method: str = "plain"
    attempts: int = 1
    near: MemoryMatch | None = field(default=None, metadata={"absent_when_none": True})


@dataclass(frozen=True)
class TranslatedArticle:
    """An article in another language, aligned with its source.

    Attributes:
        article: The translation.
        translations: One for each sentence of the source, in order.
        beads: Source and target sentence indices that belong together, each sentence in exactly one.
        signature: Model, revision, precision, decoding, prompt, by name.
    """

    article: Article
    translations: tuple[Translation, ...]
    beads: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]
    signature: dict[str, str] = field(default_factory=dict)
