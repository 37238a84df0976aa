"""Versions of a story are found without being named."""

import json

import numpy as np

from corpora.samples import load_sample
from tolmach.corpus.records import open_source
from tolmach.corpus.stories import DAYS, Traits, find_stories, link_versions, name_stories


def article(name, day, language, outlet=None):
    return Traits(name, day, (language, outlet))


def test_each_other_s_likest_of_the_same_days_are_versions():
    traits = [
        article("a", 1, "en"), article("a", 1 + DAYS, "ru"), article("late", 2 + DAYS, "zh"),
        article("b", 1, "en"), article("copy", 1, "en"), article("b", 1, "en", "other"),
    ]  # fmt: skip
    vectors = np.eye(2, dtype=np.float32)[[0, 0, 0, 1, 1, 1]]
    assert link_versions(traits, vectors) == [(0, 1), (1, 2), (3, 5)]
    apart = [*traits[:2], article("late", 2 + 2 * DAYS, "zh")]
    assert link_versions(apart, vectors[:3]) == [(0, 1)]


def test_linked_articles_have_the_name_of_the_first():
    traits = [article(name, 1, "en") for name in "abcdef"]
    assert name_stories(traits, [(2, 4), (1, 4), (0, 3)]) == {"a": "~a", "b": "~b", "c": "~b", "d": "~a", "e": "~b"}


def test_the_samples_are_found(tmp_path):
    records = [
        {"id": f"{name}-{tag}", "text": load_sample(name, tag).text} for tag in ("ru", "en") for name in ("a01", "a02")
    ]
    path = tmp_path / "in.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in [*records, {"text": ""}]), encoding="utf-8")
    source = open_source(path)
    found = find_stories(source.entries(), source)
    assert found == {"a01-ru": "~a01-ru", "a02-ru": "~a02-ru", "a01-en": "~a01-ru", "a02-en": "~a02-ru"}
