"""Chinese scripts: conversion by phrases, and into Simplified characters with all offsets kept."""

from functools import cache, lru_cache
from typing import Any

from corpora.article import Article, Sentence
from corpora.languages import CHINESE, TRADITIONAL_CHINESE, base_language

_SURROGATES = range(0xD800, 0xE000)
"""Half of a surrogate pair is no character, and the converter takes none."""
_TEXTS_REMEMBERED = 4_096
_LONGEST_REMEMBERED = 256
"""Longer texts are seldom converted twice, so that keeping them only takes up memory."""


def to_script(text: str, language: str) -> str:
    """Return Chinese `text` in the script of `language`, by OpenCC's phrase tables; other text unchanged.

    Args:
        text: Any text.
        language: `zh` for Simplified, `zh-Hant` for Traditional; other tags change nothing.
    """
    if language == TRADITIONAL_CHINESE:
        return str(_converter("s2t").convert(text))
    if language == CHINESE:
        return str(_converter("t2s").convert(text))
    return text


def simplify(text: str) -> str:
    """Return `text` in Simplified characters, as many of them; what is in Simplified or no Chinese stays as it is."""
    if text.isascii():
        return text
    return _remembered(text) if len(text) <= _LONGEST_REMEMBERED else _converted(text)


@lru_cache(_TEXTS_REMEMBERED)
def _remembered(text: str) -> str:
    return _converted(text)


def _converted(text: str) -> str:
    clean = "".join("?" if ord(char) in _SURROGATES else char for char in text)
    # Phrases tell 乾 of 乾净 from that of 乾隆; where they change the length, each character is converted alone.
    found = str(_converter("t2s").convert(clean))
    if clean != text or len(found) != len(text):
        return "".join(map(_simplified_character, text))
    return found


def in_simplified(article: Article) -> Article:
    """Return a Chinese article in Simplified characters, all places as they were; what is none, or is so, as it is.

    The tag is no guide, and stays: text in Traditional characters often comes as plain `zh`.
    """
    text = simplify(article.text) if base_language(article.language) == CHINESE else article.text
    if text == article.text:
        return article
    sentences = tuple(
        Sentence(one.index, text[one.start : one.end], one.start, one.end, one.block) for one in article.sentences
    )
    title = None if article.title is None else simplify(article.title)
    made = Article(text, article.language, title, article.blocks, article.meta, article.offsets, article.inlines)
    return made.with_sentences(sentences)


@cache
def _simplified_character(character: str) -> str:
    found = character if ord(character) in _SURROGATES else str(_converter("t2s").convert(character))
    return found if len(found) == 1 else character


@cache
def _converter(table: str) -> Any:
    from opencc import OpenCC  # noqa: PLC0415 - loaded when used

    return OpenCC(table)
