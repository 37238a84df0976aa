"""COMET-22's arithmetic on a small model, against its published definition written out step by step."""

import json
import pickle
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file
from transformers import AutoTokenizer, XLMRobertaModel

from common.errors import InputError, UsageError
from common.model_files import UnsafeWeightsError
from eval.neural import Samples
from eval.neural.comet import Comet, CometOptions, sparsemax
from eval.neural.scoring import convert_checkpoint, read_hyperparameters
from tests.support.models.learned_models import HIDDEN, HYPERPARAMETERS, LAYERS, comet_state, encoder_config, make_comet

SAMPLES = Samples(
    ["кот сидел на ковре .", "кот", "сидел кот на на ковре ."],
    ["the cat sat on a mat .", "the cat", "there is no cat ."],
    ["a cat sat on the mat .", "a cat", "the cat sat on a mat ."],
)


def by_definition(folder: Path, state: dict[str, torch.Tensor], options: dict[str, Any]) -> list[float]:
    """Score each segment alone, without padding, in the words of the paper and of unbabel-comet's source."""
    encoder = XLMRobertaModel(encoder_config(), add_pooling_layer=False).eval()
    encoder.load_state_dict({name[14:]: each for name, each in state.items() if name.startswith("encoder.model.")})
    tokenizer = AutoTokenizer.from_pretrained(folder)
    raw = torch.cat([state[f"layerwise_attention.scalar_parameters.{at}"] for at in range(LAYERS + 1)])
    mixture = nearest_in_simplex(raw) if options["layer_transformation"] == "sparsemax" else torch.softmax(raw, 0)

    def embed(text: str) -> torch.Tensor:
        layers = encoder(**tokenizer(text, return_tensors="pt"), output_hidden_states=True).hidden_states
        each = [layer[0] for layer in layers]
        if options["layer_norm"]:
            each = [(one - one.mean()) / torch.sqrt(((one - one.mean()) ** 2).mean() + 1e-12) for one in each]
        mixed = state["layerwise_attention.gamma"] * sum(w * one for w, one in zip(mixture, each, strict=True))
        return mixed.mean(0)

    found = []
    with torch.inference_mode():
        for source, hypothesis, reference in zip(
            SAMPLES.sources, SAMPLES.hypotheses, SAMPLES.references or (), strict=True
        ):
            s, h, r = embed(source), embed(hypothesis), embed(reference)
            vector = torch.cat([h, r, h * r, (h - r).abs(), h * s, (h - s).abs()])
            assert len(vector) == 6 * HIDDEN
            for number in (0, 3, 6):
                vector = state[f"estimator.ff.{number}.weight"] @ vector + state[f"estimator.ff.{number}.bias"]
                vector = torch.tanh(vector) if number < 6 else vector
            found.append(float(vector))
    return found


def nearest_in_simplex(scores: torch.Tensor) -> torch.Tensor:
    """Return the projection onto the simplex by bisection on its threshold."""
    low, high = float(scores.min()) - 1.0, float(scores.max())
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if float((scores - middle).clamp(min=0).sum()) > 1 else (low, middle)
    return (scores - low).clamp(min=0)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"layer_transformation": "softmax"},
        {"layer_norm": True},
        {"layer_norm": True, "layer_transformation": "softmax"},
    ],
)
def test_scores_are_those_of_the_definition(tmp_path: Path, changes: dict[str, Any]) -> None:
    state = make_comet(tmp_path, **changes)
    expected = by_definition(tmp_path, state, HYPERPARAMETERS | changes)
    assert Comet(tmp_path).score(SAMPLES) == pytest.approx(expected, abs=1e-5)
    assert len({round(score, 4) for score in expected}) > 1


def test_long_texts_are_cut_as_in_the_original(tmp_path: Path) -> None:
    make_comet(tmp_path)
    model = Comet(tmp_path)
    # 40 places: two that XLM-R does not use, two that COMET leaves, and the two marks around the words.
    below, whole, above, longer = (
        model.score(Samples(["кот"], ["cat " * words], ["cat"]))[0] for words in (33, 34, 35, 90)
    )
    assert below != pytest.approx(whole, abs=1e-5)
    assert whole == above == longer


@given(st.lists(st.floats(-4, 4), min_size=1, max_size=8))
def test_sparsemax_is_the_nearest_point_of_the_simplex(scores: list[float]) -> None:
    found = sparsemax(torch.tensor(scores, dtype=torch.float64))
    assert float(found.sum()) == pytest.approx(1.0)
    assert float(found.min()) >= 0.0
    assert torch.allclose(found, nearest_in_simplex(torch.tensor(scores, dtype=torch.float64)), atol=1e-9)


def test_references_are_needed(tmp_path: Path) -> None:
    make_comet(tmp_path)
    with pytest.raises(UsageError, match="needs references"):
        Comet(tmp_path).score(Samples(["a"], ["b"]))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"class_identifier": "unified_metric"}, "the class_identifier 'unified_metric' is not known"),
        ({"hidden_sizes": [10**9]}, "with layers of .* is not known"),
        ({"pool": "max"}, "the pool 'max' is not known"),
        ({"layer": 2}, "the layer 2 is not known"),
        ({"hidden_sizes": [7]}, "cannot read a COMET model"),
    ],
)
def test_models_of_another_kind_are_refused(tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    make_comet(tmp_path, **changes)
    with pytest.raises(InputError, match=words):
        Comet(tmp_path)


def test_missing_and_damaged_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read a COMET model"):
        Comet(tmp_path)
    make_comet(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(InputError, match="cannot read a COMET model"):
        Comet(tmp_path)


def test_checkpoint_becomes_safetensors_with_its_tensors_and_no_others(tmp_path: Path) -> None:
    state = comet_state()
    extra = {"state_dict": {**state, "train_metrics.total": torch.zeros(1)}, "epoch": 3, "hyper_parameters": {"a": "b"}}
    torch.save(extra, tmp_path / "model.ckpt")
    convert_checkpoint(tmp_path / "model.ckpt", tmp_path / "model.safetensors")
    found = load_file(tmp_path / "model.safetensors")
    assert set(found) == set(state)
    assert all(torch.equal(found[name], state[name]) for name in state)


class Evil:
    """Writes a file when it is read by a careless loader."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.path,)


def test_checkpoint_that_would_run_code_is_refused_before_it_does(tmp_path: Path) -> None:
    torch.save({"state_dict": comet_state(), "x": Evil(tmp_path / "run")}, tmp_path / "model.ckpt")
    with pytest.raises(UnsafeWeightsError, match="holds more than tensors"):
        convert_checkpoint(tmp_path / "model.ckpt", tmp_path / "model.safetensors")
    assert not (tmp_path / "run").exists()
    assert not (tmp_path / "model.safetensors").exists()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", pickle.dumps({"a": 1})])
def test_other_files_are_no_checkpoints(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "model.ckpt").write_bytes(content)
    with pytest.raises((InputError, UnsafeWeightsError)):
        convert_checkpoint(tmp_path / "model.ckpt", tmp_path / "model.safetensors")


def test_hyperparameters_are_read_from_yaml(tmp_path: Path) -> None:
    path = tmp_path / "hparams.yaml"
    path.write_text(yaml.safe_dump(HYPERPARAMETERS), encoding="utf-8")
    assert read_hyperparameters(path) == HYPERPARAMETERS
    assert json.dumps(read_hyperparameters(path))


def test_hyperparameters_that_are_no_plain_values_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "hparams.yaml"
    path.write_text("day: 2020-01-01\nset: !!set {x}\ndeep: [[1]]\npool: avg\nsizes: [1, 2]", encoding="utf-8")
    assert read_hyperparameters(path) == {"pool": "avg", "sizes": [1, 2]}


@pytest.mark.parametrize("sizes", [[], [8192] * 9, [0], ["a"], 3, [1 << 20]])
def test_a_network_of_other_sizes_is_refused(sizes: object) -> None:
    with pytest.raises(InputError, match="is not known"):
        CometOptions.read({"hidden_sizes": sizes})


@pytest.mark.parametrize(
    "text",
    ["- 1", "a: [", "!!python/object/apply:os.getcwd []", "a: &a [x]\nb: [*a, *a]", "a: &a [*a]", "a: " + "[" * 5000],
)
def test_other_yaml_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "hparams.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError):
        read_hyperparameters(path)
