"""How a model is run and what is asked of its translations: every option with its default in one place."""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Literal

from common.chat.options import ServerOptions
from translate.types import DecodeOptions

if TYPE_CHECKING:
    from translate.glossary.reading import Glossary
    from translate.memory.translation_memory import UserMemory

AUTO: Final = "auto"
EngineName = Literal["auto", "ctranslate2", "transformers"]
ExampleChoice = Literal["fixed", "nearest"]


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """Where a measure becomes suspicious; `benchmarks/translation/checks.py` says what the defaults find.

    Attributes:
        meaning: Whether to read both sides with the sentence encoder: without it nothing is said about what was
            dropped, added or said differently, and about few names.
        min_script_share: Least share of a translation's letters in the script of its language, 0 to 1.
        max_copied: Most of the source's words that a translation may repeat in their order, as a share from 0 to 1.
        max_compression: Most times a translation may shrink under zlib before it is called a loop; prose of one to
            three sentences stays below 2.5.
        max_length_gap: Most that a translation may be longer or shorter than usual, as a natural logarithm.
        min_length: Texts that take fewer characters in English are not judged by length.
        content_limit: Least logit, see `translate.checks.content`, from which something is dropped or added.
        similarity_limit: The same, from which the two sides tell different things.
        name_limit: Least strength, 0 to 1, of the evidence that a name is lost or another.
        number_limit: The same of a number.
    """

    meaning: bool = True
    min_script_share: float = 0.5
    max_copied: float = 0.8
    max_compression: float = 3.5
    max_length_gap: float = 1.0
    min_length: int = 20
    content_limit: float = 0.0
    similarity_limit: float = -0.5
    name_limit: float = 0.5
    number_limit: float = 0.6


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """What is done about a sentence that fails its checks.

    Attributes:
        attempts: Most hypotheses of one sentence, the first one included; 1 tries nothing again.
        beam_size: Hypotheses kept by a second search after a greedy first one.
        repetition_penalty: Divides the score of tokens already produced, where a hypothesis ran in a loop.
        no_repeat_ngram_size: Length of token runs that may then not occur twice.
        least_split: Length from which a sentence is translated in halves, in characters, a Chinese one counting as
            three (`corpora.languages.text_weight`).
    """

    attempts: int = 4
    beam_size: int = 5
    repetition_penalty: float = 1.2
    no_repeat_ngram_size: int = 4
    least_split: int = 40


@dataclass(frozen=True, slots=True)
class TypographyOptions:
    """What of a translation's typography is brought into the target's house style.

    Attributes:
        quotes: Quotation marks and apostrophes, and in Russian the stop beside a closing mark.
        dashes: Dashes, hyphens in their place, ellipses.
        spaces: Stray and missing spaces; no-break spaces in Russian.
        width: Full-width marks in Chinese, half-width ones elsewhere.
    """

    quotes: bool = True
    dashes: bool = True
    spaces: bool = True
    width: bool = True


@dataclass(frozen=True, slots=True)
class ArticleOptions:
    """What is asked of the translations.

    Attributes:
        checks: Where a measure becomes suspicious; None only says what is lost or cut.
        retry: What is done about a sentence that fails them.
        typography: The target's house style; None leaves marks and spaces as the model wrote them.
        glossary: Terms, names and what is not translated; None knows none.
        memory: Translations of the user's own, taken where a sentence is exactly theirs; None knows none.
        context: Sentences before each one that a model which takes context is shown, 0 for none.
        document: Whether a chat model is given whole runs of paragraphs rather than sentences.
        detours: Whether a model goes through another language where its entry says that this is better.
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
class ExampleOptions:
    """Which examples a chat model is shown; `docs/translation.md` says what they add.

    Attributes:
        count: How many; 0 shows none.
        choice: `fixed` shows the same ones for every sentence, which an engine reads once; `nearest` those most like
            the sentence, which it must read again for each.
    """

    count: int = 0
    choice: ExampleChoice = "fixed"


@dataclass(frozen=True, slots=True)
class TranslatorOptions:
    """How a model is run.

    Attributes:
        engine: What runs it; `auto` takes CTranslate2 wherever it has the architecture, transformers elsewhere.
        precision: As `translate.engines.base.EngineOptions` has it.
        threads: CPU threads; None takes every core that this process may use.
        decode: How hypotheses are searched for; None leaves it to the model's entry.
        beam_size: Hypotheses kept in the search, whatever `decode` or the entry says; None changes nothing.
        batch_size: Most sentences decoded together, likewise.
        via: Language to translate through even where there is a direct way.
        examples: Translations that a chat model is shown before each sentence; None leaves it to the model's entry.
        remember: Whether finished sentences are kept in the cache and found there again.
        server: Server that runs the model; None runs it here.
        article: What is asked of the translations.
    """

    engine: EngineName = AUTO
    precision: str = AUTO
    threads: int | None = None
    decode: DecodeOptions | None = None
    beam_size: int | None = None
    batch_size: int | None = None
    via: str | None = None
    examples: ExampleOptions | None = None
    remember: bool = True
    server: ServerOptions | None = None
    article: ArticleOptions = field(default_factory=ArticleOptions)

    def search(self, usual: DecodeOptions) -> DecodeOptions:
        """Return how hypotheses are searched for by a model whose entry says `usual`."""
        chosen = self.decode or usual
        return replace(
            chosen,
            beam_size=self.beam_size or chosen.beam_size,
            batch_size=self.batch_size or chosen.batch_size,
        )
