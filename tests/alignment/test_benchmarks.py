"""What the alignment benchmarks count, and the long document that they make."""

from collections import Counter
from importlib import import_module

import numpy as np
import pytest

from benchmarks.alignment import data, errors, long, speed

PAIRS = [(f"en {at}", f"ru {at}") for at in range(3)]


def _document(gold, source=4, target=4):
    return data.Document(
        "d", ("en", "ru"), [f"s{at}" for at in range(source)], [f"t{at}" for at in range(target)], gold
    )


def _made(kind):
    maker = long._Maker()
    taken = maker.add(kind, PAIRS)
    return taken, maker.source, maker.target, maker.gold


def test_a_missed_bead_is_told_with_what_was_given():
    document = _document([((0, 1), (0, 1)), ((2,), ()), ((3,), (2, 3))])
    found = errors.misses(document, [((0,), (0,)), ((1,), (1,)), ((2, 3), (2, 3))])
    assert [(miss.kind, miss.reading) for miss in found] == [("2-2", "1-1 + 1-1"), ("1-0", "2-2"), ("1-2", "2-2")]


def test_a_right_alignment_has_no_misses():
    gold = [((0,), (1,)), ((1,), (0,)), ((2,), ())]
    assert errors.misses(_document(gold), gold) == []


def test_beads_that_cross_are_a_kind_of_their_own():
    gold = [((0,), (1,)), ((1,), (0,)), ((2,), (2,)), ((3,), ()), ((), (3,))]
    assert errors.gold_kinds(gold) == ["1-1 crossing", "1-1 crossing", "1-1", "1-0", "0-1"]


def test_the_report_counts_by_kind_and_keeps_foreign_text_out():
    document = _document([((0,), (0,)), ((1,), (1,)), ((2,), ())])
    found = [(document, [((0, 1), (0, 1)), ((2,), ())])]
    report = errors.report(found, with_text=False)
    assert {kind: (one["gold"], one["missed"], one["given"]) for kind, one in report.items()} == {
        "1-1": (2, 2, {"2-2": 2}),
        "1-0": (1, 0, {}),
    }
    assert report["1-1"]["examples"] == [
        {"document": "d", "pair": "en-ru", "gold": ((0,), (0,)), "given": (((0, 1), (0, 1)),)}
    ]
    example = errors.report(found, with_text=True)["1-1"]["examples"][0]
    assert example["gold"] == {"source": ["s0"], "target": ["t0"]}


@pytest.mark.parametrize(
    ("kind", "taken", "source", "target", "gold"),
    [
        ("keep", 1, ["en 0"], ["ru 0"], [((0,), (0,))]),
        ("merge source", 2, ["en 0 en 1"], ["ru 0", "ru 1"], [((0,), (0, 1))]),
        ("merge target", 2, ["en 0", "en 1"], ["ru 0 ru 1"], [((0, 1), (0,))]),
        ("overlap", 3, ["en 0 en 1", "en 2"], ["ru 0", "ru 1 ru 2"], [((0, 1), (0, 1))]),
        ("drop source", 1, [], ["ru 0"], [((), (0,))]),
        ("drop target", 1, ["en 0"], [], [((0,), ())]),
        ("exchange", 2, ["en 0", "en 1"], ["ru 1", "ru 0"], [((0,), (1,)), ((1,), (0,))]),
    ],
)
def test_an_edit_of_the_long_document_is_what_its_name_says(kind, taken, source, target, gold):
    assert _made(kind) == (taken, source, target, gold)


def test_lines_follow_joined_in_twos_and_threes_each_once():
    lines = [(f"a{at}", f"b{at}") for at in range(12)]
    units = long.enlarged(lines, np.random.default_rng(1))
    assert [len(units), units[:12]] == [12 + 6 + 4, lines]
    words = Counter(word for english, _ in units for word in english.split())
    assert set(words.values()) == {3}


@pytest.mark.shared
def test_the_long_document_is_as_long_as_asked_and_the_same_each_time():
    if not (data.shared_folder() / "testsets").is_dir():
        pytest.skip(f"{data.shared_folder()} is absent (set TOLMACH_SHARED)")
    first, second = long.long_document(500), long.long_document(500)
    assert first == second
    assert len(first.source) == 500
    assert sorted(at for link in first.gold for at in link[1]) == list(range(len(first.target)))


def test_absent_test_sets_are_an_error(tmp_path, monkeypatch):
    monkeypatch.setenv("TOLMACH_SHARED", str(tmp_path))
    with pytest.raises(FileNotFoundError):
        long.long_document(10)


def test_files_in_vecaligns_format_are_read(tmp_path):
    paths = tuple(tmp_path / name for name in ("a.de", "a.fr", "a.defr"))
    for path, text in zip(paths, ("x\ny\n", "z\n", "[0, 1]:[0]:0.25\n\n"), strict=True):
        path.write_text(text, encoding="utf-8")
    document = data.vecalign_document(paths, ("de", "fr"))
    assert (document.source, document.target, document.gold) == (["x", "y"], ["z"], [((0, 1), (0,))])


def test_a_gold_file_that_is_none_is_an_error(tmp_path):
    paths = tuple(tmp_path / name for name in ("a.de", "a.fr", "a.defr"))
    for path in paths:
        path.write_text("no beads here\n", encoding="utf-8")
    with pytest.raises((SyntaxError, ValueError)):
        data.vecalign_document(paths, ("de", "fr"))


@pytest.mark.slow
def test_peak_memory_does_not_fall():
    before = speed.peak_megabytes()
    held = np.ones(8_000_000)
    assert speed.peak_megabytes() >= before > 1
    assert held.any()


def test_peers_that_are_absent_are_named_and_left_out(monkeypatch, capsys):
    installed = import_module("benchmarks.peers.registry")._INSTALLED
    monkeypatch.setitem(installed, "nltk-pypi", ("no_such_package", installed["nltk-pypi"][1]))
    systems = import_module("benchmarks.alignment.systems").present_systems(
        ["tolmach", "none", "nltk-pypi", "vecalign"]
    )
    assert list(systems) == ["tolmach", "vecalign"]
    assert capsys.readouterr().out.startswith("nltk-pypi is left out: pip install no_such_package")
