"""The base model with a cut vocabulary, and what it is to learn from."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from training.translator.examples import EXAMPLES, answer, encode, prompt
from training.translator.pairs import Pair, read_pairs
from training.translator.vocabulary import needed_pieces
from translate.engines.adapter import cut_model, cut_tokenizer

BASE, KEPT, RECORD = "base", "kept.json", "record.json"
TOKENIZER: Final = "tokenizer.json"


def prepare(gguf: Path, sets: Path, work: Path) -> None:
    """Write to `work` the examples, the base cut to their pieces, the ids that were kept, and a record of it all."""
    from tokenizers import Tokenizer  # noqa: PLC0415 - loaded when used

    pairs, record = read_pairs(sets)
    model, tokenizer = unpack(gguf)
    kept = pieces_of(tokenizer, _texts(pairs))
    folder = work / BASE
    folder.mkdir(parents=True, exist_ok=True)
    write_cut(model, tokenizer, kept, folder)
    (work / KEPT).write_text(json.dumps(kept), encoding="utf-8")
    examples = encode(pairs, Tokenizer.from_file(str(folder / TOKENIZER)))
    examples.write(work / EXAMPLES)
    record |= {"pieces": len(kept), "examples": len(examples.answers), "ids": len(examples.ids)}
    (work / RECORD).write_text(json.dumps(record, indent=1), encoding="utf-8")
    print(json.dumps(record))


def unpack(gguf: Path) -> tuple[Any, dict[str, Any]]:
    """Return the model in a GGUF file, in 32 bits, and the content of its `tokenizer.json`."""
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig  # noqa: PLC0415 - loaded when used

    folder, name = str(gguf.parent), gguf.name
    tokenizer = AutoTokenizer.from_pretrained(folder, gguf_file=name)
    model = AutoModelForCausalLM.from_pretrained(
        folder, gguf_file=name, dtype="float32", quantization_config=GgufConfig(dequantize=True)
    )
    return model, json.loads(tokenizer.backend_tokenizer.to_str())


def write_cut(model: Any, tokenizer: dict[str, Any], kept: Sequence[int], folder: Path) -> None:
    """Write the model with the pieces `kept` alone."""
    cut_model(model, kept)
    model.save_pretrained(folder)
    (folder / TOKENIZER).write_text(json.dumps(cut_tokenizer(tokenizer, kept), ensure_ascii=False), encoding="utf-8")


def pieces_of(tokenizer: dict[str, Any], texts: Sequence[str]) -> list[int]:
    """Return the ids of the pieces to keep if `texts` shall be split as before."""
    from tokenizers import Tokenizer  # noqa: PLC0415 - loaded when used

    whole = Tokenizer.from_str(json.dumps(tokenizer))
    seen = {piece for found in whole.encode_batch(list(texts), add_special_tokens=False) for piece in found.tokens}
    return needed_pieces(tokenizer, seen)


def _texts(pairs: Sequence[Pair]) -> list[str]:
    asked = {prompt(pair.direction, pair.source) for pair in pairs}
    return sorted(asked | {answer(pair.direction, pair.target) for pair in pairs})
