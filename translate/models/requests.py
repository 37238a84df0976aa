"""What models are asked: requests, and the forms that families of models want."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from common.data import load_table
from common.errors import UsageError
from corpora.languages import NAMES, Direction, base_language, require_translated
from translate.models.prompts import Prompt, TermPair
from translate.models.specs import ChatForm, Family, ModelSpec

TurnRole = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a chat.

    Attributes:
        content: Plain text; special tokens in it lose their meaning.
        tail: Text after it, which may contain special tokens: ` <zh>`.
    """

    role: TurnRole
    content: str
    tail: str = ""


@dataclass(frozen=True, slots=True)
class TextRequest:
    """A source text for a model with an encoder and a decoder.

    Attributes:
        prefix: Text before it, which may contain special tokens: `translate to zh: `, `<2zh> `.
        tags: Tokens that name the target language, in order of preference; the first one in the vocabulary precedes
            everything else, unless `prefix` already begins with a tag.
        source_token: Token that names the source language to the encoder; None if the model needs none.
        target_token: Forced first token of the decoder; None for none.
    """

    text: str
    prefix: str = ""
    tags: tuple[str, ...] = ()
    source_token: str | None = None
    target_token: str | None = None


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """A chat to which a decoder generates the next turn.

    Attributes:
        turns: The previous turns; the last one is the user's.
        text: The sentence to translate: a part of the last turn, from which the answer's length is estimated.
        form: Form of the prompt, see `translate.models.specs.ChatForm`.
        codes: The model's own codes of source and target language, for the form `coded`; None for the others.
    """

    turns: tuple[Turn, ...]
    text: str
    form: ChatForm = "chat"
    codes: tuple[str, str] | None = None

    def messages(self, clean: Callable[[str], str] = str, *, last: bool = True) -> list[dict[str, object]]:
        """Return the turns as input of a chat template or a server.

        Args:
            clean: Applied to plain text first, such as neutralising special tokens.
            last: Whether to include the last turn.
        """
        turns = self.turns if last else self.turns[:-1]
        return [{"role": turn.role, "content": self._content(turn, clean)} for turn in turns]

    def plain_prompt(self, clean: Callable[[str], str] = str) -> str:
        """Return the last turn verbatim, as the prompt of a model without a chat template."""
        turn = self.turns[-1]
        return clean(turn.content) + turn.tail

    def _content(self, turn: Turn, clean: Callable[[str], str]) -> object:
        text = clean(turn.content) + turn.tail
        if self.codes is None or turn.role != "user":
            return text
        source, target = self.codes
        return [{"type": "text", "source_lang_code": source, "target_lang_code": target, "text": text}]


Request = TextRequest | ChatRequest


def plan_route(
    directions: Collection[Direction], source: str, target: str, *, via: str | None = None
) -> tuple[str, ...]:
    """Return the languages from `source` to `target`: direct if the model supports it, else through a third one.

    Args:
        directions: Pairs of base languages that the model translates directly.
        source: Tag of the source language.
        target: Tag of the target language.
        via: Pivot language to use even if there is a direct way.

    Returns:
        Two or three tags: `source`, optionally a pivot, `target`.

    Raises:
        UsageError: A language is not translated, or they are one. Or the model has no way from `source` to `target`,
            or not through `via`.
    """
    require_translated(source, target)
    ends = base_language(source), base_language(target)
    if ends[0] == ends[1]:
        raise UsageError(f"source and target are both {NAMES[source]}", hint="Name another language with --to")
    if via and base_language(via) == ends[0]:
        raise UsageError(
            f"the text is in {NAMES[source]}, so --via {via} is no way round",
            hint=f"Leave --via out, or name a language that is neither {source} nor {target}",
        )
    if via is None and ends in directions:
        return source, target
    # English first: every family of open models is best to and from it.
    pivots = (
        [via]
        if via
        else sorted({pair[1] for pair in directions if pair[0] == ends[0]}, key=lambda tag: (tag != "en", tag))
    )
    for pivot in pivots:
        if (ends[0], base_language(pivot)) in directions and (base_language(pivot), ends[1]) in directions:
            return source, pivot, target
    known = ", ".join(f"{a}-{b}" for a, b in sorted(directions))
    through = f" through {via}" if via else ""
    raise UsageError(f"the model does not translate {source} to {target}{through}", hint=f"It translates {known}")


@dataclass(frozen=True, slots=True)
class InputForm:
    """The input form of one model in one direction.

    Attributes:
        family: Determines which of the other attributes are used.
        prompt: Prompt of a chat model; None for the other families.
    """

    family: Family
    direction: Direction
    prefix: str = ""
    source_code: str = ""
    target_code: str = ""
    prompt: Prompt | None = None
    form: ChatForm = "chat"


def form_of(spec: ModelSpec, family: Family, direction: Direction) -> InputForm:
    """Return the input form of a model."""
    source, target = direction
    return InputForm(
        family=family,
        direction=direction,
        prefix=spec.prefix_for(direction),
        source_code=spec.code(source),
        target_code=spec.code(target),
        prompt=spec.prompt_for(direction),
        form=spec.form,
    )


def build_request(
    form: InputForm,
    text: str,
    *,
    examples: Sequence[Direction] = (),
    terms: Sequence[TermPair] = (),
    context: str = "",
    delimited: bool = False,
) -> Request:
    """Return the request that makes the model translate `text`.

    Args:
        form: Input form of the model.
        text: One sentence in the source language.
        examples: Translations that a chat model is shown as earlier turns, in order; not for other families and
            single-turn models.
        terms: Words of the sentence and their prescribed translations; ignored by models that do not support it.
        context: The text before the sentence; ignored by models that do not support it.
        delimited: Whether `text` has delimiters to be kept; ignored by models that do not support it.
    """
    if form.family != "chat":
        return _BUILDERS[form.family](form, text)
    if form.form == "coded":
        turns = (*_earlier(examples, str), Turn("user", text))
        return ChatRequest(turns, text, "coded", (form.source_code, form.target_code))
    prompt = form.prompt or Prompt(user="{text}")
    words = prompt.render(text, form.direction, terms=terms, context=context, delimited=delimited)
    asked = Turn("user", words, prompt.tail.format(code=form.target_code))
    if form.form == "plain":
        return ChatRequest((asked,), text, "plain")
    system = [Turn("system", prompt.system)] if prompt.system else []
    earlier = _earlier(examples, lambda source: prompt.render(source, form.direction))
    return ChatRequest((*system, *earlier, asked), text)


def _earlier(examples: Sequence[Direction], render: Callable[[str], str]) -> list[Turn]:
    return [turn for source, target in examples for turn in (Turn("user", render(source)), Turn("assistant", target))]


def _prefixed(form: InputForm, text: str) -> TextRequest:
    return TextRequest(text, prefix=form.prefix)


def _marian(form: InputForm, text: str) -> TextRequest:
    return TextRequest(text, prefix=form.prefix, tags=_marian_tags().get(form.direction[1], ()))


def _m2m100(form: InputForm, text: str) -> TextRequest:
    return TextRequest(text, source_token=f"__{form.source_code}__", target_token=f"__{form.target_code}__")


def _small100(form: InputForm, text: str) -> TextRequest:
    # It never learned the source language; the target goes into M2M100's place of the source.
    return TextRequest(text, source_token=f"__{form.target_code}__")


def _nllb(form: InputForm, text: str) -> TextRequest:
    return TextRequest(text, source_token=form.source_code, target_token=form.target_code)


@cache
def _marian_tags() -> Mapping[str, tuple[str, ...]]:
    table = load_table(__name__, "marian.toml")
    return {language: tuple(tags) for language, tags in table.items()}


_BUILDERS: Final[Mapping[Family, Callable[[InputForm, str], TextRequest]]] = {
    "marian": _marian,
    "firefox": _prefixed,
    "t5": _prefixed,
    "madlad": _prefixed,
    "m2m100": _m2m100,
    "small100": _small100,
    "nllb": _nllb,
}
