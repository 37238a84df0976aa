"""The rows of languages, and what each language needs besides: every table has the same keys for all that it serves."""

import re

import pytest

from common.data import load_table
from common.errors import UsageError
from corpora.languages import CHINESE, ENGLISH, LANGUAGES, NAMES, conventions_of, parse_language, require_translated
from quotes.lexicon import load_lexicon

LISTED = sorted(tag for tag, language in LANGUAGES.items() if not language.complete)
"""Languages that word lists alone describe."""


def keys(module: str, name: str, *path: str) -> set[str]:
    table = load_table(module, name)
    for part in path:
        table = table[part]
    return set(table)


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_alias_names_its_language(tag):
    assert {parse_language(alias) for alias in (tag, *LANGUAGES[tag].aliases)} == {tag}


@pytest.mark.parametrize("tag", LANGUAGES)
def test_what_a_language_is_like_has_conventions_of_its_own(tag):
    like = conventions_of(tag)
    assert conventions_of(like) == like
    assert LANGUAGES[like].script == LANGUAGES[tag].script


@pytest.mark.parametrize("tag", [tag for tag in LANGUAGES if tag != CHINESE])
def test_segmentation_has_every_list(tag):
    table = load_table("corpora.segmentation.lexicon", f"{tag}.toml")
    assert set(table) == keys("corpora.segmentation.lexicon", "en.toml")
    assert all(isinstance(words, str) for words in table.values())


@pytest.mark.parametrize("tag", LISTED)
def test_kinds_of_quotes_have_every_list(tag):
    assert keys("quotes.kinds.context", "words.toml", tag) == keys("quotes.kinds.context", "words.toml", ENGLISH)


@pytest.mark.parametrize("tag", LISTED)
def test_the_lexicon_has_every_list_that_is_read(tag):
    wanted = {
        "cues", "weak_cues", "phrases", "possessive_phrases", "speech_goes_on", "honorifics", "men", "women",
        "pronouns_m", "pronouns_f", "pronouns_other", "man_endings", "woman_endings", "roles", "bodies", "no_subject",
        "prepositions", "name_particles",
    }  # fmt: skip
    assert keys("quotes.lexicon", f"lexicons/{tag}.toml") == wanted


@pytest.mark.parametrize("tag", LISTED)
def test_every_possessive_phrase_has_a_pronoun(tag):
    lexicon = load_lexicon(tag)
    pronouns = lexicon.words("pronouns_m") | lexicon.words("pronouns_f") | lexicon.words("pronouns_other")
    assert [phrase for phrase in lexicon.listed("possessive_phrases") if pronouns.isdisjoint(phrase.split())] == []


@pytest.mark.parametrize("tag", LANGUAGES)
@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("lengths.toml", ("characters",)),
        ("negation.toml", ()),
        ("names.toml", ("bodies",)),
        ("numbers/numbers.toml", ()),
        ("numbers/numbers.toml", ("periods",)),
        ("numbers/numbers.toml", ("ordinals",)),
        ("numbers/numbers.toml", ("every",)),
    ],
)
def test_facts_know_every_language(tag, name, path):
    assert tag in keys("quotes.facts.names", name, *path)


@pytest.mark.parametrize("tag", LISTED)
def test_denials_and_numbers_have_the_keys_of_english(tag):
    assert keys("quotes.facts.names", "negation.toml", tag) == keys("quotes.facts.names", "negation.toml", ENGLISH)
    english, own = (keys("quotes.facts.names", "numbers/numbers.toml", one) for one in (ENGLISH, tag))
    assert english <= own
    shared = keys("quotes.facts.names", "numbers/numbers.toml")
    assert own - english <= shared, "a table of its own takes the place of a shared one"


@pytest.mark.parametrize("tag", LANGUAGES)
def test_identification_has_function_words(tag):
    lists = load_table("corpora.identification", "function-words.toml")
    assert tag == CHINESE or any(tag in table for table in lists.values())


@pytest.mark.parametrize("tag", LISTED)
def test_the_encoder_reads_only_letters_that_its_language_has(tag):
    table = load_table("alignment.encoders.respelling", "respelling.toml").get(tag)
    if table is None:
        pytest.skip("the encoder knows this language")
    alphabet, other = set(LANGUAGES[tag].alphabet), set(LANGUAGES[conventions_of(tag)].alphabet)
    assert set(table["letters"]) == set(table["alphabet"]) == alphabet - other
    assert set(table["alphabet"].values()) <= other
    pairs = [pair.split(":") for pair in table["words"].split()]
    assert len({word for word, _ in pairs}) == len(pairs)
    assert all(re.fullmatch(f"[{''.join(alphabet)}']+", word) for word, _ in pairs)


@pytest.mark.parametrize("tag", LISTED)
def test_such_a_language_is_not_translated(tag):
    require_translated(ENGLISH, "zh-Hant")
    with pytest.raises(UsageError, match=f"{NAMES[tag]} is not translated, only aligned and compared") as caught:
        require_translated(ENGLISH, tag)
    assert caught.value.hint == "Translated are: English, Russian, Chinese"
