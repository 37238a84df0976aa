"""Documents of Word: what is written is read again, and what others wrote or made to harm."""

import struct
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile

import pytest
from docx import Document
from docx.enum.text import WD_BREAK

from common import extras
from common.errors import InputError, TolmachError
from corpora.article import Article
from corpora.readers.docx import is_docx, read_docx
from corpora.readers.load import load_article
from corpora.readers.markdown import read_markdown
from corpora.writers.docx import to_docx
from corpora.writers.html import to_html

SOURCE = """# The harbour opens

The *mayor* said the **new ~~old~~ line** took [twenty](https://example.org/a?b=1&c=2) years.

The H<sub>2</sub>O of the `code` was <u>under</u> a <mark>mark</mark><sup>2</sup>.

## Fares from Monday

> A passage that somebody else wrote,
> and that goes on.

1. The first item.
2. The second one.
   - A bullet in it.
     - A deeper bullet.
   - Another bullet.
3. The third one.

| Passenger | Price |
|-----------|-------|
| Child     | *Two* |
| Adult     | Four  |

```
def fare():
    return 2

fare()
```

The end of the text is here.
"""


def document(fill: Callable[[object], None] | None = None) -> bytes:
    """Return a document as another program writes it."""
    made, file = Document(), BytesIO()
    made.add_paragraph("The ferry left at noon, the captain said on Monday.")
    if fill:
        fill(made)
    made.save(file)
    return file.getvalue()


def repacked(data: bytes, parts: dict[str, bytes], method: int = ZIP_DEFLATED) -> bytes:
    """Return a document with other or further parts."""
    file = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(file, "w", method) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            new.writestr(name, content)
    return file.getvalue()


def test_what_is_written_is_read_again() -> None:
    article = read_markdown(SOURCE, language="en")
    again = read_docx(to_docx(article), language="en")
    assert again.text == article.text
    assert [(block.kind, block.level, block.number) for block in again.blocks] == [
        (block.kind, block.level, block.number) for block in article.blocks
    ]
    assert again.inlines == article.inlines
    assert again.title == "The harbour opens"


def test_lists_are_as_deep_as_in_word() -> None:
    items = "".join(f"{'  ' * depth}- The item at depth {depth + 1}.\n" for depth in range(9))
    article = read_markdown(f"The lists of the mayor are deep.\n\n{items}", language="en")
    again = read_docx(to_docx(article), language="en")
    assert [block.level for block in again.blocks if block.kind == "list_item"] == list(range(1, 10))


def test_words_at_both_sides_of_a_page_break_are_apart() -> None:
    def fill(made) -> None:  # type: ignore[no-untyped-def] - the class is a function in the library
        run = made.add_paragraph("The page ends here").add_run()
        run.add_break(WD_BREAK.PAGE)
        run.add_text("and goes on there.")

    assert read_docx(document(fill), language="en").text.endswith("The page ends here\nand goes on there.")


@pytest.mark.parametrize("language", ["ru", "zh-Hant"])
def test_a_document_names_its_language_and_title(language: str) -> None:
    made = Document(BytesIO(to_docx(read_markdown("# Паром 渡轮\n\nТекст 正文.", language=language))))
    assert (made.core_properties.title, made.core_properties.language) == ("Паром 渡轮", language)
    assert f'"{language}"' in made.styles["Normal"].element.xml


def test_numbers_of_items_are_kept_and_begin_anew() -> None:
    text = "7. Seven comes first.\n8. Eight comes next.\n\nA paragraph stands here.\n\n1. One comes again.\n"
    numbering = ZipFile(BytesIO(to_docx(read_markdown(text, language="en")))).read("word/numbering.xml").decode()
    assert [f'startOverride w:val="{number}"' in numbering for number in (7, 8, 1)] == [True, False, True]


def test_an_address_that_pages_leave_out_is_none_here() -> None:
    article = read_markdown("Read [the list](ftp://example.org/list) today.", language="en")
    assert "<a " not in to_html(article)
    assert b"ftp:" not in ZipFile(BytesIO(to_docx(article))).read("word/_rels/document.xml.rels")


def test_characters_that_xml_forbids_are_left_out() -> None:
    article = Article("One\x0b two\ud800 three.", "en")
    assert read_docx(to_docx(article), language="en").text == "One two three."


def test_the_styles_of_word_are_read() -> None:
    def fill(made) -> None:  # type: ignore[no-untyped-def] - the class is a function in the library
        made.add_paragraph("A point of the list.", style="List Bullet")
        made.add_paragraph("A step of the way.", style="List Number")
        made.add_paragraph("What somebody else said of it.", style="Intense Quote")
        cell = made.add_table(1, 2).rows[0].cells
        cell[0].text, cell[1].text = "The first line.", "Another cell."
        cell[0].add_paragraph("The second line.")

    read = read_docx(document(fill), language="en")
    assert [(block.kind, read.text[block.start : block.end]) for block in read.blocks[1:]] == [
        ("list_item", "A point of the list."),
        ("list_item", "A step of the way."),
        ("quote", "What somebody else said of it."),
        ("table_cell", "The first line.\nThe second line."),
        ("table_cell", "Another cell."),
    ]


def test_it_is_known_by_its_content(tmp_path: Path) -> None:
    path = tmp_path / "article"
    path.write_bytes(document())
    article = load_article(path)
    assert (article.language, article.meta.format, article.meta.encoding) == ("en", "docx", None)
    assert article.meta.sha256
    assert not is_docx(repacked(b"PK\x05\x06" + b"\0" * 18, {"a.txt": b"word/"}))


def test_what_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "article.docx"
    path.write_bytes(document())
    monkeypatch.setattr(extras, "find_spec", lambda _: None)
    with pytest.raises(TolmachError) as caught:
        load_article(path)
    assert caught.value.hint == 'Run: pip install "tolmach[docx]"'


DEEP = b"<w:p>" * 3000 + b"</w:p>" * 3000
LAUGHS = b'<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;">]><a>&c;</a>'


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (document()[:-100], "is a damaged document"),
        (document()[:2000], "is a damaged document"),
        (repacked(document(), {"word/document.xml": b"<w:document"}), "is a damaged document"),
        (repacked(document(), {"word/document.xml": b"<a><b/></a>"}), "is a damaged document"),
        (repacked(document(), {"word/document.xml": b"<a xmlns:w='w'>%b</a>" % DEEP}), "is a damaged document"),
        (repacked(document(), {"word/styles.xml": LAUGHS}), "it has a document type"),
        (repacked(document(), {"word/styles.xml": LAUGHS.decode().encode("utf-16")}), "it has a document type"),
        (repacked(document(), {"word/big.xml": b" " * 17_000_000}), "is too large: 17."),
        (repacked(document(), {"word/big.xml": b"<a/>" * 300_000}), "tags, more than the limit of 300,000"),
        (repacked(document(), {}, ZIP_BZIP2), "compressed in another way"),
    ],
    ids=["cut", "cut more", "unfinished", "another", "deep", "entities", "utf-16", "bomb", "tags", "bzip2"],
)  # fmt: skip
def test_what_is_made_to_harm_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        read_docx(data)
    assert "\n" not in str(caught.value)


def test_no_more_is_unpacked_than_is_declared() -> None:
    data = repacked(document(), {"word/big.xml": b" " * 30_000_000})
    lying = data.replace(struct.pack("<L", 30_000_000), struct.pack("<L", 5))
    with pytest.raises(InputError, match="is a damaged document: Bad CRC-32"):
        read_docx(lying)


def test_a_document_without_words_is_empty() -> None:
    file = BytesIO()
    Document().save(file)
    with pytest.raises(InputError, match="is empty"):
        read_docx(file.getvalue())
