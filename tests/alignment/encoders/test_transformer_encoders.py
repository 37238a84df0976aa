"""Encoders that sentence-transformers runs, with tiny models in the layout of the real ones."""

import builtins
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from alignment import align_sentences, load_encoder
from alignment.encoders import Encoder, RunEncoder
from alignment.encoders.base import EncoderSpec
from alignment.encoders.sentence_transformer import TransformerEncoder, load_sentence_transformer
from common.errors import InputError, TolmachError, UsageError
from tests.support.models.hostile_models import edit, forbid_pickles, name_in_index, write_pickle
from tests.support.models.tiny_encoders import SENTENCES, make_e5, make_labse
from tests.support.places import ROOT

TEXTS = [*SENTENCES, "", "Moscow", "1 2 3 " * 200]


@pytest.fixture(scope="module")
def labse_folder(tmp_path_factory) -> Path:
    return make_labse(tmp_path_factory.mktemp("encoders") / "tiny-labse")


@pytest.fixture(scope="module")
def labse(labse_folder) -> TransformerEncoder:
    encoder = load_encoder(str(labse_folder))
    assert isinstance(encoder, TransformerEncoder)
    return encoder


@pytest.fixture
def copied(labse_folder, tmp_path) -> Path:
    """A copy of the model that a test may break."""
    return Path(shutil.copytree(labse_folder, tmp_path / "copy"))


def test_a_folder_gives_an_encoder_with_its_name_and_size(labse):
    encoder: Encoder = labse
    assert (encoder.name, encoder.dimension) == ("tiny-labse", 24)
    assert not isinstance(encoder, RunEncoder)


def test_vectors_are_unit_length_also_of_empty_and_overlong_texts(labse):
    vectors = labse.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), 24)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-5)


def test_no_texts_give_no_vectors(labse):
    assert labse.encode([]).shape == (0, 24)


def test_a_vector_is_what_the_library_itself_gives(labse, labse_folder):
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - collecting tests must not load torch

    own = SentenceTransformer(str(labse_folder), local_files_only=True)
    assert np.abs(labse.encode(TEXTS) - own.encode(TEXTS, normalize_embeddings=True)).max() < 1e-5


def test_the_company_of_a_text_does_not_change_its_vector(labse):
    alone = np.concatenate([labse.encode([text]) for text in TEXTS])
    assert np.abs(labse.encode(TEXTS) - alone).max() < 1e-5


def test_a_text_is_aligned_with_itself(labse):
    alignment = align_sentences(SENTENCES, SENTENCES, source_language="en", target_language="en", encoder=labse)
    assert [(bead.source, bead.target) for bead in alignment.beads] == [((at,), (at,)) for at in range(len(SENTENCES))]
    assert ("encoder", f"tiny-labse {labse.revision}") in alignment.signature


def test_the_prefix_stands_before_every_text(tmp_path):
    folder = make_e5(tmp_path / "e5")
    prefixed = load_sentence_transformer(EncoderSpec("e5", prefix="query: "), folder)
    bare = load_sentence_transformer(EncoderSpec("bare"), folder)
    assert np.abs(prefixed.encode(["Moscow", ""]) - bare.encode(["query: Moscow", "query: "])).max() < 1e-5
    assert np.abs(prefixed.encode(["Moscow"]) - bare.encode(["Moscow"])).max() > 1e-3
    alone = np.concatenate([bare.encode([text]) for text in TEXTS])
    assert np.abs(bare.encode(TEXTS) - alone).max() < 1e-5


def test_a_model_that_the_library_saved_itself_is_loaded(labse, labse_folder, tmp_path):
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - collecting tests must not load torch

    SentenceTransformer(str(labse_folder), local_files_only=True).save(str(tmp_path / "saved"))
    assert np.abs(load_encoder(str(tmp_path / "saved")).encode(TEXTS) - labse.encode(TEXTS)).max() < 1e-5


def test_the_revision_follows_the_content_not_the_place(labse, copied):
    assert load_encoder(str(copied)).revision == labse.revision
    config = copied / "1_Pooling" / "config.json"
    config.write_text(json.dumps({"word_embedding_dimension": 32, "pooling_mode_mean_tokens": True}), encoding="utf-8")
    load_encoder.cache_clear()
    assert load_encoder(str(copied)).revision != labse.revision


@pytest.mark.parametrize("owned", ["", "2_Dense/"])
def test_weights_that_are_only_a_pickle_are_refused(copied, owned):
    (copied / f"{owned}model.safetensors").unlink()
    (copied / f"{owned}pytorch_model.bin").write_bytes(b"pickle")
    with pytest.raises(TolmachError, match=rf"only as a pickle \({owned}pytorch_model\.bin\)") as caught:
        load_encoder(str(copied))
    assert "safetensors" in (caught.value.hint or "")


@pytest.mark.parametrize("target", ["pytorch_model.bin", "../copy/pytorch_model.bin", "../outside.safetensors"])
def test_an_index_that_names_other_files_is_refused(copied, monkeypatch, target):
    forbid_pickles(monkeypatch)
    write_pickle(copied / "pytorch_model.bin", copied.parent / "ran")
    shutil.copy(copied / "model.safetensors", copied.parent / "outside.safetensors")
    name_in_index(copied, target)
    with pytest.raises(InputError, match="not one of the model's safetensors"):
        load_encoder(str(copied))
    assert not (copied.parent / "ran").exists()


@pytest.mark.parametrize("owned", ["", "2_Dense/"])
def test_a_pickle_beside_the_weights_is_not_read(copied, labse, monkeypatch, owned):
    forbid_pickles(monkeypatch)
    write_pickle(copied / f"{owned}pytorch_model.bin", copied.parent / "ran")
    assert np.array_equal(load_encoder(str(copied)).encode(TEXTS), labse.encode(TEXTS))


@pytest.mark.parametrize(
    ("file", "settings"),
    [
        ("config.json", {"attn_implementation": "owner/kernel"}),
        ("config.json", {"transformers_weights": "../outside.safetensors"}),
        ("config.json", {"auto_map": {"AutoModel": "owner/repository--evil.Evil"}}),
        (
            "sentence_bert_config.json",
            {"model_args": {"attn_implementation": "owner/kernel", "trust_remote_code": True}},
        ),
        ("sentence_bert_config.json", {"model_args": {"subfolder": "..", "cache_dir": "/elsewhere"}}),
        ("sentence_bert_config.json", {"tokenizer_name_or_path": "owner/other"}),
        ("tokenizer_config.json", {"tokenizer_file": "/etc/passwd", "name_or_path": "owner/other"}),
        ("adapter_config.json", {"base_model_name_or_path": "owner/other", "peft_type": "LORA"}),
    ],
)
def test_settings_that_name_something_else_change_nothing(copied, labse, file, settings):
    edit(copied / file, **settings)
    assert np.array_equal(load_encoder(str(copied)).encode(TEXTS), labse.encode(TEXTS))


def test_a_link_that_leads_out_of_the_folder_is_not_followed(copied):
    (copied / "model.safetensors").rename(copied.parent / "outside.safetensors")
    (copied / "model.safetensors").symlink_to(copied.parent / "outside.safetensors")
    with pytest.raises(InputError, match="is a link to something outside of the folder"):
        load_encoder(str(copied))


def test_claims_that_no_model_makes_are_refused(copied):
    edit(copied / "config.json", vocab_size=10**12)
    with pytest.raises(InputError, match="its configuration describes"):
        load_encoder(str(copied))


@pytest.mark.parametrize(
    "sizes",
    [{"in_features": 10**6, "out_features": 10**6}, {"dimension": 10**12}, {"in_features": 5000, "out_features": 5000}],
)
def test_a_layer_that_is_larger_than_its_weights_is_refused_before_it_is_made(copied, sizes):
    edit(copied / "2_Dense" / "config.json", **sizes)
    with pytest.raises(InputError, match="claims more weights than its files hold"):
        load_encoder(str(copied))


def test_modules_that_do_not_fit_together_are_told(copied):
    edit(copied / "2_Dense" / "config.json", in_features=3, out_features=2)
    with pytest.raises(InputError, match="cannot load the encoder in"):
        load_encoder(str(copied))


@pytest.mark.slow
def test_the_library_says_nothing_of_what_a_model_s_files_hold(copied):
    name = "a\x1b[2J\u202e\nError: no"
    edit(copied / "config_sentence_transformers.json", prompts={name: ""}, default_prompt_name=name)
    code = f"from alignment.encoders import load_encoder; load_encoder({str(copied)!r}).encode(['a'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, cwd=ROOT)
    assert done.stderr == b""


def test_code_that_comes_with_a_model_is_not_run(copied):
    modules = json.loads((copied / "modules.json").read_text(encoding="utf-8"))
    modules[1]["type"] = "evil.Pooling"
    (copied / "modules.json").write_text(json.dumps(modules), encoding="utf-8")
    (copied / "evil.py").write_text("raise SystemExit('it ran')", encoding="utf-8")
    with pytest.raises(TolmachError, match=r"needs custom code \(evil\.Pooling\)"):
        load_encoder(str(copied))


@pytest.mark.parametrize("named", ["subprocess.getoutput", "torch.hub.list"])
def test_a_function_that_a_layer_names_is_not_called(copied, named):
    config = json.loads((copied / "2_Dense" / "config.json").read_text(encoding="utf-8"))
    config["activation_function"] = named
    (copied / "2_Dense" / "config.json").write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(TolmachError, match=rf"needs custom code \({re.escape(named)}\)"):
        load_encoder(str(copied))


@pytest.mark.parametrize("kind", ["Router", "Asym", "WordEmbeddings", "BoW", "LSTM", "CNN", "CLIPModel"])
def test_a_module_that_imports_what_its_settings_name_is_refused(copied, kind):
    modules = json.loads((copied / "modules.json").read_text(encoding="utf-8"))
    modules[1]["type"] = f"sentence_transformers.models.{kind}"
    (copied / "modules.json").write_text(json.dumps(modules), encoding="utf-8")
    with pytest.raises(TolmachError, match=rf"needs custom code \(sentence_transformers\.models\.{kind}\)"):
        load_encoder(str(copied))


def test_a_module_outside_of_the_folder_is_refused(copied):
    modules = json.loads((copied / "modules.json").read_text(encoding="utf-8"))
    modules[1]["path"] = "../elsewhere"
    (copied / "modules.json").write_text(json.dumps(modules), encoding="utf-8")
    with pytest.raises(InputError, match=r"points outside of its folder: \.\./elsewhere"):
        load_encoder(str(copied))


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("modules.json", b"{", "modules.json is damaged"),
        ("modules.json", b"[1]", "modules.json is damaged"),
        ("model.safetensors", b"\x01\x02", "cannot load the encoder in .*copy: "),
        ("config.json", b"not json", r"copy/config\.json is damaged"),
        ("config.json", b"{}", "cannot load the encoder in .*copy: "),
        ("tokenizer.json", b"{}", r"copy/tokenizer\.json is damaged"),
        ("tokenizer.json", b"not json", r"copy/tokenizer\.json is damaged"),
        ("tokenizer.json", b'{"version": "1.0", "model": {"type": "Wrong"}}', r"copy/tokenizer\.json is damaged"),
        ("2_Dense/model.safetensors", b"", "cannot load the encoder in .*copy: "),
        ("1_Pooling/config.json", b"[]", r"copy/1_Pooling/config\.json does not hold"),
    ],
)
def test_a_damaged_file_is_told_with_its_folder(copied, file, content, message):
    (copied / file).write_bytes(content)
    with pytest.raises(InputError, match=message) as caught:
        load_encoder(str(copied))
    assert "again" in (caught.value.hint or "")


def test_weights_that_lack_a_layer_are_refused_rather_than_made_up(copied):
    from safetensors.numpy import load_file, save_file  # noqa: PLC0415 - only here

    held = load_file(copied / "model.safetensors")
    del held["encoder.layer.1.output.dense.weight"]
    save_file(held, copied / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(InputError, match=r"lack the weights encoder\.layer\.1\.output\.dense\.weight"):
        load_encoder(str(copied))


def test_weights_without_the_unused_head_or_with_a_task_s_prefix_are_loaded(copied, labse):
    from safetensors.numpy import load_file, save_file  # noqa: PLC0415 - only here

    held = load_file(copied / "model.safetensors")
    kept = {f"bert.{name}": value for name, value in held.items() if not name.startswith("pooler.")}
    save_file(kept, copied / "model.safetensors", metadata={"format": "pt"})
    assert np.abs(load_encoder(str(copied)).encode(TEXTS) - labse.encode(TEXTS)).max() < 1e-5


def test_weights_in_half_precision_are_run_in_single(copied):
    from safetensors.numpy import load_file, save_file  # noqa: PLC0415 - only here

    for path in copied.rglob("*.safetensors"):
        halved = {name: value.astype(np.float16) for name, value in load_file(path).items()}
        save_file(halved, path, metadata={"format": "pt"})
    config = json.loads((copied / "config.json").read_text(encoding="utf-8")) | {"dtype": "float16"}
    (copied / "config.json").write_text(json.dumps(config), encoding="utf-8")
    encoder = load_encoder(str(copied))
    alone = np.concatenate([encoder.encode([text]) for text in TEXTS])
    assert np.abs(encoder.encode(TEXTS) - alone).max() < 1e-5


def test_weights_that_are_no_numbers_are_told(copied):
    from safetensors.numpy import load_file, save_file  # noqa: PLC0415 - only here

    held = load_file(copied / "2_Dense" / "model.safetensors")
    held["linear.bias"][0] = np.nan
    save_file(held, copied / "2_Dense" / "model.safetensors")
    with pytest.raises(TolmachError, match="returned vectors with invalid numbers"):
        load_encoder(str(copied)).encode(["Moscow"])


@pytest.mark.parametrize(
    ("name", "kind", "message"),
    [
        ("nosuch", UsageError, "unknown encoder 'nosuch'"),
        ("a/b/c", UsageError, "unknown encoder 'a/b/c'"),
        ("./nosuch", InputError, "there is no such folder"),
        ("/nosuch/folder", InputError, "there is no such folder"),
        ("~/nosuch-folder-of-mine", InputError, "there is no such folder"),
        (__file__, InputError, "it is a file"),
    ],
)
def test_a_name_that_means_nothing_is_told(name, kind, message):
    with pytest.raises(kind, match=message):
        load_encoder(name)


def test_folders_without_a_model_are_told(tmp_path, copied):
    with pytest.raises(InputError, match=r"no sentence-transformers model in .*: it has no modules\.json"):
        load_encoder(str(tmp_path))
    for weights in copied.rglob("*.safetensors"):
        weights.unlink()
    with pytest.raises(InputError, match="has no weights"):
        load_encoder(str(copied))


def test_a_missing_extra_is_told_with_the_command_that_helps(monkeypatch, labse_folder):
    real = builtins.__import__

    def refuse(name, *args, **kwargs):
        if name.split(".")[0] == "sentence_transformers":
            raise ModuleNotFoundError("No module named 'sentence_transformers'")
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(TolmachError, match="needs sentence-transformers, which cannot be loaded") as caught:
        load_sentence_transformer(EncoderSpec("tiny"), labse_folder)
    assert 'pip install "tolmach[encoders]"' in (caught.value.hint or "")


class PanicException(BaseException):
    """As a library in Rust raises it."""


@pytest.mark.parametrize(
    ("error", "raised"),
    [(PanicException("Onig"), InputError), (Exception("x"), InputError), (KeyboardInterrupt(), KeyboardInterrupt)],
)
def test_a_panic_of_a_tokenizer_is_told(error, raised):
    def encode(*_texts, **_options):
        raise error

    model = SimpleNamespace(encode=encode, get_embedding_dimension=lambda: 2)
    encoder = TransformerEncoder(model, EncoderSpec("x"), revision="x")
    with pytest.raises(raised):
        encoder.encode(["text"])
