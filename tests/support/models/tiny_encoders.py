"""Makes tiny sentence-transformers models in the layout that real ones are published in: random weights."""

# ruff: noqa: PLC0415, S106 - collecting tests must not load torch; tokens here are words of a vocabulary

import json
from pathlib import Path

SENTENCES = (
    "The minister said on Monday that the talks would go on.",
    "We will not accept any conditions, he told reporters in Moscow.",
    "Costs rose by 4.5 per cent last year, the statistics office reported.",
    "Министр заявил в понедельник, что переговоры продолжатся.",
    "Мы не примем никаких условий, сказал он журналистам.",
    "部长星期一表示，谈判将继续进行。",
    "他在莫斯科对记者说，我们不会接受任何条件。",
)
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


def make_labse(folder: Path) -> Path:
    """Write a model laid out as LaBSE: BERT, the first token's state, a dense layer, normalisation."""
    import torch
    from safetensors.torch import save_file

    _make_bert(folder)
    _write(folder / "1_Pooling" / "config.json", {"word_embedding_dimension": 32, "pooling_mode_cls_token": True})
    activation = "torch.nn.modules.activation.Tanh"
    dense = {"in_features": 32, "out_features": 24, "bias": True, "activation_function": activation}
    _write(folder / "2_Dense" / "config.json", dense)
    generator = torch.Generator().manual_seed(5)
    weights = {"linear.weight": torch.randn(24, 32, generator=generator) / 4, "linear.bias": torch.zeros(24)}
    save_file(weights, folder / "2_Dense" / "model.safetensors")
    _write_modules(folder, "Pooling", "Dense", "Normalize")
    (folder / "README.md").write_text("---\npipeline_tag: x\nlicense: apache-2.0\n---\n# LaBSE\n", encoding="utf-8")
    return folder


def make_e5(folder: Path) -> Path:
    """Write a model laid out as E5: XLM-RoBERTa, the mean of its states, normalisation without a folder."""
    from transformers import XLMRobertaConfig, XLMRobertaModel

    tokenizer = _unigram()
    config = XLMRobertaConfig(
        vocab_size=len(tokenizer), hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=48,
        max_position_embeddings=66, type_vocab_size=1, pad_token_id=1, bos_token_id=0, eos_token_id=2,
    )  # fmt: skip
    _save(XLMRobertaModel(config), tokenizer, folder)
    _write(folder / "1_Pooling" / "config.json", {"word_embedding_dimension": 32, "pooling_mode_mean_tokens": True})
    _write_modules(folder, "Pooling", "Normalize")
    return folder


def _make_bert(folder: Path) -> None:
    from transformers import BertConfig, BertModel

    tokenizer = _wordpiece()
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=48,
        max_position_embeddings=64,
    )  # fmt: skip
    _save(BertModel(config), tokenizer, folder)


def _save(model, tokenizer, folder: Path) -> None:
    import torch

    generator = torch.Generator().manual_seed(7)
    with torch.no_grad():
        for weights in model.parameters():
            if weights.dim() > 1:
                weights.copy_(torch.randn(weights.shape, generator=generator) * 0.3)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    _write(folder / "sentence_bert_config.json", {"max_seq_length": 64, "do_lower_case": False})


def _unigram():
    from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    inner = Tokenizer(models.Unigram())
    inner.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.UnigramTrainer(vocab_size=200, special_tokens=special, unk_token="<unk>", show_progress=False)
    inner.train_from_iterator(SENTENCES, trainer)
    inner.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    return PreTrainedTokenizerFast(
        tokenizer_object=inner, bos_token="<s>", eos_token="</s>", unk_token="<unk>", pad_token="<pad>",
        cls_token="<s>", sep_token="</s>", mask_token="<mask>",
    )  # fmt: skip


def _wordpiece():
    from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    inner = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    inner.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(vocab_size=400, special_tokens=list(SPECIAL), show_progress=False)
    inner.train_from_iterator(SENTENCES, trainer)
    inner.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=inner, unk_token="[UNK]", pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]",
        mask_token="[MASK]",
    )  # fmt: skip


def _write_modules(folder: Path, *names: str) -> None:
    kinds = ["Transformer", *names]
    paths = ["", *(f"{at}_{name}" for at, name in enumerate(names, 1))]
    modules = [
        {"idx": at, "name": str(at), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for at, (kind, path) in enumerate(zip(kinds, paths, strict=True))
    ]
    _write(folder / "modules.json", modules)


def _write(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")
