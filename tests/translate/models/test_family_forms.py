"""Each family of the registry is spoken to in its own way."""

# ruff: noqa: S106 - tokens here are words of a vocabulary, no passwords

import pytest

from corpora.languages import Direction
from translate.models.prompts import Prompt
from translate.models.registry import find_model
from translate.models.requests import ChatRequest, InputForm, TextRequest, Turn, build_request, form_of

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


def test_small100_is_told_the_target_where_m2m100_has_the_source() -> None:
    assert request_of("small100", ("ru", "zh")) == TextRequest(TEXT, source_token="__zh__")


@pytest.mark.parametrize(("target", "code"), [("ru", "rus_Cyrl"), ("zh", "zho_Hans"), ("zh-Hant", "zho_Hant")])
def test_nllb_is_told_both_languages_and_their_scripts(target: str, code: str) -> None:
    assert request_of("nllb-600m", ("en", target)) == TextRequest(TEXT, source_token="eng_Latn", target_token=code)


def test_marian_may_be_told_which_chinese() -> None:
    asked = request_of("opus-mt", ("en", "zh"))
    assert asked.prefix == ">>cmn_Hans<< "
    assert asked.tags[0] == ">>cmn_Hans<<"


def test_marian_is_offered_a_tag_for_each_language() -> None:
    assert request_of("opus-mt", ("en", "ru")) == TextRequest(TEXT, tags=(">>rus<<",))


def test_large_marian_is_told_which_of_its_languages() -> None:
    assert request_of("opus-mt-big", ("en", "ru")) == TextRequest(TEXT, prefix=">>rus<< ", tags=(">>rus<<",))


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


def test_seed_x_gets_its_prompt_as_it_stands_with_the_tag_at_the_end() -> None:
    asked = chat_of("seed-x-7b", ("en", "zh"), examples=(("One.", "一。"),))
    assert asked.form == "plain"
    assert asked.turns == (Turn("user", "Translate the following English sentence into Chinese:\nHello.", " <zh>"),)
    assert asked.plain_prompt() == "Translate the following English sentence into Chinese:\nHello. <zh>"
    assert asked.plain_prompt(str.upper).endswith("HELLO. <zh>")


def test_translategemma_gets_text_and_codes_as_data() -> None:
    asked = chat_of("translategemma-4b", ("en", "zh-Hant"), examples=(("One.", "一。"),))
    assert (asked.form, asked.codes) == ("coded", ("en", "zh-TW"))
    item = {"type": "text", "source_lang_code": "en", "target_lang_code": "zh-TW"}
    assert asked.messages() == [
        {"role": "user", "content": [item | {"text": "One."}]},
        {"role": "assistant", "content": "一。"},
        {"role": "user", "content": [item | {"text": TEXT}]},
    ]


def test_tower_is_asked_as_on_its_card() -> None:
    asked = chat_of("tower-plus-9b", ("ru", "zh"))
    assert asked.messages() == [
        {
            "role": "user",
            "content": "Translate the following Russian source text to Chinese (Simplified):\n"
            "Russian: Hello.\nChinese (Simplified): ",
        }
    ]


def test_messages_are_cleaned_and_may_leave_out_the_last_turn() -> None:
    asked = chat_of("qwen3-4b", ("en", "ru"), examples=(("One.", "Один."),))
    roles = [message["role"] for message in asked.messages(last=False)]
    assert roles == ["system", "user", "assistant"]
    assert asked.messages(str.upper)[-1]["content"] == asked.turns[-1].content.upper()


def test_hy_mt2_is_told_words_and_what_comes_before_as_its_authors_do() -> None:
    form = form_of(find_model("hy-mt2-7b"), "chat", ("en", "ru"))
    terms = (("NATO", "НАТО"), ("strike", "удар"))
    told = build_request(form, TEXT, terms=terms)
    assert isinstance(told, ChatRequest)
    assert told.turns[-1].content == (
        "Reference the following translations:\nNATO translates to НАТО\nstrike translates to удар\n\n"
        "Translate the following text into Russian. Note that you must ONLY output the translated result without any "
        "additional explanation:\n\nHello."
    )
    both = build_request(form, TEXT, terms=terms, context="Before.")
    assert isinstance(both, ChatRequest)
    assert both.turns[-1].content.startswith("[Background Information]\nBefore.\n\nReference the following")
    delimited = build_request(form, TEXT, delimited=True)
    assert isinstance(delimited, ChatRequest)
    assert "exact same number of delimiters" in delimited.turns[-1].content
    assert build_request(form, TEXT, terms=terms, delimited=True) == told


def test_hy_mt2_is_told_so_in_chinese_where_chinese_is_involved() -> None:
    form = form_of(find_model("hy-mt2-7b"), "chat", ("en", "zh"))
    told = build_request(form, TEXT, terms=(("NATO", "北约"),), context="Before.")
    assert isinstance(told, ChatRequest)
    assert "NATO 翻译成 北约" in told.turns[-1].content
    assert told.turns[-1].content.startswith("【背景信息】\nBefore.")


@pytest.mark.parametrize("model", ["seed-x-7b", "translategemma-4b", "tower-plus-2b"])
def test_what_a_model_cannot_be_told_is_not_told(model: str) -> None:
    spec = find_model(model)
    form = form_of(spec, "chat", ("en", "ru"))
    told = build_request(form, TEXT, terms=(("NATO", "НАТО"),), context="Before.", delimited=True)
    assert told == build_request(form, TEXT)
    assert not spec.takes_terms(("en", "ru"))
    assert not spec.takes_context(("en", "ru"))


def test_any_chat_model_can_be_told_words_and_context() -> None:
    spec = find_model("qwen2.5-7b")
    assert spec.takes_terms(("zh", "ru"))
    assert spec.takes_context(("zh", "ru"))
    told = build_request(form_of(spec, "chat", ("zh", "ru")), "你好。", terms=(("北约", "НАТО"),), context="早。")
    assert isinstance(told, ChatRequest)
    words = told.turns[-1].content
    assert "北约 = НАТО" in words
    assert words.index("早。") < words.index("北约") < words.index("你好。")


def test_a_text_with_braces_is_kept_as_it_is() -> None:
    form = InputForm("chat", ("en", "ru"), prompt=Prompt("Into {target}: {text}"))
    asked = build_request(form, "{text} {0} {")
    assert asked == ChatRequest((Turn("user", "Into Russian: {text} {0} {"),), "{text} {0} {")


def test_a_prompt_without_a_name_for_the_language_is_an_error() -> None:
    form = InputForm("chat", ("en", "de"), prompt=Prompt("Into {target}: {text}"))
    with pytest.raises(KeyError, match="de"):
        build_request(form, TEXT)
