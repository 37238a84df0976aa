from alignment.refinement.documents import SentenceList
from alignment.types import AlignOptions
from alignment.versions import _in_order, align_version_lines


def test_without_crossings_agreed_beads_keep_their_order():
    links = {((0,), (2,)): 0.5, ((1,), (0,)): 0.9, ((2,), (1,)): 0.9, ((3,), (3,)): 0.9}
    kept = _in_order(links)
    assert set(kept) == {((0,), ()), ((), (2,)), ((1,), (0,)), ((2,), (1,)), ((3,), (3,))}


def test_beads_in_order_are_left_as_they_are():
    links = {((0,), (0,)): 0.5, ((1,), ()): 0.6, ((2, 3), (1,)): 0.7}
    assert _in_order(links) == links


def test_versions_with_a_moved_sentence_are_aligned_in_order(use_encoder):
    text = [
        "The bridge was closed on Monday after an inspection found cracks.",
        "Wheat prices fell by four per cent in Chicago.",
        "The museum opens its new wing in April.",
        "A storm is expected on the coast tonight.",
    ]
    versions = [SentenceList(text, "en"), SentenceList([*text[1:], text[0]], "en"), SentenceList(text, "en")]
    found = align_version_lines(versions, AlignOptions(crossings=False), use_encoder)
    for alignment in found.values():
        two = [bead for bead in alignment.beads if bead.source and bead.target]
        assert [bead.target for bead in two] == sorted(bead.target for bead in two)
