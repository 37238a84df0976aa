"""Which documents are taken for versions of one another, and why."""

import random
import subprocess
import sys
import tomllib
from itertools import combinations, permutations
from math import comb, exp, factorial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alignment.comparability import (
    RelationFeatures,
    RelationWeights,
    judge_relation,
    load_relation,
    longest_chain,
    surprise,
)
from alignment.first_pass.anchors import Survey, survey
from alignment.first_pass.overlaps import encode_runs
from benchmarks.alignment import comparability as benchmark
from benchmarks.alignment import data
from training import comparability as training

CHANCE = random.Random(1)  # noqa: S311 - no secret


def _survey(columns, related=0.7, unrelated=0.2):
    pairs = np.array(list(enumerate(columns)), np.int64).reshape(-1, 2)
    return Survey(pairs, related, unrelated, 1.0)


@pytest.fixture
def relation_of(fake_encoder):
    """The relation of two lists of sentences in one language, seen with words only."""

    def judged(source, target):
        runs = [encode_runs(side, "en", 1, fake_encoder) for side in (source, target)]
        return judge_relation(len(source), len(target), survey(*runs))

    return judged


@pytest.fixture(scope="module")
def looks(use_encoder):
    return benchmark.SurveyCache(use_encoder)


def _samples(*names):
    return [one for one in data.sample_documents("articles") if one.name in names]


# What is a version.


def test_a_text_is_a_version_of_itself(relation_of, sentences):
    relation = relation_of(sentences(12), sentences(12))
    assert relation.related
    assert relation.probability > 0.99
    assert relation.reason.startswith("12 of 12 sentences have a counterpart, in the same order")


@pytest.mark.parametrize("kept", [slice(0, 15), slice(15, 30), slice(0, 30, 5)], ids=["half", "other half", "a fifth"])
def test_a_part_is_a_version(relation_of, sentences, kept):
    assert relation_of(sentences(30), sentences(30)[kept]).related
    assert relation_of(sentences(30)[kept], sentences(30)).related


def test_a_version_with_as_much_added_is_one(relation_of, sentences):
    added = [f"added{at} only{at} here{at} and{at}" for at in range(20)]
    assert relation_of(sentences(20), added[:10] + sentences(20) + added[10:]).related


def test_a_passage_that_moved_does_not_make_it_another_text(relation_of, sentences):
    text = sentences(24)
    assert relation_of(text, text[12:] + text[:12]).related


def test_sentences_that_are_all_the_same_are_versions(relation_of):
    assert relation_of(["the same again"] * 40, ["the same again"] * 60).related


def test_the_samples_are_versions_and_parts_of_them_too(looks):
    chance = random.Random(4)  # noqa: S311 - no secret
    judged = [
        (kind, name, looks.judge(document)) for kind, name, document in benchmark.versions(_samples("a06"), chance)
    ]
    assert {kind for kind, _, _ in judged} == {"whole", "half", "a fifth"}
    assert [(kind, name) for kind, name, relation in judged if not relation.related] == []


# What is none.


def test_documents_without_a_word_in_common_are_refused(relation_of, sentences):
    relation = relation_of(sentences(20), [f"other{at} words{at} all{at}" for at in range(20)])
    assert not relation.related
    assert relation.probability < 0.3
    assert "of 20 sentences find a counterpart" in relation.reason


def test_other_samples_are_refused(looks):
    relations = [looks.judge(document) for _, _, document in benchmark.mismatched(_samples("a05", "a07", "a08"))]
    assert len(relations) == 18
    assert not any(relation.related for relation in relations)


def test_a_story_is_no_version_of_its_other_half(looks):
    assert not any(looks.judge(document).related for _, _, document in benchmark.disjoint(_samples("a06")))


@pytest.mark.parametrize("counts", [(0, 0), (0, 3), (3, 0)])
def test_an_empty_document_is_refused(counts):
    relation = judge_relation(*counts, None)
    assert not relation.related
    assert relation.reason == "one of them is empty"


def test_sentences_without_any_pair_are_refused():
    relation = judge_relation(9, 9, _survey([], related=float("nan")))
    assert not relation.related
    assert relation.probability < 0.01


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        (
            [30, 4, 25, 2],
            "only 4 of 40 sentences find a counterpart, 2 of them in the same order, as chance would have it",
        ),
        ([7], "only 1 of 40 sentences finds a counterpart"),
        ([3, 6], "only 2 of 40 sentences find a counterpart, in the same order"),
        (
            range(20)[::-1],
            "20 of 40 sentences find a counterpart, 1 of them in the same order, as chance would have it",
        ),
    ],
)
def test_a_reason_against_says_what_was_found(columns, told):
    relation = judge_relation(40, 50, _survey(columns, related=0.31, unrelated=0.22))
    assert not relation.related
    assert relation.reason == f"{told}, with a similarity of 0.31 where any two have 0.22"


def test_a_reason_for_it_says_what_was_found():
    columns = [*range(30), 39, 38]
    assert judge_relation(40, 50, _survey(columns)).reason == (
        "32 of 40 sentences have a counterpart, 31 of them in the same order, "
        "with a similarity of 0.70 where any two have 0.20"
    )


# Little evidence.


@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("other", [1, 3, 1000])
def test_few_sentences_are_not_refused(size, other):
    relation = judge_relation(size, other, _survey(range(min(size, other)), related=0.1, unrelated=0.1))
    assert relation.related
    assert relation.probability == 0.5
    assert relation.reason.endswith("but so few sentences are little evidence")


def test_fewer_sentences_say_less():
    probabilities = [judge_relation(size, size, _survey(range(size))).probability for size in range(1, 7)]
    assert probabilities == sorted(probabilities)
    assert 0.5 < probabilities[0] < 0.9 < probabilities[-1]


def test_four_sentences_can_be_refused():
    assert not judge_relation(4, 4, _survey([3, 1], related=0.2, unrelated=0.15)).related


# The features.


@given(st.lists(st.integers(0, 30), unique=True, max_size=9))
def test_the_longest_chain_is_the_longest(columns):
    ascending = (
        size
        for size in range(len(columns), -1, -1)
        for chosen in combinations(columns, size)
        if list(chosen) == sorted(chosen)
    )
    assert longest_chain(columns) == next(ascending)


@pytest.mark.parametrize(("pairs", "chain"), [(4, 4), (5, 4), (6, 5), (6, 3)])
def test_surprise_bounds_how_often_chance_makes_such_a_chain(pairs, chain):
    orders = list(permutations(range(pairs)))
    share = sum(longest_chain(order) >= chain for order in orders) / len(orders)
    assert share <= exp(-surprise(pairs, chain)) + 1e-12
    assert exp(-surprise(pairs, chain)) == pytest.approx(min(comb(pairs, chain) / factorial(chain), 1))


@given(st.permutations(range(12)), st.floats(0.3, 0.8))
def test_more_likeness_never_speaks_against_it(columns, related):
    relations = [judge_relation(12, 15, _survey(columns, related=value)) for value in (related, related + 0.1)]
    assert relations[0].probability <= relations[1].probability


@given(st.permutations(range(10)), st.floats(-0.2, 1), st.floats(-0.2, 0.9))
def test_a_relation_holds_from_one_half_on(columns, related, unrelated):
    relation = judge_relation(10, 10, _survey(columns, related, unrelated))
    assert 0 <= relation.probability <= 1
    assert relation.related == (relation.probability >= 0.5)


def test_the_sides_may_be_exchanged(looks):
    for document in _samples("a09")[:1]:
        back = data.Document("", document.languages[::-1], document.target, document.source, ())
        assert looks.judge(back).probability == pytest.approx(looks.judge(document).probability, abs=0.02)


# The model.


def test_every_sign_speaks_for_it():
    weights = load_relation()
    assert min(weights.likeness, weights.order, weights.share) > 0 > weights.bias


def test_weights_can_be_given():
    sure = RelationWeights(bias=9.0, likeness=0.0, order=0.0, share=0.0)
    assert judge_relation(9, 9, _survey([3, 1, 2]), sure).probability > 0.99


def test_the_fit_tells_apart_what_can_be_told_apart():
    good = [RelationFeatures(12, 10, 10, related, 0.2) for related in (0.6, 0.7, 0.8)]
    bad = [RelationFeatures(12, 6, 2, related, 0.2) for related in (0.25, 0.3, 0.35)]
    weights = training.fit(good * 10, bad * 10)
    assert RelationWeights(**tomllib.loads(training.render(weights))) == weights
    surveys = [_survey([2, 1, 0], related=0.3), _survey(range(10), related=0.7)]
    assert [judge_relation(12, 12, one, weights).related for one in surveys] == [False, True]


def test_the_report_counts_short_documents_apart(looks):
    document = data.Document("d", ("en", "en"), ["One sentence."], ["One sentence."], ())
    assert benchmark.report([document], looks, CHANCE) == {"whole": {"pairs": 0, "short": 1, "right": 0, "worst": []}}


def test_judging_loads_no_numpy_and_no_aligner():
    code = "import sys, alignment.comparability; print([n for n in ('numpy', 'alignment.aligner') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
