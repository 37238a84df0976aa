"""What absurd answers of a model cost: time that grows with the answer, whatever it repeats and whoever looks at it."""

import time
from collections.abc import Callable, Iterator

import pytest

from corpora.chinese import to_script
from corpora.segmentation import segment as find_sentences
from quotes.facts.vectors import Vectors
from translate.checks.checker import FORM, MEANING, RETURNED
from translate.checks.encoding import LazyEncoder
from translate.checks.types import PairReading, SentencePair
from translate.engines.server.engine import read_completion
from translate.models.registry import load_registry
from translate.options import CheckOptions
from translate.pipeline.assembly import TranslatedSentence, _clean
from translate.pipeline.documents import read_paragraphs
from translate.protected import find_literals
from translate.splitting import join_translations
from translate.typography import set_block

Look = Callable[[str], object]
SOURCE = (
    "The ferry will sail again in April, said Anna Petrova of the “Northern Line”; see https://line.example/a {name}."
)
LANGUAGES = ("en", "ru", "zh", "zh-Hant")
UNITS = (
    " ", "\n", "\t", "\N{NO-BREAK SPACE}", "\N{IDEOGRAPHIC SPACE}", "\N{ZERO WIDTH SPACE}", " \n", "\n- ",
    ".", ". ", ",", ", ", "-", " - ", "…", "—", "!", "？", "。", "，", ": ", "*", "_", "`", "#", "|", "/", "\\", "~",
    "№ ", "%", "0", "0 ", "000 ", "0,", "1-", "1.", "a", "A. ", "a ", "a-", "a.", "a@", "a's ", "я", "Я", "Я. ", "да ",
    "中", "中 ", '"', "'", "«", "»", "“", "”", "‘", "’", "„", '"a" ', "(", ")", "（", "）", "(中", "[", "]", "{",
    "}", "<", ">", "</", "<a>", "<|", "<think>", "</think>", "<source-text>", "&", "&a", "http://", "://a", "\ue000",
    "\ue001", "$", "**a",
)  # fmt: skip
"""What an answer may be made of: white space, punctuation, digits, letters, quotation marks, brackets, marks."""
SIZE = 500
"""Characters of the short answer; the long one has four times as many."""
QUICK = 0.04
"""Seconds of processor time that the long one may take in any case: with so few its growth cannot be measured."""
MOST = 8
"""Times as long that four times as much may take; with the square it were sixteen."""


def looks() -> Iterator[tuple[str, Look]]:
    """Give everything that sees an answer, by name."""
    prompt = load_registry().families["chat"].prompt
    assert prompt is not None
    yield "server", lambda text: read_completion({"choices": [{"message": {"content": text}}]}, ("</s>",), 10**6)
    yield "prompt", lambda text: prompt.bare(text, "")
    yield "literals", find_literals
    yield "paragraphs", lambda text: read_paragraphs(text, 2)
    yield "joining", lambda text: join_translations([text, text], "ru", sources=[SOURCE, SOURCE])
    yield "layout", lambda text: _clean(TranslatedSentence(text))
    for language in LANGUAGES:
        yield f"script {language}", lambda text, language=language: to_script(text, language)
        yield f"typography {language}", lambda text, language=language: set_block([text], language)
        yield f"sentences {language}", lambda text, language=language: find_sentences(text, language)
    for language in ("ru", "zh"):
        for check in (*RETURNED, *FORM, *MEANING):
            yield (
                f"{check.__name__} {language}",
                lambda text, check=check, language=language: checked(check, text, language),
            )


def checked(check: Callable[..., Iterator[object]], text: str, language: str) -> list[object]:
    pair = SentencePair(SOURCE, text, "en", language)
    return list(check(PairReading(pair, Vectors(LazyEncoder())), CheckOptions(meaning=False)))


def seconds(look: Look, text: str) -> float:
    began = time.process_time()
    look(text)
    return time.process_time() - began


def grows(look: Look, unit: str) -> bool:
    """Return whether a look at four times as much takes far more than four times as long, thrice in a row."""
    short, long = (f"Паром{unit * (size // len(unit))}пойдёт" for size in (SIZE, 4 * SIZE))
    return all((taken := seconds(look, long)) > QUICK and taken > MOST * seconds(look, short) for _ in range(3))


@pytest.mark.slow
@pytest.mark.parametrize("look", [pytest.param(look, id=name) for name, look in looks()])
def test_no_answer_takes_time_that_grows_with_its_square(look: Look) -> None:
    look("Паром пойдёт.")  # load tables
    assert not [unit for unit in UNITS if grows(look, unit)]
