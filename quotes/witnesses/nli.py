"""A model of natural language inference, asked whether each wording follows from the other."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from common.errors import InputError
from common.model_files import failures_as, spelling
from common.progress import SILENT, Progress
from quotes.witnesses.base import Feature, Question, Testimony

_BATCH = 8
_Row = tuple[float, float]
"""Probabilities of entailment and of contradiction."""


class NliWitness:
    """A cross-lingual classifier of transformers, loaded when it is first asked.

    A wording that leaves something out follows from the fuller one, and not the other way round: the weaker of the two
    directions counts.

    Args:
        folder: Where its files are: configuration, tokenizer and weights as safetensors.
        name: What a reader calls it.
        revision: What identifies its weights, where that is known.
    """

    feature: Feature = "nli"
    neutral = 0.5

    def __init__(self, folder: Path, name: str | None = None, revision: str | None = None) -> None:
        self._folder = folder
        self._name = name or folder.name
        self._revision = revision

    @property
    def name(self) -> str:
        """What a reader calls it."""
        return f"the inference model {self._name}"

    def signature(self) -> tuple[tuple[str, str], ...]:
        """Return the model and the revision of its weights."""
        revision = (("nli.revision", self._revision),) if self._revision else ()
        return (("nli", self._name), *revision)

    def testify(self, questions: Sequence[Question], progress: Progress = SILENT) -> list[Testimony | None]:
        """Answer every question, in order; None where the two texts are longer than the model reads.

        Raises:
            InputError: The folder holds no such model, or one whose labels are not entailment and contradiction.
        """
        texts = [(question.first.text, question.second.text) for question in questions]
        both = [*texts, *((second, first) for first, second in texts)]
        with progress.bar(f"Asking {self.name}", len(both), unit="questions") as advance:
            rows: list[_Row | None] = []
            for start in range(0, len(both), _BATCH):
                rows += self._model.infer(both[start : start + _BATCH])
                advance(min(_BATCH, len(both) - start))
        sides = zip(rows[: len(texts)], rows[len(texts) :], strict=True)
        found = [Testimony(1 - min(one[0], other[0])) if one and other else None for one, other in sides]
        if None in found:
            progress.note(f"{found.count(None)} of {len(found)} quotes are too long for {self.name}")
        return found

    @cached_property
    def _model(self) -> "_Classifier":
        return _Classifier(self._folder)


class _Classifier:
    """The loaded model."""

    def __init__(self, folder: Path) -> None:
        from transformers import AutoModelForSequenceClassification, AutoTokenizer  # noqa: PLC0415 - slow to import

        if not folder.is_dir():
            raise InputError(
                f"there is no folder {folder}", hint="Name a folder with a model's files, or hf:OWNER/NAME"
            )
        safe = {"local_files_only": True, "trust_remote_code": False}
        with _reading(folder):
            self._tokenizer: Any = AutoTokenizer.from_pretrained(folder, **safe)
            self._model, told = AutoModelForSequenceClassification.from_pretrained(
                folder, use_safetensors=True, dtype="float32", output_loading_info=True, **safe
            )
            if told["missing_keys"]:  # transformers puts random numbers in their place
                raise ValueError(f"its files lack the weights {min(told['missing_keys'])}")
            self._model.eval()
        config = self._model.config
        self._columns = label_columns(config.id2label, folder)
        most = getattr(config, "max_position_embeddings", None) or self._tokenizer.model_max_length
        # RoBERTa and its kin count positions from the padding token's number on.
        self._longest = min(int(most), self._tokenizer.model_max_length) - 2

    def infer(self, pairs: Sequence[tuple[str, str]]) -> list[_Row | None]:
        """Return what the model says of each premise and hypothesis; None where the two are too long for it."""
        import torch  # noqa: PLC0415 - heavy

        with spelling():
            lengths = [len(self._tokenizer(*pair)["input_ids"]) for pair in pairs]
        fits = [pair for pair, length in zip(pairs, lengths, strict=True) if length <= self._longest]
        rows: Iterator[_Row] = iter(())
        if fits:
            inputs = self._tokenizer([a for a, _ in fits], [b for _, b in fits], padding=True, return_tensors="pt")
            with torch.inference_mode():
                shares = self._model(**inputs).logits.softmax(-1)[:, list(self._columns)].tolist()
            rows = iter([(entailed, denied) for entailed, denied in shares])
        return [next(rows) if length <= self._longest else None for length in lengths]


def label_columns(labels: Mapping[int, str], folder: Path) -> tuple[int, int]:
    """Return the columns of entailment and contradiction.

    Raises:
        InputError: The model has no two such labels, so it is none of inference.
    """
    entailment, contradiction = (
        [number for number, name in labels.items() if str(name).lower().startswith(word)]
        for word in ("entail", "contradict")
    )
    if len(entailment) != 1 or len(contradiction) != 1:
        raise InputError(
            f"the model in {folder} tells no inference: its labels are {', '.join(map(str, labels.values()))}",
            hint="Name a model with the labels entailment and contradiction",
        )
    return entailment[0], contradiction[0]


@contextmanager
def _reading(folder: Path) -> Iterator[None]:
    """Keep the libraries quiet, and turn what they raise about bad files into one error that names the folder."""
    import transformers  # noqa: PLC0415 - slow to import
    from safetensors import SafetensorError  # noqa: PLC0415 - only where a model is read

    messages: Any = transformers.utils.logging
    level, bars = messages.get_verbosity(), messages.is_progress_bar_enabled()
    messages.set_verbosity(logging.CRITICAL)
    messages.disable_progress_bar()
    try:
        with failures_as(RuntimeError):
            yield
    except (OSError, ValueError, RuntimeError, ImportError, TypeError, LookupError, SafetensorError) as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
        raise InputError(
            f"cannot load the inference model in {folder}: {reason}", hint="Copy or fetch it again, or name another one"
        ) from error
    finally:
        messages.set_verbosity(level)
        if bars:
            messages.enable_progress_bar()
