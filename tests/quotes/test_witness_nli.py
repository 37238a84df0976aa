"""The inference model as a witness: the real loader on a tiny model of random weights."""

# ruff: noqa: PLC0415 - collecting tests must not load torch

import json

import pytest

from common.errors import InputError
from common.progress import SilentProgress
from quotes.witnesses.base import Question, Wording
from quotes.witnesses.nli import NliWitness, label_columns

LABELS = {0: "ENTAILMENT", 1: "neutral", 2: "contradiction"}
SHORT = Question(Wording("en", "we agree"), Wording("ru", "да"))


def make_model(folder, labels=LABELS, positions=40):
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizer

    torch.manual_seed(5)
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"abcdefghijklmnopqrstuvwxyzдан"]
    vocabulary += [f"##{letter}" for letter in vocabulary[5:]]
    (folder / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    tokenizer = BertTokenizer(str(folder / "vocab.txt"), model_max_length=positions)
    tokenizer.save_pretrained(folder)
    config = BertConfig(
        vocab_size=len(vocabulary), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        max_position_embeddings=positions, initializer_range=0.8, num_labels=len(labels), id2label=labels,
        label2id={name: number for number, name in labels.items()},
    )  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return make_model(tmp_path_factory.mktemp("nli"))


class Notes(SilentProgress):
    def __init__(self):
        self.notes = []

    def note(self, message):
        self.notes.append(message)


def direct_entailment(folder, premise, hypothesis):
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    inputs = tokenizer(premise, hypothesis, return_tensors="pt")
    model = AutoModelForSequenceClassification.from_pretrained(folder).eval()
    return float(model(**inputs).logits.softmax(-1)[0, 0].detach())


@pytest.mark.slow
def test_the_weaker_of_both_directions_counts(model):
    (found,) = NliWitness(model).testify([SHORT])
    ways = direct_entailment(model, "we agree", "да"), direct_entailment(model, "да", "we agree")
    assert abs(ways[0] - ways[1]) > 0.001
    assert found.altered == pytest.approx(1 - min(ways), abs=1e-5)


@pytest.mark.slow
def test_a_batch_changes_no_answer_and_a_long_pair_gets_none(model):
    other = Question(Wording("en", "nobody knows"), Wording("ru", "нда"))
    long = Question(Wording("en", "a" * 30), Wording("ru", "да" * 20))
    notes = Notes()
    found = NliWitness(model, "tiny").testify([SHORT, long, other], notes)
    assert found[1] is None
    assert notes.notes == ["1 of 3 quotes are too long for the inference model tiny"]
    alone = [NliWitness(model).testify([question])[0].altered for question in (SHORT, other)]
    assert [found[0].altered, found[2].altered] == pytest.approx(alone, abs=1e-5)


def test_the_signature_names_model_and_revision(tmp_path):
    assert NliWitness(tmp_path, "owner/name", "abc").signature() == (("nli", "owner/name"), ("nli.revision", "abc"))


@pytest.mark.parametrize(
    "labels",
    [
        {0: "LABEL_0", 1: "LABEL_1", 2: "LABEL_2"},
        {0: "entailment", 1: "not_entailment"},
        {0: "positive", 1: "negative"},
    ],
)
def test_labels_that_are_none_of_inference_are_an_error(labels, tmp_path):
    with pytest.raises(InputError, match=rf"tells no inference: its labels are {labels[0]}"):
        label_columns(labels, tmp_path)


def test_labels_are_found_wherever_they_stand(tmp_path):
    assert label_columns({0: "Contradiction", 1: "neutral", 2: "Entailment"}, tmp_path) == (2, 0)


@pytest.mark.slow
def test_a_folder_that_is_not_there_or_holds_no_model(tmp_path):
    with pytest.raises(InputError, match="there is no folder"):
        NliWitness(tmp_path / "none").testify([SHORT])
    with pytest.raises(InputError, match="cannot load the inference model"):
        NliWitness(tmp_path).testify([SHORT])


@pytest.mark.slow
def test_a_model_without_its_last_layer_is_refused(tmp_path):
    from safetensors.numpy import load_file, save_file

    folder = make_model(tmp_path)
    weights = {
        name: value for name, value in load_file(folder / "model.safetensors").items() if "classifier" not in name
    }
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    assert json.loads((folder / "config.json").read_text(encoding="utf-8"))["model_type"] == "bert"
    with pytest.raises(InputError, match=r"lack the weights classifier\.bias"):
        NliWitness(folder).testify([SHORT])
