"""Boundary F1 on the sample articles, and on the public test set where it is present."""

import json

import pytest

from corpora.segmentation import segment
from tests.support.places import ROOT, SHARED_FOLDER

ARTICLES = sorted((ROOT / "corpora" / "samples" / "articles").glob("a0*"))
SHARED = SHARED_FOLDER
FLOORS = {"en": 0.99, "ru": 0.99, "zh": 0.97}
STOPS, CLOSERS = tuple(".!?…。！？"), "”“»\"'’）)"


def borders(text: str, sentences: list[str]) -> set[int]:
    place, ends = 0, set()
    for sentence in sentences:
        place = text.index(sentence, place) + len(sentence)
        ends.add(place)
    return ends


def blocks(text: str) -> list[tuple[int, str]]:
    place, found = 0, []
    for line in text.split("\n"):
        found += [(place, line)] if line.strip() else []
        place += len(line) + 1
    return found


@pytest.mark.parametrize("language", FLOORS)
def test_boundary_f1_within_paragraphs_reaches_the_floor(language: str) -> None:
    right = found = wanted = 0
    for article in ARTICLES:
        text = (article / f"{language}.txt").read_text(encoding="utf-8")
        gold = borders(text, json.loads((article / "gold.json").read_text(encoding="utf-8"))["sentences"][language])
        given = {place + len(line) for place, line in blocks(text)}
        ours = {place + end for place, line in blocks(text) for _, end in segment(line, language)}
        right += len((gold & ours) - given)
        found += len(ours - given)
        wanted += len(gold - given)
    assert len(ARTICLES) == 9
    assert 2 * right / (found + wanted) >= FLOORS[language]


@pytest.mark.shared
@pytest.mark.parametrize(("language", "floor"), [("en", 0.99), ("ru", 0.99), ("zh", 0.95)])
def test_joined_lines_of_news_are_split_again(language: str, floor: float) -> None:
    folder = SHARED / "testsets" / "ntrex"
    if not folder.is_dir():
        pytest.skip(f"no test set at {folder}; set TOLMACH_SHARED to the folder that holds testsets/ntrex")
    lines = (folder / f"{language}.txt").read_text(encoding="utf-8").splitlines()
    glue = "" if language == "zh" else " "
    right = wanted = 0
    for first in range(0, len(lines), 4):
        group = [" ".join(line.split()) for line in lines[first : first + 4]]
        text = glue.join(group)
        ends = borders(text, group[:-1])
        gold = {end for end in ends if text[:end].rstrip(CLOSERS).endswith(STOPS)}  # a heading has no stop to go by
        right += len(gold & {end for _, end in segment(text, language)})
        wanted += len(gold)
    assert right / wanted >= floor
