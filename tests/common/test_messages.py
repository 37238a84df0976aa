"""The catalogue of messages: every name that the code uses is there, and every placeholder has a value."""

import re

import pytest

from common.data import load_table
from common.messages import LANGUAGE, message
from tests.support.places import ROOT

CALL = re.compile(r"message\(\s*\"([a-z_]+)\"")
TABLE = load_table("common.messages", f"messages-{LANGUAGE}.toml")["finding"]
COMPUTED = {"longer", "shorter", "past_future", "future_past", "wording_changed", "wording_first", "wording_second"}
"""Names that the code chooses between."""


def test_the_catalogue_has_the_names_that_the_code_uses_and_no_others():
    used = {name for path in ROOT.glob("quotes/**/*.py") for name in CALL.findall(path.read_text(encoding="utf-8"))}
    assert used | COMPUTED == set(TABLE)


def test_values_stand_in_for_placeholders():
    text = message("name_lone", has="English", lacks="Russian", words="“Kyiv”")
    assert text == "The English version names “Kyiv”; the Russian one does not."


def test_a_placeholder_without_a_value_is_an_error():
    with pytest.raises(KeyError, match="words"):
        message("name_lone", has="English", lacks="Russian")
