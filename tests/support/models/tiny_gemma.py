"""A tokenizer and a model of Gemma's kind, small enough to train in a test."""

# ruff: noqa: PLC0415 - collecting tests must not load torch

import json
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
