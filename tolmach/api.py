"""The main functions; `import tolmach` offers them as `tolmach.compare` and so on.

An article is an `Article`, a `Path`, or a text: the name of a file, an http address, or the words of the article. A
text that looks like a file name (`news.txt`, `in/news`) is always taken for one.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from alignment import align as align_pair
from common.errors import UsageError
from common.extras import require_extra
from common.files import write_text
from common.progress import SILENT
from corpora.article import Article
from corpora.readers.load import load_article
from eval import assess, evaluate_articles
from quotes import extract_quotes
from quotes.types import Quote
from tolmach.pages import render_report
from tolmach.results.reading import read_result as _read_result
from tolmach.results.result import Result, VersionScores, make_scores
from tolmach.workflow.pipeline import Naming, align_articles, compare_articles, translate_article

ArticleSource = Article | Path | str
"""An article: loaded, a file, an address, or a text."""

_FILE_NAME = re.compile(r"\S*[/\\]\S*|\S+\.[A-Za-z0-9]{1,5}")
_LONGEST_NAME = 1024
"""Most characters of a path; no system allows longer ones."""


def compare(
    *versions: ArticleSource, languages: Sequence[str] = (), labels: Sequence[str] = (), original: str | None = None
) -> Result:
    """Compare the wording of quotes in two or more versions of an article.

    Args:
        versions: The versions.
        languages: BCP-47 tags, one for each version; none to detect them.
        labels: Names of the versions for readers; none to take outlets, dates and languages.
        original: The version that the others derive from: its number from 1, or its label; None if not known.

    Raises:
        UsageError: There are fewer than two versions, or not as many languages or labels, or no such original.
        InputError: A version cannot be read.
        UnrelatedError: Two of them are not versions of one another.

    >>> import tolmach
    >>> from corpora.samples import load_sample
    >>> result = tolmach.compare(load_sample("lavrov", "en"), load_sample("lavrov", "ru"))
    >>> sorted({pair.verdict for group in result.quotes.groups for pair in group.pairs})
    ['same']
    """
    return compare_articles(_load_all(versions, languages), naming=Naming(tuple(labels), original))


def quotes(article: ArticleSource, *, language: str | None = None) -> tuple[Quote, ...]:
    """Find the quotes of an article, with their speakers.

    Args:
        article: The article.
        language: BCP-47 tag; None detects it.

    Raises:
        InputError: The article cannot be read.

    >>> import tolmach
    >>> (quote,) = tolmach.quotes('The minister said: "We will continue the talks in May."')
    >>> quote.text, quote.speaker
    ('We will continue the talks in May.', 'The minister')
    """
    return extract_quotes(_load(article, language))


def align(*versions: ArticleSource, languages: Sequence[str] = ()) -> Result:
    """Align the sentences of two or more versions of an article.

    Args:
        versions: The versions.
        languages: BCP-47 tags, one for each version; none to detect them.

    Raises:
        UsageError: There are fewer than two versions, or not as many languages.
        InputError: A version cannot be read.
        UnrelatedError: Two of them are not versions of one another.

    >>> import tolmach
    >>> from corpora.samples import load_sample
    >>> result = tolmach.align(load_sample("lavrov", "en"), load_sample("lavrov", "zh"))
    >>> result.alignments["en-zh"].beads[0].source
    (0,)
    """
    return align_articles(_load_all(versions, languages))


def translate(
    article: ArticleSource, *, to: str | Sequence[str], language: str | None = None, model: str = "auto"
) -> Result:
    """Translate an article into one or more languages.

    Args:
        article: The article.
        to: BCP-47 tag of the target, or several.
        language: Language of the article; None detects it.
        model: Name of a model, as for `translate.load_translator`.

    Raises:
        MissingExtraError: The translation extra is not installed: `pip install "tolmach[translate]"`.
        UnknownModelError: No model has that name.
        UsageError: The model does not translate in this direction.
        InputError: The article cannot be read.

    >>> import tolmach
    >>> result = tolmach.translate("The talks will go on in May.", to="ru", model="t5-enruzh-base")  # doctest: +SKIP
    >>> print(result.versions[1].article.text)  # doctest: +SKIP
    """
    from translate import load_translator  # noqa: PLC0415 - loads the engines

    require_extra("translate")
    targets = [to] if isinstance(to, str) else to
    return translate_article(_load(article, language), targets, load_translator(model))


def evaluate(
    translation: ArticleSource,
    reference: ArticleSource | None = None,
    *,
    source: ArticleSource | None = None,
    metrics: Sequence[str] = ("bleu", "chrf"),
) -> VersionScores:
    """Score a translated article against a reference, against its source without one, or both.

    Args:
        translation: The translation.
        reference: The reference; its sentences are aligned first. None scores without a reference.
        source: The source, for quality estimation and for metrics that read it.
        metrics: Names of metrics against the reference, as for `tolmach evaluate --metric`.

    Raises:
        UsageError: There is neither a reference nor a source, or a metric is not known.
        InputError: A text cannot be read.

    >>> import tolmach
    >>> scores = tolmach.evaluate("The talks go on in May.", "The talks will go on in May.", metrics=["chrf"])
    >>> round(scores.metrics["chrf"].score)
    68
    """
    if reference is None and source is None:
        raise UsageError("there is nothing to score against", hint="Give a reference or a source")
    made = _load(translation)
    origin = None if source is None else _load(source)
    free = None
    if origin is not None:
        beads = [(bead.source, bead.target) for bead in align_pair(origin, made).beads]
        free = assess(origin, made, beads=beads)
    if reference is None:
        return make_scores(reference_free=free)
    against = _load(reference)
    scores = evaluate_articles(made, against, source=origin, metrics=metrics)
    return make_scores(scores, reference=against.meta.source, reference_free=free)


def read_result(path: Path | str) -> Result:
    """Read a result written by `tolmach compare -o result.json` or another command.

    Raises:
        InputError: The file cannot be read, or does not contain a result.

    >>> import tolmach
    >>> tolmach.read_result("result.json").versions[0].id  # doctest: +SKIP
    'en'
    """
    return _read_result(Path(path))


def report(result: Result, path: Path | str | None = None) -> str:
    """Return the report of a result as one HTML page.

    Args:
        result: A result of `compare`, `align` or `translate`.
        path: File to which the page is also written.

    Raises:
        OutputError: The file cannot be written.

    >>> import tolmach
    >>> result = tolmach.compare('The minister said: "We agree."', 'The minister said: "We do not agree."')
    >>> tolmach.report(result)[:15]
    '<!DOCTYPE html>'
    """
    page = render_report(result)
    if path is not None:
        write_text(Path(path), page)
    return page


def _load_all(versions: Sequence[ArticleSource], languages: Sequence[str]) -> list[Article]:
    if languages and len(languages) != len(versions):
        raise UsageError(f"{len(versions)} versions but {len(languages)} languages")
    given: Sequence[str | None] = languages or [None] * len(versions)
    return [_load(version, language) for version, language in zip(versions, given, strict=True)]


def _load(source: ArticleSource, language: str | None = None) -> Article:
    if isinstance(source, Article):
        return source
    if isinstance(source, Path) or _names_a_file(source):
        return load_article(source, language, progress=SILENT)
    return Article.from_text(source, language=language)


def _names_a_file(text: str) -> bool:
    if len(text) > _LONGEST_NAME or "\n" in text:
        return False
    return bool(_FILE_NAME.fullmatch(text)) or Path(text).is_file()
