"""The catalogue of messages: every name that the code uses is there, and every placeholder has a value."""

import re

import pytest

from common.messages import catalogue, message
from tests.support.places import ROOT

CALL = re.compile(r"\"finding\.([a-z_]+)\"")
TABLE = catalogue("en")["finding"]


def test_the_catalogue_has_the_names_that_the_code_uses_and_no_others():
    used = {name for path in ROOT.glob("quotes/**/*.py") for name in CALL.findall(path.read_text(encoding="utf-8"))}
    assert used == set(TABLE)


def test_values_stand_in_for_placeholders():
    text = message("finding.name_lone", has="English", lacks="Russian", words="“Kyiv”")
    assert text == "The English version names “Kyiv”; the Russian one does not."


def test_a_placeholder_without_a_value_is_an_error():
    with pytest.raises(KeyError, match="words"):
        message("finding.name_lone", has="English", lacks="Russian")
