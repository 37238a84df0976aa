"""Stories with gold sentences, alignments and quotes: Tolmach's samples, and a user's own in the same form.

A story is a folder with `en.txt`, `ru.txt` and `zh.txt`, and with `gold.json`: `sentences` by language, `alignment` by
pair (`en-ru`: beads of source and target numbers), `quotes` with their `kind` and `text` by language, and `zh_script`.
"""

from dataclasses import dataclass
from functools import cached_property
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final

from common.errors import InputError
from common.json_text import parse_json
from corpora.article import Article, ArticleMeta, Bitext
from corpora.languages import CHINESE, TRADITIONAL_CHINESE, base_language, parse_language
from corpora.limits import read_text

BeadList = tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]

_GOLD: Final = "gold.json"
_ALIGNMENT: Final = "alignment.json"
_QUOTES: Final = "quotes.json"
"""An older form has the contents of `gold.json` in these two files."""


@dataclass(frozen=True)
class Story:
    """A story in several languages.

    Attributes:
        source: Prefix of its file names in an article's source.
    """

    name: str
    folder: Traversable
    source: str

    def language(self, language: str) -> str:
        """Return the exact tag of a version: `zh-Hant` for Chinese in Traditional script."""
        tag = base_language(parse_language(language))
        return TRADITIONAL_CHINESE if tag == CHINESE and self._gold.get("zh_script") == "Hant" else tag

    def article(self, language: str, file: str | None = None) -> Article:
        """Return a version as an article; `file` replaces the usual file name of the language."""
        name = file or f"{base_language(parse_language(language))}.txt"
        meta = ArticleMeta(source=f"{self.source}/{name}", format="text", encoding="utf-8")
        text = _read(self.folder.joinpath(name))
        return Article.from_text(text, language=self.language(language), meta=meta)

    def bitext(self, source: str, target: str) -> Bitext:
        """Return the gold alignment of two versions, by base tag, in source order.

        A bead without source follows the bead of the preceding target sentence.
        """
        alignment = self._gold["alignment"]
        first, second = self._sentences(source), self._sentences(target)
        forward = alignment.get(f"{source}-{target}")
        if forward is not None:
            return Bitext(first, second, read_links(forward, (len(first), len(second))))
        beads = read_links(alignment[f"{target}-{source}"], (len(second), len(first)))
        return Bitext(first, second, _reverse(beads))

    def _sentences(self, language: str) -> tuple[str, ...]:
        found = self._gold["sentences"][language]
        if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
            raise ValueError(f"its sentences in {language} are not a list of texts")
        return tuple(found)

    def quotes(self, language: str) -> tuple[tuple[str, str], ...]:
        """Return text and kind of the gold quotes of a version, by base tag, except those that share their marks."""
        if self.folder.joinpath(_QUOTES).is_file():
            rows = _read_json(self.folder.joinpath(_QUOTES))["quotes"]
            return tuple((row["text"][language], row["kind"]) for row in rows if row["text"].get(language))
        rows = [row for row in self._gold["quotes"] if row[language] and not row[language].get("merged_with")]
        return tuple((row[language]["text"], row["kind"]) for row in rows)

    @cached_property
    def _gold(self) -> dict[str, Any]:
        file = self.folder.joinpath(_GOLD)
        file = file if file.is_file() else self.folder.joinpath(_ALIGNMENT)
        found: dict[str, Any] = _read_json(file)
        return found


def _read(file: Traversable) -> str:
    return read_text(Path(str(file)))


def _read_json(file: Traversable) -> Any:
    return parse_json(_read(file), file.name)


def read_stories(folder: Path) -> tuple[Story, ...]:
    """Return the stories of a folder: itself if it is one, else those of its subfolders.

    Raises:
        InputError: There is none, or one cannot be read.
    """
    try:
        places = [folder, *sorted(path for path in folder.iterdir() if path.is_dir())]
        found = [Story(place.name, place, str(place)) for place in places if is_story(place)]
    except OSError as error:
        raise InputError(f"cannot read {folder}: {error.strerror}") from error
    if not found:
        raise InputError(f"{folder} has no story with {_GOLD}", hint="Name the folder above en.txt and gold.json")
    for story in found:
        _check(story)
    return tuple(found)


def is_story(folder: Traversable) -> bool:
    """Return whether a folder holds a story with its gold data."""
    return any(folder.joinpath(name).is_file() for name in (_GOLD, _ALIGNMENT))


def _check(story: Story) -> None:
    """Read everything that a story has, so that errors appear before hours of work."""
    try:
        for first, second in (("en", "ru"), ("en", "zh"), ("ru", "zh")):
            _check_beads(story.bitext(first, second), f"{first}-{second}")
        for language in ("en", "ru", "zh"):
            if any(not isinstance(text, str) for quote in story.quotes(language) for text in quote):
                raise ValueError(f"a quote in {language} has no text or kind")  # noqa: TRY301 - like all other faults
            story.article(language)
    except (InputError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise InputError(f"{story.folder} is not a story with gold data: {error}") from error


def _check_beads(bitext: Bitext, pair: str) -> None:
    for side, texts in enumerate((bitext.source, bitext.target)):
        numbers = [number for bead in bitext.beads for number in bead[side]]
        if sorted(numbers) != list(range(len(texts))):
            raise ValueError(f"the beads of {pair} do not hold each sentence once")


def _reverse(beads: BeadList) -> BeadList:
    """Swap the sides and sort the beads by the new source."""
    swapped = sorted(((right, left) for left, right in beads if right), key=lambda bead: bead[0])
    for right, left in ((right, left) for left, right in beads if not right):
        before = [place for place, bead in enumerate(swapped) if bead[1] and bead[1][-1] < left[0]]
        after = max(before, key=lambda place: swapped[place][1][-1]) + 1 if before else 0
        swapped.insert(after, (right, left))
    return tuple(swapped)


def read_links(data: Any, sizes: tuple[int, int]) -> BeadList:
    """Parse and check beads: each has a sentence, and no sentence is out of range or used twice.

    Raises:
        ValueError: They are not; the message continues after the name of the beads.
    """
    if not isinstance(data, list):
        raise ValueError("is no list of beads")  # noqa: TRY004 - like all other faults of the content
    links = tuple(_link(number, bead) for number, bead in enumerate(data))
    for place, (side, size) in enumerate(zip(("source", "target"), sizes, strict=True)):
        _check_side([link[place] for link in links], side, size)
    return links


def _link(number: int, bead: Any) -> tuple[tuple[int, ...], tuple[int, ...]]:
    if not (isinstance(bead, list) and len(bead) == 2 and all(map(_is_numbers, bead))):  # noqa: PLR2004 - the sides
        raise ValueError(f"has bead {number}, which is not two lists of sentence numbers")
    if not any(bead):
        raise ValueError(f"has bead {number}, which has no sentence on either side")
    return tuple(bead[0]), tuple(bead[1])


def _is_numbers(data: Any) -> bool:
    return isinstance(data, list) and all(type(one) is int for one in data)  # True is an int to isinstance


def _check_side(sides: list[tuple[int, ...]], side: str, size: int) -> None:
    homes: dict[int, int] = {}
    for number, indices in enumerate(sides):
        for index in indices:
            if not 0 <= index < size:
                raise ValueError(f"has bead {number}, which names {side} sentence {index} of {size}")
            if homes.setdefault(index, number) != number or indices.count(index) > 1:
                raise ValueError(f"has bead {number}, which names {side} sentence {index} again")
