import numpy as np
import pytest

from alignment.encoders.network import BRANCHES, LEFT, PieceMemory, convolve, layernorm, window_of
from alignment.encoders.use_words import WordNetwork, in_halves, in_parallel
from alignment.words.align import LinkOptions, link_words

CONTENT = np.full(4, 12, np.float32)


def _linked(likeness, rarity=None, options=LinkOptions()):  # noqa: B008 - frozen
    matrix = np.array(likeness, np.float32)
    rarities = rarity or tuple(np.full(size, 12, np.float32) for size in matrix.shape)
    return [(i, j) for i, j, _ in link_words(matrix, rarities, options)]


def test_alike_words_are_linked():
    assert _linked(np.eye(4)) == [(0, 0), (1, 1), (2, 2), (3, 3)]
    assert _linked(np.eye(4)[::-1]) == [(0, 3), (1, 2), (2, 1), (3, 0)]


def test_words_that_nothing_speaks_for_are_not_linked():
    assert _linked([[0.1]]) == []
    assert _linked([[0.3]]) == [(0, 0)]


def test_neighbours_decide_between_two_equals():
    # The first word is as much like the second as like the fifth of the other side; what stands beside it tells.
    likeness = np.zeros((2, 6), np.float32)
    likeness[0, [1, 4]] = 0.5
    shares = {j: share for i, j, share in link_words(likeness, (CONTENT[:2], np.full(6, 12, np.float32))) if i == 0}
    assert shares[1] > shares.get(4, 0.0)
    likeness[1, 5] = 0.8
    shares = {j: share for i, j, share in link_words(likeness, (CONTENT[:2], np.full(6, 12, np.float32))) if i == 0}
    assert shares[4] > shares.get(1, 0.0)


def test_a_word_left_over_joins_its_neighbour_s_link():
    likeness = [[0.9, 0.0, 0.0], [0.0, 0.7, 0.35]]
    assert (1, 2) in _linked(likeness)
    assert (1, 2) not in _linked(likeness, options=LinkOptions(grown_likeness=0.5))


def test_of_two_words_the_frequent_one_has_the_smaller_share():
    likeness = np.full((9, 1), -0.5, np.float32)
    likeness[[0, 8]] = 0.5
    column = np.array([12], np.float32)
    rarity = np.full(9, 12, np.float32)
    rarity[8] = 3
    shares = {i: share for i, _, share in link_words(likeness, (rarity, column))}
    assert shares[0] > 2 * shares.get(8, 0.0)
    assert link_words(likeness, (rarity[::-1], column))[-1][0] == 8


def test_an_empty_matrix_has_no_links():
    assert link_words(np.zeros((0, 3), np.float32), (np.zeros(0, np.float32), np.ones(3, np.float32))) == ()


def test_rarities_that_do_not_fit_the_matrix_are_refused():
    with pytest.raises(ValueError, match="broadcast"):
        link_words(np.eye(4, dtype=np.float32), (CONTENT, CONTENT[:3]))


def _from_scratch(network, ids):
    """The features of one text, with nothing remembered."""
    weights, whole = network._weights, np.zeros(len(ids), np.int64)
    window = window_of(len(ids), whole, whole + len(ids))
    chunk = ids % len(weights.scale)
    rows = [(weights.table[ids] * weights.scale[chunk, None] + weights.lo[chunk, None]).astype(np.float32)]
    narrow = layernorm(rows[0] @ weights.proj_W + weights.proj_b, weights.ln_g_all, weights.ln_b_all, weights.eps)
    for branch, (width, left) in enumerate(BRANCHES[:2]):
        part = narrow[:, branch * 256 : (branch + 1) * 256]
        slots = window[:, LEFT - left : LEFT - left + width]
        once = convolve(part, slots, weights.w1[branch], weights.b1[branch])
        rows.append(convolve(once, slots, weights.w2[branch], weights.b2[branch]))
    return layernorm(np.concatenate(rows, axis=1), weights.ln_g[:1024], weights.ln_b[:1024], weights.eps)


@pytest.mark.slow
@pytest.mark.parametrize("kept", [800, 1_200, 4_096])
def test_remembered_pieces_give_the_same_features(use_encoder, kept):
    generator = np.random.default_rng(1)
    sequences = [generator.integers(3, 3_000, size) for size in (1, 2, 5, 60, 1_600)]
    weights = use_encoder._network._weights
    network = WordNetwork(weights, PieceMemory(weights, kept=kept))
    expected = np.concatenate([_from_scratch(network, ids) for ids in sequences])
    for _ in range(2):
        found = np.concatenate([piece for _, piece in network.features(sequences)])
        assert np.abs(found - expected).max() < 1e-4


def test_a_word_s_vector_is_of_unit_length_and_depends_on_its_own_text_alone(use_encoder):
    text = ["Moscow", "🙂", ""]
    alone = use_encoder.encode_words([text])[0]
    among = use_encoder.encode_words([["Moscow"] * 300, text, [], ["слово"] * 300])[1]
    assert alone.vectors.shape == (3, 512)
    assert np.abs(alone.vectors - among.vectors).max() < 1e-5
    assert np.linalg.norm(alone.vectors, axis=1) == pytest.approx(np.ones(3), abs=1e-5)


def test_frequent_words_are_less_rare_than_names_and_unknown_signs(use_encoder):
    rarity = use_encoder.encode_words([["the", "Moscow", "𠮷"]])[0].rarity
    assert rarity[0] < rarity[1]
    assert rarity[0] < rarity[2]


def test_halves_hold_all_texts_in_order():
    texts = [["w"] * size for size in (1, 0, 700, 1_600, 3, 800, 800)]
    halves = list(in_halves(texts))
    assert [text for first, second in halves for text in (*first, *second)] == texts
    assert all(sum(map(len, (*first, *second))) <= 1_500 or len([*first, *second]) == 1 for first, second in halves)
    assert list(in_halves([])) == []


def test_halves_are_about_as_long():
    first, second = next(in_halves([["w"] * 10] * 41))
    assert len(first) == pytest.approx(len(second), abs=1)


def test_two_threads_keep_the_order():
    parts = [["w"] * 300], [["v"] * 300, ["u"]]
    assert in_parallel(lambda part: [text[0] for text in part], *parts) == ["w", "v", "u"]


def test_an_error_in_the_second_thread_is_raised():
    def work(part):
        if part[0][0] == "bad":
            raise ValueError("bad part")
        return list(part)

    with pytest.raises(ValueError, match="bad part"):
        in_parallel(work, [["good"] * 300], [["bad"] * 300])
