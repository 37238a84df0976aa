"""Articles named on the command line."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from common.errors import InputError, UsageError
from common.names import printable
from common.progress import Progress
from common.secrets import redact
from corpora.article import Article
from corpora.readers.load import load_article, load_lines

STANDARD_INPUT = "-"


def read_articles(
    names: Sequence[str],
    languages: Sequence[str],
    progress: Progress,
    *,
    encoding: str | None = None,
    lines: bool = False,
) -> list[Article]:
    """Load the articles.

    Args:
        names: Paths, URLs, or `-` (at most once) for standard input.
        languages: Their languages in order, or none to detect each.
        progress: Is told what is being fetched.
        encoding: Encoding of them all; None detects each.
        lines: Whether each line is one sentence.

    Raises:
        UsageError: The numbers of names and languages differ, or `-` is there twice.
        InputError: An article cannot be read.
    """
    if languages and len(languages) != len(names):
        raise UsageError(
            f"{len(names)} articles but {len(languages)} languages",
            hint="Give --language once for each article, in order",
        )
    if list(names).count(STANDARD_INPUT) > 1:
        raise UsageError("standard input (-) can be read only once", hint="Save one of the articles in a file")
    given: Sequence[str | None] = languages or [None] * len(names)
    load = load_lines if lines else load_article
    articles = []
    for name, language in zip(names, given, strict=True):
        with _named(name):
            articles.append(load(name, language, encoding=encoding, progress=progress))
    return articles


@contextmanager
def _named(name: str) -> Iterator[None]:
    """Let what is wrong with an article say which of several it is."""
    try:
        yield
    except InputError as error:
        shown = "standard input" if name == STANDARD_INPUT else redact(printable(name))
        if shown in error.message:
            raise
        raise type(error)(f"{shown}: {error.message}", hint=error.hint) from error
