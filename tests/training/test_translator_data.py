"""What the translator is trained on: pairs by rule, a cut vocabulary, a reproducible order."""

import gzip
import json
from itertools import islice

import numpy as np
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers

from tests.support.models.tiny_gemma import PROMPTS, gemma_tokenizer
from training.translator import __main__ as steps
from training.translator import pairs as choosing
from training.translator.base import cut_tokenizer
from training.translator.examples import Choice, Examples, answer, batches, encode, end_id, in_order, prompt
from training.translator.pairs import Pair, filter_pairs, read_pairs
from training.translator.vocabulary import needed_pieces

TEXTS = [
    "the lower house met",
    "нижняя палата собралась",
    "下院开会了",
    "das Unterhaus tagte gestern",
    "the lowest newest",
]


@pytest.fixture(scope="module")
def tokenizer():
    return gemma_tokenizer(TEXTS)


@pytest.fixture(scope="module")
def cut(tokenizer):
    """Return the tokenizer cut for all texts but the German one, and the pieces that it keeps."""
    whole = Tokenizer.from_str(json.dumps(tokenizer))
    wanted = [text for text in TEXTS if "Unterhaus" not in text] + PROMPTS
    kept = needed_pieces(tokenizer, {piece for text in wanted for piece in whole.encode(text).tokens})
    return Tokenizer.from_str(json.dumps(cut_tokenizer(tokenizer, kept))), kept


def test_a_cut_tokenizer_splits_the_texts_it_was_cut_for_as_before(tokenizer, cut):
    whole = Tokenizer.from_str(json.dumps(tokenizer))
    for text in TEXTS[:3]:
        assert cut[0].encode(text).tokens == whole.encode(text).tokens


def test_a_cut_tokenizer_spells_other_texts_in_smaller_pieces(tokenizer, cut):
    whole = Tokenizer.from_str(json.dumps(tokenizer))
    assert len(cut[0].encode(TEXTS[3]).tokens) > len(whole.encode(TEXTS[3]).tokens)
    assert cut[0].decode(cut[0].encode("Ünterhaus 議院 é").ids) == "Ünterhaus 議院 é"


def test_pieces_keep_their_order_and_special_ones_their_numbers(tokenizer, cut):
    assert cut[1] == sorted(cut[1])
    assert len(cut[1]) < len(tokenizer["model"]["vocab"])
    assert [cut[0].id_to_token(number) for number in range(4)] == ["<pad>", "<eos>", "<bos>", "<unk>"]


def test_simplified_characters_are_kept_and_traditional_ones_only_where_seen(tokenizer):
    more = {piece: len(tokenizer["model"]["vocab"]) + at for at, piece in enumerate(["会议", "會議", "▁слово"])}
    wider = tokenizer | {"model": tokenizer["model"] | {"vocab": tokenizer["model"]["vocab"] | more}}
    kept = needed_pieces(wider, [])
    assert (more["会议"] in kept, more["會議"] in kept, more["▁слово"] in kept) == (True, False, True)
    assert more["會議"] in needed_pieces(wider, ["會議"])


def pair(source, target, direction="en-ru", origin="o"):
    return Pair(direction, origin, source, target, "human ref.A")


GOOD = pair("The lower house met on Monday.", "Нижняя палата собралась в понедельник.")


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (pair("The house met.", ""), "empty"),
        (pair("Reuters, 2021", "Reuters 2021."), "copy"),
        (pair("The house met on Monday.", "The house met on Tuesday."), "language"),
        (pair("A sentence kept aside!", "Предложение, которое отложено."), "held out"),
        (GOOD, "duplicate"),
        (pair("The lower house met on Monday.", "Нижняя палата " * 9), "length"),
    ],
)
def test_a_pair_is_dropped_for_its_fault(bad, reason):
    kept, dropped = filter_pairs(
        [GOOD, pair("He came home.", "Он пришёл домой."), bad], frozenset(["asentencekeptaside"])
    )
    assert len(kept) == 2
    assert {name for name, count in dropped.items() if count} == {reason}


@pytest.fixture
def sets(tmp_path, monkeypatch):
    """Return a folder with a small test set of one year, in two directions, and an empty suite."""
    monkeypatch.setattr(choosing, "SYSTEMS", 1)
    written = {
        "en-ru": {"src.en": "The house met.", "ref.A.ru": "Палата собралась.", "hyp.Good.ru": "Палата встретилась.",
                  "hyp.Poor.ru": "Дом мет."},
        "en-zh": {"src.en": "The house met.", "ref.A.zh": "议会开会了。", "hyp.Good.zh": "议会开了会。"},
    }  # fmt: skip
    for direction, files in written.items():
        folder = tmp_path / "wmt21" / direction
        folder.mkdir(parents=True)
        for name, line in files.items():
            (folder / name).write_text(line + "\n", encoding="utf-8")
    (tmp_path / "wmt24").mkdir()
    with gzip.open(tmp_path / "wmt24" / "en-zh-suites.jsonl.gz", "wt", encoding="utf-8") as suites:
        suites.write(json.dumps({"en": "He came home.", "GPT-4": "他回家了。"}) + "\n")
    return tmp_path


def test_the_system_nearest_to_the_references_is_kept_and_every_pair_read_both_ways(sets):
    found, record = read_pairs(sets)
    assert record["systems"] == {
        "wmt21 en-ru": ["human ref.A.ru", "Good"],
        "wmt21 en-zh": ["human ref.A.zh", "Good"],
    }
    texts = {(one.source, one.target) for one in found}
    assert {(target, source) for source, target in texts} == texts
    assert ("Палата встретилась.", "议会开会了。") in texts
    assert ("他回家了。", "He came home.") in texts
    assert record["pairs"] == {"en-ru": 2, "ru-en": 2, "en-zh": 3, "zh-en": 3, "ru-zh": 4, "zh-ru": 4}


def test_an_example_is_a_prompt_its_answer_and_an_end(cut, tmp_path):
    encode([GOOD, pair("x " * 300, "и " * 300)], cut[0]).write(tmp_path / "examples.npz")
    found = Examples.read(tmp_path / "examples.npz")
    assert len(found.answers) == 1  # the other is too long
    ids = found.ids[: found.length(0)].tolist()
    assert cut[0].decode(ids[: found.answers[0]]) == prompt("en-ru", GOOD.source)
    assert cut[0].decode(ids[found.answers[0] : -1]) == answer("en-ru", GOOD.target)
    assert ids[-1] == end_id(cut[0])


def test_a_base_without_a_first_piece_has_an_end_of_its_own_name():
    tokenizer = Tokenizer(models.WordLevel({"<|endoftext|>": 0, "English": 1, "?": 2}, "?"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    found = encode([GOOD], tokenizer)
    assert (found.ids[0], found.ids[-1]) == (1, 0)
    assert int(found.answers[0]) == len(tokenizer.encode(prompt("en-ru", GOOD.source)).ids)


@pytest.fixture
def examples():
    """Return examples of all directions: five sentences each, of which one has three translations."""
    chance = np.random.default_rng(3)
    rows = [(number, origin) for number in range(6) for origin in (0, 0, 0, 1, 2, 3, 4)]
    lengths = chance.integers(5, 40, len(rows))
    starts = np.cumsum([0, *lengths])
    return Examples(
        chance.integers(4, 90, starts[-1]).astype(np.int32), starts, starts[:-1] + 2,
        np.array([row[0] for row in rows], np.int8), np.array([row[1] for row in rows], np.int32),
        np.array([row[1] > 2 for row in rows]),
    )  # fmt: skip


def test_directions_take_turns_and_sentences_come_once_before_any_comes_again(examples):
    order = list(islice(in_order(examples, seed=1), 90))
    assert [examples.directions[at] for at in order] == [0, 1, 2, 3, 4, 5] * 15
    of_first = [at for at in order if examples.directions[at] == 0]
    for turn in range(3):
        assert {examples.origins[at] for at in of_first[5 * turn : 5 * turn + 5]} == {0, 1, 2, 3, 4}
    assert {at for at in of_first if examples.origins[at] == 0} == {0, 1, 2}


def test_only_the_directions_asked_for_take_turns(examples):
    order = islice(in_order(examples, 1, Choice(["zh-ru", "en-ru"])), 10)
    assert [examples.directions[at] for at in order] == [5, 0] * 5


@pytest.mark.parametrize(
    ("choice", "origins", "different"),
    [
        (Choice(["en-ru"], one_way=True), {0, 1, 2}, 5),
        (Choice(["en-ru"], variants=1), {0, 1, 2, 3, 4}, 5),
        (Choice(["en-ru"], variants=2), {0, 1, 2, 3, 4}, 6),
    ],
)
def test_examples_may_be_left_out(examples, choice, origins, different):
    order = list(islice(in_order(examples, 1, choice), 60))
    assert {int(examples.origins[at]) for at in order} == origins
    assert len(set(order)) == different


def test_a_limit_on_sentences_keeps_so_many_of_each_direction(examples):
    order = list(islice(in_order(examples, 1, Choice(sentences=2)), 60))
    for number in range(6):
        assert len({examples.origins[at] for at in order if examples.directions[at] == number}) == 2


def test_batches_fit_depend_on_the_seed_alone_and_leave_no_example_out(examples):
    first = list(islice(batches(examples, 120, seed=1), 400))
    assert first == list(islice(batches(examples, 120, seed=1), 400))
    assert first != list(islice(batches(examples, 120, seed=2), 400))
    assert all(len(batch) * max(map(examples.length, batch)) <= 120 for batch in first)
    assert {at for batch in first for at in batch} == set(range(len(examples.answers)))


@pytest.mark.parametrize("arguments", [["--help"], *([step.__name__, "--help"] for step in steps.STEPS)])
def test_every_step_has_help(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        steps.make_parser().parse_args(arguments)
    assert ended.value.code == 0
    assert "usage: python -m training.translator" in capsys.readouterr().out
