"""A tokenizer and a model of Gemma's kind, small enough to train in a test."""

# ruff: noqa: PLC0415 - collecting tests must not load torch

import json
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from training.translator.examples import DIRECTIONS, prompt

SPECIAL = ["<pad>", "<eos>", "<bos>", "<unk>"]
PROMPTS = [prompt(direction, "") for direction in DIRECTIONS]


def gemma_tokenizer(texts: list[str]) -> dict[str, Any]:
    """Return the content of a `tokenizer.json` that spells `texts` and prompts in few pieces, others in bytes."""
    made = Tokenizer(models.BPE(byte_fallback=True, unk_token=SPECIAL[3], fuse_unk=True))
    made.normalizer = normalizers.Replace(" ", "▁")
    made.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    made.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    bytes_ = [f"<0x{byte:02X}>" for byte in range(256)]
    trainer = trainers.BpeTrainer(vocab_size=700, special_tokens=[*SPECIAL, *bytes_], show_progress=False)
    made.train_from_iterator([*texts, *PROMPTS] * 3, trainer)
    made.post_processor = processors.TemplateProcessing("<bos> $A", special_tokens=[("<bos>", 2)])
    content = json.loads(made.to_str())
    return content | {"added_tokens": [token for token in content["added_tokens"] if token["content"] in SPECIAL]}


def gemma_model(pieces: int) -> Any:
    """Return a model with as many pieces, the same each time."""
    import torch
    from transformers import Gemma3ForCausalLM, Gemma3TextConfig

    config = Gemma3TextConfig(
        vocab_size=pieces, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=2,
        num_key_value_heads=1, head_dim=16, query_pre_attn_scalar=16, bos_token_id=2, eos_token_id=1, pad_token_id=0,
        initializer_range=0.3,
    )  # fmt: skip
    torch.manual_seed(5)
    return Gemma3ForCausalLM(config)


def write_gguf(tokenizer: dict[str, Any], folder: Path) -> str:
    """Write the model with a tokenizer as a GGUF file, its table of pieces in 8 bits, and return the file's name."""
    import gguf

    pieces = list(tokenizer["model"]["vocab"])
    special, plain, byte = gguf.TokenType.CONTROL, gguf.TokenType.NORMAL, gguf.TokenType.BYTE
    writer = gguf.GGUFWriter(folder / "tiny.gguf", "gemma3")
    model = gemma_model(len(pieces))
    config = model.config
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_key_length(config.head_dim)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_sliding_window(config.sliding_window)
    writer.add_tokenizer_model("llama")
    writer.add_token_list(pieces)
    writer.add_token_scores([-float(at) for at in range(len(pieces))])
    kinds = [special if piece in SPECIAL else byte if piece.startswith("<0x") else plain for piece in pieces]
    writer.add_token_types(kinds)
    writer.add_bos_token_id(2)
    writer.add_eos_token_id(1)
    writer.add_pad_token_id(0)
    writer.add_unk_token_id(3)
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.GEMMA3, config.num_hidden_layers)
    for name, tensor in model.state_dict().items():
        if name == "lm_head.weight":
            continue
        found, values = names.get_name(name, try_suffixes=(".weight",)), tensor.numpy()
        if "embed_tokens" in name:
            kind = gguf.GGMLQuantizationType.Q8_0
            writer.add_tensor(found, gguf.quantize(values, kind), raw_dtype=kind)
        else:  # the format stores the weight of a norm plus one
            writer.add_tensor(found, values + 1 if "norm" in name else values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return "tiny.gguf"
