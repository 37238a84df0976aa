"""Gold stories with quotes, from the samples and the development data: articles, and quotes at exact places."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from benchmarks.places import SAMPLES, shared_folder
from corpora.article import Article
from corpora.offsets import Span
from quotes.types import Quote

LANGUAGES = ("en", "ru", "zh")
DEV_SAMPLES = ("a01", "a02", "a03", "a04", "a05")
HELD_SAMPLES = ("a06", "a07", "a08", "a09")


@dataclass(frozen=True)
class QuotedStory:
    """One story in three languages.

    Attributes:
        name: Name of the story.
        articles: The version of each language.
        quotes: For each language its quotes; one id names one passage in all of them.
        treatment: `(language, id)` to what was done to the quote: `paraphrase_ok` or a kind of alteration.
        unscored: `(language, id)` of quotes that the data leaves out of scoring.
    """

    name: str
    articles: Mapping[str, Article]
    quotes: Mapping[str, tuple[Quote, ...]]
    treatment: Mapping[tuple[str, str], str] = field(default_factory=dict)
    unscored: frozenset[tuple[str, str]] = frozenset()


def sample_stories(names: tuple[str, ...], *, altered: bool = False) -> Iterator[QuotedStory]:
    """Read sample articles; `altered` applies their planted changes."""
    for name in names:
        folder = SAMPLES / "articles" / name
        gold = json.loads((folder / "gold.json").read_text(encoding="utf-8"))
        changes = gold["alterations"] if altered else []
        script = {"zh": "zh-Hant" if gold["zh_script"] == "Hant" else "zh"}
        articles, quotes = {}, {}
        for language in LANGUAGES:
            edits = [(c["original"], c["altered"]) for c in changes if c["language"] == language]
            text = _edited((folder / f"{language}.txt").read_text(encoding="utf-8"), edits)
            articles[language] = Article.from_text(text, language=script.get(language, language))
            sentences = [_edited(sentence, edits) for sentence in gold["sentences"][language]]
            records = [_record(q, q[language], "sentences", edits) for q in gold["quotes"] if q[language]]
            quotes[language] = tuple(_placed(articles[language], records, sentences))
        treatment = {(c["language"], c["quote_id"]): c["kind"] for c in changes}
        noted = frozenset((lang, q["id"]) for q in gold["quotes"] for lang in LANGUAGES if q.get("note") or _shares(q))
        yield QuotedStory(name, articles, quotes, treatment, noted)


def _shares(quote: Mapping[str, Any]) -> bool:
    return any(quote[language] and quote[language].get("merged_with") for language in LANGUAGES)


def lavrov_story() -> QuotedStory:
    """Read the sample article about Lavrov."""
    folder = SAMPLES / "lavrov"
    gold = json.loads((folder / "quotes.json").read_text(encoding="utf-8"))
    sentences = json.loads((folder / "alignment.json").read_text(encoding="utf-8"))["sentences"]
    articles, quotes = {}, {}
    for language in LANGUAGES:
        text = (folder / f"{language}.txt").read_text(encoding="utf-8")
        articles[language] = Article.from_text(text, language=language)
        records = [
            {
                "id": q["id"],
                "kind": q["kind"],
                "parts": (q.get("parts") or {}).get(language) or [q["text"][language]],
                "speaker": q["speaker"]["canonical"],
                "nested_in": q["nested_in"],
                "at": q["sentences"][language],
            }
            for q in gold["quotes"]
        ]
        quotes[language] = tuple(_placed(articles[language], records, sentences[language]))
    return QuotedStory("lavrov", articles, quotes)


def lavrov_altered() -> Iterator[QuotedStory]:
    """Read English against the altered Russian, and English against the altered Chinese, as stories of two versions.

    The quotes of the altered version are those of the faithful one whose words are still there, and the changed ones.
    """
    faithful = lavrov_story()
    folder = SAMPLES / "lavrov"
    changes = json.loads((folder / "alterations.json").read_text(encoding="utf-8"))["alterations"]
    for language in ("ru", "zh"):
        own = {change["quote_id"]: change for change in changes if change["language"] == language}
        text = (folder / f"{language}-altered.txt").read_text(encoding="utf-8")
        article = Article.from_text(text, language=language)
        records = [
            {
                "id": quote.id,
                "kind": "indirect"
                if own.get(quote.id, {}).get("kind") in {"indirect", "omitted_quote"}
                else quote.kind,
                "parts": _parts_after(own.get(quote.id), quote),
                "speaker": quote.speaker_name,
                "nested_in": quote.nested_in,
                "at": [0],
            }
            for quote in faithful.quotes[language]
        ]
        quotes = tuple(_placed_in_order(article, records))
        treatment = {(language, name): change["kind"] for name, change in own.items()}
        yield QuotedStory(
            f"lavrov-{language}",
            {"en": faithful.articles["en"], language: article},
            {"en": faithful.quotes["en"], language: quotes},
            treatment,
        )


def _parts_after(change: Mapping[str, Any] | None, quote: Quote) -> list[str]:
    if change is None or not change.get("quote_after"):
        return list(quote.parts)
    return list(change.get("quote_after_parts") or [change["quote_after"]])


def _placed_in_order(article: Article, records: list[dict[str, Any]]) -> Iterator[Quote]:
    at = 0
    placed: dict[str, tuple[Span, ...]] = {}
    for record in records:
        for quote in _placed(article, [record], [article.text]):
            spans = _find_parts(article.text, record["parts"], at) or quote.spans
            outer = placed.get(quote.nested_in or "", spans)
            if not any(low <= start and end <= high for start, end in spans for low, high in outer):
                continue
            at = spans[0][0] + 1
            placed[quote.id] = spans
            inside = tuple(s.index for s in article.sentences if any(s.start < e and b < s.end for b, e in spans))
            yield replace(quote, spans=spans, sentences=inside)


def quote_stories() -> Iterator[QuotedStory]:
    """Read the NTREX documents with gold quotes."""
    for line in (shared_folder() / "quotes" / "ntrex-dev.jsonl").read_text(encoding="utf-8").splitlines():
        gold = json.loads(line)
        articles, quotes = {}, {}
        for language in LANGUAGES:
            segments = gold["segments"][language]
            articles[language] = Article.from_text("\n\n".join(segments), language=language)
            records = [_record(q, q[language], "segments", []) for q in gold["quotes"] if q[language]]
            quotes[language] = tuple(_placed(articles[language], records, segments))
        yield QuotedStory(gold["doc"], articles, quotes)


def altered_stories() -> Iterator[QuotedStory]:
    """Read the NTREX documents whose Russian and Chinese quotes were left alone, reworded or changed."""
    for line in (shared_folder() / "alterations" / "ntrex-dev.jsonl").read_text(encoding="utf-8").splitlines():
        gold = json.loads(line)
        articles, quotes = {}, {}
        treatment: dict[tuple[str, str], str] = {}
        for language in LANGUAGES:
            articles[language] = Article.from_text("\n\n".join(gold[language]), language=language)
            records = []
            for q in gold["quotes"]:
                passage = q[language]
                if not passage:
                    continue
                speaker = passage.get("attributed_to") or q["speaker"]
                base = {"id": q["id"], "kind": "direct", "speaker_canonical": speaker}
                records.append(_record(base, passage, "segments", []))
                if passage.get("treatment", "same") != "same":
                    treatment[language, q["id"]] = passage["kind"] or "paraphrase_ok"
            quotes[language] = tuple(_placed(articles[language], records, gold[language]))
        unscored = frozenset(
            (language, q["id"])
            for q in gold["quotes"]
            for language in ("ru", "zh")
            if q[language] and q[language].get("reference_divergent")
        )
        yield QuotedStory(gold["doc"], articles, quotes, treatment, unscored)


def _edited(text: str, edits: list[tuple[str, str]]) -> str:
    for original, changed in edits:
        text = text.replace(original, changed)
    return text


def _record(
    quote: Mapping[str, Any], passage: Mapping[str, Any], places: str, edits: list[tuple[str, str]]
) -> dict[str, Any]:
    parts = [_edited(part, edits) for part in passage.get("parts") or [passage["text"]]]
    return {
        "id": quote["id"],
        "kind": "indirect" if passage.get("indirect") else quote["kind"],
        "parts": parts,
        "speaker": quote.get("speaker_canonical"),
        "nested_in": quote.get("nested_in"),
        "at": passage[places],
    }


def _placed(article: Article, records: list[dict[str, Any]], sentences: list[str]) -> Iterator[Quote]:
    """Find each record's parts near its gold sentence; what is not in marks in this version is left out."""
    ends = _sentence_ends(article.text, sentences)
    for record in records:
        if record["kind"] == "indirect":
            continue
        first = record["at"][0]
        spans = _find_parts(article.text, record["parts"], ends[first - 1] if first else 0)
        if not spans:
            continue
        inside = tuple(
            s.index for s in article.sentences if any(s.start < end and start < s.end for start, end in spans)
        )
        joint = "" if article.language.startswith("zh") else " "
        yield Quote(
            record["id"],
            record["kind"],
            joint.join(record["parts"]),
            tuple(record["parts"]),
            spans,
            marks='""',
            cue="said" if record["speaker"] else None,
            speaker_name=record["speaker"],
            sentences=inside,
            nested_in=record["nested_in"],
        )


def _sentence_ends(text: str, sentences: list[str]) -> list[int]:
    ends, at = [], 0
    for sentence in sentences:
        found = text.find(sentence, at)
        # A sentence that the reader normalised is looked up by its first words; the search goes on from there.
        found = text.find(sentence[:10], at) if found < 0 else found
        at = at if found < 0 else found + 1
        ends.append(max(at, found + len(sentence)) if found >= 0 else at)
    return ends


def _find_parts(text: str, parts: list[str], start: int) -> tuple[Span, ...]:
    spans: list[Span] = []
    at = start
    for part in parts:
        found = text.find(part, at)
        if found < 0:
            return ()
        spans.append((found, found + len(part)))
        at = found + len(part)
    return tuple(spans)
