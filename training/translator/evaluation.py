"""What an adapter is worth: chrF and BLEU of its translations of NTREX-128 and FLORES-200, by CTranslate2 in 8 bits."""

import json
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from benchmarks.places import shared_folder
from benchmarks.translation.quality import STRAIGHT, lines_of
from eval import evaluate
from training.translator.adapter import write_checkpoints
from training.translator.base import BASE, KEPT, TOKENIZER
from training.translator.examples import DIRECTIONS, end_id, prompt
from translate.engines.adapter import merge, read_adapter

PARTS: Final = ("odd", "even", "all", "flores")
CURVE: Final = "curve.json"
_LONGEST: Final = 256
"""Most pieces of a translation."""
_BATCH: Final = 1024
"""Pieces decoded together."""


@dataclass(frozen=True)
class Search:
    """What is translated, and how.

    Attributes:
        part: `odd` or `even` documents of NTREX, `all` of them, or `flores`.
        lines: How many lines of that part, from its first; all where it has fewer.
        beam: Width of the search; 1 is greedy.
        directions: Which directions.
    """

    part: str = "odd"
    lines: int = 100
    beam: int = 1
    directions: Sequence[str] = DIRECTIONS


def score(run: Path, checkpoints: Sequence[Path], search: Search) -> dict[str, Any]:
    """Return the figures of checkpoints, averaged, as they would be shipped, and add them to the run's curve."""
    with tempfile.TemporaryDirectory(prefix="translator-") as temporary:
        converted = Path(temporary) / "converted"
        change, state = _change(checkpoints, run.parent / KEPT, Path(temporary) / "adapter.safetensors")
        convert(run.parent / BASE, change, converted)
        record = (
            {"run": run.name, "checkpoints": len(checkpoints)} | state | asdict(search) | measure(converted, search)
        )
    curve = run / CURVE
    earlier = json.loads(curve.read_text(encoding="utf-8")) if curve.exists() else []
    lines = [json.dumps(one) for one in [*earlier, record]]
    curve.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")
    return record


def _change(checkpoints: Sequence[Path], kept: Path, adapter: Path) -> tuple[Callable[[Any], None], dict[str, Any]]:
    """Return what puts checkpoints into the base, by way of the file `adapter` where they are one, and their state."""
    import torch  # noqa: PLC0415 - loaded when used

    content = torch.load(checkpoints[-1], weights_only=True, mmap=True)
    if any("lora_" in name for name in content["weights"]):
        state = write_checkpoints(checkpoints, kept, adapter)
        return (lambda model: merge(model, read_adapter(adapter))), state
    state = {name: content[name] for name in ("step", "pairs", "seconds")}
    return (lambda model: model.load_state_dict(content["weights"], strict=False)), state


def convert(base: Path, change: Callable[[Any], None] | None, folder: Path) -> None:
    """Write the base in `base`, changed, for CTranslate2 in 8 bits."""
    from ctranslate2.converters import TransformersConverter  # noqa: PLC0415 - loaded when used
    from transformers import AutoModelForCausalLM  # noqa: PLC0415 - loaded when used

    plain = folder.with_name(folder.name + "-plain")
    model = AutoModelForCausalLM.from_pretrained(str(base), dtype="float32")
    if change:
        change(model)
    model.save_pretrained(plain)
    shutil.copy(base / TOKENIZER, plain)
    TransformersConverter(str(plain)).convert(str(folder), quantization="int8", force=True)
    shutil.copy(base / TOKENIZER, folder)
    shutil.rmtree(plain)


def measure(folder: Path, search: Search) -> dict[str, Any]:
    """Return chrF and BLEU for each direction, and the pieces decoded a second."""
    from ctranslate2 import Generator  # noqa: PLC0415 - loaded when used
    from tokenizers import Tokenizer  # noqa: PLC0415 - loaded when used

    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    generator = Generator(str(folder), compute_type="int8")
    found: dict[str, Any] = {}
    pieces, began = 0, time.monotonic()
    for direction in search.directions:
        source, target = direction.split("-")
        given, references = (read_lines(language, search) for language in (source, target))
        texts, made = _translate(generator, tokenizer, [prompt(direction, text) for text in given], search.beam)
        pieces += made
        straight = [text.translate(STRAIGHT) if target == "en" else text for text in texts]
        scores = evaluate(straight, [references], target_language=target)
        found[direction] = {name: round(one.score, 1) for name, one in scores.items()}
    return found | {"pieces a second": round(pieces / (time.monotonic() - began))}


def _translate(generator: Any, tokenizer: Any, prompts: Sequence[str], beam: int) -> tuple[list[str], int]:
    encoded = [one.tokens for one in tokenizer.encode_batch(list(prompts))]
    results = generator.generate_batch(
        encoded,
        beam_size=beam,
        max_batch_size=_BATCH,
        batch_type="tokens",
        max_length=_LONGEST,
        sampling_topk=1,
        end_token=[end_id(tokenizer)],
        include_prompt_in_result=False,
    )
    ids = [one.sequences_ids[0] for one in results]
    return [tokenizer.decode(one).strip() for one in ids], sum(map(len, ids))


def read_lines(language: str, search: Search) -> list[str]:
    """Return the lines to translate, or to compare with, in a language."""
    sets = shared_folder() / "testsets"
    name = "flores200-devtest" if search.part == "flores" else "ntrex"
    lines = (sets / name / f"{language}.txt").read_text(encoding="utf-8").split("\n")[:-1]
    if search.part in ("odd", "even"):
        return [lines[at] for at in lines_of(search.part, 1, search.lines)]
    return lines[: search.lines]
