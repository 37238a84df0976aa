"""Each family of the registry is spoken to in its own way."""

# ruff: noqa: S106 - tokens here are words of a vocabulary, no passwords

import pytest

from translate.families.forms import InputForm, build_request, form_of
from translate.families.requests import ChatRequest, TextRequest, Turn
from translate.registry import find_model
from translate.specs import Direction, Prompt

TEXT = "Hello."


def request_of(model: str, direction: Direction) -> TextRequest:
    spec = find_model(model)
    assert spec.family is not None
    asked = build_request(form_of(spec, spec.family, direction), TEXT)
    assert isinstance(asked, TextRequest)
    return asked


def chat_of(model: str, direction: Direction, *, examples: tuple[tuple[str, str], ...] = ()) -> ChatRequest:
    asked = build_request(form_of(find_model(model), "chat", direction), TEXT, examples=examples)
    assert isinstance(asked, ChatRequest)
    return asked


def test_t5_is_told_the_target_in_words() -> None:
    assert request_of("t5-enruzh-small", ("en", "zh")) == TextRequest(TEXT, prefix="translate to zh: ")


def test_madlad_is_told_the_target_by_a_token() -> None:
    assert request_of("madlad-3b", ("en", "ru")) == TextRequest(TEXT, prefix="<2ru> ")


def test_m2m100_is_told_both_languages() -> None:
    assert request_of("m2m100-418m", ("ru", "zh")) == TextRequest(TEXT, source_token="__ru__", target_token="__zh__")


@pytest.mark.parametrize(("target", "code"), [("ru", "rus_Cyrl"), ("zh", "zho_Hans"), ("zh-Hant", "zho_Hant")])
def test_nllb_is_told_both_languages_and_their_scripts(target: str, code: str) -> None:
    assert request_of("nllb-600m", ("en", target)) == TextRequest(TEXT, source_token="eng_Latn", target_token=code)


def test_marian_may_be_told_which_chinese() -> None:
    asked = request_of("opus-mt", ("en", "zh"))
    assert asked.prefix == ">>cmn_Hans<< "
    assert asked.tags[0] == ">>cmn_Hans<<"


def test_marian_is_offered_a_tag_for_each_language() -> None:
    assert request_of("opus-mt", ("en", "ru")) == TextRequest(TEXT, tags=(">>rus<<",))


def test_an_unknown_language_has_no_marian_tag() -> None:
    assert build_request(InputForm("marian", ("en", "de")), TEXT) == TextRequest(TEXT)


def test_qwen_gets_a_system_turn_and_examples_as_earlier_turns() -> None:
    asked = chat_of("qwen2.5-coder-1.5b", ("en", "ru"), examples=(("One.", "Один."), ("Two.", "Два.")))
    assert [turn.role for turn in asked.turns] == ["system", "user", "assistant", "user", "assistant", "user"]
    assert asked.turns[2] == Turn("assistant", "Один.")
    assert asked.turns[1].content.replace("One.", TEXT) == asked.turns[-1].content
    assert "from English into Russian" in asked.turns[-1].content
    assert asked.text == TEXT


def test_hy_mt2_is_asked_in_chinese_where_chinese_is_involved() -> None:
    asked = chat_of("hy-mt2-1.8b", ("ru", "zh"))
    assert [turn.role for turn in asked.turns] == ["user"]
    assert "翻译为中文" in asked.turns[0].content
    assert asked.turns[0].content.endswith(TEXT)


def test_hy_mt2_is_asked_in_english_elsewhere() -> None:
    assert chat_of("hy-mt2-1.8b", ("en", "ru")).turns[0].content.startswith("Translate the following text into Russian")


def test_a_text_with_braces_is_kept_as_it_is() -> None:
    form = InputForm("chat", ("en", "ru"), prompt=Prompt("Into {target}: {text}"))
    asked = build_request(form, "{text} {0} {")
    assert asked == ChatRequest((Turn("user", "Into Russian: {text} {0} {"),), "{text} {0} {")


def test_a_prompt_without_a_name_for_the_language_is_an_error() -> None:
    form = InputForm("chat", ("en", "de"), prompt=Prompt("Into {target}: {text}"))
    with pytest.raises(KeyError, match="de"):
        build_request(form, TEXT)
