"""`tolmach memory add`: corrected files in, a translation memory out that `--memory` takes."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.support.bilingual_sample import result
from tolmach.cli import main
from tolmach.export.translations import TranslationExport
from translate.memory.translation_memory import load_user_memory

OWN = """<tmx version="1.4"><header srclang="en" o-tmf="x"/><body>
<tu creationid="me"><note>kept</note><tuv xml:lang="en"><seg>Milk is cheap.</seg></tuv>
<tuv xml:lang="ru"><seg>Молоко дёшево.</seg></tuv></tu></body></tmx>"""
SOURCE, TARGET = "Milk is cheaper than it was.", "Молоко дешевле, чем было."


def add(*files: str, status: int = 0) -> str:
    found = CliRunner().invoke(main, ["memory", "add", *files, "--memory", "own/mine.tmx"])
    assert found.exit_code == status, found.output
    return found.output


@pytest.fixture(autouse=True)
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for form in ("tmx", "xliff", "bilingual"):
        TranslationExport(Path(form), (form,), ("ru",), folder=True).deliver(result())


@pytest.mark.parametrize("name", ["tmx/en-ru.tmx", "xliff/en-ru.xlf", "bilingual/en-ru.html"])
def test_what_a_file_says_is_known_afterwards(name: str) -> None:
    told = add(name)
    assert "added to own/mine.tmx, 0 were there" in told
    memory = load_user_memory([Path("own/mine.tmx")])
    assert memory.lookup(SOURCE, "en", "ru") == TARGET
    flagged = memory.lookup("Prices rose by 4.5 per cent last year.", "en", "ru")
    assert flagged == ("Цены выросли за год на 45 процентов." if name.endswith("tmx") else None)
    assert ("left out: they failed a check and were not corrected" in told) == (flagged is None)
    assert "0 added" in add(name)


def test_a_correction_counts_more_than_what_was_there() -> None:
    add("xliff/en-ru.xlf")
    path = Path("xliff/en-ru.xlf")
    path.write_text(path.read_text(encoding="utf-8").replace(TARGET, "Молоко подешевело."), encoding="utf-8")
    assert "1 added" in add("xliff/en-ru.xlf")
    assert load_user_memory([Path("own/mine.tmx")]).lookup(SOURCE, "en", "ru") == "Молоко подешевело."


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [
        ("на 45 процентов", "на 4,5 процента", "Цены выросли за год на 4,5 процента."),
        ('state="initial"', 'state="reviewed"', "Цены выросли за год на 45 процентов."),
    ],
)
def test_a_flagged_sentence_is_taken_once_it_is_corrected_or_reviewed(before: str, after: str, kept: str) -> None:
    path = Path("xliff/en-ru.xlf")
    path.write_text(path.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")
    add("xliff/en-ru.xlf")
    memory = load_user_memory([Path("own/mine.tmx")])
    assert memory.lookup("Prices rose by 4.5 per cent last year.", "en", "ru") == kept


def test_a_memory_of_another_tool_keeps_what_it_has() -> None:
    Path("own").mkdir()
    Path("own/mine.tmx").write_text(OWN, encoding="utf-8")
    add("tmx/en-ru.tmx")
    text = Path("own/mine.tmx").read_text(encoding="utf-8")
    assert 'creationid="me"' in text
    assert "<note>kept</note>" in text
    assert load_user_memory([Path("own/mine.tmx")]).lookup("Milk is cheap.", "en", "ru") == "Молоко дёшево."


def test_what_is_no_memory_is_refused_and_nothing_written() -> None:
    Path("a.html").write_text("<p>Hello</p>", encoding="utf-8")
    Path("a.txt").write_text("Hello", encoding="utf-8")
    assert "the page has no result" in add("a.html", status=1)
    assert "is not a translation memory" in add("a.txt", status=2)
    assert not Path("own").exists()


def test_a_memory_without_translations_is_there_and_can_be_used() -> None:
    Path("empty.tmx").write_text(OWN.replace(OWN[OWN.index("<tu ") : OWN.index("</body>")], ""), encoding="utf-8")
    assert "0 added" in add("empty.tmx")
    assert load_user_memory([Path("own/mine.tmx")]).lookup("Milk is cheap.", "en", "ru") is None
