"""`tolmach align` end to end: the formats read back, the options arrive, what goes wrong is told in one line."""

import errno
import json
import os
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from alignment.types import AlignOptions, Bead
from common.progress import SILENT
from corpora.exchange import read_bitext
from corpora.samples import sample_path
from tests.support.alignment_sample import BEADS, ENGLISH, UNRELATED, FakeAligner, write_versions
from tolmach.cli import main
from tolmach.pages.page import extract_result, without_folders
from tolmach.results.reading import from_json
from tolmach.terminal.console import ConsoleProgress

PAIRS = ("en-ru", "en-zh", "ru-zh")
SUFFIXES = {"tsv": "tsv", "tmx": "tmx", "xliff": "xlf", "ids": "ids"}


@pytest.fixture(autouse=True)
def workplace(tmp_path, monkeypatch):
    """Work in a folder with three versions, a sentence a line."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOLMACH_OFFLINE", "1")
    write_versions(tmp_path)


@pytest.fixture
def aligner(monkeypatch) -> FakeAligner:
    return fake(monkeypatch)


def fake(monkeypatch, **settings) -> FakeAligner:
    aligner = FakeAligner(**settings)
    monkeypatch.setattr("alignment.versions.align_versions", aligner)
    return aligner


def align(*words: object, text: str | bytes | None = None, status: int = 0) -> Result:
    result = CliRunner().invoke(main, ["align", *map(str, words)], input=text)
    assert result.exit_code == status, result.output
    return result


def lines(*words: object, **settings) -> Result:
    return align("--lines", *words, **settings)


def refused(*words: object, status: int = 1, text: str | None = None) -> str:
    """Return the one line that an error prints; nothing is written."""
    before = {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}
    result = align("--quiet", *words, status=status, text=text)
    assert result.stdout == ""
    assert {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()} == before
    return result.stderr.splitlines()[-1]


def test_an_article_in_another_language_is_named():
    german = "Der Minister sagte am Montag, die Gespräche seien noch nicht zu Ende.\n"
    Path("de.txt").write_text(german, encoding="utf-8")
    message = refused("en.txt", "de.txt")
    assert message.startswith("Error: de.txt: the text is in none of English,")
    assert "it looks like German" in message
    message = refused("--lines", "ru.txt", "en.txt", "--language", "en", "--language", "en")
    assert message.startswith("Error: ru.txt: the text is not English: it looks like Russian")


def test_a_file_that_an_error_names_is_named_once():
    assert refused("en.txt", "none.txt").count("none.txt") == 1


# What comes out


def read_back(form: str, text: str) -> tuple[Bead, ...]:
    if form in ("json", "html"):
        document = from_json(text) if form == "json" else extract_result(text)
        return document.alignments["en-ru"].beads
    found = read_bitext(text, form)
    sure = found.confidences or [bead.confidence for bead in BEADS]  # ids files have no place for them
    return tuple(
        Bead(*link, score, confidence) for link, score, confidence in zip(found.beads, found.scores, sure, strict=True)
    )


@pytest.mark.usefixtures("aligner")
@pytest.mark.parametrize("form", ["json", "html", *SUFFIXES])
def test_every_format_reads_back_to_the_same_alignment(form):
    assert read_back(form, lines("en.txt", "ru.txt", "--format", form).stdout) == BEADS
    lines("en.txt", "ru.txt", "--format", form, "-o", "out")
    assert read_back(form, Path("out").read_text(encoding="utf-8")) == BEADS


@pytest.mark.usefixtures("aligner")
@pytest.mark.parametrize("form", ["tsv", "tmx", "xliff"])
def test_exchanged_files_hold_the_sentences_and_what_they_are(form):
    found = read_bitext(lines("en.txt", "ru.txt", "--format", form).stdout, form)
    assert found.source == tuple(ENGLISH.splitlines())
    if form != "tsv":
        assert (found.source_language, found.target_language) == ("en", "ru")


@pytest.mark.usefixtures("aligner")
@pytest.mark.parametrize("form", list(SUFFIXES))
def test_several_pairs_go_into_a_folder_a_file_each(form):
    lines("en.txt", "ru.txt", "zh.txt", "--format", form, "-o", "out/pairs")
    names = sorted(path.name for path in Path("out/pairs").iterdir())
    assert names == [f"{pair}.{SUFFIXES[form]}" for pair in PAIRS]
    assert read_back(form, Path(f"out/pairs/{names[0]}").read_text(encoding="utf-8")) == BEADS


@pytest.mark.usefixtures("aligner")
def test_one_pair_goes_into_a_folder_that_is_there():
    Path("out").mkdir()
    lines("en.txt", "ru.txt", "--format", "tmx", "-o", "out")
    assert [path.name for path in Path("out").iterdir()] == ["en-ru.tmx"]


@pytest.mark.usefixtures("aligner")
@pytest.mark.parametrize(
    ("name", "form"),
    [("a.tmx", "tmx"), ("a.xlf", "xliff"), ("a.XLIFF", "xliff"), ("a.tsv", "tsv"), ("a.ids", "ids"), ("a.html", "html"),
     ("a.json", "json"), ("a", "json")],
)  # fmt: skip
def test_the_name_of_the_file_tells_the_format(name, form):
    lines("en.txt", "ru.txt", "-o", name)
    assert read_back(form, Path(name).read_text(encoding="utf-8")) == BEADS


@pytest.mark.usefixtures("aligner")
def test_a_format_that_is_asked_for_wins_over_the_name():
    lines("en.txt", "ru.txt", "--format", "json", "-o", "a.tmx")
    assert read_back("json", Path("a.tmx").read_text(encoding="utf-8")) == BEADS


@pytest.mark.parametrize("form", ["json", "html"])
def test_documents_and_pages_hold_all_pairs(aligner, form):
    text = lines("en.txt", "ru.txt", "zh.txt", "--format", form).stdout
    document = from_json(text) if form == "json" else extract_result(text)
    assert tuple(document.alignments) == PAIRS
    assert document.alignments["en-ru"].relation == aligner.relation


@pytest.mark.slow
def test_real_alignments_of_articles_read_back_from_every_format():
    names = [str(sample_path("a03", language)) for language in ("en", "ru", "zh")]
    align(*names, "--format", "json", "-o", "all.json")
    document = from_json(Path("all.json").read_text(encoding="utf-8"))
    for form, suffix in SUFFIXES.items():
        align(*names, "--format", form, "-o", form)
        for pair, found in document.alignments.items():
            text = Path(form, f"{pair}.{suffix}").read_text(encoding="utf-8")
            read = read_bitext(text, form)
            assert read.beads == tuple((bead.source, bead.target) for bead in found.beads)
            assert read.scores == pytest.approx([bead.score for bead in found.beads])
    align(*names, "--format", "html", "-o", "all.html")
    page = extract_result(Path("all.html").read_text(encoding="utf-8"))
    assert (page.versions, page.alignments) == (without_folders(document).versions, document.alignments)


@pytest.mark.usefixtures("aligner")
def test_the_table_marks_doubts_and_crossings_and_sums_up():
    text = lines("en.txt", "ru.txt", "--format", "table").stdout
    rows = [line for line in text.splitlines() if re.match(r"\d-\d ", line)]
    assert ["0.25" in row and "check" in row for row in rows] == [False, True, False, False]
    assert ["moved" in row for row in rows] == [False, False, True, False]
    assert text.splitlines()[-1] == (
        "4 beads, 50% one to one, 1 of low confidence, 1 moved, without counterpart 0 en and 1 ru, "
        "versions of one another (probability 0.99)"
    )


def test_one_bead_is_counted_as_one():
    text = align("-", "ru.txt", "--language", "en", "--language", "ru", "--force", "--format", "table", text="Talks.")
    assert re.search(r"^[2-9] beads, ", text.stdout, re.MULTILINE)
    Path("one.txt").write_text("Переговоры.", encoding="utf-8")
    text = align("-", "one.txt", "--language", "en", "--language", "ru", "--force", "--format", "table", text="Talks.")
    assert "1 bead, 100% one to one" in text.stdout


# How it is aligned


def test_lines_are_sentences_as_they_are():
    for name, blank in (("a.txt", "One.\n\nMr. Fox ran. He fell.\n"), ("b.txt", "One.\n\nMr. Fox ran. He fell.\n")):
        Path(name).write_text(blank, encoding="utf-8")
    document = from_json(lines("a.txt", "b.txt").stdout)
    found = document.versions[0].article.sentences
    assert [sentence.text for sentence in found] == [
        "One.",
        "",
        "Mr. Fox ran. He fell.",
    ]
    assert [(bead.source, bead.target) for bead in document.alignments["en-en-2"].beads] == [
        ((0,), (0,)), ((1,), (1,)), ((2,), (2,)),
    ]  # fmt: skip


@pytest.mark.usefixtures("aligner")
def test_standard_input_and_a_file_twice():
    document = from_json(lines("-", "en.txt", "en.txt", text=ENGLISH).stdout)
    assert [version.id for version in document.versions] == ["en", "en-2", "en-3"]
    assert [version.article.meta.source for version in document.versions] == ["-", "en.txt", "en.txt"]


def test_options_reach_the_aligner(aligner):
    lines("en.txt", "ru.txt", "--max-bead", "9", "--no-crossings")
    options = aligner.called["options"]
    assert (options.max_bead, options.max_side, options.crossings) == (9, 8, False)
    lines("en.txt", "ru.txt", "--max-bead", "20")
    assert (aligner.called["options"].max_bead, aligner.called["options"].max_side) == (20, 19)
    lines("en.txt", "ru.txt")
    assert aligner.called["options"] == AlignOptions()
    assert aligner.called["encoder"].name.startswith("use")


def test_progress_of_the_aligner_is_shown(aligner):
    lines("en.txt", "ru.txt")
    assert isinstance(aligner.called["progress"], ConsoleProgress)
    lines("en.txt", "ru.txt", "--quiet")
    assert aligner.called["progress"] is SILENT


def test_the_encoder_is_loaded_by_its_name(aligner, monkeypatch):
    monkeypatch.setattr("alignment.load_encoder", lambda name: f"encoder {name}")
    lines("en.txt", "ru.txt", "--encoder", "labse")
    assert aligner.called["encoder"] == "encoder labse"


def test_an_unknown_encoder_lists_the_known_ones():
    message = refused("--lines", "en.txt", "ru.txt", "--encoder", "ues", status=2)
    assert "unknown encoder 'ues'" in message
    assert "use" in message.split("Known:")[1]


@pytest.mark.usefixtures("aligner")
def test_beads_need_two_sentences():
    assert "1 is not in the range 2<=" in refused("en.txt", "ru.txt", "--max-bead", "1", status=2)


@pytest.mark.usefixtures("aligner")
def test_an_unknown_format_lists_the_known_ones():
    assert "'tmx', 'xliff', 'ids'" in refused("en.txt", "ru.txt", "--format", "tmxx", status=2)


# Versions that are none


def test_what_is_unrelated_is_refused(monkeypatch):
    fake(monkeypatch, relation=UNRELATED)
    message = refused("--lines", "en.txt", "ru.txt", "-o", "out.json")
    assert message == (
        "Error: en.txt and ru.txt are not versions of one another: 2 of 4 sentences have a counterpart. "
        "Give --force to align them nevertheless"
    )


def test_what_is_unrelated_is_aligned_by_force_with_a_warning(monkeypatch):
    fake(monkeypatch, relation=UNRELATED)
    result = lines("en.txt", "ru.txt", "--force", "--format", "json")
    assert "Note: en.txt and ru.txt are not versions of one another: 2 of 4" in result.stderr
    document = from_json(result.stdout)
    assert document.alignments["en-ru"].beads == BEADS
    assert document.alignments["en-ru"].relation == UNRELATED
    assert (
        "not versions of one another (probability 0.01)"
        in lines("en.txt", "ru.txt", "--force", "--format", "table").stdout
    )


def test_what_was_not_judged_is_aligned(monkeypatch):
    fake(monkeypatch, relation=None)
    result = lines("en.txt", "ru.txt", "--format", "table")
    assert "versions of one another" not in result.output


# Scores


def gold_file(name: str = "gold.ids", beads: str = "[0]:[0]\n[1]:[3]\n[2]:[]\n[3]:[1]\n[]:[2]\n") -> str:
    Path(name).write_text(beads, encoding="utf-8")
    return name


@pytest.mark.usefixtures("aligner")
def test_scores_are_in_the_document():
    gold = from_json(lines("en.txt", "ru.txt", "--gold", gold_file()).stdout).alignments["en-ru"].gold
    assert gold is not None
    assert gold.name == "gold.ids"
    assert (gold.strict.precision, gold.strict.recall) == (3 / 4, 2 / 3)
    assert (gold.lax.precision, gold.lax.recall) == (1.0, 1.0)
    assert (gold.wrong, gold.missed) == ((((1, 2), (3,)),), (((1,), (3,)),))


@pytest.mark.usefixtures("aligner")
def test_scores_and_wrong_beads_are_in_the_table():
    text = lines("en.txt", "ru.txt", "--gold", gold_file(), "--format", "table").stdout
    tail = text.split("against gold.ids")[1]
    assert [line.split() for line in tail.splitlines() if "strict" in line or "lax" in line] == [
        ["strict", "0.750", "0.667", "0.706"],
        ["lax", "1.000", "1.000", "1.000"],
    ]
    assert tail.splitlines()[-2:] == ["not in gold: 1  [1, 2]:[3]", "missed: 1  [1]:[3]"]


@pytest.mark.usefixtures("aligner")
def test_scores_of_several_pairs_take_a_file_each_or_one_with_all():
    names = ["en.txt", "ru.txt", "zh.txt"]
    lines(*names, "-o", "all.json")
    with_all = from_json(lines(*names, "--gold", "all.json").stdout)
    each = from_json(lines(*names, *(word for _ in PAIRS for word in ("--gold", gold_file()))).stdout)
    assert [one.gold and one.gold.strict.f1 for one in with_all.alignments.values()] == [1.0, 1.0, 1.0]
    assert [one.gold and one.gold.strict.precision for one in each.alignments.values()] == [3 / 4, 3 / 4, 1 / 4]


def test_a_sample_is_scored_with_its_own_annotation():
    gold = Path(str(sample_path("lavrov", "en"))).with_name("alignment.json")
    document = from_json(align(sample_path("lavrov", "en"), sample_path("lavrov", "ru"), "--gold", gold).stdout)
    found = document.alignments["en-ru"].gold
    assert found is not None
    assert found.strict.f1 > 0.8


@pytest.mark.parametrize(
    ("beads", "message"),
    [
        ("[0]:[4]\n", "gold.ids was made for other sentences: it names sentence 4 of ru, which has 4"),
        ("[0]:[x]\n", "gold.ids: line 1"),
        ("", "gold.ids is empty"),
    ],
)
def test_gold_that_does_not_fit_is_refused(aligner, beads, message):
    assert message in refused("--lines", "en.txt", "ru.txt", "--gold", gold_file(beads=beads))
    assert aligner.called == {}


@pytest.mark.usefixtures("aligner")
def test_gold_that_is_not_there_is_named():
    assert "cannot read none.ids" in refused("--lines", "en.txt", "ru.txt", "--gold", "none.ids")


@pytest.mark.usefixtures("aligner")
def test_as_many_gold_files_as_pairs_are_needed():
    words = ["--lines", "en.txt", "ru.txt", "zh.txt", "--gold", gold_file(), "--gold", gold_file()]
    assert "3 versions make 3 pairs, but there are 2 gold files" in refused(*words, status=2)


@pytest.mark.usefixtures("aligner")
def test_a_format_without_a_place_for_scores_is_refused():
    message = refused("en.txt", "ru.txt", "--gold", gold_file(), "--format", "tmx", status=2)
    assert "tmx has no place for the result of --gold" in message


# What goes wrong


@pytest.mark.usefixtures("aligner")
@pytest.mark.parametrize("form", list(SUFFIXES))
def test_several_pairs_cannot_go_to_standard_output(form):
    message = refused("en.txt", "ru.txt", "zh.txt", "--format", form, status=2)
    assert f"{form} holds one pair of versions" in message
    assert "Name a folder with -o" in message


@pytest.mark.usefixtures("aligner")
def test_one_article_alone_is_wrong_usage_before_it_is_read():
    assert "Name at least two versions" in refused("no-such-file.txt", status=2)


@pytest.mark.usefixtures("aligner")
@pytest.mark.parametrize("mode", [[], ["--lines"]])
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "bad.txt is empty"),
        (b"\n \n", "bad.txt is empty"),
        (b"\x89PNG\r\n\x1a\n\0\0", "it looks like a PNG image"),
    ],
)
def test_unusable_files_are_refused(mode, content, reason):
    Path("bad.txt").write_bytes(content)
    assert reason in refused(*mode, "en.txt", "bad.txt")


@pytest.mark.usefixtures("aligner")
def test_a_folder_a_missing_file_and_standard_input_twice_are_refused():
    Path("folder").mkdir()
    assert "folder: it is a folder, not a file" in refused("en.txt", "folder")
    assert "none.txt: no such file" in refused("en.txt", "none.txt")
    assert "only once" in refused("-", "-", status=2, text=ENGLISH)


@pytest.mark.usefixtures("aligner")
def test_a_language_for_each_article_is_needed():
    assert "2 articles but 1 languages" in refused("en.txt", "ru.txt", "--language", "en", status=2)


@pytest.mark.usefixtures("aligner")
def test_an_input_is_never_overwritten():
    assert "en.txt is an input and would be overwritten" in refused("--lines", "en.txt", "ru.txt", "-o", "en.txt")
    Path("en-ru.tmx").write_text(ENGLISH, encoding="utf-8")
    message = refused("--lines", "en-ru.tmx", "ru.txt", "--format", "tmx", "-o", ".")
    assert "en-ru.tmx is an input and would be overwritten" in message


@pytest.mark.usefixtures("aligner")
def test_gold_is_never_overwritten():
    message = refused("--lines", "en.txt", "ru.txt", "--gold", gold_file("gold.txt"), "-o", "gold.txt")
    assert "gold.txt is an input and would be overwritten" in message


def test_a_file_cannot_take_several_pairs(aligner):
    Path("file").write_text("words", encoding="utf-8")
    words = ["--lines", "en.txt", "ru.txt", "zh.txt", "--format", "tsv", "-o", "file"]
    assert "a part of the path is a file" in refused(*words)
    assert aligner.called == {}


@pytest.mark.usefixtures("aligner")
def test_a_full_disk_leaves_none_of_several_files(monkeypatch):
    real = Path.write_bytes

    def full(self, content):
        if self.name.startswith(".ru-zh"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(self, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    message = refused("--lines", "en.txt", "ru.txt", "zh.txt", "--format", "tmx", "-o", "out")
    assert "ru-zh.tmx: the disk is full" in message
    assert not Path("out").exists()


def test_interruption_leaves_nothing(monkeypatch):
    def interrupted(*_arguments, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr("alignment.versions.align_versions", interrupted)
    result = lines("en.txt", "ru.txt", "-o", "out.json", "--quiet", status=130)
    message = "Interrupted: no incomplete files are left, and finished work is kept\n"
    assert result.stderr.lstrip() == message
    assert not Path("out.json").exists()


@pytest.mark.usefixtures("aligner")
def test_quiet_says_nothing_beside_the_result():
    result = lines("en.txt", "ru.txt", "--quiet")
    assert (result.stderr, json.loads(result.stdout)["schema"]) == ("", "tolmach/1")
