import json

import pytest

from alignment import align_sentences, score_alignments
from tests.support.places import ROOT, SHARED_FOLDER

CASES = json.loads((ROOT / "tests" / "cases" / "align" / "beads.json").read_text(encoding="utf-8"))
SAMPLES = ROOT / "corpora" / "samples"
SHARED = SHARED_FOLDER / "alignment" / "ntrex-dev.jsonl"


def _aligned(source, target, languages, encoder):
    return align_sentences(source, target, source_language=languages[0], target_language=languages[1], encoder=encoder)


def _score(records, encoder):
    """Records of sentences by language and beads by pair."""
    return score_alignments(
        (_aligned(record["sentences"][pair[:2]], record["sentences"][pair[3:]], pair.split("-"), encoder), gold)
        for record in records
        for pair, gold in record["alignment"].items()
    )


def _params(cases):
    """Cases that are known to fail have to fail, so that it is noticed when they do no longer."""
    failing = [pytest.mark.xfail(reason=case["known"], strict=True) if "known" in case else () for case in cases]
    return [pytest.param(case, id=case["label"], marks=mark) for case, mark in zip(cases, failing, strict=True)]


@pytest.mark.parametrize("case", _params(CASES))
def test_golden_beads(case, use_encoder):
    alignment = _aligned(case["source"], case["target"], case["languages"], use_encoder)
    assert [[list(bead.source), list(bead.target)] for bead in alignment.beads] == case["beads"]


@pytest.mark.parametrize("case", CASES[:4], ids=[case["label"] for case in CASES[:4]])
def test_the_sides_can_be_exchanged(case, use_encoder):
    forward = _aligned(case["source"], case["target"], case["languages"], use_encoder)
    backward = _aligned(case["target"], case["source"], case["languages"][::-1], use_encoder)
    assert {(b.source, b.target) for b in backward.reversed().beads} == {(b.source, b.target) for b in forward.beads}


def test_the_sample_article_is_aligned_well(use_encoder):
    record = json.loads((SAMPLES / "lavrov" / "alignment.json").read_text(encoding="utf-8"))
    assert _score([record], use_encoder).strict.f1 >= 0.93


@pytest.mark.slow
def test_the_sample_stories_are_aligned_well_with_their_crossings(use_encoder):
    records = [
        json.loads(path.read_text(encoding="utf-8")) for path in sorted(SAMPLES.glob("articles/a0[1-4]/gold.json"))
    ]
    assert _score(records, use_encoder).strict.f1 >= 0.88


@pytest.mark.slow
@pytest.mark.shared
def test_held_out_news_documents_are_aligned_well(use_encoder):
    if not SHARED.is_file():
        pytest.skip("no development data: set TOLMACH_SHARED to the folder that holds alignment/ntrex-dev.jsonl")
    records = [json.loads(line) for line in SHARED.read_text(encoding="utf-8").splitlines()][1::12]
    pairs = [(_aligned(r["src"], r["tgt"], r["pair"].split("-"), use_encoder), r["beads"]) for r in records]
    assert len(pairs) >= 10
    assert score_alignments(pairs).strict.f1 >= 0.90
