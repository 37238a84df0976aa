"""A GGUF file with a cut vocabulary: the same model with fewer pieces."""

# ruff: noqa: PLC0415 - collecting tests must not load gguf

import pytest

from tests.support.models.tiny_gemma import gemma_tokenizer, write_gguf
from translate.engines.gguf_cutting import cut_gguf

KEPT = [0, 1, 2, 3, 7, 9, 200]
LISTS = ["tokens", "scores", "token_type"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("gguf")
    write_gguf(gemma_tokenizer(["the lower house met"]), folder)
    for named in (True, False):
        cut_gguf(folder / "tiny.gguf", KEPT, folder / f"{named}.gguf", named=named)
    return folder


def read(path):
    from gguf import GGUFReader

    reader = GGUFReader(path)
    settings = {name: field.contents() for name, field in reader.fields.items() if not name.startswith("GGUF.")}
    return settings, {tensor.name: tensor.data for tensor in reader.tensors}


def test_only_the_lists_and_the_table_of_pieces_are_cut(folder):
    whole, tensors = read(folder / "tiny.gguf")
    settings, cut = read(folder / "True.gguf")
    for name in LISTS:
        full = whole.pop(f"tokenizer.ggml.{name}")
        assert settings.pop(f"tokenizer.ggml.{name}") == [full[number] for number in KEPT]
    assert settings == whole
    tensors["token_embd.weight"] = tensors["token_embd.weight"][KEPT]
    assert tensors.keys() == cut.keys()
    assert all((cut[name] == tensors[name]).all() for name in tensors)


def test_without_names_the_number_of_pieces_is_given(folder):
    named, unnamed = (read(folder / f"{kind}.gguf") for kind in (True, False))
    assert unnamed[0]["gemma3.vocab_size"] == len(KEPT)
    assert not any(name.removeprefix("tokenizer.ggml.") in LISTS for name in unnamed[0])
    assert all((named[1][name] == unnamed[1][name]).all() for name in named[1])
