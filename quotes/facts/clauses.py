"""A passage cut at its punctuation, and how long it would be in English."""

import regex

from common.data import load_table
from corpora.article import Article
from corpora.languages import base_language
from corpora.offsets import Span
from quotes.facts.passages import Passage

_BREAK = regex.compile(r"[.,;:!?()…—–]+[\"”»]?(?=\s|$)|\s[—–-]\s|[，。；：！？、…—（）]+")
_WORD = regex.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_STATEMENT = 25
"""English characters, or what they come to, from which a fragment can state something rather than name it."""
_HAN = regex.compile(r"\p{Han}")


def clause_spans(passage: Passage) -> list[Span]:
    """Cut a passage at its punctuation: code points into the article's text, white space trimmed."""
    spans = []
    for offset, piece in passage.pieces:
        start = 0
        for match in [*_BREAK.finditer(piece), None]:
            end = match.start() if match else len(piece)
            words = piece[start:end]
            if _WORD.search(words):
                left = len(words) - len(words.lstrip())
                spans.append((offset + start + left, offset + start + len(words.rstrip())))
            start = match.end() if match else end
    return spans


def word_spans(passage: Passage) -> list[Span]:
    """Return the words of a passage, in Chinese its characters: code points into the article's text."""
    pattern = _HAN if passage.language == "zh" else _WORD
    return [
        (offset + match.start(), offset + match.end())
        for offset, piece in passage.pieces
        for match in pattern.finditer(piece)
    ]


def text_size(text: str, article: Article) -> float:
    """Return the characters that `text`, in the language of `article`, would take in English, at least 1 of its own."""
    expected: dict[str, float] = load_table(__name__, "lengths.toml")["characters"]
    return max(1, len(text)) / expected[base_language(article.language)]


def is_statement(passage: Passage) -> bool:
    """Return whether a quote states something: it is a whole utterance, or a fragment long enough for that."""
    return passage.quote.kind == "direct" or text_size(passage.text, passage.article) >= _STATEMENT


def clause_runs(passage: Passage) -> list[str]:
    """Return every run of one to three clauses: what may answer a clause of another passage."""
    cut = clause_spans(passage)
    return [
        passage.article.text[span[0] : cut[min(at + length, len(cut)) - 1][1]]
        for at, span in enumerate(cut)
        for length in (1, 2, 3)
    ]
