"""Alignments of several versions that agree with each other."""

import json
import time
from collections import Counter
from itertools import combinations, permutations, product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import corpora.samples
from alignment.multiway.consistency import all_agree, composed, disagreements, fitted, mirrored, oriented, through_hubs
from alignment.multiway.reconcile import Candidates, log_odds, reconcile
from common.errors import UsageError

pytestmark = pytest.mark.slow

SAMPLES = Path(corpora.samples.__file__).parent

FINE = [((0,), (0,)), ((1,), (1,))]
MERGED = [((0, 1), (0, 1))]
SPLIT = [((0,), (0, 1))]
JOINED = [((0, 1), (0,))]


def certain(links, *samples):
    return Candidates(tuple(links), dict.fromkeys(links, 1.0), samples)


def weighed(*alternatives):
    """Candidates from (links, number of samples), the best first."""
    total = sum(count for _, count in alternatives)
    votes = Counter()
    for links, count in alternatives:
        votes.update(dict.fromkeys(links, count / total))
    drawn = [tuple(links) for links, count in alternatives for _ in range(count)]
    return Candidates(tuple(alternatives[0][0]), votes, drawn)


def shapes(agreed):
    return {pair: sorted(links) for pair, links in agreed.items()}


def sentences_in(links):
    return [sorted(i for link in links for i in link[side]) for side in (0, 1)]


# An independent reading of what agreeing means: walk from sentence to sentence.


def neighbours(alignments, pairs):
    near = {}
    for one, other in pairs:
        for source, target in oriented(alignments, one, other):
            for i, j in product(source, target):
                near.setdefault((one, i), set()).add((other, j))
                near.setdefault((other, j), set()).add((one, i))
    return near


def reachable(near, start):
    found, waiting = {start}, [start]
    while waiting:
        for node in near.get(waiting.pop(), ()):
            if node not in found:
                found.add(node)
                waiting.append(node)
    return found


def walks_agree(alignments, versions):
    for x, y, z in permutations(range(versions), 3):
        near = neighbours(alignments, [(x, y), (y, z)])
        direct = [link for link in oriented(alignments, x, z) if all(link)]
        joined = set()
        for source, target in direct:
            known = [node for node in [(x, i) for i in source] + [(z, j) for j in target] if node in near]
            if known and (set(known) - reachable(near, known[0]) or {version for version, _ in known} != {x, z}):
                return False
            joined.update(known)
        for node in near:
            group = reachable(near, node)
            if {x, z} <= {version for version, _ in group} and not group & joined:
                return False
    return True


def assert_shared_sides_are_kept(alignments, versions):
    """Beads with exactly the same middle side: what is outside of it is joined, and to nothing else it could be."""
    for x, y, z in permutations(range(versions), 3):
        direct = [link for link in oriented(alignments, x, z) if all(link)]
        onward = {middle: target for middle, target in oriented(alignments, y, z) if middle and target}
        for source, middle in oriented(alignments, x, y):
            if source and middle in onward:
                target = onward[middle]
                joined = [link for link in direct if set(link[0]) & set(source) or set(link[1]) & set(target)]
                assert joined
                assert all(set(link[0]) & set(source) and set(link[1]) & set(target) for link in joined)
                assert len(joined) == 1 or (len(source) > 1 and len(target) > 1)


@st.composite
def alignment_of(draw, source, target):
    """Any alignment at all: sides need be neither neighbours nor in order."""
    labels = [draw(st.lists(st.integers(0, 4), min_size=count, max_size=count)) for count in (source, target)]
    links = []
    for label in range(5):
        sides = [tuple(i for i, own in enumerate(each) if own == label) for each in labels]
        if label and all(sides):
            links.append((sides[0], sides[1]))
        else:
            links += [((i,), ()) for i in sides[0]] + [((), (j,)) for j in sides[1]]
    return tuple(links)


@st.composite
def candidates(draw, fewest=3, most=5, longest=5):
    counts = draw(st.lists(st.integers(0, longest), min_size=fewest, max_size=most))
    pairs = {}
    for x, y in combinations(range(len(counts)), 2):
        drawn = draw(st.lists(alignment_of(counts[x], counts[y]), min_size=1, max_size=4))
        known = {link: draw(st.floats(0, 1)) for links in drawn for link in links}
        pairs[x, y] = Candidates(drawn[0], known, drawn)
    return counts, pairs


@settings(deadline=None)
@given(candidates())
def test_whatever_the_candidates_the_result_agrees(drawn):
    counts, pairs = drawn
    agreed = reconcile(pairs)
    for (x, y), links in agreed.items():
        assert sentences_in(links) == [list(range(counts[x])), list(range(counts[y]))]
        assert all(0 <= probability <= 1 for probability in links.values())
        assert all(len(source) + len(target) == 1 for source, target in links if not (source and target))
    links = {pair: list(each) for pair, each in agreed.items()}
    assert walks_agree(links, len(counts))
    assert_shared_sides_are_kept(links, len(counts))


@settings(deadline=None)
@given(candidates(), st.integers(0, 1))
def test_the_result_agrees_however_little_is_tried(drawn, widest):
    counts, pairs = drawn
    agreed = reconcile(pairs, widest=widest)
    assert walks_agree({pair: list(links) for pair, links in agreed.items()}, len(counts))
    for (x, y), links in agreed.items():
        assert sentences_in(links) == [list(range(counts[x])), list(range(counts[y]))]


@settings(deadline=None)
@given(candidates(), st.integers(0, 1), st.integers(1, 3))
def test_beads_that_are_made_have_only_as_many_sentences_as_allowed(drawn, widest, most):
    counts, pairs = drawn
    agreed = reconcile(pairs, widest=widest, allows=lambda source, target: max(source, target) <= most)
    for (x, y), links in agreed.items():
        assert sentences_in(links) == [list(range(counts[x])), list(range(counts[y]))]
        assert all(link in pairs[x, y].probabilities or max(map(len, link)) <= most for link in links)
    assert walks_agree({pair: list(links) for pair, links in agreed.items()}, len(counts))


@settings(deadline=None)
@given(candidates(longest=2))
def test_the_check_says_what_walking_says(drawn):
    counts, pairs = drawn
    best = {pair: each.best for pair, each in pairs.items()}
    assert all_agree(best, range(len(counts))) == walks_agree(best, len(counts))


@settings(deadline=None)
@given(candidates())
def test_the_result_does_not_depend_on_the_order_of_the_samples(drawn):
    _, pairs = drawn
    turned = {pair: Candidates(each.best, each.probabilities, each.samples[::-1]) for pair, each in pairs.items()}
    assert reconcile(turned) == reconcile(pairs)


@settings(deadline=None)
@given(candidates(fewest=2, most=2))
def test_two_versions_stay_as_they_are(drawn):
    _, pairs = drawn
    assert {pair: tuple(links) for pair, links in reconcile(pairs).items()} == {
        pair: each.best for pair, each in pairs.items()
    }


@settings(deadline=None)
@given(candidates(fewest=3, most=3), st.booleans())
def test_alignments_through_a_version_agree_with_what_they_come_from(drawn, attach):
    _, pairs = drawn
    first, second, direct = pairs[0, 1].best, pairs[1, 2].best, pairs[0, 2].best
    for links in (composed(first, second, direct), fitted(first, second, direct, attach=attach)):
        assert sentences_in(links) == sentences_in(direct)
        assert disagreements(first, second, links) == []
    assert all_agree({(0, 1): first, (1, 2): second, (0, 2): composed(first, second, direct)}, range(3))


@settings(deadline=None)
@given(candidates())
def test_following_one_version_after_the_other_agrees(drawn):
    counts, pairs = drawn
    found = through_hubs({pair: each.best for pair, each in pairs.items()}, range(len(counts)))
    assert all_agree(found, range(len(counts)))


def test_gold_alignments_of_the_samples_agree():
    """The definition is that of people's alignments: none of ten documents contradicts it."""
    files = [*SAMPLES.glob("articles/*/gold.json"), SAMPLES / "lavrov" / "alignment.json"]
    assert len(files) == 10
    for file in files:
        gold = json.loads(file.read_text(encoding="utf-8"))["alignment"]
        pairs = {
            (0, 1): gold["en-ru"],
            (0, 2): gold["en-zh"],
            (1, 2): gold["ru-zh"],
        }
        links = {pair: [(tuple(s), tuple(t)) for s, t in beads] for pair, beads in pairs.items()}
        assert all_agree(links, range(3))


def test_direct_alignment_may_be_finer_than_the_way_through_a_merged_sentence():
    assert disagreements(JOINED, SPLIT, FINE) == []
    assert disagreements(JOINED, SPLIT, MERGED) == []


def test_bead_across_two_groups_disagrees():
    assert disagreements(FINE, FINE, MERGED) == MERGED


def test_crossed_beads_disagree_and_leave_groups_apart():
    crossed = [((0,), (1,)), ((1,), (0,))]
    assert disagreements(FINE, FINE, crossed) == [*crossed, *FINE]


def test_counterparts_left_apart_disagree():
    alone = [((0,), ()), ((), (0,))]
    assert disagreements([((0,), (0,))], [((0,), (0,))], alone) == [((0,), (0,))]


def test_bead_past_a_dead_end_disagrees():
    first, second = [((0,), (0,))], [((0,), ()), ((), (0,))]
    assert disagreements(first, second, [((0,), (0,))]) == [((0,), (0,))]


def test_what_the_middle_version_leaves_out_may_be_joined_directly():
    alone = [((0,), ())]
    assert disagreements(alone, mirrored(alone), [((0,), (0,))]) == []


def test_two_sure_pairs_outvote_an_unsure_one():
    wrong = [((0,), ()), ((1,), (0, 1))]
    agreed = reconcile({(0, 1): certain(FINE), (0, 2): weighed((wrong, 5), (FINE, 3)), (1, 2): certain(FINE)})
    assert shapes(agreed) == dict.fromkeys([(0, 1), (0, 2), (1, 2)], FINE)


def test_alignment_that_was_never_sampled_follows_from_the_others():
    wrong = [((0,), (1,)), ((1,), (0,))]
    unsure = Candidates(tuple(wrong), dict.fromkeys(wrong, 0.4))
    agreed = reconcile({(0, 1): certain(FINE), (0, 2): unsure, (1, 2): certain(FINE)})
    assert sorted(agreed[0, 2]) == FINE


def test_sure_pair_breaks_the_tie_of_two_unsure_ones():
    """Both merges are possible; the third version tells which sentence stands alone."""
    left, right = [((0, 1), (0,)), ((2,), (1,))], [((0,), (0,)), ((1, 2), (1,))]
    pairs = {(0, 1): weighed((left, 5), (right, 4)), (0, 2): certain(right), (1, 2): weighed((FINE, 9))}
    assert shapes(reconcile(pairs)) == {(0, 1): right, (0, 2): right, (1, 2): FINE}


def test_agreeing_bead_is_more_probable_than_a_contested_one():
    wrong = [((0,), (1,)), ((1,), (0,))]
    sure = reconcile(dict.fromkeys([(0, 1), (0, 2), (1, 2)], weighed((FINE, 6), (wrong, 2))))
    contested = reconcile({(0, 1): weighed((FINE, 6), (wrong, 2)), (0, 2): certain(wrong), (1, 2): certain(FINE)})
    assert sure[0, 1][(0,), (0,)] > contested[0, 1].get(((0,), (0,)), 0.0)


def test_bead_that_only_others_ask_for_is_not_made_if_it_is_too_large():
    alone = (((0,), ()), ((1,), ()), ((), (0,)))
    unsure = Candidates(alone, dict.fromkeys(alone, 0.3))
    pairs = {(0, 1): certain(JOINED), (0, 2): unsure, (1, 2): certain(FINE[:1])}
    assert shapes(reconcile(pairs))[0, 2] == JOINED
    small = reconcile(pairs, allows=lambda source, target: source + target <= 2)
    assert set(small[0, 2]) == set(alone)
    assert walks_agree({pair: list(links) for pair, links in small.items()}, 3)


def test_sentence_lost_in_one_version_is_lost_towards_all():
    whole = [*FINE, ((2,), (2,))]
    lost = [*FINE, ((2,), ())]
    versions = {(0, 1): certain(whole), (0, 2): certain(lost), (1, 2): certain(lost)}
    assert shapes(reconcile(versions)) == {(0, 1): whole, (0, 2): lost, (1, 2): lost}


def test_version_without_sentences_leaves_the_others_alone():
    nothing = [((0,), ()), ((1,), ())]
    agreed = reconcile({(0, 1): certain(FINE), (0, 2): certain(nothing), (1, 2): certain(nothing)})
    assert shapes(agreed) == {(0, 1): FINE, (0, 2): nothing, (1, 2): nothing}


def test_no_versions_have_no_alignments():
    assert reconcile({}) == {}


def test_pair_that_is_missing_is_named():
    with pytest.raises(UsageError, match="versions 0 and 2 are not aligned"):
        reconcile({(0, 1): certain(FINE), (1, 2): certain(FINE)})


@pytest.mark.parametrize("best", [FINE[:1], [*FINE, ((1,), ())], JOINED])
def test_alignment_that_loses_or_repeats_a_sentence_is_refused(best):
    with pytest.raises(UsageError, match="does not hold each of the 2 sentences of version"):
        reconcile({(0, 1): certain(FINE), (0, 2): certain(FINE), (1, 2): certain(best)})


@pytest.mark.slow
def test_time_is_linear_where_everything_hangs_together():
    """One window through the whole document, and no sample like another."""
    count = 1500
    straight = tuple(((i,), (i,)) for i in range(count))
    ahead = (((), (0,)), *(((i,), (i + 1,)) for i in range(count - 1)), ((count - 1,), ()))
    drawn = [(*straight[:at], ((), (at,)), *ahead[at + 1 :]) for at in range(0, count, count // 60)]
    known = dict.fromkeys((*straight, *ahead), 0.5)
    pairs = {pair: Candidates(straight, known, drawn) for pair in [(0, 1), (1, 2)]} | {
        (0, 2): Candidates(ahead, known, drawn)
    }
    begin = time.perf_counter()
    agreed = reconcile(pairs)
    assert time.perf_counter() - begin < 20
    assert all_agree({pair: list(links) for pair, links in agreed.items()}, range(3))


def test_log_odds_are_bounded():
    assert log_odds(0.0) == log_odds(0.02) == pytest.approx(-log_odds(1.0))
    assert log_odds(0.5) == 0
