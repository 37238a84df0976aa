"""The documents that the second look learns from."""

import random
import re
from itertools import chain, pairwise

import pytest

from benchmarks.alignment import data
from training import aligner_documents as training

LINES = 12


@pytest.mark.parametrize("languages", [("en", "ru"), ("en", "zh")])
@pytest.mark.parametrize("seed", range(25))
def test_a_disturbed_document_has_the_gold_that_its_lines_have(languages, seed):
    document = _disturbed(languages, seed)
    lines = [
        [set(re.findall(r"x(\d+)x", text.lower())) for text in texts] for texts in (document.source, document.target)
    ]
    assert all(told for side in lines for told in side)
    assert set().union(*lines[0], *lines[1]) == {str(number) for number in range(LINES)}
    _assert_each_once(document)
    bead_of = [{at: number for number, link in enumerate(document.gold) for at in link[side]} for side in range(2)]
    for here, mine in enumerate(lines[0]):
        for there, theirs in enumerate(lines[1]):
            if mine & theirs:
                assert bead_of[0][here] == bead_of[1][there]
    for source, target in document.gold:
        told = [set().union(*(side[at] for at in bead)) for side, bead in zip(lines, (source, target), strict=True)]
        assert not (source and target) or told[0] & told[1]


def test_a_seed_disturbs_always_the_same_way():
    assert _disturbed(("en", "ru"), 3) == _disturbed(("en", "ru"), 3)
    assert _disturbed(("en", "ru"), 3) != _disturbed(("en", "ru"), 4)


def test_disturbed_documents_hold_every_kind_of_bead():
    kinds = {
        (min(len(source), 2), min(len(target), 2))
        for seed in range(40)
        for source, target in _disturbed(("en", "ru"), seed).gold
    }
    assert kinds == {(1, 1), (1, 2), (2, 1), (2, 2), (1, 0), (0, 1)}


@pytest.mark.shared
def test_synthetic_documents_hold_each_sentence_once_and_come_again():
    _needs_shared("testsets")
    documents = training.synthetic_documents()
    assert len({document.name + "-".join(document.languages) for document in documents}) == len(documents) > 100
    for document in documents:
        _assert_each_once(document)
        assert all(text.strip() for text in [*document.source, *document.target])
    assert documents == training.synthetic_documents()
    assert documents != training.synthetic_documents(seed=8)


@pytest.mark.shared
def test_pieces_of_text_berg_are_the_whole_and_keep_its_gold():
    _needs_shared("alignment")
    whole, pieces = data.text_berg()[0], list(chain(*data.text_berg_chunks()))
    pieces.sort(key=lambda piece: int(piece.name.rpartition("-")[2]))
    assert [text for piece in pieces for text in piece.source] == list(whole.source)
    assert [text for piece in pieces for text in piece.target] == list(whole.target)
    found, row, column = [], 0, 0
    for piece in pieces:
        found += [(tuple(at + row for at in link[0]), tuple(at + column for at in link[1])) for link in piece.gold]
        row, column = row + len(piece.source), column + len(piece.target)
    assert sorted(found) == sorted(whole.gold)


def test_what_is_learned_from_is_not_what_is_held_out():
    names = {document.name for document in data.sample_documents("articles")}
    assert {document.name for document in data.training_samples()} == data.TRAINING_SAMPLES < names


def _disturbed(languages, seed):
    """Lines that carry their number in each of their clauses."""
    texts = {
        "en": "x{0}x several people gathered there today, x{0}x nobody knew the reason why.",
        "ru": "x{0}x несколько человек собрались там, x{0}x никто не знал настоящей причины.",
        "zh": "x{0}x部长星期二抵达塞尔维克，x{0}x当晚他便离开了那里。",
    }
    lines = [tuple(texts[language].format(number) for language in languages) for number in range(LINES)]
    return training.disturbed(lines, languages, "d", random.Random(seed))  # noqa: S311 - no secret


def _assert_each_once(document):
    assert sorted(at for source, _ in document.gold for at in source) == list(range(len(document.source)))
    assert sorted(at for _, target in document.gold for at in target) == list(range(len(document.target)))
    assert all(first < second for link in document.gold for side in link for first, second in pairwise(side))


def _needs_shared(folder):
    if not (data.shared_folder() / folder).is_dir():
        pytest.skip(f"no development data: set TOLMACH_SHARED to the folder that holds {folder}")
