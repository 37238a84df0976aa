"""The same models, token by token, in another program that reads Bergamot files: fxtranslate, where it is installed."""

from pathlib import Path

import pytest
from bergamot_files import SENTENCES, Shape, make_bergamot

from translate.engines.base import EngineOptions
from translate.engines.bergamot.engine import load_bergamot
from translate.engines.bergamot.files import find_bergamot
from translate.models.requests import TextRequest
from translate.types import DecodeOptions

TEXTS = (*SENTENCES, "Moscow", "4.5")


# Seeds whose sums come near no rounding border: there, another order of adding would give another step.
@pytest.mark.parametrize(("seed", "split"), [(4, False), (6, False), (4, True), (7, True)])
def test_every_token_is_the_one_of_another_implementation(tmp_path: Path, seed: int, split: bool) -> None:  # noqa: FBT001
    # Widths that are no multiple of 32 keep it from instructions that saturate, which change some sums.
    peer = pytest.importorskip("fxtranslate", reason="a peer that is not among the dependencies")
    folder = make_bergamot(tmp_path, shape=Shape(quantized=True, split=split, seed=seed, end=2.0))
    files = find_bergamot(folder, ("en", "ru"))
    assert files
    other = peer.Translator(*(path.read_bytes() for path in (files.model, files.source_vocabulary)),
                            files.target_vocabulary.read_bytes())  # fmt: skip
    engine = load_bergamot(files, options=EngineOptions("cpu", "int8", threads=1))
    engine._never = ()  # it may answer with the unknown token, which Marian never does
    for text in TEXTS:
        request = TextRequest(text)
        # Its limit, which a caller cannot set: twice the source and four more, the end not counted.
        limit = 2 * engine.count_tokens(request) + 4
        ours = engine.generate([request], options=DecodeOptions(max_length=limit))[0]
        assert ours.text == other.translate(text).strip()
