"""What paths of clauses mean for sentences, and which alignment many agree on."""

from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alignment.lattice import draw_paths
from alignment.refinement.refine import decode_mbr, lift
from tests.support.every_path import random_scores

SHAPES = [(1, 1), (1, 2), (2, 1), (2, 2), (3, 1), (1, 3)]
MOVES = [(1, 1), (1, 2), (2, 1), (2, 2), (1, 0), (0, 1)]
PRECISION = 0.95
"""What a bead costs, whether right or not; written once more so that a change of it does not pass unseen."""

OWNERS = st.lists(st.integers(1, 3), min_size=1, max_size=5).map(
    lambda sizes: [number for number, size in enumerate(sizes) for _ in range(size)]
)


@st.composite
def _paths(draw):
    """A path of clauses, and the sentence of each clause of both sides."""
    source, target = draw(OWNERS), draw(OWNERS)
    scores = random_scores((len(source), len(target)), draw(st.integers(0, 10_000)), SHAPES)
    return draw_paths(scores, 1, draw(st.integers(0, 10_000)))[0], source, target


@st.composite
def _pools(draw):
    """A few alignments of the same sentences, as `lift` gives them."""
    size = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    scores = random_scores(size, draw(st.integers(0, 10_000)), SHAPES)
    return draw_paths(scores, draw(st.integers(1, 6)), draw(st.integers(0, 10_000)))


def _sizes(links):
    return [len(source) for source, _ in links], [len(target) for _, target in links]


def _alignment(moves):
    links, row, column = [], 0, 0
    for down, right in moves:
        links.append((tuple(range(row, row + down)), tuple(range(column, column + right))))
        row, column = row + down, column + right
    return tuple(links)


def _share(link, pool):
    return sum(link in links for links in pool) / len(pool)


def _worth(links, pool):
    """Expected gain of an alignment, straight from what the module says of strict F1."""
    return sum((2 if all(link) else 1) * _share(link, pool) - PRECISION for link in links)


def _every_string(pool, size, allows, at=(0, 0)):
    """All alignments that the pool's links form when strung together."""
    if at == size:
        yield ()
    for link in dict.fromkeys(link for links in pool for link in links):
        begin = [side[0] if side else None for side in link]
        here = all(first in (None, place) for first, place in zip(begin, at, strict=True))
        if here and allows(*map(len, link)) and _leads(pool, link, at):
            for rest in _every_string(pool, size, allows, (at[0] + len(link[0]), at[1] + len(link[1]))):
                yield (link, *rest)


def _leads(pool, link, at):
    """Whether an alignment of the pool has the link at that point, which for gaps both numbers tell."""
    for links in pool:
        point = (0, 0)
        for other in links:
            if (other, point) == (link, at):
                return True
            point = point[0] + len(other[0]), point[1] + len(other[1])
    return False


def _anything(source, target):
    return source >= 0 <= target


@settings(deadline=None)
@given(_paths())
def test_each_sentence_is_in_exactly_one_link_and_in_order(case):
    path, source, target = case
    links = lift(path, source, target)
    assert [at for side, _ in links for at in side] == list(range(source[-1] + 1))
    assert [at for _, side in links for at in side] == list(range(target[-1] + 1))


@settings(deadline=None)
@given(_paths())
def test_sentences_whose_clauses_are_linked_stand_in_one_bead(case):
    path, source, target = case
    bead_of = [{at: number for number, link in enumerate(lift(*case)) for at in link[side]} for side in range(2)]
    for mine, theirs in path:
        if mine and theirs:
            beads = {bead_of[0][source[at]] for at in mine} | {bead_of[1][target[at]] for at in theirs}
            assert len(beads) == 1


@settings(deadline=None)
@given(_paths())
def test_a_sentence_without_a_linked_clause_is_a_gap_or_between_linked_ones(case):
    path, source, target = case
    linked = [{owner[at] for link in path if all(link) for at in link[side]} for side, owner in enumerate(case[1:])]
    for link in lift(path, source, target):
        ends = [(side[0], side[-1]) for side in link if side]
        if all(link):
            assert all(set(end) <= known for end, known in zip(ends, linked, strict=True))
        else:
            assert not set(link[0]) & linked[0]
            assert not set(link[1]) & linked[1]


@settings(deadline=None)
@given(_paths())
def test_between_two_beads_source_gaps_stand_before_target_gaps(case):
    links = lift(*case)
    for first, second in pairwise(links):
        assert first[0] or not second[0] or second[1]


@settings(deadline=None)
@given(_paths())
def test_clauses_that_are_sentences_keep_their_links(case):
    path, source, target = case
    whole = range(len(source)), range(len(target))
    assert lift(path, *whole) == tuple(path)


@pytest.mark.parametrize(
    ("path", "source", "target", "links"),
    [
        # The second clause of sentence 0 and sentence 1 answer sentence 1 of the target: all four are one bead.
        ([(1, 1), (2, 1)], [0, 0, 1], [0, 1], [(2, 2)]),
        # A clause of a linked sentence without counterpart is no gap.
        ([(1, 1), (1, 0), (1, 1)], [0, 0, 1], [0, 1], [(1, 1), (1, 1)]),
        # A sentence between two linked clauses of one sentence is drawn in.
        ([(1, 1), (0, 1), (1, 1)], [0, 0], [0, 1, 2], [(1, 3)]),
        # A sentence of which all clauses are gaps is one.
        ([(1, 0), (1, 0), (1, 1), (0, 1)], [0, 0, 1], [0, 1], [(1, 0), (1, 1), (0, 1)]),
        # Nothing is linked.
        ([(1, 0), (1, 0), (0, 1)], [0, 0], [0], [(1, 0), (0, 1)]),
        # Links follow one another like a chain: each shares a sentence with the next.
        ([(1, 1), (1, 1), (1, 1), (1, 1)], [0, 0, 1, 1], [0, 1, 1, 2], [(2, 3)]),
    ],
)
def test_golden_paths_and_what_they_mean(path, source, target, links):
    assert lift(_alignment(path), source, target) == _alignment(links)


@settings(deadline=None)
@given(_pools())
def test_what_is_agreed_on_is_an_alignment_of_links_that_were_drawn(pool):
    chosen = decode_mbr(pool, _anything)
    assert [sum(side) for side in _sizes(chosen)] == [sum(side) for side in _sizes(pool[0])]
    assert [at for side, _ in chosen for at in side] == list(range(sum(_sizes(pool[0])[0])))
    assert [at for _, side in chosen for at in side] == list(range(sum(_sizes(pool[0])[1])))
    assert set(chosen) <= {link for links in pool for link in links}


@settings(deadline=None)
@given(_pools())
def test_no_string_of_drawn_links_has_a_higher_expected_gain(pool):
    size = tuple(sum(side) for side in _sizes(pool[0]))
    best = max(_worth(links, pool) for links in _every_string(pool, size, _anything))
    assert _worth(decode_mbr(pool, _anything), pool) == pytest.approx(best)


@settings(deadline=None)
@given(_pools(), st.integers(1, 2), st.integers(2, 3))
def test_beads_that_are_too_large_are_not_chosen(pool, side, bead):
    def allows(source, target):
        return max(source, target) <= side and source + target <= bead

    row, column = (sum(each) for each in _sizes(pool[0]))
    pool = [*pool, _alignment([(1, 0)] * row + [(0, 1)] * column)]
    chosen = decode_mbr(pool, allows)
    assert all(allows(len(source), len(target)) for source, target in chosen)
    best = max(_worth(links, pool) for links in _every_string(pool, (row, column), allows))
    assert _worth(chosen, pool) == pytest.approx(best)


@settings(deadline=None)
@given(_pools(), st.randoms())
def test_the_order_of_the_pool_does_not_change_the_gain(pool, chance):
    shuffled = list(pool)
    chance.shuffle(shuffled)
    assert _worth(decode_mbr(shuffled, _anything), pool) == pytest.approx(_worth(decode_mbr(pool, _anything), pool))


@settings(deadline=None)
@given(_pools())
def test_one_alignment_agrees_with_itself(pool):
    assert tuple(decode_mbr(pool[:1], _anything)) == pool[0]


@pytest.mark.parametrize(("ones", "pairs"), [(3, 2), (2, 3)])
def test_the_majority_is_preferred_even_where_it_has_more_beads(ones, pairs):
    single, double = _alignment([(1, 1)] * 2), _alignment([(2, 2)])
    assert tuple(decode_mbr([single] * ones + [double] * pairs, _anything)) == (single if ones > pairs else double)


def test_the_best_parts_of_two_alignments_are_put_together():
    first, second = [(1, 1), (1, 1), (2, 1)], [(1, 0), (0, 1), (1, 1), (1, 1), (1, 0)]
    third = [(1, 2), (1, 0), (1, 1), (1, 0)]
    pool = [_alignment(each) for each in (first, second, third)]
    chosen = decode_mbr(pool, _anything)
    assert tuple(chosen) == _alignment([(1, 1), (1, 1), (1, 1), (1, 0)])
    assert tuple(chosen) not in pool


def test_a_bead_counts_for_recall_too_and_wins_against_two_gaps_that_are_more_probable():
    bead, gaps = _alignment([(1, 1)]), _alignment([(1, 0), (0, 1)])
    # The bead is worth 2 p - .95, the gaps 2 (1 - p - .95): it is chosen from p = .2625 on.
    assert tuple(decode_mbr([bead] * 27 + [gaps] * 73, _anything)) == bead
    assert tuple(decode_mbr([bead] * 26 + [gaps] * 74, _anything)) == gaps


def test_an_alignment_that_is_not_allowed_gives_its_parts_away():
    large, small = _alignment([(3, 3), (1, 1)]), _alignment([(1, 1)] * 4)
    chosen = decode_mbr([large] * 9 + [small], lambda source, target: source + target <= 4)
    assert tuple(chosen) == small


def test_gaps_in_another_order_are_the_same_gaps():
    usual, other = _alignment([(1, 1), (1, 0), (0, 1), (1, 1)]), _alignment([(1, 1), (0, 1), (1, 0), (1, 1)])
    assert set(decode_mbr([usual, other, other], _anything)) == set(usual)


def test_all_links_of_a_large_pool_are_seen():
    moves = [each for count in (2, 3, 4) for each in product([(1, 1), (1, 2), (2, 1), (2, 2)], repeat=count)]
    pool = [_alignment(each) for each in moves if _square(each)]
    chosen = decode_mbr(pool, _anything)
    best = max(_worth(links, pool) for links in _every_string(pool, (4, 4), _anything))
    assert len(pool) == 11
    assert _worth(chosen, pool) == pytest.approx(best)


def _square(moves):
    return (sum(down for down, _ in moves), sum(right for _, right in moves)) == (4, 4)
