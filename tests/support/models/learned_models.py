"""Small neural metrics in the published formats: random weights, real loaders."""

import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing
from transformers import (
    MT5Config,
    MT5ForConditionalGeneration,
    PreTrainedTokenizerFast,
    XLMRobertaConfig,
    XLMRobertaModel,
)

TEXT = "the cat sat on a mat there is no doubt кот сидел на ковре source candidate reference : ."
WORDS = sorted(set(TEXT.split()))
HIDDEN = 16
LAYERS = 3
SIZES = (12, 8)
HYPERPARAMETERS: dict[str, Any] = {
    "class_identifier": "regression_metric",
    "encoder_model": "XLM-RoBERTa",
    "pretrained_model": "xlm-roberta-large",
    "pool": "avg",
    "layer": "mix",
    "layer_transformation": "sparsemax",
    "layer_norm": False,
    "hidden_sizes": list(SIZES),
    "activations": "Tanh",
    "final_activation": None,
    "dropout": 0.1,
    "batch_size": 16,
    "loss": "mse",
}


def make_tokenizer(folder: Path) -> Any:
    """Write a tokenizer of whole words with XLM-R's special tokens."""
    vocabulary = {word: at for at, word in enumerate(["<s>", "<pad>", "</s>", "<unk>", *WORDS])}
    made = Tokenizer(WordLevel(vocabulary, unk_token="<unk>"))  # noqa: S106 - no password
    made.pre_tokenizer = Whitespace()
    made.post_processor = TemplateProcessing(single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    special = {"bos": "<s>", "eos": "</s>", "pad": "<pad>", "unk": "<unk>"}
    named = {f"{name}_token": text for name, text in special.items()}
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=made, **named)
    tokenizer.save_pretrained(folder)
    return tokenizer


def encoder_config() -> XLMRobertaConfig:
    """Return a small XLM-R's configuration."""
    return XLMRobertaConfig(
        vocab_size=len(WORDS) + 4, hidden_size=HIDDEN, num_hidden_layers=LAYERS, num_attention_heads=2,
        intermediate_size=24, max_position_embeddings=40, pad_token_id=1, bos_token_id=0, eos_token_id=2,
    )  # fmt: skip


def comet_state() -> dict[str, torch.Tensor]:
    """Return random weights by the names of the published checkpoint."""
    torch.manual_seed(5)
    encoder = XLMRobertaModel(encoder_config(), add_pooling_layer=False)
    state = {f"encoder.model.{name}": value for name, value in encoder.state_dict().items()}
    before = 6 * HIDDEN
    for number, size in zip((0, 3, 6), (*SIZES, 1), strict=True):
        state[f"estimator.ff.{number}.weight"] = torch.randn(size, before) / before**0.5
        state[f"estimator.ff.{number}.bias"] = torch.randn(size)
        before = size
    for number in range(LAYERS + 1):
        state[f"layerwise_attention.scalar_parameters.{number}"] = torch.randn(1)
    state["layerwise_attention.gamma"] = torch.tensor([1.3])
    return state


def make_comet(folder: Path, **changes: Any) -> dict[str, torch.Tensor]:
    """Write a COMET model as `fetch_neural_metric` leaves it, and return its weights."""
    folder.mkdir(parents=True, exist_ok=True)
    make_tokenizer(folder)
    encoder_config().save_pretrained(folder)
    state = comet_state()
    save_file(state, folder / "model.safetensors")
    (folder / "hparams.json").write_text(json.dumps(HYPERPARAMETERS | changes), encoding="utf-8")
    return state


def make_metricx(folder: Path, *, words: int = len(WORDS) + 4) -> Any:
    """Write a small mT5 with its tokenizer, and return the model; `words` is the size of its vocabulary."""
    folder.mkdir(parents=True, exist_ok=True)
    make_tokenizer(folder)
    torch.manual_seed(6)
    config = MT5Config(
        vocab_size=words, d_model=16, d_kv=8, d_ff=24, num_layers=2, num_heads=2, pad_token_id=1,
        eos_token_id=2, decoder_start_token_id=1, tie_word_embeddings=False,
    )  # fmt: skip
    model = MT5ForConditionalGeneration(config).eval()
    with torch.no_grad():
        model.lm_head.weight.mul_(40.0)
    model.save_pretrained(folder)
    return model
