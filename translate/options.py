"""How a model is run and what is asked of its translations: every option with its default in one place."""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Literal

from common.chat.options import ServerOptions
from translate.checks.options import CheckOptions
from translate.examples import ExampleOptions
from translate.pipeline.retry_options import AttemptOptions
from translate.types import DecodeOptions
from translate.typography.options import TypographyOptions

if TYPE_CHECKING:
    from translate.glossary.types import Glossary
    from translate.memory.translation_memory import UserMemory

AUTO: Final = "auto"
EngineName = Literal["auto", "ctranslate2", "transformers"]


@dataclass(frozen=True, slots=True)
class ArticleOptions:
    """What a translation is held to.

    Attributes:
        checks: Where a measure becomes suspicious; None tells only what is lost or cut.
        attempts: What is done about a sentence that fails them.
        typography: The target's house style; None leaves marks and spaces as the model wrote them.
        glossary: Terms, names and what is not translated; None knows none.
        memory: Translations of the user's own, taken where a sentence is exactly theirs; None knows none.
        context: Sentences before each one that a model which takes context is shown, 0 for none.
        document: Whether a chat model is given whole runs of paragraphs rather than sentences.
        detours: Whether a model goes through another language where its entry says that this is better.
    """

    checks: CheckOptions | None = field(default_factory=CheckOptions)
    attempts: AttemptOptions = field(default_factory=AttemptOptions)
    typography: TypographyOptions | None = field(default_factory=TypographyOptions)
    glossary: "Glossary | None" = None
    memory: "UserMemory | None" = None
    context: int = 0
    document: bool = False
    detours: bool = True


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
        other_model: Model that is asked for sentences on which the first one fails; None asks no other.
        server: Server that runs the model; None runs it here.
        article: What a translation is held to.
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
    other_model: str | None = None
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
