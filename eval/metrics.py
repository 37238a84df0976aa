"""BLEU, spBLEU, chrF, chrF++ and TER: sacrebleu's numbers, with the settings that fit the target language.

Sources: BLEU, Papineni et al. 2002 (https://aclanthology.org/P02-1040); spBLEU, Goyal et al. 2022
(https://aclanthology.org/2022.tacl-1.30), with the pieces of FLORES-200; chrF, Popović 2015
(https://aclanthology.org/W15-3049); chrF++, Popović 2017 (https://aclanthology.org/W17-4770); TER, Snover et al. 2006
(https://aclanthology.org/2006.amta-papers.25); signatures, Post 2018 (https://aclanthology.org/W18-6319).
"""

import difflib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from common.errors import InputError, IntegrityError, UsageError
from common.files import output_errors, replacing
from common.network import require_network
from common.progress import SILENT, Progress
from corpora.languages import CHINESE, base_language, parse_language
from corpora.readers.load import FetchOptions, fetch
from eval.neural.registry import NEURAL_METRICS, find_neural_metric, known_neural_metrics
from eval.types import MetricScore, Scores, Segments, check_segments

DEFAULT_METRICS: Final = ("bleu", "chrf")


def _bleu(language: str, *, sentence_level: bool) -> Any:
    from sacrebleu.metrics.bleu import BLEU  # noqa: PLC0415 - loads numpy-heavy helpers

    # sacrebleu's own choice for Chinese, which it only makes by itself for the test sets that it ships.
    tokenizer = "zh" if base_language(language) == CHINESE else "13a"
    return BLEU(tokenize=tokenizer, effective_order=sentence_level)


def _spbleu(_language: str, *, sentence_level: bool) -> Any:
    from sacrebleu.metrics.bleu import BLEU  # noqa: PLC0415 - loads numpy-heavy helpers

    with spbleu_model_errors():
        return BLEU(tokenize="flores200", effective_order=sentence_level)


def _chrf(_language: str, *, sentence_level: bool) -> Any:
    del sentence_level
    from sacrebleu.metrics.chrf import CHRF  # noqa: PLC0415 - loads numpy-heavy helpers

    return CHRF()


def _chrf_plus_plus(_language: str, *, sentence_level: bool) -> Any:
    del sentence_level
    from sacrebleu.metrics.chrf import CHRF  # noqa: PLC0415 - loads numpy-heavy helpers

    return CHRF(word_order=2)


def _ter(language: str, *, sentence_level: bool) -> Any:
    del sentence_level
    from sacrebleu.metrics.ter import TER  # noqa: PLC0415 - loads numpy-heavy helpers

    # Without these two a Chinese sentence is one word, so that TER is 0 or 100.
    chinese = base_language(language) == CHINESE
    return TER(normalized=chinese, asian_support=chinese)


@dataclass(frozen=True, slots=True)
class _MetricSpec:
    build: Callable[..., Any]
    higher_is_better: bool = True


METRICS: Final[dict[str, _MetricSpec]] = {
    "bleu": _MetricSpec(_bleu),
    "spbleu": _MetricSpec(_spbleu),
    "chrf": _MetricSpec(_chrf),
    "chrf++": _MetricSpec(_chrf_plus_plus),
    "ter": _MetricSpec(_ter, higher_is_better=False),
}
"""The metrics of `evaluate`, by name."""
_TITLES: Final = {"spbleu": "spBLEU"}
"""Metrics with other names in sacrebleu."""


def evaluate(
    hypotheses: Sequence[str],
    references: Sequence[Sequence[str | None]],
    *,
    sources: Sequence[str] | None = None,
    target_language: str,
    metrics: Sequence[str] = DEFAULT_METRICS,
) -> Scores:
    """Score translations against references, exactly as the command `sacrebleu` does.

    Neural metrics (`eval.neural`) are means over segments and references; missing weights are downloaded.

    Args:
        hypotheses: One translation per segment, possibly empty.
        references: Reference lists as in sacrebleu: each holds one reference for every hypothesis. None for segments
            without it; each segment needs at least one.
        sources: Source segments; the neural metrics read them.
        target_language: BCP-47 tag; it determines the tokenizer of BLEU and TER.
        metrics: Names out of `METRICS` and of `eval.neural.NEURAL_METRICS`, in the order of the result.

    Returns:
        Corpus scores by metric name.

    Raises:
        InputError: Nothing to score, lists of different length, or a segment without a reference.
        UsageError: A metric or a language is not known, or references are not lists.
    """
    language, names = parse_language(target_language), parse_metrics(metrics)
    check_segments(hypotheses, references, sources)
    return score_segments(hypotheses, Segments(references, language, sources), names=names)


def evaluate_sentences(
    hypotheses: Sequence[str],
    references: Sequence[Sequence[str | None]],
    *,
    sources: Sequence[str] | None = None,
    target_language: str,
    metrics: Sequence[str] = DEFAULT_METRICS,
) -> tuple[Scores, ...]:
    """Score each segment separately, exactly as `sacrebleu --sentence-level` does.

    BLEU then uses the effective order (as its signature says), since most sentences share no run of four words. The
    mean of sentence scores is not the corpus score. The arguments are those of `evaluate`.

    Returns:
        One `Scores` a segment, in order.

    Raises:
        InputError: As for `evaluate`.
        UsageError: As for `evaluate`.
    """
    language, names = parse_language(target_language), parse_metrics(metrics)
    check_segments(hypotheses, references, sources)
    return score_sentences(hypotheses, Segments(references, language, sources), names=names)


def score_sentences(hypotheses: Sequence[str], segments: Segments, *, names: Sequence[str]) -> tuple[Scores, ...]:
    """Score each of the checked segments, by canonical metric names."""
    columns = {name: _sentence_scores(name, hypotheses, segments) for name in names}
    return tuple(
        Scores({name: column[at] for name, column in columns.items()}, 1, segments.language)
        for at in range(len(hypotheses))
    )


def _sentence_scores(name: str, hypotheses: Sequence[str], segments: Segments) -> list[MetricScore]:
    if name in NEURAL_METRICS:
        from eval.neural.scoring import neural_scores  # noqa: PLC0415 - loads torch

        return neural_scores(name, hypotheses, segments).sentences()
    scorer = METRICS[name].build(segments.language, sentence_level=True)
    found = []
    for hypothesis, *given in zip(hypotheses, *segments.references, strict=True):
        present = [reference for reference in given if reference is not None]
        score = scorer.sentence_score(hypothesis, present)
        found.append(_read(name, scorer, score))
    return found


def score_segments(
    hypotheses: Sequence[str], segments: Segments, *, names: Sequence[str], progress: Progress = SILENT
) -> Scores:
    """Score checked segments, by canonical metric names."""
    found: dict[str, MetricScore] = {}
    for name in names:
        if name in NEURAL_METRICS:
            from eval.neural.scoring import neural_scores  # noqa: PLC0415 - loads torch

            found[name] = neural_scores(name, hypotheses, segments, progress=progress).mean()
            continue
        scorer = METRICS[name].build(segments.language, sentence_level=False)
        lists = [list(each) for each in segments.references]
        found[name] = _read(name, scorer, scorer.corpus_score(list(hypotheses), lists))
    return Scores(found, len(hypotheses), segments.language)


def parse_metrics(names: Sequence[str]) -> tuple[str, ...]:
    """Return the canonical names, without repeats; case does not matter.

    Raises:
        UsageError: A name is not known, or there is none.
    """
    if isinstance(names, str) or not names:
        raise UsageError("no metrics to compute", hint=f"Give a list out of: {', '.join(METRICS)}")
    folded = tuple(dict.fromkeys(name.strip().lower() for name in names))
    for name in folded:
        known = (*METRICS, *NEURAL_METRICS)
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            guess = f"Did you mean {near[0]}? " if near else ""
            raise UsageError(f"unknown metric {name!r}", hint=f"{guess}Known: {', '.join(known)}")
    return folded


def metrics_without_reference(names: Sequence[str]) -> tuple[str, ...]:
    """Return the canonical names of metrics to use without a reference; there may be none.

    Raises:
        UsageError: A name is not known, or a metric needs a reference.
    """
    found = parse_metrics(names) if names else ()
    for name in found:
        if name not in NEURAL_METRICS or find_neural_metric(name).needs_reference:
            able = ", ".join(one.name for one in known_neural_metrics() if not one.needs_reference)
            raise UsageError(f"{name} needs a reference", hint=f"Name one; {able} can do without")
    return found


def require_metrics(names: Sequence[str], *, progress: Progress = SILENT) -> None:
    """Download all that metrics need."""
    for name in parse_metrics(names):
        if name in NEURAL_METRICS:
            from eval.neural.scoring import fetch_neural_metric  # noqa: PLC0415 - loaded when used

            fetch_neural_metric(find_neural_metric(name), progress=progress)
        else:
            METRICS[name].build("en", sentence_level=False)


def _read(name: str, scorer: Any, score: Any) -> MetricScore:
    signature = scorer.get_signature().format()
    return MetricScore(_TITLES.get(name, score.name), float(score.score), signature, METRICS[name].higher_is_better)


NAME: Final = "flores200sacrebleuspm"
"""Name of the file, the last part of its address in sacrebleu."""
_ADDRESS: Final = f"https://tinyurl.com/{NAME}"
_LIMITS: Final = FetchOptions(anew_after=65_536, max_bytes=50_000_000, user_agent="tolmach (spBLEU)", types=None)
"""The file has 5 MB. A slow connection has enough time if 64 kB arrive every 30 seconds."""


def spbleu_model_path() -> Path:
    """Return the path in sacrebleu: in `models` of the folder `SACREBLEU`, by default `~/.sacrebleu`."""
    home = os.environ.get("SACREBLEU")
    return (Path(home) if home else Path.home() / ".sacrebleu") / "models" / NAME


@contextmanager
def spbleu_model_errors() -> Iterator[None]:
    """Let sacrebleu read the file, downloading it with timeouts if needed: sacrebleu has none.

    Raises:
        OfflineError: It is missing, and the user allows no network.
        NetworkError: The download failed.
        IntegrityError: The download is not a SentencePiece model.
        InputError: The existing file is damaged.
    """
    path = spbleu_model_path()
    if not path.exists():
        _fetch(path)
    try:
        yield
    except (OSError, RuntimeError) as error:  # SentencePiece's error for a foreign or truncated file
        raise InputError(
            f"{path}, which spBLEU counts by, cannot be read", hint="Remove it, so that it is fetched again"
        ) from error


def _fetch(path: Path) -> None:
    import sentencepiece  # noqa: PLC0415 - loaded when used

    require_network(f"fetch the pieces that spBLEU counts ({path})")
    found = fetch(_ADDRESS, options=_LIMITS).data
    with output_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as partial:
            partial.write_bytes(found)
            try:
                sentencepiece.SentencePieceProcessor(model_file=str(partial))
            except (OSError, RuntimeError) as error:
                raise IntegrityError(
                    f"what {_ADDRESS} leads to is not a model of SentencePiece", hint=f"Put the right file in {path}"
                ) from error
