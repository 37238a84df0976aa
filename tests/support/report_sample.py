"""A result document made from the gold annotations of the sample article and its altered versions."""

import hashlib
import json
from functools import cache
from typing import Any

from alignment.types import Alignment, Bead
from corpora.article import ArticleMeta, Block, Sentence
from eval.qe.reference_free import ReferenceFree
from eval.types import MetricScore
from quotes.types import Comparison, Finding, Quote, QuoteGroup, QuotePair, Verdict, gravest
from tests.support.places import ROOT
from tolmach.results.result import Result, Version, VersionAlignment, VersionRecord, VersionScores, VersionTranslation
from translate.types import Check, Translation

LAVROV = ROOT / "corpora" / "samples" / "lavrov"
LANGUAGES = ("en", "ru", "zh")
VERDICTS: dict[str, Verdict] = {"omitted_quote": "missing", "indirect": "indirect", "paraphrase_ok": "reworded"}
NOTES = ("number", "entity")


@cache
def gold(name: str) -> Any:
    return json.loads((LAVROV / f"{name}.json").read_text(encoding="utf-8"))


def alterations(language: str) -> list[Any]:
    return [each for each in gold("alterations")["alterations"] if each["language"] == language]


@cache
def sentences_of(language: str) -> tuple[str, ...]:
    """The gold sentences with the planted changes; an empty text where one was dropped."""
    texts = list(gold("alignment")["sentences"][language])
    for each in alterations(language):
        if len(each["sentences"]) > 1:
            for index in each["sentences"]:
                texts[index] = ""
        else:
            index = each["sentences"][0]
            texts[index] = texts[index].replace(each["original"], each["altered"]).strip()
    return tuple(texts)


@cache
def kept(language: str) -> dict[int, int]:
    """Gold sentence index to index in the altered version."""
    present = [index for index, text in enumerate(sentences_of(language)) if text]
    return {old: new for new, old in enumerate(present)}


@cache
def version(language: str) -> Version:
    name = f"{language}.txt" if language == "en" else f"{language}-altered.txt"
    text = (LAVROV / name).read_text(encoding="utf-8").strip()
    blocks, at = [], 0
    for paragraph in text.split("\n\n"):
        start = text.index(paragraph, at)
        at = start + len(paragraph)
        blocks.append(Block("paragraph" if blocks else "title", start, at))
    sentences, at = [], 0
    for words in filter(None, sentences_of(language)):
        start = text.index(words, at)
        at = start + len(words)
        block = next(number for number, each in enumerate(blocks) if each.start <= start < each.end)
        sentences.append(Sentence(len(sentences), words, start, at, block))
    digest = hashlib.sha256(text.encode()).hexdigest()
    meta = ArticleMeta(name, "text", "utf-8", digest, "2023-01-18" if language == "en" else None)
    role = "source" if language == "en" else "translation"
    return VersionRecord(
        language, language, role, text.split("\n")[0], text, tuple(blocks), tuple(sentences), meta
    ).value()


def _quote(entry: Any, language: str) -> Quote | None:
    change = next((each for each in alterations(language) if each["quote_id"] == entry["id"]), None)
    parts = [entry["text"][language]]
    if language in entry.get("parts", {}):
        parts = entry["parts"][language]
    if change and change["scope"] == "quote":
        if change["quote_after"] is None:
            return None
        parts = change.get("quote_after_parts") or [change["quote_after"]]
    article = version(language).article
    sentences = tuple(kept(language)[index] for index in entry["sentences"][language] if index in kept(language))
    spans, at = [], article.sentences[sentences[0]].start
    for part in parts:
        if (at := article.text.find(part, at)) < 0:
            return None
        spans.append((at, at + len(part)))
    speaker = entry["speaker"]
    return Quote(
        id=entry["id"], kind=entry["kind"], text=" ".join(parts), parts=tuple(parts), spans=tuple(spans),
        marks=entry["marks"][language], speaker=speaker[language], speaker_name=speaker["canonical"],
        sentences=sentences, nested_in=entry["nested_in"],
    )  # fmt: skip


def _pair(entry: Any, first: int, second: int, members: tuple[Quote | None, ...]) -> QuotePair:
    changes = [each for language in (LANGUAGES[first], LANGUAGES[second]) for each in alterations(language)
               if each["quote_id"] == entry["id"]]  # fmt: skip
    findings = []
    verdict: Verdict = "same"
    for each in changes:
        verdict = VERDICTS.get(each["kind"], "altered")
        if each["kind"] == "paraphrase_ok":
            continue
        place = LANGUAGES.index(each["language"])
        at = version(each["language"]).article.text.find(each["altered"]) if each["altered"] else -1
        own = ((at, at + len(each["altered"])),) if at >= 0 else ()
        other = members[first if place == second else second]
        spans = other.spans if other else ()
        severity = "warning" if each["kind"] in NOTES else "serious"
        sides = (spans, own) if place == second else (own, spans)
        findings.append(Finding(each["kind"], severity, each["explanation"], *sides))
    if None in (members[first], members[second]) and verdict != "indirect":
        verdict = "missing"
    similarity = None if verdict == "missing" else 0.81 - 0.07 * len(findings)
    return QuotePair((first, second), verdict, similarity, 0.84 if findings else 0.06, tuple(findings))


def comparison(languages: tuple[str, ...] = LANGUAGES) -> Comparison:
    groups = []
    for number, entry in enumerate(gold("quotes")["quotes"], start=1):
        members = tuple(_quote(entry, language) for language in languages)
        pairs = tuple(
            _pair(entry, first, second, members)
            for first in range(len(languages))
            for second in range(first + 1, len(languages))
        )
        if any(members):
            speaker = entry["speaker"]["canonical"]
            groups.append(QuoteGroup(f"g{number}", members, pairs, speaker, gravest(pairs, members)))
    own = tuple(tuple(q for group in groups if (q := group.members[place])) for place in range(len(languages)))
    return Comparison(languages, own, tuple(groups), (("encoder", "use"), ("lexicon", "1")))


def alignment(first: str, second: str) -> Alignment:
    beads = [
        Bead(
            tuple(kept(first)[index] for index in source if index in kept(first)),
            tuple(kept(second)[index] for index in target if index in kept(second)),
            0.74,
        )
        for source, target in gold("alignment")["alignment"][f"{first}-{second}"]
    ]
    return Alignment(
        tuple(bead for bead in beads if bead.source or bead.target), (("encoder", "use"), ("search", "dp"))
    )


def make_alignment(first: int, second: int, languages: tuple[str, ...]) -> VersionAlignment:
    found = alignment(languages[first], languages[second])
    return VersionAlignment((first, second), found.beads, found.signature)


def sample(languages: tuple[str, ...] = LANGUAGES, *, translated: bool = True) -> Result:
    versions = tuple(version(language) for language in languages)
    pairs = [(a, b) for a in range(len(languages)) for b in range(a + 1, len(languages))]
    alignments = {f"{languages[a]}-{languages[b]}": make_alignment(a, b, languages) for a, b in pairs}
    signature = {"tolmach": "0.1.0", "segmenter": "rules 1"}
    created = "2025-01-02T03:04:05+00:00"
    quotes = comparison(languages)
    if not translated:
        return Result(created, versions, alignments=alignments, quotes=quotes, signature=signature)
    targets = languages[1:]
    return Result(
        created,
        versions,
        {target: _translation(target) for target in targets},
        alignments,
        quotes,
        {target: _scores(target, len(versions[0].article.sentences)) for target in targets},
        signature,
    )


def _translation(target: str) -> VersionTranslation:
    count = len(version("en").article.sentences)
    checks = {7: (Check("copied", "The sentence was left in the source language"),),
              19: (Check("number", "“2” of the source is missing"), Check("loop", "“и и и” is repeated"))}  # fmt: skip
    sentences = tuple(Translation("…", ("en", target), checks.get(index, ())) for index in range(count))
    signature = {"model": "qwen2.5-coder-1.5b", "licence": "Apache-2.0", "revision": "cc324af07", "precision": "int8"}
    warning = (
        "This model is poor at Russian (BLEU 7.8 on news). Read the translation as a hint, and quote nothing from it."
    )
    return VersionTranslation("en", sentences, signature, (warning,) if target == "ru" else ())


def _scores(target: str, segments: int) -> VersionScores:
    metrics = {
        "bleu": MetricScore(
            "BLEU", 24.13, "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0", higher_is_better=True
        ),
        "chrf": MetricScore(
            "chrF2", 51.02, "nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|version:2.6.0", higher_is_better=True
        ),
        "ter": MetricScore(
            "TER", 60.5, "nrefs:1|case:lc|tok:tercom|norm:no|punct:yes|asian:no|version:2.6.0", higher_is_better=False
        ),
    }
    free = ReferenceFree(0.71, (0.7, None), 0.96, 0.07, {"copied": 1, "number": 1}, 1.16, 1.145, {"encoder": "use"})
    return VersionScores(f"{target}.txt", metrics, realigned=True, segments=segments, reference_free=free)
