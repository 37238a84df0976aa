"""All options of translation with their defaults."""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Literal

from common.chat.options import ServerOptions
from translate.types import DecodeOptions

if TYPE_CHECKING:
    from translate.glossary.reading import Glossary
    from translate.memory.translation_memory import UserMemory

AUTO: Final = "auto"
EngineName = Literal["auto", "ctranslate2", "transformers"]


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """Thresholds of the checks; `benchmarks/translation/checks.py` measures the defaults.

    Attributes:
        meaning: Whether to encode both sides: without it omitted, added or changed content, and most names, are not
            checked.
        min_script_share: Least share of a translation's letters in the script of its language, 0 to 1.
        max_copied: Largest share of the source's words that a translation may repeat in order, 0 to 1.
        max_compression: Largest compression ratio of a translation under zlib; above, it is a loop; one to three
            sentences of prose stay below 2.5.
        max_length_gap: Largest deviation of length from the usual, as a natural logarithm.
        min_length: Texts of fewer characters in English are not checked for length.
        content_limit: Logit, see `translate.checks.content`, from which content is omitted or added.
        similarity_limit: Logit from which the two sides say different things.
        word_limit: Chance, that of the translation plus half that of the source, from which one word says something
            else.
        name_limit: Least strength, 0 to 1, of the evidence that a name is missing or different.
        number_limit: The same for a number.
    """

    meaning: bool = True
    min_script_share: float = 0.5
    max_copied: float = 0.8
    max_compression: float = 3.5
    max_length_gap: float = 1.0
    min_length: int = 20
    content_limit: float = 0.0
    similarity_limit: float = -0.5
    word_limit: float = 0.95
    name_limit: float = 0.5
    number_limit: float = 0.6


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Retries of a sentence that fails its checks.

    Attributes:
        attempts: Most hypotheses of one sentence, including the first; 1 for no retries.
        beam_size: Beam size of a retry after greedy search.
        repetition_penalty: Divides the score of tokens already produced, in a retry after a loop.
        no_repeat_ngram_size: Length of n-grams that may then not be repeated.
        least_split: Length from which a sentence is split, in characters, Chinese ones counting three
            (`corpora.languages.text_weight`).
    """

    attempts: int = 4
    beam_size: int = 5
    repetition_penalty: float = 1.2
    no_repeat_ngram_size: int = 4
    least_split: int = 40


@dataclass(frozen=True, slots=True)
class TypographyOptions:
    """Parts of the target's house style to apply to a translation.

    Attributes:
        quotes: Quotation marks and apostrophes, and in Russian the stop next to a closing mark.
        dashes: Dashes, hyphens used as dashes, ellipses.
        spaces: Stray and missing spaces; no-break spaces in Russian.
        width: Full-width marks in Chinese, half-width ones elsewhere.
    """

    quotes: bool = True
    dashes: bool = True
    spaces: bool = True
    width: bool = True


@dataclass(frozen=True, slots=True)
class ArticleOptions:
    """Options of the translations.

    Attributes:
        checks: Thresholds of the checks; None checks only for lost or truncated text.
        typography: The target's house style; None leaves marks and spaces unchanged.
        memory: The user's own translations, used for exactly matching sentences; None for none.
        context: Number of preceding sentences in the prompt of models that support context.
        document: Whether a chat model translates runs of paragraphs rather than sentences.
        detours: Whether to use pivots that a model's entry recommends.
    """

    checks: CheckOptions | None = field(default_factory=CheckOptions)
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    typography: TypographyOptions | None = field(default_factory=TypographyOptions)
    glossary: "Glossary | None" = None
    memory: "UserMemory | None" = None
    context: int = 0
    document: bool = False
    detours: bool = True


@dataclass(frozen=True, slots=True)
class TranslatorOptions:
    """Options of running a model.

    Attributes:
        engine: Engine; `auto` for CTranslate2 if it supports the architecture, else transformers.
        threads: CPU threads; None for every core that this process may use.
        decode: Decoding options; None for those of the model's entry.
        beam_size: Beam size, overriding `decode` and the entry; None for no change.
        via: Pivot language to use even if there is a direct way.
        examples: Number of example translations in a chat model's prompt; None for the default of the model's entry.
        remember: Whether to use the cache of translated sentences.
        server: Server that runs the model; None for this machine.
    """

    engine: EngineName = AUTO
    precision: str = AUTO
    threads: int | None = None
    decode: DecodeOptions | None = None
    beam_size: int | None = None
    batch_size: int | None = None
    via: str | None = None
    examples: int | None = None
    remember: bool = True
    server: ServerOptions | None = None
    article: ArticleOptions = field(default_factory=ArticleOptions)

    def search(self, usual: DecodeOptions) -> DecodeOptions:
        """Return the decoding options of a model whose entry has `usual`."""
        chosen = self.decode or usual
        return replace(
            chosen,
            beam_size=self.beam_size or chosen.beam_size,
            batch_size=self.batch_size or chosen.batch_size,
        )
