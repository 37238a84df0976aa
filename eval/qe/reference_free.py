"""Quality estimates of a translated article: warnings, not a ranking of systems."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from common.data import load_table
from common.errors import InputError
from corpora.article import Article
from corpora.languages import base_language, parse_language
from eval.articles import join_sentences

if TYPE_CHECKING:
    from alignment.encoders import Encoder
    from translate.types import Check, TranslatedArticle, Translation

_Beads = Sequence[tuple[Sequence[int], Sequence[int]]]


@dataclass(frozen=True, slots=True)
class ReferenceFree:
    """Quality estimates of a translation, not calibrated to human scores and blind to fluency.

    Attributes:
        adequacy: Mean cosine of the two sides' embeddings over beads that have both, from -1 to 1, higher is better;
            None if no bead has both. It falls if content is missing or foreign; a wrong number or a missing "not"
            hardly affects it.
        beads: The cosine of each bead, None if a side is empty.
        coverage: Share of the source sentences that have a counterpart, from 0 to 1, higher is better.
        failed_checks: Share of sentences (of beads, for a text not translated here) that failed a check, from 0 to 1,
            lower is better; None without checks.
        checks: Number of them that failed each kind of check.
        length_ratio: Target length by source length, in code points without white space, above 0; neither direction is
            better.
        usual_length_ratio: Usual `length_ratio` in a large news corpus; a deviation of a quarter deserves attention.
        signature: Signature of the encoder, by name.
    """

    adequacy: float | None
    beads: tuple[float | None, ...]
    coverage: float
    failed_checks: float | None
    checks: dict[str, int]
    length_ratio: float
    usual_length_ratio: float
    signature: dict[str, str]


def assess(
    source: Article,
    target: Article,
    *,
    beads: _Beads,
    translations: "Sequence[Translation]" = (),
    checks: "Sequence[Sequence[Check]] | None" = None,
    encoder: "Encoder | None" = None,
) -> ReferenceFree:
    """Assess `target` as a translation of `source`.

    Args:
        source: The original.
        target: The translation, by Tolmach or others.
        beads: Beads, as `Bead` objects or pairs of index tuples.
        translations: For Tolmach's translation, the sentences with their checks.
        checks: For other translations, the failed checks of each bead with both sides; None without checks.
        encoder: Sentence encoder for the cosines; None for the embedded one.

    Raises:
        InputError: One of the articles has no sentences.
    """
    for article, role in ((source, "source"), (target, "translation")):
        if not article.sentences:
            raise InputError(f"the {role} has no sentences to assess", hint="Check that the file is not empty")
    encoder = encoder or embedded_encoder()
    cosines = _cosines(source, target, beads, encoder)
    known = [cosine for cosine in cosines if cosine is not None]
    covered = {index for first, second in beads if second for index in first}
    checked = [one.checks for one in translations] or [tuple(each) for each in checks or ()]
    failed = [each for each in checked if each]
    return ReferenceFree(
        adequacy=sum(known) / len(known) if known else None,
        beads=cosines,
        coverage=len(covered) / len(source.sentences),
        failed_checks=len(failed) / len(checked) if checked else None,
        checks=dict(Counter(kind for each in failed for kind in sorted({check.kind for check in each}))),
        length_ratio=_length(target) / _length(source),
        usual_length_ratio=usual_length_ratio(source.language, target.language),
        signature={"encoder": encoder.name, "revision": encoder.revision},
    )


def assess_translation(
    source: Article, translated: "TranslatedArticle", *, encoder: "Encoder | None" = None
) -> ReferenceFree:
    """Assess a result of `Translator.translate_article`; see `assess`.

    Raises:
        InputError: One of the articles has no sentences.
    """
    return assess(
        source, translated.article, beads=translated.beads, translations=translated.translations, encoder=encoder
    )


def usual_length_ratio(source: str, target: str) -> float:
    """Return the usual length in `target` of a text of length 1 in `source`, without white space."""
    lengths = _relative_lengths()
    return lengths[base_language(parse_language(target))] / lengths[base_language(parse_language(source))]


@cache
def _relative_lengths() -> dict[str, float]:
    relative: dict[str, float] = load_table(__name__, "lengths.toml")["relative"]
    return relative


def embedded_encoder() -> "Encoder":
    """Return the embedded sentence encoder."""
    from alignment.encoders import load_encoder  # noqa: PLC0415 - only if the caller has no encoder

    return load_encoder()


def _cosines(source: Article, target: Article, beads: _Beads, encoder: "Encoder") -> tuple[float | None, ...]:
    pairs = [(_side(source, first), _side(target, second)) for first, second in beads]
    both = [pair for pair in pairs if all(pair)]
    if not both:
        return (None,) * len(pairs)
    firsts = encoder.encode([first for first, _ in both])
    seconds = encoder.encode([second for _, second in both])
    found = iter([float(first @ second) for first, second in zip(firsts, seconds, strict=True)])
    # Rounding may leave a unit vector's square just above 1.
    return tuple(max(-1.0, min(1.0, next(found))) if all(pair) else None for pair in pairs)


def _side(article: Article, indices: Sequence[int]) -> str:
    return join_sentences([article.sentences[index].text for index in indices], article.language)


def _length(article: Article) -> int:
    return sum(len("".join(sentence.text.split())) for sentence in article.sentences)
