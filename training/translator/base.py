"""The base model with a cut vocabulary, and what it is to learn from."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from training.translator.examples import EXAMPLES, answer, encode, prompt
from training.translator.pairs import Pair, read_pairs
from training.translator.vocabulary import needed_pieces

BASE, KEPT, RECORD = "base", "kept.json", "record.json"
TOKENIZER: Final = "tokenizer.json"


def prepare(gguf: Path, sets: Path, work: Path, *, whole: bool = False) -> None:
    """Write to `work` the examples, the base cut to their pieces, the ids that were kept, and a record of it all.

    With `whole` the vocabulary is not cut: to compare Gemma with a base whose pieces are of another kind.
    """
    from tokenizers import Tokenizer  # noqa: PLC0415 - loaded when used

    pairs, record = read_pairs(sets)
    model, tokenizer = unpack(gguf)
    kept = [] if whole else pieces_of(tokenizer, _texts(pairs))
    folder = work / BASE
    folder.mkdir(parents=True, exist_ok=True)
    write_base(model, tokenizer, kept, folder)
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


def write_base(model: Any, tokenizer: dict[str, Any], kept: Sequence[int], folder: Path) -> None:
    """Write the model with the pieces `kept` alone, with all if there are none."""
    if kept:
        cut_model(model, kept)
        tokenizer = cut_tokenizer(tokenizer, kept)
    model.save_pretrained(folder)
    (folder / TOKENIZER).write_text(json.dumps(tokenizer, ensure_ascii=False), encoding="utf-8")


def cut_model(model: Any, kept: Sequence[int]) -> None:
    """Leave a model only the pieces `kept`, numbered in their order."""
    import torch  # noqa: PLC0415 - loaded when used

    rows = model.get_input_embeddings().weight.data[torch.tensor(kept)]
    model.resize_token_embeddings(len(kept), mean_resizing=False)
    model.get_input_embeddings().weight.data.copy_(rows)


def cut_tokenizer(tokenizer: Mapping[str, Any], kept: Sequence[int]) -> dict[str, Any]:
    """Return the content of a `tokenizer.json` of kind BPE with only the pieces `kept`, numbered in their order."""
    names = {number: piece for piece, number in tokenizer["model"]["vocab"].items()}
    numbers = {names[old]: new for new, old in enumerate(kept)}
    merges = [[a, b] for a, b in tokenizer["model"]["merges"] if a in numbers and b in numbers and a + b in numbers]
    added = [one | {"id": numbers[one["content"]]} for one in tokenizer["added_tokens"] if one["content"] in numbers]
    changed = tokenizer["model"] | {"vocab": numbers, "merges": merges}
    whole: dict[str, Any] = json.loads(json.dumps({**tokenizer, "added_tokens": added, "model": changed}))
    for special in whole["post_processor"]["special_tokens"].values():
        special["ids"] = [numbers[token] for token in special["tokens"]]
    return whole


def pieces_of(tokenizer: dict[str, Any], texts: Sequence[str]) -> list[int]:
    """Return the ids of the pieces to keep if `texts` shall be split as before."""
    from tokenizers import Tokenizer  # noqa: PLC0415 - loaded when used

    whole = Tokenizer.from_str(json.dumps(tokenizer))
    seen = {piece for found in whole.encode_batch(list(texts), add_special_tokens=False) for piece in found.tokens}
    return needed_pieces(tokenizer, seen)


def _texts(pairs: Sequence[Pair]) -> list[str]:
    asked = {prompt(pair.direction, pair.source) for pair in pairs}
    return sorted(asked | {answer(pair.direction, pair.target) for pair in pairs})
