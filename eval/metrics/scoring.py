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
from corpora.readers.fetch import FetchOptions, fetch
from eval.neural.registry import LEARNED, find_learned, known_learned
from eval.segments import Segments, check_segments
from eval.types import MetricScore, Scores

DEFAULT_METRICS: Final = ("bleu", "chrf")


def _bleu(language: str, *, sentence_level: bool) -> Any:
    from sacrebleu.metrics.bleu import BLEU  # noqa: PLC0415 - loads numpy-heavy helpers

    # sacrebleu's own choice for Chinese, which it only makes by itself for the test sets that it ships.
    tokenizer = "zh" if base_language(language) == CHINESE else "13a"
    return BLEU(tokenize=tokenizer, effective_order=sentence_level)


def _spbleu(_language: str, *, sentence_level: bool) -> Any:
    from sacrebleu.metrics.bleu import BLEU  # noqa: PLC0415 - loads numpy-heavy helpers

    with pieces_errors():
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
"""The metrics that `evaluate` knows, by name."""
_TITLES: Final = {"spbleu": "spBLEU"}
"""Names of metrics that sacrebleu calls otherwise."""


def evaluate(
    hypotheses: Sequence[str],
    references: Sequence[Sequence[str | None]],
    *,
    sources: Sequence[str] | None = None,
    target_language: str,
    metrics: Sequence[str] = DEFAULT_METRICS,
) -> Scores:
    """Score translations against references, exactly as the command `sacrebleu` does.

    Neural metrics (`eval.neural`) are the mean of their segments' scores, over references too; their weights are
    fetched where they are not in the cache.

    Args:
        hypotheses: One translation a segment; an empty one counts as a translation without words.
        references: Reference lists as in sacrebleu: each holds one reference for every hypothesis. None stands for a
            segment that this reference lacks; each segment needs at least one.
        sources: Source segments; the neural metrics read them.
        target_language: BCP-47 tag; it chooses the tokenizer of BLEU and TER.
        metrics: Names out of `METRICS` and of `eval.neural.LEARNED`, in the order wanted.

    Returns:
        Corpus scores by metric name.

    Raises:
        InputError: Nothing to score, lists of different length, or a segment without a reference.
        UsageError: A metric or a language that is not known, or references that are not lists.
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
    """Score each segment by itself, exactly as `sacrebleu --sentence-level` does.

    BLEU then uses the effective order (as its signature says), since most sentences share no run of four words. The
    mean of sentence scores is not the corpus score.

    Args:
        hypotheses: As for `evaluate`.
        references: As for `evaluate`.
        sources: As for `evaluate`.
        target_language: As for `evaluate`.
        metrics: As for `evaluate`.

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
    """Score each of the segments that were checked before, by canonical metric names."""
    columns = {name: _sentence_scores(name, hypotheses, segments) for name in names}
    return tuple(
        Scores({name: column[at] for name, column in columns.items()}, 1, segments.language)
        for at in range(len(hypotheses))
    )


def _sentence_scores(name: str, hypotheses: Sequence[str], segments: Segments) -> list[MetricScore]:
    if name in LEARNED:
        from eval.neural.scoring import learned_scores  # noqa: PLC0415 - loads torch

        return learned_scores(name, hypotheses, segments).sentences()
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
    """Score segments that were checked before, by canonical metric names."""
    found: dict[str, MetricScore] = {}
    for name in names:
        if name in LEARNED:
            from eval.neural.scoring import learned_scores  # noqa: PLC0415 - loads torch

            found[name] = learned_scores(name, hypotheses, segments, progress=progress).mean()
            continue
        scorer = METRICS[name].build(segments.language, sentence_level=False)
        lists = [list(each) for each in segments.references]
        found[name] = _read(name, scorer, scorer.corpus_score(list(hypotheses), lists))
    return Scores(found, len(hypotheses), segments.language)


def parse_metrics(names: Sequence[str]) -> tuple[str, ...]:
    """Return the canonical names, without repeats; case does not matter.

    Raises:
        UsageError: A name that is not known, or none at all.
    """
    if isinstance(names, str) or not names:
        raise UsageError("no metrics to compute", hint=f"Give a list out of: {', '.join(METRICS)}")
    folded = tuple(dict.fromkeys(name.strip().lower() for name in names))
    for name in folded:
        known = (*METRICS, *LEARNED)
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            guess = f"Did you mean {near[0]}? " if near else ""
            raise UsageError(f"unknown metric {name!r}", hint=f"{guess}Known: {', '.join(known)}")
    return folded


def metrics_without_reference(names: Sequence[str]) -> tuple[str, ...]:
    """Return the canonical names of metrics that are to do without a reference; there may be none.

    Raises:
        UsageError: A name that is not known, or a metric that needs a reference.
    """
    found = parse_metrics(names) if names else ()
    for name in found:
        if name not in LEARNED or find_learned(name).needs_reference:
            able = ", ".join(one.name for one in known_learned() if not one.needs_reference)
            raise UsageError(f"{name} needs a reference", hint=f"Name one; {able} can do without")
    return found


def require_metrics(names: Sequence[str], *, progress: Progress = SILENT) -> None:
    """Make sure that metrics can be computed: fetch what they need and what is not here.

    Args:
        names: As for `evaluate`.
        progress: Who is told of licences and downloads.

    Raises:
        UsageError: A name that is not known.
        OfflineError: Something is not here, and the user allows no network.
        NetworkError: It cannot be fetched.
    """
    for name in parse_metrics(names):
        if name in LEARNED:
            from eval.neural.loading import fetch_learned  # noqa: PLC0415 - loaded when used

            fetch_learned(find_learned(name), progress=progress)
        else:
            METRICS[name].build("en", sentence_level=False)


def _read(name: str, scorer: Any, score: Any) -> MetricScore:
    signature = scorer.get_signature().format()
    return MetricScore(_TITLES.get(name, score.name), float(score.score), signature, METRICS[name].higher_is_better)


NAME: Final = "flores200sacrebleuspm"
"""Name of the file, which is the last part of sacrebleu's own address for it."""
_ADDRESS: Final = f"https://tinyurl.com/{NAME}"
_LIMITS: Final = FetchOptions(anew_after=65_536, max_bytes=50_000_000, user_agent="tolmach (spBLEU)", types=None)
"""The file has 5 MB. A slow connection may take its time, as long as 64 kB come in every 30 seconds."""


def pieces_path() -> Path:
    """Return where sacrebleu looks for it: in `models` of the folder that `SACREBLEU` names, or of `~/.sacrebleu`."""
    home = os.environ.get("SACREBLEU")
    return (Path(home) if home else Path.home() / ".sacrebleu") / "models" / NAME


@contextmanager
def pieces_errors() -> Iterator[None]:
    """Let sacrebleu read the file, after fetching it where it is missing: sacrebleu would wait for ever.

    Raises:
        OfflineError: It is missing, and the user allows no network.
        NetworkError: It cannot be fetched.
        IntegrityError: What came is no model of SentencePiece.
        InputError: What is there is damaged.
    """
    path = pieces_path()
    if not path.exists():
        _fetch(path)
    try:
        yield
    except (OSError, RuntimeError) as error:  # what SentencePiece says to a file that is not its own, or was cut off
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
                    f"what {_ADDRESS} leads to is no model of SentencePiece", hint=f"Put the right file in {path}"
                ) from error
