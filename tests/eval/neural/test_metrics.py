"""MetricX's arithmetic, neural metrics among the others, and fetching them from a hub."""

import json
from pathlib import Path
from typing import Any

import pytest
import sentencepiece
import torch
import yaml
from transformers import AutoTokenizer

from common.errors import InputError, NetworkError, OfflineError, OutputError, UsageError
from eval import evaluate, evaluate_sentences
from eval.metrics import require_metrics
from eval.neural import NEURAL_METRICS, Samples, known_neural_metrics, load_neural_metric
from eval.neural.comet import ANSWER, Comet, MetricX
from eval.neural.registry import find_neural_metric
from eval.neural.scoring import neural_scores
from eval.significance import compare_systems
from eval.types import Segments
from tests.support.models.hostile_models import edit, forbid_pickles, name_in_index, write_pickle
from tests.support.models.learned_models import HYPERPARAMETERS, comet_state, make_comet, make_metricx, make_tokenizer
from tests.support.servers.hub_server import FakeHub
from tolmach.terminal.console import make_progress

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


@pytest.mark.parametrize("target", ["pytorch_model.bin", "../outside.safetensors"])
def test_an_index_that_names_other_files_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    forbid_pickles(monkeypatch)
    folder = tmp_path / "made"
    make_metricx(folder)
    write_pickle(folder / "pytorch_model.bin", tmp_path / "ran")
    (tmp_path / "outside.safetensors").write_bytes((folder / "model.safetensors").read_bytes())
    name_in_index(folder, target)
    with pytest.raises(InputError, match="not one of the model's safetensors"):
        MetricX(folder, answer=12)
    assert not (tmp_path / "ran").exists()


def test_settings_of_metrics_that_name_something_else_change_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forbid_pickles(monkeypatch)
    for name, make, load in (("a", make_metricx, lambda one: MetricX(one, answer=12)), ("b", make_comet, Comet)):
        folder = tmp_path / name
        make(folder)
        usual = load(folder).score(Samples(SOURCES, HYPOTHESES, REFERENCES))
        write_pickle(folder / "pytorch_model.bin", tmp_path / "ran")
        edit(folder / "config.json", attn_implementation="owner/kernel", auto_map={"AutoModel": "evil.Evil"})
        edit(folder / "tokenizer_config.json", name_or_path="owner/other", tokenizer_file="/etc/passwd")
        assert load(folder).score(Samples(SOURCES, HYPOTHESES, REFERENCES)) == usual
        edit(folder / "config.json", vocab_size=10**12)
        with pytest.raises(InputError, match="its configuration describes"):
            load(folder)


def test_missing_metricx_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read a MetricX model"):
        MetricX(tmp_path)


def test_registry_tells_all_of_every_metric() -> None:
    assert tuple(spec.name for spec in known_neural_metrics()) == NEURAL_METRICS
    for spec in known_neural_metrics():
        assert spec.licence == "Apache-2.0"
        assert spec.citation
        assert spec.url.endswith(spec.repo_id)


def put_in_cache(cache: Path) -> None:
    folder = cache / "metrics" / "comet-22" / "weights"
    make_comet(folder)
    spec = find_neural_metric("comet-22")
    origin = {spec.repo_id: "0123456789abcdef", spec.encoder_repo_id: "fedcba9876543210", "sha256": "f" * 64}
    (folder / "origin.json").write_text(json.dumps(origin), encoding="utf-8")


def test_neural_metric_stands_beside_the_others(cache: Path) -> None:
    put_in_cache(cache)
    found = evaluate(HYPOTHESES, [REFERENCES], sources=SOURCES, target_language="en", metrics=["comet-22", "chrf"])
    alone = Comet(cache / "metrics" / "comet-22" / "weights").score(Samples(SOURCES, HYPOTHESES, REFERENCES))
    assert found["comet-22"].score == pytest.approx(sum(alone) / 2)
    assert found["comet-22"].name == "COMET-22"
    signature = found["comet-22"].signature
    assert (
        "weights:Unbabel/wmt22-comet-da@0123456789ab|tokenizer:FacebookAI/xlm-roberta-large@fedcba987654" in signature
    )
    assert "sha256:ffffffffffff" in signature
    sentences = evaluate_sentences(
        HYPOTHESES, [REFERENCES], sources=SOURCES, target_language="en", metrics=["comet-22"]
    )
    assert [one["comet-22"].score for one in sentences] == pytest.approx(alone)


def test_several_references_are_averaged_where_they_are(cache: Path) -> None:
    put_in_cache(cache)
    model = Comet(cache / "metrics" / "comet-22" / "weights")
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
    assert found.scores[0].higher_is_better


def test_neural_metric_without_sources_is_refused() -> None:
    with pytest.raises(UsageError, match="COMET-22 reads the source"):
        evaluate(HYPOTHESES, [REFERENCES], target_language="en", metrics=["comet-22"])


def test_nothing_is_fetched_without_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOLMACH_OFFLINE", "1")
    with pytest.raises(OfflineError, match=r"fetch the metric comet-22, 2\.3 GB"):
        load_neural_metric("comet-22")


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def published_comet(hub: FakeHub, folder: Path, checkpoint: Any) -> None:
    """Put a small COMET on the hub as it is published: a checkpoint here, the encoder's files there."""
    make_comet(folder)
    torch.save(checkpoint, folder / "model.ckpt")
    spec = find_neural_metric("comet-22")
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
        model = load_neural_metric("comet-22")
    found = model.score(Samples(SOURCES, HYPOTHESES, REFERENCES))
    assert found == pytest.approx(Comet(tmp_path / "made").score(Samples(SOURCES, HYPOTHESES, REFERENCES)))
    names = {path.name for path in (cache / "metrics" / "comet-22" / "weights").iterdir()}
    assert "model.safetensors" in names
    assert not names & {"checkpoints", "hparams.yaml", ".cache"}
    monkeypatch.setenv("TOLMACH_OFFLINE", "1")
    assert load_neural_metric("comet-22").signature == model.signature


@pytest.mark.slow
def test_metricx_is_fetched_with_its_tokenizer(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = make_metricx(tmp_path / "made", words=ANSWER + 1)
    with torch.no_grad():
        start = torch.zeros((1, 1), dtype=torch.long)
        # Below 0 all scores would be 0, whatever was read.
        if model(input_ids=torch.tensor([[5, 6]]), decoder_input_ids=start).logits[0, 0, ANSWER] < 0:
            model.lm_head.weight[ANSWER] *= -1
    model.save_pretrained(tmp_path / "made")
    spec = find_neural_metric("metricx-24-large")
    with FakeHub() as hub:
        files = files_of(tmp_path / "made")
        hub.commit(spec.repo_id, {name: files[name] for name in ("config.json", "model.safetensors")})
        hub.commit(spec.encoder_repo_id, published_tokenizer(tmp_path / "spiece"))
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        loaded = load_neural_metric("metricx-24-large")
    found = loaded.score(Samples(SOURCES, HYPOTHESES, REFERENCES))
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(tmp_path / "spiece.model"))
    expected = []
    for source, hypothesis, reference in zip(SOURCES, HYPOTHESES, REFERENCES, strict=True):
        ids = torch.tensor([pieces.encode(f"source: {source} candidate: {hypothesis} reference: {reference}")])
        with torch.inference_mode():
            logits = model(input_ids=ids, decoder_input_ids=start).logits
        expected.append(float(logits[0, 0, ANSWER].clamp(0, 25)))
    assert found == pytest.approx(expected, abs=1e-4)
    assert any(score > 0 for score in found)
    assert (cache / "metrics" / "metricx-24-large" / "weights" / "model.safetensors").exists()


def published_tokenizer(prefix: Path) -> dict[str, bytes]:
    """Return a small tokenizer in the files that mT5's repository has."""
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([*SOURCES, *HYPOTHESES, *REFERENCES, "source: candidate: reference:"] * 20),
        model_prefix=str(prefix), vocab_size=60, pad_id=0, eos_id=1, unk_id=2, bos_id=-1, minloglevel=2,
        hard_vocab_limit=False,
    )  # fmt: skip
    config = {"tokenizer_class": "T5Tokenizer", "extra_ids": 0, "legacy": True}
    special = {"eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}
    return {
        "spiece.model": prefix.with_suffix(".model").read_bytes(),
        "tokenizer_config.json": json.dumps(config | special).encode(),
        "special_tokens_map.json": json.dumps(special).encode(),
    }


def test_metricx_does_without_references(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    del cache
    make_metricx(tmp_path)
    model = MetricX(tmp_path, answer=5)
    model.signature = "none"  # type: ignore[attr-defined]
    monkeypatch.setattr("eval.neural.scoring.load_neural_metric", lambda *_, **__: model)
    found = neural_scores("metricx-24-large", HYPOTHESES, Segments([], "en", SOURCES))
    assert found.values == tuple(model.score(Samples(SOURCES, HYPOTHESES)))
    assert found.signature == "nrefs:0|none"


def test_interrupted_scoring_goes_on_behind_the_last_block(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_in_cache(cache)
    monkeypatch.setattr("eval.neural.scoring._BLOCK", 1)
    asked: list[str] = []

    def score(self: Any, samples: Samples) -> list[float]:
        asked.extend(samples.hypotheses)
        if len(asked) == 2:
            raise KeyboardInterrupt
        return real(self, samples)

    real = Comet.score
    monkeypatch.setattr(Comet, "score", score)
    segments = Segments([REFERENCES], "en", SOURCES)
    with pytest.raises(KeyboardInterrupt):
        neural_scores("comet-22", HYPOTHESES, segments)
    again = neural_scores("comet-22", HYPOTHESES, segments)
    assert asked == [HYPOTHESES[0], HYPOTHESES[1], HYPOTHESES[1]]
    monkeypatch.setattr(Comet, "score", real)
    assert again.values == pytest.approx(
        Comet(cache / "metrics" / "comet-22" / "weights").score(Samples(SOURCES, HYPOTHESES, REFERENCES))
    )


def test_systems_are_compared_by_a_metric_without_references(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_metricx(tmp_path)
    model = MetricX(tmp_path, answer=5)
    model.signature = "none"  # type: ignore[attr-defined]
    monkeypatch.setattr("eval.neural.scoring.load_neural_metric", lambda *_, **__: model)
    outputs = {"a": HYPOTHESES, "b": HYPOTHESES[::-1]}
    found = compare_systems(outputs, [], sources=SOURCES, target_language="en", metrics=["metricx-24-large"])
    assert len(found.comparisons) == 1
    with pytest.raises(UsageError, match="bleu needs a reference"):
        compare_systems(outputs, [], sources=SOURCES, target_language="en", metrics=["bleu"])
    with pytest.raises(InputError, match="line 2 is missing"):
        compare_systems(
            outputs | {"c": HYPOTHESES[:1]}, [], sources=SOURCES, target_language="en", metrics=["metricx-24-large"]
        )


def test_a_cache_that_cannot_be_written_is_no_obstacle(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_in_cache(cache)

    def refuse(*_: object) -> None:
        raise OutputError("cannot write")

    monkeypatch.setattr("eval.neural.scoring.write_text", refuse)
    assert len(neural_scores("comet-22", HYPOTHESES, Segments([REFERENCES], "en", SOURCES)).values) == 2


def test_licence_is_shown_whether_weights_are_there_or_not(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put_in_cache(cache)
    require_metrics(["comet-22"], progress=make_progress(quiet=False))
    assert "COMET-22: Apache-2.0, https://huggingface.co/Unbabel/wmt22-comet-da" in capsys.readouterr().err.replace(
        "\n", ""
    )


def test_repository_without_the_checkpoint_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cache: Path
) -> None:
    spec = find_neural_metric("comet-22")
    make_tokenizer(tmp_path)
    with FakeHub() as hub:
        hub.commit(spec.repo_id, {"hparams.yaml": b"a: 1"})
        hub.commit(spec.encoder_repo_id, files_of(tmp_path) | {"config.json": b"{}", "sentencepiece.bpe.model": b""})
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        with pytest.raises(NetworkError, match=r"has no file checkpoints/model\.ckpt"):
            load_neural_metric("comet-22")
    assert not (cache / "metrics" / "comet-22" / "weights").exists()
