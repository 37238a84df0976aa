"""Translations, the options that affect them, and the errors of models."""

from dataclasses import dataclass, field

from common.errors import InputError, TolmachError
from corpora.article import Article


@dataclass(frozen=True, slots=True)
class DecodeOptions:
    """Decoding options.

    Attributes:
        beam_size: Beam size; 1 is greedy search.
        max_length: Most target tokens of one sentence; None for a multiple of the source's length.
        repetition_penalty: Divides the score of tokens that were already produced; 1 changes nothing.
        no_repeat_ngram_size: Length of n-grams that may not be repeated; 0 for no limit.
        batch_size: Batch size; it affects the result only by rounding. With CTranslate2 a batch also holds at most 1536
            tokens (4096 of a chat model), padding included.
    """

    beam_size: int = 1
    max_length: int | None = None
    repetition_penalty: float = 1.0
    no_repeat_ngram_size: int = 0
    batch_size: int = 32


@dataclass(frozen=True, slots=True)
class Check:
    """A finding about one translation.

    Attributes:
        kind: `empty`, `copied`, `language`, `loop`, `cut`, `number`, `markup`, … see `docs/translation.md`.
        message: The finding, in one sentence.
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
        route: Languages of the route, as in `("ru", "en", "zh")`.
        checks: Findings, empty if none.
        score: Mean log-probability of the tokens, at most 0; None if unavailable.
        method: Method of translation: `plain`, another strategy of `translate/pipeline/retry.toml`, `document`,
            `joined` (part of the translation of the previous sentence), `memory` (the user's own) or `kept` (nothing to
            translate).
        attempts: Number of hypotheses from which it was chosen.
        near: The most similar translation of the user's own; None if there is none, or an exact one.
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
        beads: Indices of corresponding source and target sentences, each sentence in exactly one bead.
        signature: Model, revision, precision, decoding, prompt, by name.
    """

    article: Article
    translations: tuple[Translation, ...]
    beads: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]
    signature: dict[str, str] = field(default_factory=dict)


class ModelFilesError(TolmachError):
    """The files of a model are missing, incomplete or damaged."""


class UnsupportedModelError(TolmachError):
    """An engine cannot run this kind of model; another engine may."""


class InputTooLongError(InputError):
    """A text has more tokens than the model has positions for."""
