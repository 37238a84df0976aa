"""Translations in their formats, with the failed checks that some of them show."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import regex

from common.errors import UsageError
from common.extras import require_extra
from common.files import write_texts
from common.messages import message
from corpora.article import Article, Block, Inline, Suggestion
from corpora.exchange import write_bitext
from corpora.writers.html import to_html
from corpora.writers.markdown import to_markdown, to_plain
from tolmach.export.output import Output
from tolmach.pages.bilingual import render_bilingual
from tolmach.results.result import make_bitext, to_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpora.article import Article, ArticleMeta, Bitext
    from tolmach.results.result import Result, Version


_LEVEL = 2
"""Level of the heading of the notes, which are the last section of the article."""


def mark_flags(result: "Result", target: str) -> Article:
    """Return a translated version with a raised number behind what failed a check, and what was seen as a list."""
    translation = result.translations[target]
    article = next(version.article for version in result.versions if version.id == target)
    beads = result.alignments[f"{translation.source}-{target}"].beads
    notes: list[str] = []
    places: list[int] = []
    last = 0
    for bead in beads:
        last = bead.target[-1] if bead.target else last
        checks = dict.fromkeys(check for at in bead.source for check in translation.sentences[at].checks)
        if checks and article.sentences:
            places.append(article.sentences[last].end)
            notes.append("; ".join(f"{' '.join(check.message.split())} ({check.kind})" for check in checks))
    return _with_notes(_with_numbers(article, places), notes) if notes else article


def _with_numbers(article: Article, places: "Sequence[int]") -> Article:
    """Return the article with `[1]`, `[2]`, … put in at the places, which are numbered in order."""
    for number, place in reversed(list(enumerate(places, 1))):
        article = _with_mark(article, place, f"[{number}]")
    return article


def _with_mark(article: Article, place: int, mark: str) -> Article:
    size = len(mark)
    blocks = tuple(
        replace(block, start=block.start + size * (block.start >= place), end=block.end + size * (block.end >= place))
        for block in article.blocks
    )
    inlines = [
        replace(one, start=one.start + size * (one.start >= place), end=one.end + size * (one.end > place))
        for one in article.inlines
    ]
    raised = [*inlines, Inline("superscript", place, place + size)]
    return replace(
        article,
        text=article.text[:place] + mark + article.text[place:],
        blocks=blocks,
        inlines=tuple(sorted(raised, key=lambda one: (one.start, -one.end))),
    )


def _with_notes(article: Article, notes: "Sequence[str]") -> Article:
    text, blocks = article.text, [*article.blocks]
    kinds = [
        Block("heading", 0, 0, _LEVEL),
        *(Block("list_item", 0, 0, 1, number) for number in range(1, 1 + len(notes))),
    ]
    for block, words in zip(kinds, [message("page.to_check"), *notes], strict=True):
        start = len(text) + 2
        text += f"\n\n{words}"
        blocks.append(replace(block, start=start, end=len(text)))
    return replace(article, text=text, blocks=tuple(blocks))


SUFFIXES: Final = {
    "text": "txt",
    "markdown": "md",
    "html": "html",
    "docx": "docx",
    "bilingual": "html",
    "tmx": "tmx",
    "xliff": "xlf",
    "json": "json",
}
"""Formats with their file extensions."""

FORMATS: Final = tuple(SUFFIXES)
RESULT: Final = "result.json"

_DOCX: Final = "docx"
_OWN: Final = frozenset({"text", "markdown", "html", _DOCX})
"""Formats of articles; the default is the source's."""

_PAIRED: Final = frozenset({"bilingual", "tmx", "xliff"})
"""Formats that contain the source, too; their files are named after both versions."""

_BY_SUFFIX: Final = {
    ".txt": ("text",),
    ".md": ("markdown",),
    ".markdown": ("markdown",),
    ".html": ("html", "bilingual"),
    ".htm": ("html", "bilingual"),
    ".docx": ("docx",),
    ".tmx": ("tmx",),
    ".xlf": ("xliff",),
    ".xliff": ("xliff",),
    ".json": ("json",),
}
"""Formats by file extension, the default first."""

_SEPARATORS: Final = tuple({"/", os.sep})
_UNWRITABLE: Final = regex.compile(r"[\p{Cc}\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class _File:
    """A file: its format, the id of the version in it (None: all of them), its name within a folder."""

    form: str
    target: str | None
    name: str


@dataclass(frozen=True, slots=True)
class TranslationExport:
    """Destination and formats of translations.

    Attributes:
        forms: The user's formats; none for that of the file's extension, else the article's own.
        folder: Whether the path is a folder's even if it does not exist yet.
        marked: Whether text, Markdown, web pages and documents show failed checks; other formats always do.
    """

    path: Path | None
    forms: tuple[str, ...]
    targets: tuple[str, ...]
    folder: bool = False
    marked: bool = False

    @classmethod
    def named(
        cls, name: str | None, forms: tuple[str, ...], targets: tuple[str, ...], *, marked: bool = False
    ) -> "TranslationExport":
        """Return the destination for a user's path; one that ends in a slash is a folder's."""
        folder = name is not None and name.endswith(_SEPARATORS)
        return cls(None if name is None else Path(name), forms, targets, folder, marked)

    def check(self) -> None:
        """Refuse, before anything is read, contradictory output options.

        Raises:
            UsageError: Several files are to be written to standard output or to one file, the extension is unknown or
                contradicts the format, or a language is named twice.
        """
        doubled = next((target for target in self.targets if self.targets.count(target) > 1), None)
        if doubled:
            raise UsageError(f"{doubled} is named twice", hint="Give each target language once")
        several = len(self._forms("text")) > 1 or (len(self.targets) > 1 and self._forms("text") != ("json",))
        if self.path is None and _DOCX in self.forms:
            raise UsageError("a document cannot go to standard output", hint="Name a file with -o")
        if _DOCX in self._forms("text"):
            require_extra("docx")
        if several:
            self._check_folder()
        elif self.path is not None and not self._into_folder:
            self._check_suffix(self.path.suffix.lower())

    def planned_paths(self, article: "Article") -> list[Path]:
        """Return the files to which translations of `article` will be written."""
        if self.path is None:
            return []
        files = self._files(article.language, self.targets, article.meta)
        return [self._path(self.path, file, files) for file in files]

    def deliver(self, result: "Result") -> list[Path]:
        """Write the translations, all files or none.

        Returns:
            The paths written, none for standard output.
        """
        source = result.versions[0]
        files = self._files(source.article.language, list(result.translations), source.article.meta)
        texts = {file: _render(result, file, marked=self.marked) for file in files}
        if self.path is None:
            Output().write("".join(text for text in texts.values() if isinstance(text, str)))
            return []
        found = {self._path(self.path, file, files): text for file, text in texts.items()}
        write_texts(found)
        return list(found)

    def _forms(self, own: str) -> tuple[str, ...]:
        if self.forms:
            return tuple(dict.fromkeys(self.forms))
        if self.path is None:
            return ("markdown" if own == _DOCX else own,)
        told = None if self._into_folder else _BY_SUFFIX.get(self.path.suffix.lower())
        return (told[0] if told else own,)

    def _files(self, source: str, targets: Sequence[str], meta: "ArticleMeta") -> list[_File]:
        return [file for form in self._forms(own_format(meta)) for file in _files_of(form, source, targets)]

    def _path(self, path: Path, file: _File, files: Sequence[_File]) -> Path:
        return path / file.name if len(files) > 1 or self._into_folder else path

    @property
    def _into_folder(self) -> bool:
        return self.folder or (self.path is not None and self.path.is_dir())

    def _check_folder(self) -> None:
        if self.path is None:
            kind = "languages" if len(self.targets) > 1 else "formats"
            raise UsageError(
                f"several {kind} cannot go to standard output", hint="Name a folder with -o, or use --format json alone"
            )
        if self.path.suffix.lower() in _BY_SUFFIX and not self._into_folder:
            raise UsageError(
                f"{self.path} is the name of one file, and there are several to write", hint="Name a folder with -o"
            )

    def _check_suffix(self, suffix: str) -> None:
        told = _BY_SUFFIX.get(suffix)
        if told is None and suffix and not self.forms:
            raise UsageError(
                f"the ending {suffix} is not that of a format",
                hint=f"Give --format, or a name that ends in {', '.join(_BY_SUFFIX)}",
            )
        for form in self.forms:
            if told is not None and form not in told:
                raise UsageError(
                    f"--format {form} contradicts the name {self.path}",
                    hint=f"Name a file that ends in .{SUFFIXES[form]}, or leave --format out",
                )


def own_format(meta: "ArticleMeta") -> str:
    """Return the default format of a translation, that of its source: `text`, `markdown`, `html` or `docx`."""
    return meta.format if meta.format in _OWN else "text"


def _render_article(article: "Article", form: str) -> str | bytes:
    if form == _DOCX:
        from corpora.writers.docx import to_docx  # noqa: PLC0415 - loaded when used

        return to_docx(article)
    if form == "html":
        return to_html(article)
    if form == "markdown":
        return to_markdown(article)
    return to_plain(article)


def make_memory(result: "Result", target: str) -> "Bitext":
    """Return a translation with its source as a bitext for translation memories.

    Findings of checks are the notes of beads, similar translations of the user's own are candidates. Markup within
    sentences is not kept.
    """
    translation = result.translations[target]
    found = result.alignments[f"{translation.source}-{target}"]
    made = make_bitext(result, found)
    notes = tuple(_note(result, target, bead.source) for bead in found.beads)
    name = made.source_name if made.source_name and not _UNWRITABLE.search(made.source_name) else None
    # The source's name is not that of the translation.
    own = enumerate(one.near for one in translation.sentences)
    near = tuple(Suggestion(at, one.source, one.target, one.likeness) for at, one in own if one)
    return replace(made, source_name=name, target_name=None, notes=notes if any(notes) else (), candidates=near)


def _note(result: "Result", target: str, sources: Sequence[int]) -> str | None:
    sentences = result.translations[target].sentences
    checks = dict.fromkeys(check for index in sources for check in sentences[index].checks)
    return "\n".join(_UNWRITABLE.sub(" ", f"{check.kind}: {check.message}") for check in checks) or None


def _files_of(form: str, source: str, targets: Sequence[str]) -> Iterator[_File]:
    if form == "json":
        yield _File(form, None, RESULT)
        return
    for target in targets:
        stem = f"{source}-{target}" if form in _PAIRED else target
        yield _File(form, target, f"{stem}.{SUFFIXES[form]}")


def _render(result: "Result", file: _File, *, marked: bool) -> str | bytes:
    if file.target is None:
        return to_json(result)
    if file.form == "bilingual":
        return render_bilingual(result, file.target)
    if file.form in _OWN:
        article = mark_flags(result, file.target) if marked else _version(result, file.target).article
        return _render_article(article, file.form)

    return write_bitext(make_memory(result, file.target), file.form)


def _version(result: "Result", name: str) -> "Version":
    return next(version for version in result.versions if version.id == name)


def translated_texts(result: "Result") -> Mapping[str, str | bytes]:
    """Return each translation in its source's format, by file name."""
    articles = {name: _version(result, name).article for name in result.translations}
    forms = {name: own_format(article.meta) for name, article in articles.items()}
    return {f"{name}.{SUFFIXES[form]}": _render_article(articles[name], form) for name, form in forms.items()}
