from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st

from alignment.types import Bead
from tolmach.results.overview import heaviest_rising, moved_beads

SEQUENCES = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 4)), max_size=9, unique_by=lambda item: item[0])


def rises(keys):
    return all(first < second for first, second in pairwise(keys))


def best_weight(keys, weights):
    """The definition, tried out: the heaviest of all subsequences that rise."""
    places = range(len(keys))
    chosen = (chosen for size in range(len(keys) + 1) for chosen in combinations(places, size))
    return max(sum(weights[at] for at in one) for one in chosen if rises([keys[at] for at in one]))


@given(SEQUENCES)
def test_the_heaviest_rising_subsequence_is_found(items):
    keys, weights = [key for key, _ in items], [weight for _, weight in items]
    kept = sorted(heaviest_rising(keys, weights))
    assert rises([keys[at] for at in kept])
    assert sum(weights[at] for at in kept) == best_weight(keys, weights)


def test_in_order_nothing_has_moved():
    assert moved_beads([Bead((0,), (0,)), Bead((1,), ()), Bead((), (1,)), Bead((2,), (2,))]) == {}


def test_the_smaller_of_two_that_changed_places_has_moved():
    assert moved_beads([Bead((0,), (0,)), Bead((1, 2), (2, 3)), Bead((3,), (1,))]) == {2: 0}


def test_what_opens_the_other_version_follows_nothing():
    assert moved_beads([Bead((0, 1), (1, 2)), Bead((2,), (0,))]) == {1: None}


def test_a_passage_that_moved_follows_what_stayed_and_not_itself():
    beads = [Bead((at,), (at + 2,)) for at in range(5)] + [Bead((5,), (0,)), Bead((6,), (1,))]
    assert moved_beads(beads) == {5: None, 6: None}


def test_no_beads_have_not_moved():
    assert moved_beads([]) == {}
