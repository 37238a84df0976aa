"""What kind of model lies in a folder, told from its files."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from common.errors import InputError
from common.model_files import read_json
from corpora.languages import ENGLISH
from translate.models.firefox import firefox_directions
from translate.models.licences import licence_of
from translate.models.specs import FAMILIES, Family, ModelSpec

MODEL_TYPES: Final[Mapping[str, Family]] = {
    "marian": "marian", "t5": "t5", "mt5": "t5", "umt5": "t5", "m2m_100": "m2m100",
}  # fmt: skip
"""Family of a model by the `model_type` of its `config.json`; what is not here and is a decoder is a `chat` model."""

_BY_TOKENIZER: Final[Mapping[str, Family]] = {"Nllb": "nllb", "SMALL100": "small100"}
"""Family of a model of M2M100's architecture by how the name of its tokenizer begins: nothing else tells them apart."""

_DIRECTION_IN_NAME: Final = re.compile(r"\b(en|ru|zh)[-_](en|ru|zh)$")
_DECODERS: Final = ("ForCausalLM", "Gemma3ForConditionalGeneration")


def identify_files(spec: ModelSpec, folder: Path, families: Mapping[Family, ModelSpec]) -> ModelSpec:
    """Return `spec` with the family that the files in `folder` tell, and the licence that they name.

    Args:
        spec: A model whose family nobody said.
        folder: Where its files are.
        families: For each family, a model that is spoken to in the family's usual way.

    Raises:
        InputError: The files are not those of a translation model that Tolmach can run.
    """
    family, licence = family_of(folder), licence_of(folder)
    if family == "firefox":
        spec = replace(spec, directions=firefox_directions(folder), pivot=ENGLISH)
    found = replace(
        spec.as_family(families[family]),
        licence=spec.licence or licence.name,
        restriction=spec.restriction if spec.licence else licence.restriction,
    )
    named = _DIRECTION_IN_NAME.search(spec.name)
    return replace(found, directions=((named[1], named[2]),)) if family == "marian" and named else found


def family_of(folder: Path) -> Family:
    """Return the family of the model in `folder`.

    Raises:
        InputError: There is none that Tolmach can run.
    """
    if firefox_directions(folder):
        return "firefox"
    if not (folder / "config.json").is_file():
        if any(folder.glob("*.gguf")):
            return "chat"
        raise InputError(f"{folder} holds no model: it has neither config.json nor a .gguf file")
    config = _json(folder / "config.json")
    family = MODEL_TYPES.get(str(config.get("model_type")))
    if family == "m2m100":
        return _by_tokenizer(folder)
    if family:
        return family
    named = config.get("architectures")
    if any(str(name).endswith(_DECODERS) for name in (named if isinstance(named, list) else ())):
        return "chat"
    raise InputError(
        f"{folder} holds a model of type {config.get('model_type')!r}, which is not one that translates",
        hint=f"Known families: {', '.join(FAMILIES)}",
    )


def _by_tokenizer(folder: Path) -> Family:
    path = folder / "tokenizer_config.json"
    name = str(_json(path).get("tokenizer_class")) if path.is_file() else ""
    return next((family for start, family in _BY_TOKENIZER.items() if name.startswith(start)), "m2m100")


def _json(path: Path) -> dict[str, Any]:
    content = read_json(path)
    if not isinstance(content, dict):
        raise InputError(f"{path} does not hold a JSON object")
    return content
