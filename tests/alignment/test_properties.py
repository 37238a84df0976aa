import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alignment import AlignOptions, align_sentences, score_alignment
from corpora.samples import sample_bitexts

WORDS = st.sampled_from(
    ["north", "south", "east", "west", "river", "stone", "bread", "light", "seven", "night", "Ω", "山", "да"]
)
SENTENCES = st.lists(st.lists(WORDS, min_size=0, max_size=6).map(" ".join), max_size=12)
OPTIONS = st.builds(
    AlignOptions,
    max_side=st.integers(1, 5),
    max_bead=st.integers(2, 6),
    crossings=st.booleans(),
    full_plane=st.sampled_from([1, 40_000]),
    band=st.integers(1, 5),
)


DISTINCT = st.lists(
    st.lists(WORDS, min_size=3, max_size=7).map(" ".join),
    min_size=1,
    max_size=12,
    unique_by=lambda text: text.casefold(),
)


def _links(alignment):
    return [(bead.source, bead.target) for bead in alignment.beads]


def _one_to_one(count):
    return [((at,), (at,)) for at in range(count)]


def _aligned(source, target, options, encoder):
    return align_sentences(source, target, source_language="en", target_language="ru", options=options, encoder=encoder)


@settings(max_examples=8, deadline=None)
@given(source=SENTENCES, target=SENTENCES, options=OPTIONS)
def test_each_sentence_is_in_exactly_one_bead_and_runs_are_unbroken(fake_encoder, source, target, options):
    alignment = _aligned(source, target, options, fake_encoder)
    assert sorted(i for bead in alignment.beads for i in bead.source) == list(range(len(source)))
    assert sorted(j for bead in alignment.beads for j in bead.target) == list(range(len(target)))
    for bead in alignment.beads:
        for side in (bead.source, bead.target):
            assert list(side) == list(range(side[0], side[-1] + 1)) if side else True
        assert 0.0 <= bead.score <= 1.0


@settings(max_examples=6, deadline=None)
@given(source=SENTENCES, target=SENTENCES)
def test_without_crossings_order_is_kept(fake_encoder, source, target):
    alignment = _aligned(source, target, AlignOptions(crossings=False), fake_encoder)
    matched = [bead for bead in alignment.beads if bead.source and bead.target]
    for before, after in itertools.pairwise(matched):
        assert before.source[-1] < after.source[0]
        assert before.target[-1] < after.target[0]


@settings(max_examples=6, deadline=None)
@given(source=SENTENCES, target=SENTENCES, options=OPTIONS)
def test_the_same_input_gives_the_same_alignment(fake_encoder, source, target, options):
    assert _aligned(source, target, options, fake_encoder) == _aligned(source, target, options, fake_encoder)


@settings(max_examples=8, deadline=None)
@given(sentences=SENTENCES, options=OPTIONS)
def test_a_text_is_aligned_with_itself_sentence_by_sentence(fake_encoder, sentences, options):
    assert _links(_aligned(sentences, sentences, options, fake_encoder)) == _one_to_one(len(sentences))


def _assert_mirrored(source, target, options, encoder, languages=("en", "en")):
    first, second = languages
    there = align_sentences(
        source, target, source_language=first, target_language=second, options=options, encoder=encoder
    )
    back = align_sentences(
        target, source, source_language=second, target_language=first, options=options, encoder=encoder
    )
    assert _links(back) == _links(there.reversed())


@settings(max_examples=8, deadline=None)
@given(source=DISTINCT, target=DISTINCT, options=OPTIONS)
def test_swapping_the_sides_mirrors_the_result(fake_encoder, source, target, options):
    _assert_mirrored(source, target, options, fake_encoder)


@settings(max_examples=8, deadline=None)
@given(source=SENTENCES, target=SENTENCES, options=OPTIONS)
def test_swapping_the_sides_mirrors_the_result_also_where_choices_are_equal(fake_encoder, source, target, options):
    _assert_mirrored(source, target, options, fake_encoder)


@pytest.mark.slow
@pytest.mark.parametrize("pair", [("en", "ru"), ("ru", "zh")], ids="-".join)
@pytest.mark.parametrize("name", ["lavrov", "a01", "a05", "a06", "a08"])
def test_swapping_the_sides_of_an_article_mirrors_the_result(use_encoder, name, pair):
    bitext = sample_bitexts(*pair)[name]
    _assert_mirrored(bitext.source, bitext.target, AlignOptions(), use_encoder, pair)


@settings(max_examples=8, deadline=None)
@given(sentences=DISTINCT, data=st.data())
def test_two_neighbours_in_exchanged_order_cross_and_nothing_else_does(fake_encoder, sentences, data):
    at = data.draw(st.integers(0, len(sentences) - 1))
    order = list(range(len(sentences)))
    order[at : at + 2] = reversed(order[at : at + 2])
    links = _links(_aligned(sentences, [sentences[each] for each in order], AlignOptions(), fake_encoder))
    assert links == [((each,), (order.index(each),)) for each in range(len(sentences))]


@pytest.mark.slow
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_a_passage_that_stands_elsewhere_crosses_and_nothing_else_does(fake_encoder, data):
    words = ["north", "river", "bread", "night"] * 4
    sentences = [f"{word} {at} {word}{at} {at * at}" for at, word in enumerate(words)]
    size = data.draw(st.integers(2, 4))
    places = st.integers(0, 16 - size)
    # A passage that moved by one or two is as well the one or two beside it that moved.
    start, place = data.draw(st.tuples(places, places).filter(lambda pair: abs(pair[0] - pair[1]) > size))
    rest = [each for each in range(16) if not start <= each < start + size]
    order = [*rest[:place], *range(start, start + size), *rest[place:]]
    links = _links(_aligned(sentences, [sentences[each] for each in order], AlignOptions(), fake_encoder))
    assert links == [((each,), (order.index(each),)) for each in range(16)]


@settings(max_examples=6, deadline=None)
@given(beads=st.lists(st.integers(1, 3), max_size=8))
def test_an_alignment_scores_one_against_itself(beads):
    places = [sum(beads[:at]) for at in range(len(beads))]
    gold = [
        (tuple(range(start, start + size)), (at,)) for at, (start, size) in enumerate(zip(places, beads, strict=True))
    ]
    assert score_alignment(gold, gold).strict.f1 == (1.0 if gold else 0.0)
