import pytest

from alignment import Alignment, Bead, score_alignment, score_alignments

GOLD = [((0,), (0,)), ((1, 2), (1,)), ((3,), ()), ((4,), (2,))]


def test_identical_alignments_score_one():
    score = score_alignment(GOLD, GOLD)
    assert (score.strict.precision, score.strict.recall, score.strict.f1) == (1.0, 1.0, 1.0)
    assert (score.lax.precision, score.lax.recall, score.lax.f1) == (1.0, 1.0, 1.0)


def test_precision_counts_beads_without_counterpart_and_recall_does_not():
    system = [((0,), (0,)), ((1,), (1,)), ((2,), ()), ((3,), ()), ((4,), (2,))]
    score = score_alignment(system, GOLD)
    # Right strictly: 0-0, 3-, 4-2 of five; of the three gold beads with both sides 0-0 and 4-2 were found.
    assert score.strict.precision == pytest.approx(3 / 5)
    assert score.strict.recall == pytest.approx(2 / 3)
    assert score.strict.f1 == pytest.approx(2 * (3 / 5) * (2 / 3) / (3 / 5 + 2 / 3))
    # Laxly 1-1 overlaps with 1,2-1 on both sides; "2-" overlaps with nothing.
    assert score.lax.precision == pytest.approx(4 / 5)
    assert score.lax.recall == 1.0


def test_overlap_on_one_side_only_does_not_count_even_laxly():
    score = score_alignment([((0,), (1,)), ((1,), (0,))], [((0,), (0,)), ((1,), (1,))])
    assert score.strict.f1 == 0.0
    assert score.lax.f1 == 0.0


def test_a_bead_repeated_counts_once():
    assert score_alignment([((0,), (0,)), ((0,), (0,))], [((0,), (0,))]).strict.precision == 1.0


def test_beads_empty_on_both_sides_are_ignored():
    assert score_alignment([((), ()), ((0,), (0,))], [((0,), (0,))]).strict.precision == 1.0


@pytest.mark.parametrize(("system", "gold"), [([], []), ([], GOLD), (GOLD, [])])
def test_nothing_to_count_scores_zero(system, gold):
    score = score_alignment(system, gold)
    assert score.strict.f1 == 0.0
    assert score.lax.f1 == 0.0


def test_alignments_and_plain_pairs_score_the_same():
    alignment = Alignment(tuple(Bead(source, target) for source, target in GOLD))
    lists = [[list(source), list(target)] for source, target in GOLD]
    assert score_alignment(alignment, lists).strict.f1 == 1.0


def test_documents_are_counted_together_not_averaged():
    good = ([((0,), (0,)), ((1,), (1,)), ((2,), (2,))],) * 2
    bad = ([((0,), (1,))], [((0,), (0,))])
    score = score_alignments([good, bad])
    assert score.strict.precision == pytest.approx(3 / 4)
    assert score.strict.recall == pytest.approx(3 / 4)
