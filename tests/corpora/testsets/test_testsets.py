"""Test sets: what is known of them, and reading those that are here."""

import json
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import InputError, UsageError
from corpora.testsets import find_folder, find_set, known_sets, load_set, locate_set
from corpora.testsets.loading import read_lines
from tests.support.places import SHARED_FOLDER

SHARED = SHARED_FOLDER
NEEDS_SHARED = pytest.mark.skipif(not SHARED.is_dir(), reason="TOLMACH_SHARED names no folder with development data")
TMX = """<?xml version="1.0" encoding="UTF-8"?>
<tmx version="1.4"><header srclang="en" datatype="plaintext" segtype="sentence" adminlang="en" o-tmf="x"
 creationtool="x" creationtoolversion="1"/><body>
<tu><tuv xml:lang="en"><seg>One.</seg></tuv><tuv xml:lang="ru"><seg>Один.</seg></tuv></tu>
<tu><tuv xml:lang="en"><seg>Two.</seg></tuv><tuv xml:lang="ru"><seg>Два.</seg></tuv></tu>
</body></tmx>"""


def put(path: Path, *lines: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


@pytest.fixture
def sets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that is searched for sets, with a set of lines and one of pairs in it."""
    folder = tmp_path / "sets"
    put(folder / "ntrex" / "en.txt", "One.", "Two.", "Three.")
    put(folder / "ntrex" / "ru.txt", "Один.", "Два.", "Три.")
    put(folder / "ntrex" / "documents.txt", "a", "a", "b")
    put(folder / "wmt22" / "en-ru" / "src.en", "One.", "Two.")
    put(folder / "wmt22" / "en-ru" / "ref.A.ru", "Один.", "Два.")
    put(folder / "wmt22" / "en-ru" / "ref.B.ru", "Раз.", "")
    put(folder / "wmt22" / "en-ru" / "hyp.Online-A.ru", "Один", "Две")
    put(folder / "wmt22" / "en-ru" / "origins.txt", "en", "ru")
    monkeypatch.setenv("TOLMACH_TESTSETS", str(folder))
    monkeypatch.setenv("TOLMACH_CACHE", str(tmp_path / "cache"))
    return folder


def test_every_known_set_tells_what_it_is() -> None:
    names = [entry.name for entry in known_sets()]
    assert len(set(names)) == len(names)
    for entry in known_sets():
        assert entry.title
        assert entry.licence
        assert entry.citation
        assert entry.url.startswith("https://")
        assert entry.directions
        assert all(len(file.sha256) == 64 for file in entry.files)
        assert all(bool(file.url) != bool(file.member) for file in entry.files)
        assert entry.layout == "samples" or bool(entry.files) != bool(entry.sacrebleu)


@pytest.mark.parametrize("name", ["ntrex", "flores200-devtest", "samples"])
def test_some_sets_have_all_six_directions(name: str) -> None:
    assert len(find_set(name).directions) == 6


def test_sets_of_sacrebleu_have_the_directions_that_it_has() -> None:
    from sacrebleu.dataset import DATASETS  # noqa: PLC0415 - only this test needs it

    named = [entry for entry in known_sets() if entry.sacrebleu]
    assert len(named) == 12
    for entry in named:
        assert {"-".join(one) for one in entry.directions} <= set(DATASETS[entry.sacrebleu].langpairs)


def test_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="no test set is called 'ntrx'") as caught:
        find_set("ntrx")
    assert "Did you mean ntrex?" in (caught.value.hint or "")


@pytest.mark.usefixtures("sets")
def test_lines_of_two_languages_are_a_set_in_both_directions() -> None:
    found = load_set("NTREX", ("en", "ru"))
    assert (found.sources, found.references) == (("One.", "Two.", "Three."), {"A": ("Один.", "Два.", "Три.")})
    assert (found.documents, found.origins) == (("a", "a", "b"), ("en", "en", "en"))
    back = load_set("ntrex", ("ru", "en"))
    assert (back.sources, back.references["A"]) == (found.references["A"], found.sources)
    assert back.digest != found.digest
    assert back.licence == "CC-BY-SA-4.0"


@pytest.mark.usefixtures("sets")
def test_a_folder_of_a_direction_has_references_and_outputs_by_name() -> None:
    found = load_set("wmt22", ("en", "ru"))
    assert found.references == {"A": ("Один.", "Два."), "B": ("Раз.", "")}
    assert found.outputs == {"Online-A": ("Один", "Две")}
    assert (found.documents, found.origins) == ((), ("en", "ru"))


def test_a_folder_that_nobody_registered_is_a_set(sets: Path) -> None:
    put(sets / "mine" / "ru-zh" / "src.ru", "Один.")
    put(sets / "mine" / "ru-zh" / "ref.A.zh", "一。")
    put(sets / "lines" / "en.txt", "One.")
    put(sets / "lines" / "zh.txt", "一。")
    assert load_set("mine", ("ru", "zh")).references == {"A": ("一。",)}
    assert load_set("lines", ("zh", "en")).sources == ("一。",)
    assert locate_set("lines").directions == (("en", "zh"), ("zh", "en"))
    with pytest.raises(UsageError, match="mine has no direction zh-ru"):
        load_set("mine", ("zh", "ru"))


@pytest.mark.parametrize("name", ["nothing", "../mine", "empty"])
def test_other_folders_are_no_sets(sets: Path, name: str) -> None:
    (sets / "empty").mkdir(parents=True)
    put(sets.parent / "mine" / "en-ru" / "src.en", "One.")
    with pytest.raises(UsageError, match="no test set is called"):
        locate_set(name)


@pytest.mark.usefixtures("sets")
def test_part_of_a_set_keeps_all_columns_in_step() -> None:
    found = load_set("wmt22", ("en", "ru")).part([1])
    assert (len(found), found.sources, found.origins) == (1, ("Two.",), ("ru",))
    assert (found.outputs, found.references["B"]) == ({"Online-A": ("Две",)}, ("",))


def test_samples_need_no_folder() -> None:
    found = load_set("samples", ("en", "zh"))
    assert len(found) == len(found.references["A"]) == len(found.documents) > 100
    assert all(line.strip() for line in (*found.sources, *found.references["A"]))


def test_set_that_is_not_here_is_told_with_the_way_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOLMACH_CACHE", str(tmp_path))
    monkeypatch.delenv("TOLMACH_TESTSETS", raising=False)
    with pytest.raises(InputError, match=r"ntrex is not here in \S+: no ntrex/\w\w\.txt in ") as caught:
        load_set("ntrex", ("en", "ru"))
    assert "tolmach corpora fetch ntrex" in (caught.value.hint or "")
    assert find_folder(find_set("ntrex")) is None


def test_direction_that_a_set_lacks_is_refused() -> None:
    with pytest.raises(UsageError, match="wmt22 has no direction ru-zh"):
        load_set("wmt22", ("ru", "zh"))


def test_files_of_different_length_are_refused_with_the_first_line(sets: Path) -> None:
    put(sets / "ntrex" / "ru.txt", "Один.", "Два.")
    with pytest.raises(InputError, match=r"ru\.txt has 2 lines for 3 segments: line 3 is missing"):
        load_set("ntrex", ("en", "ru"))
    put(sets / "wmt22" / "en-ru" / "hyp.Online-A.ru", "1", "2", "3")
    with pytest.raises(InputError, match=r"Online-A\.ru has 3 lines for 2 segments: line 3 has no segment"):
        load_set("wmt22", ("en", "ru"))


def test_folder_without_reference_is_refused(sets: Path) -> None:
    for path in (sets / "wmt22" / "en-ru").glob("ref.*"):
        path.unlink()
    with pytest.raises(InputError, match="holds no reference"):
        load_set("wmt22", ("en", "ru"))


def test_file_in_another_encoding_is_refused(sets: Path) -> None:
    (sets / "ntrex" / "ru.txt").write_bytes("Один.\nДва.\nТри.\n".encode("cp1251"))
    with pytest.raises(InputError, match="is not UTF-8"):
        load_set("ntrex", ("en", "ru"))


@given(
    lines=st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n\r\ufeff")), min_size=1),
    mark=st.sampled_from([b"", b"\xef\xbb\xbf"]),
)
def test_lines_come_back_as_they_were(tmp_path_factory: pytest.TempPathFactory, lines: list[str], mark: bytes) -> None:
    path = tmp_path_factory.mktemp("lines") / "one.txt"
    path.write_bytes(mark + "".join(f"{line}\n" for line in lines).encode())
    assert read_lines(path) == tuple(lines)


def test_table_without_header_is_source_and_references(tmp_path: Path) -> None:
    found = load_set(str(put(tmp_path / "my.tsv", 'One "1".\tОдин.\tРаз.', "Two.\tДва.\tДва!")), ("en", "ru"))
    assert found.sources == ('One "1".', "Two.")
    assert list(found.references.values()) == [("Один.", "Два."), ("Раз.", "Два!")]


def test_table_with_header_may_name_documents_and_origins(tmp_path: Path) -> None:
    path = put(tmp_path / "my.tsv", "document\tReference\tsource\torigin", "a\tОдин.\tOne.\tru")
    found = load_set(str(path), ("en", "ru"))
    assert (found.sources, found.documents, found.origins) == (("One.",), ("a",), ("ru",))


@pytest.mark.parametrize(
    "head", ["en\tru", "English\tRussian", "source\ttarget", "src\tref", "ru\ten\tzh", "EN\tid\tru"]
)
def test_first_row_may_name_languages_or_sides(tmp_path: Path, head: str) -> None:
    cells = {"ru": "Один.", "russian": "Один.", "target": "Один.", "ref": "Один.", "zh": "一。", "id": "7"}
    row = "\t".join(cells.get(name.lower(), "One.") for name in head.split("\t"))
    found = load_set(str(put(tmp_path / "my.tsv", head, row)), ("en", "ru"))
    assert (found.sources, list(found.references.values())) == (("One.",), [("Один.",)])


@pytest.mark.parametrize(("head", "pair"), [("en\tzh", ("en", "zh-Hant")), ("en\tzh-Hant", ("en", "zh"))])
def test_names_of_languages_need_not_tell_the_script(tmp_path: Path, head: str, pair: tuple[str, str]) -> None:
    assert load_set(str(put(tmp_path / "my.tsv", head, "It rained.\t下雨了。")), pair).sources == ("It rained.",)


def test_a_header_of_other_languages_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"my\.tsv, line 1 names other languages"):
        load_set(str(put(tmp_path / "my.tsv", "zh\tzh-Hant", "下雨了。\t下雨了。")), ("en", "ru"))


def test_references_may_have_names_of_their_own(tmp_path: Path) -> None:
    path = put(tmp_path / "my.tsv", "source\treferenceA\treference_B", "One.\tОдин.\tРаз.")
    assert load_set(str(path), ("en", "ru")).references == {"referencea": ("Один.",), "reference_b": ("Раз.",)}


@pytest.mark.parametrize(
    "row",
    [
        {"source": "a", "reference": "good", "translation": "other"},
        {"reference": "good", "references": ["x", "y"], "source": "a"},
        {"src": "a", "source": "b", "reference": "c"},
    ],
)
def test_an_object_that_says_a_side_twice_is_refused(tmp_path: Path, row: dict[str, object]) -> None:
    with pytest.raises(InputError, match="twice"):
        load_set(str(put(tmp_path / "my.jsonl", json.dumps(row))), ("en", "ru"))


def test_names_of_languages_go_by_the_direction(tmp_path: Path) -> None:
    path = put(tmp_path / "my.jsonl", json.dumps({"en": "One.", "ru": "Один.", "zh": "一。"}))
    assert load_set(str(path), ("zh", "en")).sources == ("一。",)
    assert list(load_set(str(path), ("ru", "zh")).references.values()) == [("一。",)]


def test_a_row_of_words_is_no_header(tmp_path: Path) -> None:
    path = put(tmp_path / "my.tsv", "English\tАнглийский", "Russian\tРусский")
    assert load_set(str(path), ("en", "ru")).sources == ("English", "Russian")


def test_a_reference_may_lack_where_another_does_not(tmp_path: Path) -> None:
    path = put(tmp_path / "my.jsonl", json.dumps({"source": "One.", "references": ["Один.", None]}))
    assert list(load_set(str(path), ("en", "ru")).references.values()) == [("Один.",), ("",)]
    with pytest.raises(InputError, match=r"none\.jsonl, line 1: the reference is empty"):
        load_set(str(put(tmp_path / "none.jsonl", json.dumps({"source": "a", "references": [None]}))), ("en", "ru"))


def test_carriage_returns_at_the_end_of_cells_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "my.tsv"
    path.write_bytes("One.\r\tОдин.\r\n".encode())
    found = load_set(str(path), ("en", "ru"))
    assert (found.sources, list(found.references.values())) == (("One.",), [("Один.",)])


def test_a_file_of_another_kind_is_told_with_the_kinds_that_are_read(tmp_path: Path) -> None:
    path = put(tmp_path / "my.csv", "a,b")
    with pytest.raises(UsageError, match="is no test set") as caught:
        load_set(str(path), ("en", "ru"))
    assert ".tsv, .jsonl and .tmx" in (caught.value.hint or "")


def test_json_lines_take_one_reference_or_several(tmp_path: Path) -> None:
    one = put(tmp_path / "one.jsonl", json.dumps({"source": "One.", "reference": "Один.", "document": "d"}))
    assert load_set(str(one), ("en", "ru")).references == {"reference": ("Один.",)}
    two = put(tmp_path / "two.jsonl", json.dumps({"source": "One.", "references": ["Один.", "Раз."]}), "")
    assert list(load_set(str(two), ("en", "ru")).references.values()) == [("Один.",), ("Раз.",)]


def test_tmx_is_a_set(tmp_path: Path) -> None:
    found = load_set(str(put(tmp_path / "my.tmx", TMX)), ("en", "ru"))
    assert (found.sources, list(found.references.values())) == (("One.", "Two."), [("Один.", "Два.")])


@pytest.mark.parametrize(
    ("name", "lines", "words"),
    [
        ("a.tsv", ["One.\tОдин.", "Two."], "line 2 has 1 columns, not 2"),
        ("a.tsv", ["One.\t "], "the reference is empty"),
        ("a.tsv", ["One."], "lacks a source or a reference"),
        ("a.tsv", [], "has no segments"),
        ("a.tsv", ["source\treference\treference", "a\tb\tc"], "names reference twice"),
        ("a.jsonl", ["{"], "line 1 is not JSON"),
        ("a.jsonl", ["[" * 100_000], "line 1 is not JSON: it is nested too deeply"),
        ("a.jsonl", ['{"source": "a", "source": "b"}'], "the name 'source' twice"),
        ("a.jsonl", ["[1]"], "line 1 is not an object"),
        ("a.jsonl", ['{"source": "One."}'], "lacks a source or a reference"),
        ("a.jsonl", ['{"source": "One.", "reference": 1}'], "the reference is not text"),
        ("a.jsonl", ['{"source": "a", "reference": "b"}', '{"source": "a", "references": ["b", "c"]}'], "2 references"),
    ],
)
def test_unusable_files_are_refused(tmp_path: Path, name: str, lines: list[str], words: str) -> None:
    with pytest.raises(InputError, match=words):
        load_set(str(put(tmp_path / name, *lines)), ("en", "ru"))


def test_table_takes_what_other_programs_would_stumble_over(tmp_path: Path) -> None:
    path = tmp_path / "my.tsv"
    path.write_bytes(f"One\r two.\t{'x' * 200_000}\r\n".encode())
    found = load_set(str(path), ("en", "ru"))
    assert found.sources == ("One\r two.",)
    assert len(found.references["reference"][0]) == 200_000


def test_a_lone_surrogate_is_refused(tmp_path: Path) -> None:
    path = put(tmp_path / "my.jsonl", '{"source": "a \\ud800", "reference": "b"}')
    with pytest.raises(InputError, match="line 1 is not JSON: it holds half of a character"):
        load_set(str(path), ("en", "ru"))


def test_file_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read"):
        load_set(str(tmp_path / "no.tsv"), ("en", "ru"))


@pytest.mark.shared
@NEEDS_SHARED
@pytest.mark.parametrize("name", ["ntrex", "flores200-devtest"])
def test_published_files_are_those_that_the_registry_names(name: str) -> None:
    entry = find_set(name)
    for file in entry.files:
        assert sha256((SHARED / "testsets" / name / file.name).read_bytes()).hexdigest() == file.sha256


@pytest.mark.shared
@NEEDS_SHARED
def test_sets_of_the_development_data_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOLMACH_TESTSETS", str(SHARED / "testsets"))
    assert len(load_set("ntrex", ("zh", "ru"))) == 1997
    assert len(load_set("flores200-devtest", ("ru", "en"))) == 1012
    found = load_set("wmt22", ("zh", "en"))
    assert (len(found), sorted(found.references), len(found.outputs)) == (1875, ["A", "B"], 12)
