import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from alignment import AlignOptions, align_sentences, score_alignment

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


def _aligned(source, target, options, encoder):
    return align_sentences(source, target, source_language="en", target_language="ru", options=options, encoder=encoder)


@settings(max_examples=60, deadline=None)
@given(source=SENTENCES, target=SENTENCES, options=OPTIONS)
def test_each_sentence_is_in_exactly_one_bead_and_runs_are_unbroken(fake_encoder, source, target, options):
    alignment = _aligned(source, target, options, fake_encoder)
    assert sorted(i for bead in alignment.beads for i in bead.source) == list(range(len(source)))
    assert sorted(j for bead in alignment.beads for j in bead.target) == list(range(len(target)))
    for bead in alignment.beads:
        for side in (bead.source, bead.target):
            assert list(side) == list(range(side[0], side[-1] + 1)) if side else True
        assert 0.0 <= bead.score <= 1.0


@settings(max_examples=30, deadline=None)
@given(source=SENTENCES, target=SENTENCES)
def test_without_crossings_order_is_kept(fake_encoder, source, target):
    alignment = _aligned(source, target, AlignOptions(crossings=False), fake_encoder)
    matched = [bead for bead in alignment.beads if bead.source and bead.target]
    for before, after in itertools.pairwise(matched):
        assert before.source[-1] < after.source[0]
        assert before.target[-1] < after.target[0]


@settings(max_examples=30, deadline=None)
@given(source=SENTENCES, target=SENTENCES, options=OPTIONS)
def test_the_same_input_gives_the_same_alignment(fake_encoder, source, target, options):
    assert _aligned(source, target, options, fake_encoder) == _aligned(source, target, options, fake_encoder)


@settings(max_examples=30, deadline=None)
@given(beads=st.lists(st.integers(1, 3), max_size=8))
def test_an_alignment_scores_one_against_itself(beads):
    places = [sum(beads[:at]) for at in range(len(beads))]
    gold = [
        (tuple(range(start, start + size)), (at,)) for at, (start, size) in enumerate(zip(places, beads, strict=True))
    ]
    assert score_alignment(gold, gold).strict.f1 == (1.0 if gold else 0.0)
