"""Makers of tiny models in the formats that real ones are published in: random weights, trained tokenizers."""

# ruff: noqa: PLC0415, S106 - collecting tests must not load torch; tokens here are words of a vocabulary

import json
from collections.abc import Callable
from pathlib import Path

from tests.support.models.tiny_weights import save, shaken, taught
from translate.engines.loaders import quiet_libraries

SENTENCES = (
    "The minister said on Monday that the talks would go on.",
    "We will not accept any conditions, he told reporters in Moscow.",
    "Prices rose by 4.5 per cent last year, the statistics office reported.",
    "Министр заявил в понедельник, что переговоры продолжатся.",
    "Мы не примем никаких условий, сказал он журналистам в Москве.",
    "Цены выросли на 4,5 процента, сообщило статистическое ведомство.",
    "部长星期一表示，谈判将继续进行。",
    "他在莫斯科对记者说，我们不会接受任何条件。",
    "统计局报告说，去年物价上涨了百分之四点五。",
)

CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def make_t5(folder: Path, *, tied: bool = True) -> Path:
    """Write a T5 (`tied`, version 1.0) or one as since version 1.1: gated and with an output layer of its own."""
    from transformers import T5Config, T5ForConditionalGeneration, T5Tokenizer

    _train_sentencepiece(folder / "spiece", pad_id=0, eos_id=1, unk_id=2, bos_id=-1)
    tokenizer = T5Tokenizer.from_pretrained(folder, extra_ids=4)
    config = T5Config(
        vocab_size=len(tokenizer), d_model=32, d_kv=8, d_ff=48, num_layers=2, num_heads=4, decoder_start_token_id=0,
        feed_forward_proj="relu" if tied else "gated-gelu",
    )  # fmt: skip
    if not tied:
        config.scale_decoder_outputs = config.tie_word_embeddings = False
    model = shaken(T5ForConditionalGeneration, config, spread=0.6)
    save(model, folder)
    if not tied:
        # As such models were published: the older libraries that wrote them knew no other mark.
        _edit_json(folder / "config.json", tie_word_embeddings=False, scale_decoder_outputs=None)
    tokenizer.save_pretrained(folder)
    return folder


def make_marian(folder: Path, *, tags: tuple[str, ...] = (), steps: int = 100) -> Path:
    """Write a Marian model whose vocabulary also holds `tags`, taught for `steps`."""
    from transformers import MarianConfig, MarianMTModel, MarianTokenizer

    pieces = dict.fromkeys(["</s>", "<unk>"])
    for name in ("source", "target"):
        pieces |= dict.fromkeys(_train_sentencepiece(folder / name, suffix=".spm"))
    vocabulary = [*(piece for piece in pieces if piece != "<s>"), *tags, "<pad>"]
    _write_json(folder / "vocab.json", {piece: number for number, piece in enumerate(vocabulary)})
    names = {"source_lang": "en", "target_lang": "ru", "tokenizer_class": "MarianTokenizer"}
    _write_json(folder / "tokenizer_config.json", names)
    pad = len(vocabulary) - 1
    config = MarianConfig(
        vocab_size=len(vocabulary), d_model=32, encoder_layers=2, decoder_layers=2, encoder_attention_heads=4,
        decoder_attention_heads=4, encoder_ffn_dim=48, decoder_ffn_dim=48, max_position_embeddings=96,
        pad_token_id=pad, decoder_start_token_id=pad, eos_token_id=0, forced_eos_token_id=0, scale_embedding=True,
        num_beams=4, max_length=12, activation_function="swish",
    )  # fmt: skip
    with quiet_libraries():
        tokenizer = MarianTokenizer.from_pretrained(folder)
    pairs = [(tokenizer.encode(source), tokenizer(text_target=target)["input_ids"]) for source, target in _pairs()]
    save(taught(MarianMTModel, config, pairs, steps=steps), folder)
    return folder


def make_m2m100(folder: Path) -> Path:
    """Write an M2M100 model with its hundred language tokens."""
    from transformers import M2M100Config, M2M100ForConditionalGeneration, M2M100Tokenizer

    pieces = _train_sentencepiece(folder / "sentencepiece.bpe")
    vocabulary = dict.fromkeys(["<s>", "<pad>", "</s>", "<unk>", *pieces])
    _write_json(folder / "vocab.json", {piece: number for number, piece in enumerate(vocabulary)})
    tokenizer = M2M100Tokenizer(folder / "vocab.json", folder / "sentencepiece.bpe.model")
    size = len(vocabulary) + len(tokenizer.lang_code_to_token) + tokenizer.num_madeup_words
    tokenizer.save_pretrained(folder)
    model = shaken(M2M100ForConditionalGeneration, _m2m_config(M2M100Config, size), spread=0.7, embedded=0.2)
    model.model.shared.weight.data[-tokenizer.num_madeup_words :] = 0
    save(model, folder)
    return folder


def make_nllb(folder: Path) -> Path:
    """Write an NLLB model: an M2M100 with another tokenizer."""
    from transformers import M2M100Config, M2M100ForConditionalGeneration, NllbTokenizer

    vocabulary, merges = _train_bpe(["<s>", "<pad>", "</s>", "<unk>"], byte_level=False)
    tokenizer = NllbTokenizer(vocabulary, merges)
    tokenizer.save_pretrained(folder)
    config = _m2m_config(M2M100Config, len(tokenizer))
    save(shaken(M2M100ForConditionalGeneration, config, spread=0.7, embedded=0.2), folder)
    return folder


def make_qwen2(folder: Path, *, steps: int = 100) -> Path:
    """Write a Qwen2 chat model, taught for `steps`."""
    from transformers import Qwen2Config, Qwen2ForCausalLM

    tokenizer = _qwen_tokenizer()
    config = Qwen2Config(
        vocab_size=len(tokenizer), hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=512, tie_word_embeddings=False,
        bos_token_id=None, eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id,
    )  # fmt: skip
    pairs = [(_chat(tokenizer, source), tokenizer.encode(f"{target}<|im_end|>")) for source, target in _pairs()]
    save(taught(Qwen2ForCausalLM, config, pairs, steps=steps), folder)
    tokenizer.save_pretrained(folder)
    return folder


def make_hunyuan(folder: Path) -> Path:
    """Write a chat model of an architecture that CTranslate2 does not have."""
    from transformers import HunYuanDenseV1Config, HunYuanDenseV1ForCausalLM

    tokenizer = _qwen_tokenizer()
    config = HunYuanDenseV1Config(
        vocab_size=len(tokenizer), hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, head_dim=8, max_position_embeddings=512,
        bos_token_id=None, eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id,
    )  # fmt: skip
    save(shaken(HunYuanDenseV1ForCausalLM, config, spread=0.35), folder)
    tokenizer.save_pretrained(folder)
    return folder


def make_qwen2_gguf(folder: Path, source: Path) -> str:
    """Write the Qwen2 model in `source` as a GGUF file, and return the file's name."""
    import gguf
    from safetensors.numpy import load_file

    config = json.loads((source / "config.json").read_text(encoding="utf-8"))
    writer = gguf.GGUFWriter(folder / "tiny.gguf", "qwen2")
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_head_count_kv(config["num_key_value_heads"])
    writer.add_rope_freq_base(config["rope_parameters"]["rope_theta"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    _add_tokenizer(writer, json.loads((source / "tokenizer.json").read_text(encoding="utf-8")))
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.QWEN2, config["num_hidden_layers"])
    for name, tensor in load_file(source / "model.safetensors").items():
        writer.add_tensor(names.get_name(name, try_suffixes=(".weight", ".bias")), tensor.astype("float32"))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return "tiny.gguf"


def _add_tokenizer(writer: object, tokenizer: dict) -> None:
    import gguf

    special = {token["id"]: token["content"] for token in tokenizer["added_tokens"]}
    by_id = {number: token for token, number in tokenizer["model"]["vocab"].items()} | special
    kinds = [gguf.TokenType.CONTROL if at in special else gguf.TokenType.NORMAL for at in range(len(by_id))]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list([by_id[at] for at in range(len(by_id))])
    writer.add_token_types(kinds)
    writer.add_token_merges([" ".join(pair) for pair in tokenizer["model"]["merges"]])
    ids = {token: number for number, token in special.items()}
    writer.add_eos_token_id(ids["<|im_end|>"])
    writer.add_pad_token_id(ids["<|endoftext|>"])
    writer.add_chat_template(CHAT_TEMPLATE)


def _pairs() -> list[tuple[str, str]]:
    """Return what the taught models learn: each sentence in the next language."""
    return list(zip(SENTENCES, (*SENTENCES[3:], *SENTENCES[:3]), strict=True))


def _chat(tokenizer, text: str) -> list[int]:
    turns = [{"role": "user", "content": text}]
    return tokenizer.encode(tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True))


def _qwen_tokenizer():
    from transformers import Qwen2Tokenizer

    vocabulary, merges = _train_bpe([], byte_level=True)
    tokenizer = Qwen2Tokenizer(vocabulary, merges, unk_token=None, eos_token="<|im_end|>")
    tokenizer.add_special_tokens({"additional_special_tokens": ["<|im_start|>"]})
    tokenizer.chat_template = CHAT_TEMPLATE
    return tokenizer


def _m2m_config(kind: Callable, size: int):
    return kind(
        vocab_size=size, d_model=32, encoder_layers=2, decoder_layers=2, encoder_attention_heads=4,
        decoder_attention_heads=4, encoder_ffn_dim=48, decoder_ffn_dim=48, max_position_embeddings=96,
        pad_token_id=1, eos_token_id=2, bos_token_id=0, decoder_start_token_id=2, scale_embedding=True,
        encoder_layerdrop=0.0, decoder_layerdrop=0.0, activation_function="relu", num_beams=5, max_length=12,
    )  # fmt: skip


def _train_sentencepiece(prefix: Path, *, suffix: str = ".model", **ids: int) -> list[str]:
    import sentencepiece

    prefix.parent.mkdir(parents=True, exist_ok=True)
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(SENTENCES * 3), model_prefix=str(prefix), vocab_size=220, hard_vocab_limit=False,
        character_coverage=1.0, minloglevel=2, num_threads=1, **ids,
    )  # fmt: skip
    model = prefix.with_name(prefix.name + ".model")
    target = prefix.with_name(prefix.name + suffix)
    model.rename(target)
    prefix.with_name(prefix.name + ".vocab").unlink()
    processor = sentencepiece.SentencePieceProcessor(model_file=str(target))
    return [processor.id_to_piece(number) for number in range(processor.get_piece_size())]


def _train_bpe(first: list[str], *, byte_level: bool) -> tuple[dict[str, int], list[tuple[str, str]]]:
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE(unk_token=None if byte_level else "<unk>"))
    tokenizer.pre_tokenizer = (
        pre_tokenizers.ByteLevel(add_prefix_space=False) if byte_level else pre_tokenizers.Metaspace()
    )
    alphabet = pre_tokenizers.ByteLevel.alphabet() if byte_level else []
    trainer = trainers.BpeTrainer(vocab_size=400, special_tokens=first, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(SENTENCES * 3, trainer)
    model = json.loads(tokenizer.to_str())["model"]
    return model["vocab"], [tuple(pair) for pair in model["merges"]]


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def _edit_json(path: Path, **changes: object) -> None:
    content = json.loads(path.read_text(encoding="utf-8")) | changes
    _write_json(path, {key: value for key, value in content.items() if value is not None})
