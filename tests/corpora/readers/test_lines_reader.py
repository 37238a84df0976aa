from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import InputError, UsageError
from corpora.readers.load import load_lines, read_lines

# Everything but line ends, and no lone surrogates; `\x85` and friends are no line ends here.
LINES = st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), max_size=12), min_size=1)


def texts(text: str) -> list[str]:
    return [sentence.text for sentence in read_lines(text, language="en").sentences]


def test_every_line_is_one_sentence_as_it_is():
    assert texts("Mr. Fox ran. He fell.\n\tindented \nlast") == ["Mr. Fox ran. He fell.", "\tindented ", "last"]


def test_blank_lines_keep_their_number():
    assert texts("One.\n\n \nFour.\n") == ["One.", "", " ", "Four."]


def test_a_line_end_at_the_end_opens_no_line_but_a_second_one_does():
    assert texts("One.\n") == ["One."]
    assert texts("One.\n\n") == ["One.", ""]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_all_systems_are_the_same(end):
    assert texts(f"One.{end}{end}Three.{end}") == ["One.", "", "Three."]


@pytest.mark.parametrize("char", ["\x0b", "\x0c", "\x1c", "\x85", "\N{LINE SEPARATOR}", "\N{PARAGRAPH SEPARATOR}"])
def test_what_only_python_splits_at_is_no_line_end(char):
    assert texts(f"One{char}still one.\nTwo.") == [f"One{char}still one.", "Two."]


@given(LINES)
def test_sentences_stand_where_they_say(lines):
    article = read_lines("\n".join([*lines, "words"]), language="en")
    assert [sentence.text for sentence in article.sentences] == [*lines, "words"]
    assert all(article.text[each.start : each.end] == each.text for each in article.sentences)
    assert [sentence.index for sentence in article.sentences] == list(range(len(lines) + 1))


def test_a_file_is_read_in_its_encoding_and_its_language_detected(tmp_path: Path):
    path = tmp_path / "ru.txt"
    path.write_bytes("Министр приехал в Москву.\nПереговоры шли до полуночи.\n".encode("cp1251"))
    article = load_lines(path)
    assert (article.language, article.meta.encoding, article.meta.format) == ("ru", "cp1251", "lines")
    assert len(article.sentences) == 2


@pytest.mark.parametrize("content", [b"", b"\n \n\t\n"])
def test_a_file_without_words_is_refused(tmp_path: Path, content: bytes):
    path = tmp_path / "empty.txt"
    path.write_bytes(content)
    with pytest.raises(InputError, match="is empty"):
        load_lines(path)


def test_a_binary_file_is_refused(tmp_path: Path):
    path = tmp_path / "picture.txt"
    path.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
    with pytest.raises(InputError, match="PNG image"):
        load_lines(path, "en")


def test_lines_of_no_known_language_are_refused():
    with pytest.raises(InputError, match="language"):
        read_lines("Das ist ein deutscher Satz über die Gespräche, und der Minister hat nichts dazu gesagt.\n")


def test_an_unknown_language_is_refused():
    with pytest.raises(UsageError, match="unknown language 'xx'"):
        read_lines("One.\n", language="xx")
