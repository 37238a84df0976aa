"""MetricX's arithmetic, neural metrics among the others, and fetching them from a hub."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from hub_server import FakeHub
from learned_models import HYPERPARAMETERS, comet_state, make_comet, make_metricx, make_tokenizer
from transformers import AutoTokenizer

from corpora.errors import InputError, NetworkError, OfflineError, UsageError
from eval import evaluate, evaluate_sentences
from eval.learned import LEARNED, Samples, known_learned, load_learned
from eval.learned.comet import Comet
from eval.learned.metricx import MetricX
from eval.learned.registry import find_learned
from eval.significance import compare_systems
from translate.weights.errors import ModelUnavailableError

SOURCES = ["кот сидел на ковре .", "кот"]
HYPOTHESES = ["the cat sat on a mat .", "there is no doubt ."]
REFERENCES = ["a cat sat on the mat .", "a cat"]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TOLMACH_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("TOLMACH_OFFLINE", raising=False)
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    return tmp_path / "cache"


@pytest.mark.parametrize("references", [None, REFERENCES])
def test_metricx_reads_one_logit_of_the_first_step(tmp_path: Path, references: list[str] | None) -> None:
    model = make_metricx(tmp_path)
    tokenizer = AutoTokenizer.from_pretrained(tmp_path)
    rows = []
    for at in range(2):
        text = f"source: {SOURCES[at]} candidate: {HYPOTHESES[at]}"
        text += f" reference: {references[at]}" if references else ""
        ids = tokenizer(text, return_tensors="pt")["input_ids"][:, :-1]  # without the end of the text
        with torch.inference_mode():
            hidden = model.encoder(input_ids=ids).last_hidden_state
            start = torch.zeros((1, 1), dtype=torch.long)
            state = model.decoder(input_ids=start, encoder_hidden_states=hidden).last_hidden_state
            rows.append((state @ model.lm_head.weight.T)[0, 0])
    logits = torch.stack(rows)
    kinds = {"positive": logits.min(dim=0).values.argmax(), "negative": logits.max(dim=0).values.argmin()}
    for answer in kinds.values():
        expected = logits[:, answer].clamp(0, 25).tolist()
        found = MetricX(tmp_path, answer=int(answer)).score(Samples(SOURCES, HYPOTHESES, references))
        assert found == pytest.approx(expected, abs=1e-4)
    assert len(set(logits[:, kinds["positive"]].tolist())) == 2
    assert logits[:, kinds["negative"]].max() < 0


def test_metricx_of_another_vocabulary_is_refused(tmp_path: Path) -> None:
    make_metricx(tmp_path)
    with pytest.raises(InputError, match="has no token 250089"):
        MetricX(tmp_path)


def test_missing_metricx_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read a MetricX model"):
        MetricX(tmp_path)


def test_registry_tells_all_of_every_metric() -> None:
    assert tuple(spec.name for spec in known_learned()) == LEARNED
    for spec in known_learned():
        assert spec.licence == "Apache-2.0"
        assert spec.citation
        assert spec.url.endswith(spec.repo_id)


def put_in_cache(cache: Path) -> None:
    folder = cache / "metrics" / "comet-22"
    make_comet(folder)
    origin = {find_learned("comet-22").repo_id: "0123456789abcdef", "sha256": "f" * 64}
    (folder / "origin.json").write_text(json.dumps(origin), encoding="utf-8")


def test_neural_metric_stands_beside_the_others(cache: Path) -> None:
    put_in_cache(cache)
    found = evaluate(HYPOTHESES, [REFERENCES], sources=SOURCES, target_language="en", metrics=["comet-22", "chrf"])
    alone = Comet(cache / "metrics" / "comet-22").score(Samples(SOURCES, HYPOTHESES, REFERENCES))
    assert found["comet-22"].score == pytest.approx(sum(alone) / 2)
    assert found["comet-22"].name == "COMET-22"
    assert "weights:Unbabel/wmt22-comet-da@0123456789ab|sha256:ffffffffffff" in found["comet-22"].signature
    sentences = evaluate_sentences(
        HYPOTHESES, [REFERENCES], sources=SOURCES, target_language="en", metrics=["comet-22"]
    )
    assert [one["comet-22"].score for one in sentences] == pytest.approx(alone)


def test_several_references_are_averaged_where_they_are(cache: Path) -> None:
    put_in_cache(cache)
    model = Comet(cache / "metrics" / "comet-22")
    other = ["the cat .", None]
    found = evaluate(HYPOTHESES, [REFERENCES, other], sources=SOURCES, target_language="en", metrics=["comet-22"])
    first = model.score(Samples(SOURCES, HYPOTHESES, REFERENCES))
    second = model.score(Samples(SOURCES[:1], HYPOTHESES[:1], ["the cat ."]))
    assert found["comet-22"].score == pytest.approx(((first[0] + second[0]) / 2 + first[1]) / 2)
    assert found["comet-22"].signature.startswith("nrefs:2|")


def test_systems_are_compared_by_a_neural_metric(cache: Path) -> None:
    put_in_cache(cache)
    found = compare_systems(
        {"a": HYPOTHESES, "b": HYPOTHESES[::-1]},
        [REFERENCES],
        sources=SOURCES,
        target_language="en",
        metrics=["comet-22"],
    )
    assert found.comparisons[0].metric == "comet-22"
    assert found.score("a", "comet-22").higher_is_better


def test_neural_metric_without_sources_is_refused() -> None:
    with pytest.raises(UsageError, match="COMET-22 reads the source"):
        evaluate(HYPOTHESES, [REFERENCES], target_language="en", metrics=["comet-22"])


def test_nothing_is_fetched_without_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOLMACH_OFFLINE", "1")
    with pytest.raises(OfflineError, match=r"fetch the metric comet-22, 2\.3 GB"):
        load_learned("comet-22")


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def published_comet(hub: FakeHub, folder: Path, checkpoint: Any) -> None:
    """Put a small COMET on the hub as it is published: a checkpoint here, the encoder's files there."""
    make_comet(folder)
    torch.save(checkpoint, folder / "model.ckpt")
    spec = find_learned("comet-22")
    hub.commit(
        spec.repo_id,
        {
            "hparams.yaml": yaml.safe_dump(HYPERPARAMETERS).encode(),
            "checkpoints/model.ckpt": (folder / "model.ckpt").read_bytes(),
        },
    )
    encoder = {
        name: data for name, data in files_of(folder).items() if name.startswith(("config", "tokenizer", "special"))
    }
    hub.commit(spec.encoder_repo_id, encoder | {"sentencepiece.bpe.model": b"unused", "model.safetensors": b"large"})


def test_comet_is_fetched_converted_and_found_again(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FakeHub() as hub:
        published_comet(hub, tmp_path / "made", {"state_dict": comet_state()})
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        model = load_learned("comet-22")
    found = model.score(Samples(SOURCES, HYPOTHESES, REFERENCES))
    assert found == pytest.approx(Comet(tmp_path / "made").score(Samples(SOURCES, HYPOTHESES, REFERENCES)))
    names = {path.name for path in (cache / "metrics" / "comet-22").iterdir()}
    assert "model.safetensors" in names
    assert not names & {"checkpoints", "hparams.yaml", ".cache"}
    monkeypatch.setenv("TOLMACH_OFFLINE", "1")
    assert load_learned("comet-22").signature == model.signature


def test_metricx_is_fetched_with_its_tokenizer(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_metricx(tmp_path / "made")
    spec = find_learned("metricx-24-large")
    with FakeHub() as hub:
        files = files_of(tmp_path / "made")
        hub.commit(spec.repo_id, {name: files[name] for name in ("config.json", "model.safetensors")})
        tokenizer = {name: data for name, data in files.items() if "token" in name}
        hub.commit(
            spec.encoder_repo_id, tokenizer | {"spiece.model": b"unused", "tokenizer.json": files["tokenizer.json"]}
        )
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        with pytest.raises(InputError, match=r"has no token|cannot read a MetricX"):
            load_learned("metricx-24-large")  # the small one has no such token, but it is all there
    assert (cache / "metrics" / "metricx-24-large" / "model.safetensors").exists()


def test_metric_that_is_not_on_the_hub_is_told(monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    with FakeHub() as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        with pytest.raises(ModelUnavailableError):
            load_learned("comet-22")
    assert not (cache / "metrics" / "comet-22").exists()


def test_repository_without_the_checkpoint_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cache: Path
) -> None:
    spec = find_learned("comet-22")
    make_tokenizer(tmp_path)
    with FakeHub() as hub:
        hub.commit(spec.repo_id, {"hparams.yaml": b"a: 1"})
        hub.commit(spec.encoder_repo_id, files_of(tmp_path) | {"config.json": b"{}", "sentencepiece.bpe.model": b""})
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        with pytest.raises(NetworkError, match=r"has no file checkpoints/model\.ckpt"):
            load_learned("comet-22")
    assert not (cache / "metrics" / "comet-22").exists()


def test_hub_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(NetworkError, match="no hub can be reached"):
        load_learned("comet-22")
