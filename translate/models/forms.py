"""Builds a model's request from a sentence and a direction, by the form of its family."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from common.data import load_table
from corpora.languages import Direction
from translate.models.prompts import Prompt, TermPair
from translate.models.requests import ChatRequest, Request, TextRequest, Turn
from translate.models.specs import ChatForm, Family, ModelSpec


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
