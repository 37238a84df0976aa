"""`tolmach evaluate` on lines: several references, several systems, sentences, and what is refused."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from eval import evaluate, evaluate_sentences
from eval.qe.segments import agreement
from eval.significance import compare_systems
from tolmach.cli import main

LINES = ["The cat sat on the mat.", "There is no doubt about it.", "He came on Monday."]
OTHER = ["A cat sat on a mat.", "There is a doubt.", "He went on Tuesday."]
REFERENCE = ["The cat sat on a mat.", "There's no question about it.", "He came on a Monday."]
RUSSIAN = ["Кот сидел на ковре.", "В этом нет сомнений.", "Он пришёл в понедельник."]


@pytest.fixture
def files(tmp_path: Path) -> Path:
    named = {"mine": LINES, "other": OTHER, "ref": REFERENCE, "ref2": LINES[::-1], "short": LINES[:2]}
    named |= {"russian": RUSSIAN, "hole": [LINES[0], "", LINES[2]], "empty": []}
    for name, lines in named.items():
        (tmp_path / f"{name}.txt").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return tmp_path


def invoke(files: Path, *words: str) -> Result:
    placed = [str(files / word) if word.endswith(".txt") and "=" not in word else word for word in words]
    return CliRunner().invoke(main, ["evaluate", "--language", "en", "--quiet", *placed])


def test_several_references_are_scored_together(files: Path) -> None:
    found = json.loads(invoke(files, "mine.txt", "ref.txt", "--reference", "ref2.txt").stdout)
    expected = evaluate(LINES, [REFERENCE, LINES[::-1]], target_language="en")
    assert found["scores"]["bleu"]["score"] == expected["bleu"].score
    assert "nrefs:2" in found["scores"]["chrf"]["signature"]


def test_other_systems_are_compared_with_the_first(files: Path) -> None:
    done = invoke(files, "mine.txt", "ref.txt", "--system", f"other={files / 'other.txt'}", "--resamples", "100")
    found = json.loads(done.stdout)["significance"]
    assert [(one["system"], one["metric"]) for one in found["comparisons"]] == [("other", "bleu"), ("other", "chrf")]
    expected = compare_systems({"m": LINES, "o": OTHER}, [REFERENCE], target_language="en", metrics=["chrf"])
    assert found["comparisons"][1]["p_randomisation"] == expected.comparisons[0].p_randomisation
    assert found["options"]["resamples"] == 100


def test_comparison_is_a_table_for_people(files: Path) -> None:
    done = invoke(files, "mine.txt", "ref.txt", "--system", f"other={files / 'other.txt'}", "--format", "table")
    assert "other" in done.stdout
    assert [line.split(":")[0] for line in done.stdout.splitlines() if "nrefs:1" in line] == ["BLEU", "chrF"]
    assert "Segments: 3. Smallest difference detected 80% of the time: BLEU" in done.stdout


def test_lone_carriage_return_ends_no_line_as_in_sacrebleu(files: Path) -> None:
    (files / "mine.txt").write_bytes("".join(f"{line}\r\n" for line in LINES).replace("sat", "sa\rt").encode())
    found = json.loads(invoke(files, "mine.txt", "ref.txt").stdout)
    assert found["segments"] == 3


def test_systems_are_assessed_without_a_reference(files: Path) -> None:
    (files / "other.txt").write_text("He came on Friday 13.\n" * 3, encoding="utf-8")
    words = ["mine.txt", "--source", "russian.txt", "--system", f"other={files / 'other.txt'}"]
    found = json.loads(invoke(files, *words).stdout)
    assert found["scores"] == {}
    mine, other = found["signs"]["mine.txt"], found["signs"]["other"]
    assert mine["worst_tenth"] > other["worst_tenth"]
    assert mine["flagged"] < other["flagged"] == 1.0
    assert len(other["segments"]) == 3
    assert all(one["checks"] for one in other["segments"])
    shown = invoke(files, *words, "--format", "table").stdout
    assert "worst tenth" in shown
    assert "Flagged in other, segments: " in shown


def test_three_systems_have_their_agreement(files: Path) -> None:
    others = [f"{name}={files / name}.txt" for name in ("other", "ref")]
    words = ["mine.txt", "--source", "russian.txt", "--system", others[0], "--system", others[1]]
    found = json.loads(invoke(files, *words).stdout)["signs"]
    expected = agreement({"mine.txt": LINES, "other": OTHER, "ref": REFERENCE})
    assert {name: one["agreement"] for name, one in found.items()} == expected
    assert "agreement" in invoke(files, *words, "--format", "table").stdout
    two = json.loads(invoke(files, *words[:5]).stdout)["signs"]
    assert all("agreement" not in one for one in two.values())


def test_texts_in_another_language_are_told(files: Path) -> None:
    words = ["evaluate", str(files / "russian.txt"), str(files / "ref.txt")]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 0
    assert "russian.txt seems to be in ru" in " ".join(done.stderr.split())


def test_worst_lines_are_shown_to_people(files: Path) -> None:
    shown = invoke(files, "mine.txt", "ref.txt", "--sentence-level", "--format", "table").stdout
    assert "Worst lines of mine.txt by chrF" in shown


def test_names_with_markup_are_compared_like_others(files: Path) -> None:
    done = invoke(files, "mine.txt", "ref.txt", "--system", f"sys[a]={files / 'other.txt'}", "--format", "table")
    line = next(line for line in done.stdout.splitlines() if line.startswith("sys[a]  mine.txt"))
    assert " to " in line


def test_lines_have_their_adequacy_without_a_reference(files: Path) -> None:
    words = ["mine.txt", "--source", "russian.txt", "--sentence-level"]
    found = json.loads(invoke(files, *words).stdout)
    assert [set(one) for one in found["sentences"]["mine.txt"]] == [{"adequacy"}] * 3
    shown = invoke(files, *words, "--format", "table").stdout
    assert "Worst lines of mine.txt by adequacy" in " ".join(shown.split())


def test_name_of_the_file_tells_the_format(files: Path, tmp_path: Path) -> None:
    assert invoke(files, "mine.txt", "ref.txt", "-o", str(tmp_path / "out.json")).exit_code == 0
    done = invoke(files, "mine.txt", "ref.txt", "-o", str(tmp_path / "out.html"))
    assert done.exit_code == 2
    assert "does not write html" in done.stderr


def test_sentences_of_every_system_are_scored_by_themselves(files: Path) -> None:
    words = ["--sentence-level", "--metric", "chrf", "--system", f"other={files / 'other.txt'}"]
    found = json.loads(invoke(files, "mine.txt", "ref.txt", *words).stdout)["sentences"]
    for name, lines in (("mine.txt", LINES), ("other", OTHER)):
        expected = evaluate_sentences(lines, [REFERENCE], target_language="en", metrics=["chrf"])
        assert [one["chrf"] for one in found[name]] == [one["chrf"].score for one in expected]


def compared(files: Path, *words: str) -> str:
    others = [f"{name}={files / name}.txt" for name in ("other", "ref2")]
    given = [f"my mine={files / 'mine.txt'}", "ref.txt", "--system", others[0], "--system", others[1]]
    return invoke(files, *given, "--metric", "chrf", *words).stdout


def test_every_two_systems_are_tested_under_their_names(files: Path) -> None:
    found = json.loads(compared(files))
    assert found["system"] == "my mine"
    pairs = [(one["system"], one["baseline"]) for one in found["significance"]["comparisons"]]
    assert pairs == [("other", "my mine"), ("ref2", "my mine"), ("ref2", "other")]


def test_file_whose_name_has_an_equals_sign_is_a_file(files: Path) -> None:
    (files / "a=b.txt").write_text("\n".join(LINES), encoding="utf-8")
    found = json.loads(invoke(files, str(files / "a=b.txt"), "ref.txt").stdout)
    assert found["system"] == "a=b.txt"


def test_csv_has_a_row_for_each_figure(files: Path) -> None:
    rows = list(csv.DictReader(compared(files, "--format", "csv", "--sentence-level").splitlines()))
    assert len(rows) == 3 + 3 + 3 * 3
    pair = next(row for row in rows if row["against"] == "other")
    assert (pair["system"], pair["metric"]) == ("ref2", "chrf")
    assert float(pair["low"]) <= float(pair["value"]) <= float(pair["high"])
    assert 0 < float(pair["p"]) <= 1
    assert [row["line"] for row in rows if row["system"] == "ref2" and row["line"]] == ["1", "2", "3"]
    (alone,) = csv.DictReader(
        invoke(files, "mine.txt", "ref.txt", "--metric", "ter", "--format", "csv").stdout.splitlines()
    )
    assert (alone["system"], alone["metric"], alone["p"]) == ("mine.txt", "ter", "")


@pytest.mark.parametrize(("option", "expected"), [([], "+1+1"), (["--escape-formulas", "--excel"], "'+1+1")])
def test_a_formula_for_a_name_is_guarded_where_that_is_asked_for(files: Path, option: list[str], expected: str) -> None:
    words = ["--system", f"+1+1={files / 'other.txt'}", "--metric", "chrf", "--format", "csv", *option]
    told = invoke(files, "mine.txt", "ref.txt", *words).stdout
    assert told.startswith("\ufeff") == bool(option)
    assert {row["system"] for row in csv.DictReader(told.removeprefix("\ufeff").splitlines())} == {"mine.txt", expected}


def test_markdown_and_latex_have_the_same_tables(files: Path) -> None:
    markdown, latex = (compared(files, "--format", form) for form in ("markdown", "latex"))
    assert "| system | against | metric | difference | 95 % of it | p |" in markdown
    assert "system & against & metric & difference & 95 \\% of it & p \\\\" in latex
    assert latex.count("\\begin{tabular}") == markdown.count("\n| --- |") == 2
    assert all(line.startswith(("%", "\\")) or line.endswith("\\\\") for line in latex.splitlines())


def test_adequacy_without_checks_has_no_flags(files: Path) -> None:
    words = ["mine.txt", "--source", "russian.txt", "--no-checks"]
    (found,) = json.loads(invoke(files, *words).stdout)["signs"].values()
    assert found["worst_tenth"] > 0
    assert "flagged" not in found
    assert "flagged" not in invoke(files, *words, "--format", "table").stdout


def test_articles_are_not_checked_without_checks(files: Path) -> None:
    words = ["mine.txt", "--source", "russian.txt", "--by", "article"]
    checked, unchecked = (json.loads(invoke(files, *words, *more).stdout) for more in ([], ["--no-checks"]))
    assert checked["reference_free"]["failed_checks"] == 0.0
    assert unchecked["reference_free"]["failed_checks"] is None
    assert "flagged" not in unchecked["signs"]["mine.txt"]


def test_names_are_no_markup(files: Path) -> None:
    more = ["--system", f"[2]_a_<b>={files / 'other.txt'}", "--resamples", "100"]
    markdown, latex = (
        invoke(files, "mine.txt", "ref.txt", *more, "--format", form).stdout for form in ("markdown", "latex")
    )
    assert "| \\[2\\]\\_a\\_\\<b\\> |" in markdown
    assert "{[}2]\\_a\\_$<$b$>$ &" in latex, "a bracket behind a line's end is a length"


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (["mine.txt"], 2, "nothing to score against"),
        (["mine.txt", "short.txt"], 1, "3 lines"),
        (["mine.txt", "ref.txt", "--reference", "short.txt"], 1, "short.txt 2"),
        (["mine.txt", "ref.txt", "--system", "no name"], 2, "NAME=FILE"),
        (["mine.txt", "ref.txt", "--system", "x=none"], 1, "cannot read none"),
        (["mine.txt", "--source", "ref.txt"], 1, "both in en"),
        (["mine.txt", "--source", "russian.txt", "--metric", "ter"], 2, "ter needs a reference"),
        (["mine.txt", "--source", "russian.txt", "--metric", "rouge"], 2, "unknown metric 'rouge'"),
        (["mine.txt", "--source", "short.txt"], 1, "line 3 is missing from"),
        (["mine.txt", "hole.txt"], 1, "hole.txt, line 2 is empty"),
        (["empty.txt", "ref.txt"], 1, "empty.txt is empty"),
        (["mine.txt", "ref.txt", "--by", "article", "--sentence-level"], 2, "one by one"),
        (
            ["mine.txt", "ref.txt", "--system", "mine.txt=ref", "--resamples", "3"],
            2,
            "two systems have one name, mine.txt",
        ),
    ],
)
def test_what_cannot_be_scored_is_told(files: Path, words: list[str], status: int, told: str) -> None:
    done = invoke(files, *words)
    assert done.exit_code == status, done.stderr
    assert told in done.stderr


def test_too_few_resamples_are_refused(files: Path) -> None:
    done = invoke(files, "mine.txt", "ref.txt", "--system", f"o={files / 'other.txt'}", "--resamples", "3")
    assert done.exit_code == 2
    assert "3 resamples are too few" in done.stderr
