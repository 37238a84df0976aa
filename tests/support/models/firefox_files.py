"""Writes small Firefox models in the files that Mozilla publishes: Marian's binary format, SentencePiece models."""

# ruff: noqa: PLC0415 - collecting tests must not load SentencePiece's trainer

import hashlib
import io
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

SENTENCES = (
    "The minister said on Monday that the talks would go on.",
    "We will not accept any conditions, he told reporters in Moscow.",
    "Prices rose by 4.5 per cent last year, the statistics office reported.",
    "Министр заявил в понедельник, что переговоры продолжатся.",
    "Мы не примем никаких условий, сказал он журналистам в Москве.",
    "部长星期一表示，谈判将继续进行。",
)

FLOAT32, BYTES, INTGEMM8 = 0x404, 0x101, 0x4101
STEPS = 24.0  # to a unit, for what enters a matrix


@dataclass(frozen=True)
class Shape:
    dim: int = 24
    heads: int = 4
    inner: int = 40
    encoder_layers: int = 2
    decoder_layers: int = 2
    split: bool = False  # a vocabulary for each side
    seed: int = 4
    end: float = 3.0  # added to the logit of the end

    def settings(self) -> dict[str, str]:
        return {
            "dec-cell": "ssru", "dec-depth": f"{self.decoder_layers}", "dim-emb": f"{self.dim}", "enc-cell": "gru",
            "enc-depth": f"{self.encoder_layers}", "input-types": "[]", "tied-embeddings-all": "true",
            "transformer-decoder-autoreg": "rnn", "transformer-dim-ffn": f"{self.inner}",
            "transformer-ffn-activation": "relu", "transformer-ffn-depth": "2", "transformer-heads": f"{self.heads}",
            "transformer-no-projection": "false", "transformer-pool": "false", "transformer-postprocess": "dan",
            "transformer-postprocess-emb": "d", "transformer-postprocess-top": '""', "transformer-preprocess": '""',
            "transformer-tied-layers": "[]", "transformer-train-position-embeddings": "false", "type": "transformer",
        }  # fmt: skip


@cache
def vocabulary(size: int = 90) -> bytes:
    import sentencepiece

    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(SENTENCES * 4), model_writer=model, vocab_size=size, character_coverage=1.0,
        bos_id=-1, eos_id=0, unk_id=1, hard_vocab_limit=False, minloglevel=2, num_threads=1,
    )  # fmt: skip
    return model.getvalue()


def pieces(content: bytes) -> int:
    import sentencepiece

    return int(sentencepiece.SentencePieceProcessor(model_proto=content).get_piece_size())


def make_firefox(folder: Path, pair: str = "enru", *, shape: Shape = Shape()) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in firefox_contents(pair, shape).items():
        (folder / name).write_bytes(content)
    return folder


@cache
def firefox_contents(pair: str = "enru", shape: Shape = Shape()) -> Mapping[str, bytes]:
    source, target = vocabulary(), vocabulary(100) if shape.split else vocabulary()
    model = marian_bytes(make_tensors(shape, pieces(source), pieces(target)), shape.settings())
    words = {f"srcvocab.{pair}.spm": source, f"trgvocab.{pair}.spm": target} if shape.split else {}
    return {f"model.{pair}.intgemm.alphas.bin": model} | (words or {f"vocab.{pair}.spm": source})


def zstd(content: bytes) -> bytes:
    """Return a frame of zstd that holds the content as it is."""
    size = 1 << 17
    blocks = [content[at : at + size] for at in range(0, len(content), size)]
    heads = [(len(block) << 3) | (number == len(blocks) - 1) for number, block in enumerate(blocks)]
    frame = b"\x28\xb5\x2f\xfd\xa0" + struct.pack("<I", len(content))
    return frame + b"".join(struct.pack("<I", head)[:3] + block for head, block in zip(heads, blocks, strict=True))


def record(name: str, packed: bytes, *, version: str = "3.0", size: str | None = "base") -> dict[str, object]:
    """Return what the service says of a packed file."""
    kind, pair = name.split(".")[:2]
    checksum = hashlib.sha256(packed).hexdigest()
    attachment = {"location": f"main/{checksum}.zst", "hash": checksum, "size": len(packed), "filename": f"{name}.zst"}
    languages = {"sourceLanguage": pair[:2], "targetLanguage": pair[2:]}
    return {"name": name, "fileType": kind, "version": version, "attachment": attachment, **languages} | (
        {"architecture": size} if size else {}
    )


def make_tensors(shape: Shape, source: int, target: int) -> dict[str, np.ndarray]:
    random = np.random.default_rng(shape.seed)
    dim, inner = shape.dim, shape.inner

    def drawn(rows: int, columns: int, spread: float) -> np.ndarray:
        return (random.standard_normal((rows, columns)) * spread).astype(np.float32)

    found: dict[str, np.ndarray] = {}

    def block(name: str, letters: str, rows: int, columns: int) -> None:
        for letter in letters:
            found[f"{name}_W{letter}"] = drawn(rows, columns, 1.2 / rows**0.5)
            found[f"{name}_b{letter}"] = drawn(1, columns, 0.2)

    def norm(name: str) -> None:
        found[f"{name}_ln_scale"] = 1 + drawn(1, dim, 0.2)
        found[f"{name}_ln_bias"] = drawn(1, dim, 0.2)

    def layer(name: str, attention: str) -> None:
        block(f"{name}_{attention}", "qkvo", dim, dim)
        norm(f"{name}_{attention}_Wo")
        block(f"{name}_ffn", "1", dim, inner)
        block(f"{name}_ffn", "2", inner, dim)
        norm(f"{name}_ffn_ffn")

    embedded = 1.5 / dim**0.5
    if shape.split:
        found["encoder_Wemb"] = drawn(source, dim, embedded)
    found["decoder_Wemb" if shape.split else "Wemb"] = drawn(target, dim, embedded)
    for number in range(1, shape.encoder_layers + 1):
        layer(f"encoder_l{number}", "self")
    for number in range(1, shape.decoder_layers + 1):
        layer(f"decoder_l{number}", "context")
        block(f"decoder_l{number}_rnn", "f", dim, dim)
        found[f"decoder_l{number}_rnn_W"] = drawn(dim, dim, 1.5 / dim**0.5)
        norm(f"decoder_l{number}_rnn_ffn")
    found["decoder_ff_logit_out_b"] = drawn(1, target, 0.3)
    found["decoder_ff_logit_out_b"][0, 0] += shape.end
    return found


def quantize(matrix: np.ndarray) -> tuple[np.ndarray, float]:
    multiplier = np.float32(127) / np.abs(matrix).max()
    return np.clip(np.rint(matrix * multiplier), -127, 127).astype(np.int8), float(multiplier)


def marian_bytes(tensors: Mapping[str, np.ndarray], settings: Mapping[str, str]) -> bytes:
    items = []
    for name, array in sorted(tensors.items()):
        if "W" in name and not name.endswith(("_scale", "_bias")):
            numbers, multiplier = quantize(array)
            plain = numbers if "Wemb" in name else numbers.T
            items.append((name, INTGEMM8, array.shape, plain.tobytes() + struct.pack("<f", multiplier)))
            items.append(_steps(name))
        else:
            items.append((name, FLOAT32, array.shape, array.astype("<f4").tobytes()))
    text = "".join(f"{key}: {value}\n" for key, value in settings.items()) + "dim-vocabs:\n  - 1\n  - 1\n\0"
    items.append(("special:model.yml", BYTES, (len(text),), text.encode()))
    return _binary([(name, kind, shape, _aligned(data)) for name, kind, shape, data in items])


def _steps(name: str) -> tuple[str, int, tuple[int, ...], bytes]:
    """Return the item with the steps of what enters a matrix, in the three ways in which real files have it."""
    if name == "decoder_Wemb":
        return f"{name}_QuantMultA", INTGEMM8, (1, 1), struct.pack("<bf", 127, 127 / STEPS)
    return f"{'none' if name == 'Wemb' else name}_QuantMultA", FLOAT32, (1, 1), struct.pack("<f", STEPS)


def _binary(items: list[tuple[str, int, tuple[int, ...], bytes]]) -> bytes:
    names = [name.encode() + b"\0" for name, *_ in items]
    head = struct.pack("<QQ", 1, len(items))
    for name, (_, kind, shape, data) in zip(names, items, strict=True):
        head += struct.pack("<QQQQ", len(name), kind, len(shape), len(data))
    head += b"".join(names)
    head += b"".join(struct.pack(f"<{len(shape)}i", *shape) for _, _, shape, _ in items)
    gap = -(len(head) + 8) % 256
    return head + struct.pack("<Q", gap) + bytes(gap) + b"".join(data for *_, data in items)


def _aligned(data: bytes) -> bytes:
    return data + bytes(-len(data) % 256)
