"""What a licence allows, from the card beside the weights."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from translate.models.registry import UNKNOWN_TERMS, UNNAMED, Licence, licence_named, licence_of


@pytest.mark.parametrize(
    ("card", "licence"),
    [
        ("---\nlicense: apache-2.0\n---\n# Model", Licence("Apache-2.0")),
        ("---\r\nlanguage:\r\n- en\r\nlicense: MIT\r\n---\r\n", Licence("MIT")),
        ("\ufeff---\nlicense: 'cc-by-4.0'\n---\n", Licence("CC-BY-4.0")),
        ("---\nlicense: cc-by-nc-4.0\n---\n", Licence("CC-BY-NC-4.0", "no commercial use")),
        ("---\nlicense: other\nlicense_name: openmdw\nlicense_link: LICENSE\n---\n", Licence("LicenseRef-OpenMDW")),
        ("---\nlicense:\n- mit\n- cc-by-nc-4.0\n---\n", Licence("MIT AND CC-BY-NC-4.0", "no commercial use")),
        ("---\nlicense: [mit, apache-2.0]\n---\n", Licence("MIT AND Apache-2.0")),
    ],
)
def test_licence_is_read_from_the_front_matter(tmp_path: Path, card: str, licence: Licence) -> None:
    (tmp_path / "README.md").write_bytes(card.encode())
    assert licence_of(tmp_path) == licence


@pytest.mark.parametrize(
    "card", ["# Model\nlicense: mit\n", "---\nlanguage: en\n---\n", "---\nlicense:\n---\n", "---\nlicense: mit\n", ""]
)
def test_card_that_names_none_leaves_it_unknown(tmp_path: Path, card: str) -> None:
    (tmp_path / "README.md").write_text(card, encoding="utf-8")
    assert licence_of(tmp_path) == Licence("", UNNAMED)


def test_folder_without_a_card_leaves_it_unknown(tmp_path: Path) -> None:
    assert licence_of(tmp_path) == Licence("", UNNAMED)


def test_other_without_a_name_is_restricted(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("---\nlicense: other\n---\n", encoding="utf-8")
    assert licence_of(tmp_path) == Licence("LicenseRef-other", UNKNOWN_TERMS)


@pytest.mark.parametrize("word", ["qwen-research", "acme-non-commercial", "some-nc-2.0"])
def test_what_sounds_non_commercial_is(word: str) -> None:
    assert licence_named(word).restriction == "no commercial use"


@settings(max_examples=50)
@given(st.text("abcnciMT-. 0147", min_size=1, max_size=12))
def test_a_word_that_is_not_on_the_list_is_never_permissive(word: str) -> None:
    known = licence_named(word)
    assert known.restriction or known.name.lower().removeprefix("licenseref-") == word.strip().lower()
