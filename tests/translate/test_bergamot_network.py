"""A Bergamot model's arithmetic against a second, plain implementation, and its search."""

# ruff: noqa: PLC0415 - collecting tests must not load torch

from pathlib import Path

import numpy as np
import pytest
from bergamot_files import SENTENCES, STEPS, Shape, make_bergamot

from common.errors import UsageError
from translate.engines.base import EngineOptions
from translate.engines.bergamot.architecture import architecture_of
from translate.engines.bergamot.binary import MarianModel, read_model
from translate.engines.bergamot.engine import BergamotEngine, load_bergamot
from translate.engines.bergamot.files import find_bergamot
from translate.engines.errors import InputTooLongError, ModelFilesError, UnsupportedModelError
from translate.models.requests import TextRequest
from translate.types import DecodeOptions

REQUESTS = [TextRequest(text) for text in SENTENCES]
SHORT = DecodeOptions(max_length=8)


def load(folder: Path, precision: str = "float32") -> BergamotEngine:
    files = find_bergamot(folder, ("en", "ru"))
    assert files
    return load_bergamot(files, options=EngineOptions("cpu", precision, threads=1))


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_bergamot(tmp_path_factory.mktemp("plain"))


@pytest.fixture(scope="module")
def engine(plain: Path) -> BergamotEngine:
    return load(plain)


class Reference:
    """One sentence, one token, one dimension of the formulas at a time: NumPy in double precision, no batches."""

    def __init__(self, model: MarianModel, *, rounds: bool = False) -> None:
        self.tensors = {name: array.astype(np.float64) for name, array in model.tensors.items()}
        self.config, self.rounds = model.config, rounds
        self._contexts: dict[tuple[int, ...], list[np.ndarray]] = {}
        self.dim, self.heads = int(model.config["dim-emb"]), int(model.config["transformer-heads"])

    def logits(self, source: list[int], target: list[int]) -> np.ndarray:
        """Return the logits that follow all but the last of `target`, and those after it."""
        context = self._contexts[tuple(source)] = self._contexts.get(tuple(source)) or self._encode(source)
        layers = [f"decoder_l{number}" for number in range(1, int(self.config["dec-depth"]) + 1)]
        cells = dict.fromkeys(layers, np.zeros(self.dim))
        rows = []
        for place in range(len(target) + 1):
            x = self._position(place)
            if place:
                x = x + self._embedding("decoder_Wemb", target[place - 1])
            for name in layers:
                gate = 1 / (1 + np.exp(-self._affine(x, f"{name}_rnn_Wf", f"{name}_rnn_bf")))
                cells[name] = gate * cells[name] + (1 - gate) * self._affine(x, f"{name}_rnn_W")
                x = self._norm(np.maximum(cells[name], 0) + x, f"{name}_rnn_ffn")
                x = self._attention(x, context, f"{name}_context")
                x = self._forward(x, f"{name}_ffn")
            rows.append(self._output(x))
        return np.array(rows)

    def _encode(self, source: list[int]) -> list[np.ndarray]:
        xs = [self._embedding("encoder_Wemb", one) + self._position(place) for place, one in enumerate(source)]
        for number in range(1, int(self.config["enc-depth"]) + 1):
            name = f"encoder_l{number}"
            attended = [self._attention(x, xs, f"{name}_self") for x in xs]
            xs = [self._forward(x, f"{name}_ffn") for x in attended]
        return xs

    def _embedding(self, name: str, token: int) -> np.ndarray:
        table = self.tensors.get(name, self.tensors.get("Wemb"))
        assert table is not None
        return table[token] * self.dim**0.5

    def _position(self, place: int) -> np.ndarray:
        half = self.dim // 2
        angles = [place * 10000 ** (-number / (half - 1)) for number in range(half)]
        return np.array([*np.sin(angles), *np.cos(angles)])

    def _rounded(self, x: np.ndarray) -> np.ndarray:
        return np.clip(np.rint(x * STEPS), -127, 127) / STEPS if self.rounds else x

    def _affine(self, x: np.ndarray, weight: str, bias: str = "") -> np.ndarray:
        result = self._rounded(x) @ self.tensors[weight]
        return result + self.tensors[bias][0] if bias else result

    def _norm(self, x: np.ndarray, name: str) -> np.ndarray:
        scaled = (x - x.mean()) / np.sqrt(x.var() + 1e-6)
        return scaled * self.tensors[f"{name}_ln_scale"][0] + self.tensors[f"{name}_ln_bias"][0]

    def _attention(self, x: np.ndarray, memory: list[np.ndarray], name: str) -> np.ndarray:
        query = self._affine(x, f"{name}_Wq", f"{name}_bq")
        keys = [self._affine(one, f"{name}_Wk", f"{name}_bk") for one in memory]
        values = [self._affine(one, f"{name}_Wv", f"{name}_bv") for one in memory]
        width = self.dim // self.heads
        joined = []
        for start in range(0, self.dim, width):
            part = slice(start, start + width)
            scores = np.exp([query[part] @ key[part] / width**0.5 for key in keys])
            joined.append(sum(s * value[part] for s, value in zip(scores / scores.sum(), values, strict=True)))
        return self._norm(self._affine(np.concatenate(joined), f"{name}_Wo", f"{name}_bo") + x, f"{name}_Wo")

    def _forward(self, x: np.ndarray, name: str) -> np.ndarray:
        hidden = np.maximum(self._affine(x, f"{name}_W1", f"{name}_b1"), 0)
        return self._norm(self._affine(hidden, f"{name}_W2", f"{name}_b2") + x, f"{name}_ffn")

    def _output(self, x: np.ndarray) -> np.ndarray:
        table = self.tensors.get("decoder_Wemb", self.tensors.get("Wemb"))
        assert table is not None
        weight = self.tensors.get("decoder_ff_logit_out_W", table.T)
        return self._rounded(x) @ weight + self.tensors["decoder_ff_logit_out_b"][0]


@pytest.mark.parametrize(
    ("shape", "precision"),
    [
        (Shape(), "float32"),
        (Shape(tied=False, seed=2), "float32"),
        (Shape(split=True, quantized=True, seed=3), "float32"),
        (Shape(quantized=True), "int8"),
        (Shape(quantized=True, tied=False, heads=2, seed=5), "int8"),
    ],
)
def test_logits_are_those_of_the_formulas(tmp_path: Path, shape: Shape, precision: str) -> None:
    import torch

    folder = make_bergamot(tmp_path, shape=shape)
    files = find_bergamot(folder, ("en", "ru"))
    assert files
    reference = Reference(read_model(files.model), rounds=precision == "int8")
    network = load(folder, precision)._network
    source, target = [7, 20, 33, 5, 0], [11, 42, 11, 3]
    state = network.start([source, [9, 0]], 1)
    rows = []
    for token in [0, *target]:
        logits, state = network.step(state, torch.tensor([[token], [token]]))
        rows.append(logits[0, 0].numpy())
    np.testing.assert_allclose(np.array(rows), reference.logits(source, target), atol=2e-4)


@pytest.mark.parametrize("beams", [1, 3])
def test_a_batch_changes_no_translation(engine: BergamotEngine, beams: int) -> None:
    alone = engine.generate(REQUESTS, options=DecodeOptions(beam_size=beams, batch_size=1, max_length=8))
    together = engine.generate(REQUESTS, options=DecodeOptions(beam_size=beams, batch_size=6, max_length=8))
    assert [one.tokens for one in alone] == [one.tokens for one in together]
    np.testing.assert_allclose([one.score or 0 for one in alone], [one.score or 0 for one in together], atol=1e-4)
    assert len({one.tokens for one in alone}) > 1


def test_greedy_search_takes_the_likeliest_token_each_time(engine: BergamotEngine, plain: Path) -> None:
    reference = Reference(read_model(plain / "model.enru.bin"))
    found = engine.generate(REQUESTS[:1], options=SHORT)[0]
    source = engine._tokenizer.ids(engine._tokenizer.encode(REQUESTS[0]).tokens)
    ids = [int(engine._pieces._target.piece_to_id(token)) for token in found.tokens]
    logits = reference.logits(source, ids)[: len(ids) + found.finished]
    logits[:, 1] = -np.inf  # the unknown token
    assert list(logits.argmax(-1)) == [*ids, *([0] if found.finished else [])]
    chosen = logits.max(-1) - np.log(np.exp(logits).sum(-1))
    assert found.score == pytest.approx(chosen.mean(), abs=1e-4)


def naive_beams(reference: Reference, source: list[int], *, beams: int, steps: int) -> tuple[float, tuple[int, ...]]:
    """Return the best finished hypothesis and its mean log-probability, every step computed anew."""
    going: list[tuple[float, tuple[int, ...]]] = [(0.0, ())]
    finished: list[tuple[float, tuple[int, ...]]] = []
    for _ in range(steps):
        candidates = []
        for score, ids in going:
            logits = reference.logits(source, list(ids))[-1]
            logits[1] = -np.inf
            shares = logits - np.log(np.exp(logits).sum())
            candidates += [(score + share, (*ids, token)) for token, share in enumerate(shares)]
        candidates.sort(reverse=True)
        finished += [(score / len(ids), ids[:-1]) for score, ids in candidates[:beams] if ids[-1] == 0]
        going = [one for one in candidates[: 2 * beams] if one[1][-1] != 0][:beams]
        if len(finished) >= beams:
            break
    return max(finished)


def test_beam_search_finds_what_a_naive_one_finds(tmp_path: Path) -> None:
    folder = make_bergamot(tmp_path, shape=Shape())
    engine, reference = load(folder), Reference(read_model(folder / "model.enru.bin"))
    found = engine.generate(REQUESTS[:2], options=DecodeOptions(beam_size=3, max_length=7))
    for request, one in zip(REQUESTS, found, strict=False):
        source = engine._tokenizer.ids(engine._tokenizer.encode(request).tokens)
        score, ids = naive_beams(reference, source, beams=3, steps=7)
        assert one.tokens == tuple(engine._pieces.target_tokens(ids))
        assert one.score == pytest.approx(score, abs=1e-4)
        assert one.finished


def test_nothing_is_repeated_where_that_is_forbidden(engine: BergamotEngine) -> None:
    options = DecodeOptions(max_length=24, no_repeat_ngram_size=2)
    for one in engine.generate(REQUESTS, options=options):
        runs = list(zip(one.tokens, one.tokens[1:], strict=False))
        assert len(runs) == len(set(runs))


def test_a_penalty_makes_repeated_tokens_rarer(engine: BergamotEngine) -> None:
    def repeated(options: DecodeOptions) -> int:
        return sum(len(one.tokens) - len(set(one.tokens)) for one in engine.generate(REQUESTS, options=options))

    plain, punished = DecodeOptions(max_length=20), DecodeOptions(max_length=20, repetition_penalty=3.0)
    assert repeated(punished) < repeated(plain)


def test_what_is_cut_says_so_and_the_rest_has_an_end(engine: BergamotEngine) -> None:
    found = engine.generate(REQUESTS, options=DecodeOptions(max_length=2))
    assert all(len(one.tokens) <= 2 for one in found)
    assert any(not one.finished for one in found)
    assert all(one.finished or len(one.tokens) == 2 for one in found)


def test_a_text_longer_than_the_model_was_trained_on_is_refused(engine: BergamotEngine) -> None:
    with pytest.raises(InputTooLongError):
        engine.generate([TextRequest("Moscow talks " * 400)], options=SHORT)


def test_the_signature_names_what_moves_a_result(engine: BergamotEngine) -> None:
    found = engine.signature()
    assert found["precision"] == "float32"
    assert found["device"] == "cpu"
    assert found["engine"].startswith("bergamot")


def test_unknown_precision_is_wrong_usage(plain: Path) -> None:
    with pytest.raises(UsageError):
        load(plain, "int16")


def test_rounding_needs_a_file_that_says_how(plain: Path) -> None:
    with pytest.raises(ModelFilesError, match="round"):
        load(plain, "int8")


def test_likelihoods_are_refused(engine: BergamotEngine) -> None:
    with pytest.raises(UnsupportedModelError):
        list(engine.score_targets(REQUESTS[:1], ["a"], batch_size=1))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("transformer-decoder-autoreg", "self-attention"),
        ("dec-cell", "gru"),
        ("type", "s2s"),
        ("transformer-heads", "many"),
        ("transformer-heads", "5"),
        ("enc-depth", "0"),
    ],
)
def test_other_architectures_are_refused_by_name(key: str, value: str) -> None:
    config = Shape().settings() | {"transformer-preprocess": "", "transformer-postprocess-top": ""}
    assert architecture_of(config).dim == 24
    with pytest.raises(UnsupportedModelError, match=key if key != "transformer-heads" else "heads"):
        architecture_of(config | {key: value})
