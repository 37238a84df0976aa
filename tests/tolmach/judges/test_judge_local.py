"""A chat model on this machine as a judge, with a stand-in for the model."""

import pytest

from common.progress import SilentProgress
from tests.support.comparison_fakes import pair_of
from tolmach.judges import LocalJudge
from translate.engines.base import Scored
from translate.types import InputTooLongError

FIRST, SECOND = ("en", "We will never leave."), ("zh", "我们永远不会离开。")


class FakeReader:
    """Expects every word of a target (in Chinese: character) but those in `odd`, which it finds as unlikely as said."""

    name = "reader"

    def __init__(self, odd=None):
        self.odd = odd or {}
        self.asked = []

    def score(self, renditions, *, progress=None):
        del progress
        self.asked += renditions
        return [self._scored(one) for one in renditions]

    def _scored(self, one):
        if len(one.target) > 200:
            raise InputTooLongError("a text of 300 tokens is too long for the model, which reads 200")
        spans = [(at, at + 1) for at in range(len(one.target))]
        odd = {one.target.index(word): value for word, value in self.odd.items() if word in one.target}
        return Scored(tuple(-odd.get(start, 0.1) for start, _ in spans), tuple(spans))

    def signature(self):
        return {"model": "reader", "revision": "1"}


def read_with(odd, first=FIRST, second=SECOND):
    return LocalJudge(FakeReader(odd)).score([pair_of(first, second)])[0]


def test_each_side_is_read_as_the_translation_of_the_other():
    reader = FakeReader()
    LocalJudge(reader).score([pair_of(FIRST, SECOND)])
    ways = [(one.source_language, one.source, one.target_language, one.target) for one in reader.asked]
    assert ways == [("en", FIRST[1], "zh", SECOND[1]), ("zh", SECOND[1], "en", FIRST[1])]


def test_the_less_a_word_is_expected_the_likelier_is_a_change():
    found = [read_with({"never": surprise}).altered for surprise in (0.1, 10, 20, 40)]
    assert found == sorted(set(found))
    assert found[0] < LocalJudge.neutral < found[-1]
    assert all(0 <= share <= 1 for share in found)


def test_both_ways_count_alike():
    assert read_with({"never": 9.0}).altered == pytest.approx(read_with({"永": 9.0}).altered)


def test_the_least_expected_words_are_pointed_at():
    found = read_with({"ver": 9.0, "永": 9.0})
    assert [FIRST[1][start:end] for start, end in found.first] == ["never"]
    assert [SECOND[1][start:end] for start, end in found.second] == ["永"]


def test_a_mark_that_is_not_expected_points_at_no_word():
    assert read_with({".": 9.0}).first == ()


def test_one_language_is_not_read():
    reader = FakeReader()
    assert LocalJudge(reader).score([pair_of(FIRST, ("en", "We left."))]) == [None]
    assert reader.asked == []


def test_an_empty_side_cannot_be_told():
    assert read_with({}, second=("zh", "")) is None


def test_a_text_that_is_too_long_leaves_the_matter_to_others():
    notes = []

    class Progress(SilentProgress):
        def note(self, message):
            notes.append(message)

    long = pair_of(FIRST, ("zh", "我" * 300))
    first, second = LocalJudge(FakeReader()).score([long, pair_of(FIRST, SECOND)], Progress())
    assert (first, second) == (None, read_with({}))
    assert notes == [
        "The judge reader skips a long quote: a text of 300 tokens is too long for the model, which reads 200"
    ]


def test_the_signature_names_the_model():
    assert LocalJudge(FakeReader()).signature() == (("judge.model", "reader"), ("judge.revision", "1"))
