"""Validators of TMX and XLIFF documents: the schemas, and what a schema cannot say."""

import os
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from corpora.exchange.checks import is_language_tag
from tests.support.places import CASES_PATH

SCHEMAS = CASES_PATH / "schemas"
OFFICIAL = os.environ.get("TOLMACH_XLIFF_SCHEMAS")
"""Folder with OASIS's own schemas of XLIFF 2.1, where there is one."""

LANG = "{http://www.w3.org/XML/1998/namespace}lang"
CORE = "{urn:oasis:names:tc:xliff:document:2.0}"


@cache
def tmx_dtd() -> Any:
    with (SCHEMAS / "tmx14.dtd").open(encoding="ascii") as file:
        return etree.DTD(file)


@cache
def xliff_grammar() -> Any:
    return etree.RelaxNG(etree.parse(SCHEMAS / "xliff-2.1.rng"))


@cache
def official_xliff_schemas() -> tuple[Any, ...]:
    folder = Path(OFFICIAL or "")
    return tuple(etree.XMLSchema(etree.parse(folder / name)) for name in ("xliff_core_2.0.xsd", "metadata.xsd"))


def check_tmx(text: str) -> None:
    root = etree.fromstring(text.encode())
    assert tmx_dtd().validate(root), tmx_dtd().error_log
    assert all(is_language_tag(variant.get(LANG)) for variant in root.iter("tuv"))
    ids = [unit.get("tuid") for unit in root.iter("tu")]
    assert len(set(ids)) == len(ids)
    assert not any(" " in one for one in ids)


def check_xliff(text: str) -> None:
    root = etree.fromstring(text.encode())
    assert xliff_grammar().validate(root), xliff_grammar().error_log
    assert root.get("version") == "2.1"
    assert is_language_tag(root.get("srcLang"))
    assert is_language_tag(root.get("trgLang"))
    for file in root.iterchildren(f"{CORE}file"):
        units = [unit.get("id") for unit in file.iter(f"{CORE}unit")]
        assert len(set(units)) == len(units)
        for unit in file.iter(f"{CORE}unit"):
            ids = [one.get("id") for one in unit.iter() if one is not unit and one.get("id")]
            assert len(set(ids)) == len(ids)
    if OFFICIAL:
        check_official(root)


def check_official(root: Any) -> None:
    core, metadata = official_xliff_schemas()
    assert core.validate(root), core.error_log
    for element in root.iter("{urn:oasis:names:tc:xliff:metadata:2.0}metadata"):
        document = etree.fromstring(etree.tostring(element, with_tail=False))
        assert metadata.validate(document), metadata.error_log
