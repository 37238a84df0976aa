"""Models to measure speed with: random weights in the sizes and formats of real ones.

The speed of a model does not depend on its weights if all systems write answers of the same length.
"""

# ruff: noqa: PLC0415 - sentences alone need no torch

import json
import random
from pathlib import Path
from typing import Any

from benchmarks.places import shared_folder

KINDS = ("marian", "t5")
_MARIAN_VOCABULARY = 62518  # as in opus-mt-en-ru
_T5_VOCABULARY = 32128
_WORDS = 20000


def sentences(number: int, language: str = "en") -> tuple[list[str], str]:
    """Return a number of sentences, and their origin: NTREX if available, else random words."""
    path = shared_folder() / "testsets" / "ntrex" / f"{language}.txt"
    if path.exists():
        return path.read_text(encoding="utf-8").splitlines()[:number], "NTREX-128"
    chance = random.Random(f"sentences {language}")  # noqa: S311 - no secret
    letters = "etaoinshrdlucmfwyp" if language == "en" else "оеаинтсрвлкмдпуяыь"
    words = ["".join(chance.choices(letters, k=chance.randint(2, 9))) for _ in range(_WORDS)]
    return [" ".join(chance.choices(words, k=chance.randint(8, 40))) + "." for _ in range(number)], "random words"


def make(kind: str, folder: Path) -> Path:
    """Write a model, unless it exists, and return its folder."""
    place = folder / kind
    if not (place / "model.safetensors").exists():
        place.mkdir(parents=True, exist_ok=True)
        {"marian": _make_marian, "t5": _make_t5}[kind](place)
    return place


def _make_marian(folder: Path) -> None:
    """Write a Marian of opus-mt's size: 6 + 6 layers, 512 wide, 8 heads, 2048 within."""
    import torch
    from transformers import MarianConfig, MarianMTModel

    pieces = dict.fromkeys(["</s>", "<unk>"])
    for name, language, size in (("source", "en", 12000), ("target", "ru", 16000)):
        pieces |= dict.fromkeys(_train(folder / name, language, size))
        (folder / f"{name}.model").rename(folder / f"{name}.spm")
    vocabulary = [piece for piece in pieces if piece != "<s>"]
    vocabulary += [f"\N{LOWER ONE EIGHTH BLOCK}unused{at}" for at in range(_MARIAN_VOCABULARY - 1 - len(vocabulary))]
    _write(folder / "vocab.json", {piece: at for at, piece in enumerate([*vocabulary, "<pad>"])})
    names = {"source_lang": "en", "target_lang": "ru", "tokenizer_class": "MarianTokenizer"}
    _write(folder / "tokenizer_config.json", names)
    pad = _MARIAN_VOCABULARY - 1
    config = MarianConfig(
        vocab_size=_MARIAN_VOCABULARY, d_model=512, encoder_layers=6, decoder_layers=6, encoder_attention_heads=8,
        decoder_attention_heads=8, encoder_ffn_dim=2048, decoder_ffn_dim=2048, max_position_embeddings=512,
        pad_token_id=pad, decoder_start_token_id=pad, eos_token_id=0, scale_embedding=True,
        activation_function="swish",
    )  # fmt: skip
    torch.manual_seed(1)
    MarianMTModel(config).save_pretrained(folder)


def _make_t5(folder: Path) -> None:
    """Write a T5 of the size of T5-base: 12 + 12 layers, 768 wide, 12 heads, 3072 within."""
    import torch
    from transformers import T5Config, T5ForConditionalGeneration, T5Tokenizer

    _train(folder / "spiece", "en", 24000, pad_id=0, eos_id=1, unk_id=2, bos_id=-1)
    T5Tokenizer.from_pretrained(folder, extra_ids=100).save_pretrained(folder)
    config = T5Config(
        vocab_size=_T5_VOCABULARY, d_model=768, d_kv=64, d_ff=3072, num_layers=12, num_heads=12,
        decoder_start_token_id=0, feed_forward_proj="relu",  # type: ignore[call-arg]
    )  # fmt: skip
    torch.manual_seed(1)
    T5ForConditionalGeneration(config).save_pretrained(folder)


def _train(prefix: Path, language: str, size: int, **ids: Any) -> list[str]:
    import sentencepiece

    texts, _ = sentences(2000, language)
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(texts), model_prefix=str(prefix), vocab_size=size, hard_vocab_limit=False,
        minloglevel=2, **ids,
    )  # fmt: skip
    prefix.with_name(f"{prefix.name}.vocab").unlink()
    found = sentencepiece.SentencePieceProcessor(model_file=f"{prefix}.model")
    return [found.id_to_piece(number) for number in range(found.get_piece_size())]


def _write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
