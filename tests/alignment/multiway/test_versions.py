import time
from contextlib import contextmanager
from functools import partial

import pytest

from alignment import align_versions
from alignment.aligner import workers
from common.errors import UsageError
from corpora.article import Article, Sentence


def _article(texts, language):
    article = Article(" ".join(texts), language)
    # A cached property can be filled by hand: the aligner needs the sentences only.
    article.__dict__["sentences"] = tuple(Sentence(number, text, 0, len(text), 0) for number, text in enumerate(texts))
    return article


def test_every_two_versions_are_aligned(fake_encoder, sentences, links):
    text = sentences(6)
    versions = [_article(text, "en"), _article(text[1:], "ru"), _article([*text[:2], *text[3:]], "zh")]
    found = align_versions(versions, encoder=fake_encoder)
    assert list(found) == [(0, 1), (0, 2), (1, 2)]
    assert links(found[0, 1]) == [([0], [])] + [([i + 1], [i]) for i in range(5)]
    assert ([2], []) in links(found[0, 2])
    assert ([], [0]) in links(found[1, 2])


def test_two_versions_in_one_language_align(fake_encoder, sentences, links):
    text = sentences(4)
    found = align_versions([_article(text, "en"), _article(text, "en")], encoder=fake_encoder)
    assert links(found[0, 1]) == [([i], [i]) for i in range(4)]


class _Watched:
    """Keeps what it is told of one bar."""

    def __init__(self):
        self.total, self.advances = None, []

    @contextmanager
    def bar(self, description, total, *, unit=""):
        assert (description, self.total, unit) == ("Aligning the sentences", None, "sentences")
        self.total = total
        yield self.advances.append

    def note(self, message):
        raise AssertionError(message)


@pytest.mark.slow
def test_progress_runs_to_its_end_bit_by_bit(fake_encoder, sentences):
    progress, text = _Watched(), sentences(80)
    versions = [_article(text, "en"), _article(text[:70], "ru"), _article(text[10:], "zh")]
    align_versions(versions, encoder=fake_encoder, progress=progress)
    assert progress.total == 80 + 70 + 70 == pytest.approx(sum(progress.advances))
    assert max(progress.advances) < progress.total / 4


def test_an_interruption_does_not_wait_for_the_rest_of_the_work(fake_encoder):
    begun = []

    def work(place):
        begun.append(place)
        time.sleep(0.02)

    def interrupted():
        with workers(fake_encoder) as pool:
            for place in range(200):
                pool.submit(work, place)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert len(begun) < 100


@pytest.mark.parametrize("count", [0, 1])
def test_fewer_than_two_versions_are_refused(fake_encoder, count):
    make = partial(_article, ["a"], "en")
    with pytest.raises(UsageError, match=f"{count} version given"):
        align_versions([make() for _ in range(count)], encoder=fake_encoder)
