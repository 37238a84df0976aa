import json
from pathlib import Path

import pytest

from alignment.scoring import score_alignment
from common.errors import InputError, UsageError
from corpora.article import Bitext
from corpora.exchange import write_bitext
from corpora.samples import sample_path
from tests.support.alignment_sample import BEADS, articles, result
from tolmach.export.alignments import render_pairs
from tolmach.results.result import make_versions, score_beads, to_json
from tolmach.workflow.gold_files import GoldFile, GoldPair, match_gold, read_gold

LINKS = tuple((bead.source, bead.target) for bead in BEADS)
RIGHT = (((0,), (0,)), ((1,), (3,)), ((2,), ()), ((3,), (1,)), ((), (2,)))


def versions(*languages: str):
    return make_versions(articles(languages), ["given"] * len(languages))


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_scores_are_those_of_the_library_and_errors_are_named():
    found = score_beads(BEADS, RIGHT, "gold.ids")
    score = score_alignment(LINKS, RIGHT)
    assert (found.strict, found.lax) == (score.strict, score.lax)
    assert found.strict.precision == 3 / 4
    assert found.strict.recall == 2 / 3
    assert found.wrong == (((1, 2), (3,)),)
    assert found.missed == (((1,), (3,)),)  # a sentence alone lowers no recall


def test_gold_that_says_the_same_leaves_nothing_wrong_or_missed():
    found = score_beads(BEADS, LINKS, "gold.ids")
    assert (found.strict.f1, found.wrong, found.missed) == (1.0, (), ())


@pytest.mark.parametrize("form", ["ids", "tsv", "json"])
def test_every_format_is_read_as_gold_whatever_its_name(tmp_path, form):
    document = result()
    text = to_json(document) if form == "json" else render_pairs(document, form)["en-ru"]
    gold = read_gold(written(tmp_path / "gold.txt", text))
    name, pair = match_gold([gold], versions("en", "ru"))[0, 1]
    assert name == str(tmp_path / "gold.txt")
    assert pair.beads == LINKS


def test_the_annotation_of_a_sample_holds_all_pairs():
    gold = read_gold(Path(str(sample_path("lavrov", "en"))).with_name("alignment.json"))
    assert [pair.names for pair in gold.pairs] == [("en", "ru"), ("en", "zh"), ("ru", "zh")]


def test_gold_of_the_other_direction_is_turned():
    gold = GoldFile("gold", (GoldPair(LINKS, ("en", "ru")),))
    pair = match_gold([gold], versions("ru", "en"))[0, 1][1]
    assert pair.beads[1] == ((3,), (1, 2))
    assert pair.names == ("ru", "en")


def test_versions_in_one_language_are_told_apart_by_their_ids():
    swapped = tuple((target, source) for source, target in LINKS)
    pairs = (GoldPair(swapped, ("en", "en-3")), GoldPair(LINKS, ("en", "en-2")), GoldPair(RIGHT, ("en-2", "en-3")))
    found = match_gold([GoldFile("gold", pairs)], versions("en", "en", "en"))
    assert [found[pair][1].beads for pair in ((0, 1), (0, 2), (1, 2))] == [LINKS, swapped, RIGHT]


def test_files_are_taken_in_the_order_of_the_pairs():
    golds = [GoldFile(name, (GoldPair(LINKS),)) for name in ("first", "second", "third")]
    found = match_gold(golds, versions("en", "ru", "zh"))
    assert {pair: name for pair, (name, _) in found.items()} == {(0, 1): "first", (0, 2): "second", (1, 2): "third"}


def test_without_gold_there_is_nothing_to_match():
    assert match_gold([], versions("en", "ru")) == {}


def test_neither_too_few_nor_too_many_files_are_taken():
    gold = GoldFile("gold", (GoldPair(LINKS),))
    for golds, names in (([gold] * 2, ("en", "ru", "zh")), ([gold] * 2, ("en", "ru"))):
        with pytest.raises(UsageError, match="but there are 2 gold files"):
            match_gold(golds, versions(*names))


@pytest.mark.parametrize("names", [("en", "zh"), None])
def test_a_file_without_one_of_the_pairs_is_refused(names):
    golds = [GoldFile("gold", (GoldPair(LINKS, names),))]
    with pytest.raises(InputError, match="gold has no alignment of en with ru"):
        match_gold(golds, versions("en", "ru", "zh"))


def test_indices_beyond_the_sentences_are_refused():
    gold = GoldFile("far.ids", (GoldPair((((0,), (4,)),)),))
    with pytest.raises(InputError) as caught:
        match_gold([gold], versions("en", "ru"))
    assert caught.value.message == (
        "far.ids was made for other sentences: it names sentence 4 of ru, which has 4, numbered from 0"
    )
    assert "--lines" in (caught.value.hint or "")


def gold_of(source, target):
    return [GoldFile("gold", (GoldPair((), ("en", "ru"), (source, target)),))]


def test_other_words_are_refused_and_other_spaces_are_not():
    first, second = (tuple(sentence.text for sentence in one.article.sentences) for one in versions("en", "ru"))
    spaced = tuple(text.replace(" ", "\N{NO-BREAK SPACE} ") for text in first)
    assert match_gold(gold_of(spaced, second), versions("en", "ru"))
    with pytest.raises(InputError, match=r"sentence 1 of en is 'Other words\.' there and 'The talks went on\.' here"):
        match_gold(gold_of((first[0], "Other words.", *first[2:]), second), versions("en", "ru"))


def test_another_number_of_sentences_is_refused():
    first, second = (tuple(sentence.text for sentence in one.article.sentences) for one in versions("en", "ru"))
    with pytest.raises(InputError, match="5 of ru, and here are 4"):
        match_gold(gold_of(first, (*second, "Ещё.")), versions("en", "ru"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("[0]:[x]\n", "line 1"),
        ("just words\n", "there is no column"),
        ("{", "is not JSON"),
        ('{"schema": "tolmach/9"}', "has the schema 'tolmach/9'"),
        ('{"sentences": {}}', "has no alignment"),
        ('{"sentences": {"en": ["a"]}, "alignment": {"en-ru": [[[0], [0]]]}}', "no sentences in 'ru'"),
        ('{"sentences": {"en": ["a", 1]}, "alignment": {"en-ru": []}}', "has no alignment"),
        ('{"sentences": {"en": ["a"]}, "sentences": {}}', "has the name 'sentences' twice"),
        ('{"sentences": {"en": ["\\ud800"]}}', "half of a character"),
        ('{"a": ' * 100_000, "nested too deeply"),
        ('{"a": NaN}', "NaN is not a JSON number"),
        ('{"a": [1, -Infinity]}', "-Infinity is not a JSON number"),
        (f'{{"a": {"9" * 400}}}', "the number 99999999999999999999 is too large"),
        (f'{{"a": -{"9" * 5000}}}', "the number -9999999999999999999 is too large"),
        ('{"a": 1e999}', "the number 1e999 is too large"),
        ("<html><p>Words</p></html>", "is markup, which is not read as gold"),
    ],
)
def test_a_file_that_is_no_alignment_is_refused(tmp_path, text, message):
    with pytest.raises(InputError, match=message):
        read_gold(written(tmp_path / "gold.txt", text))


SAMPLE = '{{"sentences": {{"en": ["a", "b"], "ru": ["б", "в"]}}, "alignment": {{"en-ru": {beads}}}}}'


@pytest.mark.parametrize(
    ("beads", "message"),
    [
        ("{}", "is no list of beads"),
        ('[[[0], "x"]]', "bead 0, which is not two lists of sentence numbers"),
        ('[[[0], [0]], [["1"], [1]]]', "bead 1, which is not two lists of sentence numbers"),
        ("[[[0], [1.0]]]", "bead 0, which is not two lists of sentence numbers"),
        ("[[[0], [true]]]", "bead 0, which is not two lists of sentence numbers"),
        ("[[[0], [0], [1]]]", "bead 0, which is not two lists of sentence numbers"),
        ("[[[], []]]", "bead 0, which has no sentence on either side"),
        ("[[[0], [-1]]]", "bead 0, which names target sentence -1 of 2"),
        ("[[[2], [0]]]", "bead 0, which names source sentence 2 of 2"),
        ("[[[0], [0]], [[0], [1]]]", "bead 1, which names source sentence 0 again"),
        ("[[[0], [1, 1]]]", "bead 0, which names target sentence 1 again"),
    ],
)
def test_beads_that_cannot_be_are_refused(tmp_path, beads, message):
    with pytest.raises(InputError, match=message) as caught:
        read_gold(written(tmp_path / "gold.json", SAMPLE.format(beads=beads)))
    assert "the alignment 'en-ru' " in caught.value.message


def test_what_gold_holds_is_written_and_read_back(tmp_path):
    gold = read_gold(written(tmp_path / "gold.json", SAMPLE.format(beads="[[[1, 0], [1]], [[], [0]]]")))
    assert gold.pairs[0].beads == (((1, 0), (1,)), ((), (0,)))


def test_a_file_that_cannot_be_read_is_refused(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_gold(tmp_path / "none.ids")
    (tmp_path / "latin.ids").write_bytes(b"\xe9\xfe\xfd")
    with pytest.raises(InputError, match="is not UTF-8 text"):
        read_gold(tmp_path / "latin.ids")


@pytest.mark.parametrize("form", ["tmx", "xliff"])
def test_exchange_formats_are_no_gold(tmp_path, form):
    path = written(tmp_path / "gold.xml", render_pairs(result(), form)["en-ru"])
    with pytest.raises(InputError, match=r"gold\.xml is markup, which is not read as gold"):
        read_gold(path)


def test_a_sample_without_beads_holds_no_pair(tmp_path):
    gold = read_gold(written(tmp_path / "gold.json", json.dumps({"sentences": {}, "alignment": {}})))
    with pytest.raises(InputError, match="but none"):
        match_gold([gold], versions("en", "ru"))


@pytest.mark.parametrize("form", ["tsv", "ids"])
@pytest.mark.parametrize("codec", ["utf-16", "utf-8-sig"])
def test_gold_of_other_tools_may_be_utf16(tmp_path, form, codec):
    text = write_bitext(Bitext(("One.",), ("Раз.",), (((0,), (0,)),), source_language="en", target_language="ru"), form)
    path = tmp_path / "gold"
    path.write_bytes(text.encode(codec))
    assert read_gold(path).pairs[0].beads == (((0,), (0,)),)
