"""What is longer than a model reads goes through it in pieces and comes back as one."""

import pytest

from translate.engines.base import Hypothesis
from translate.models.requests import TextRequest
from translate.pipeline.directions import LengthSplitter, SplittableRequest
from translate.types import DecodeOptions, InputTooLongError

from tests.support.models.fake_engine import FakeEngine  # isort: skip - beside this file, found by pytest

LONG = "The talks went on until midnight, but nobody was told why, and the ministers left without a word."


class Narrow(FakeEngine):
    max_input_tokens = 8

    def stream(self, requests, *, options):
        for request in requests:
            if self.count_tokens(request) > self.max_input_tokens:
                raise InputTooLongError("too long")
        yield from super().stream(requests, options=options)


def fitted(engine: FakeEngine, *texts: str, comfortable: int | None = None) -> list[Hypothesis]:
    fitting = LengthSplitter(engine, ("en", "ru"), comfortable)
    found = dict(
        fitting.stream({text: SplittableRequest(TextRequest(text), TextRequest) for text in texts}, DecodeOptions())
    )
    return [found[text] for text in texts]


def test_short_texts_go_through_whole():
    engine = Narrow()
    assert [one.text for one in fitted(engine, "One.", "Two.")] == ["ONE.", "TWO."]
    assert len(engine.asked) == 2


def test_a_long_text_is_split_and_put_together():
    engine = Narrow()
    (found,) = fitted(engine, LONG)
    assert len(engine.asked) > 1
    assert all(engine.count_tokens(request) <= 8 for request in engine.asked)
    assert found.text.replace(",", "").upper().split() == LONG.replace(",", "").upper().split()


def test_a_comfortable_length_splits_before_the_hard_limit():
    engine = FakeEngine()
    fitted(engine, LONG, comfortable=8)
    assert len(engine.asked) > 1


def test_a_piece_that_was_cut_off_leaves_the_whole_unfinished():
    (found,) = fitted(Narrow(), LONG.replace("midnight,", "midnight…,"))
    assert not found.finished


def test_a_word_that_cannot_be_split_is_refused():
    engine = Narrow()
    engine.count_tokens = lambda request: len(request.text)
    with pytest.raises(InputTooLongError):
        fitted(engine, "https://example.org/a/very/long/address/that/nobody/can/split")
