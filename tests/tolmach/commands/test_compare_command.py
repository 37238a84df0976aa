"""`tolmach compare` end to end: wordings side by side with their marks, the other forms, what goes wrong.

The comparison itself is made from gold annotations; one test alone compares for real, two versions in one language.
"""

import csv
import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from click.testing import Result as Outcome
from rich.cells import cell_len
from rich.console import Console

from corpora.samples import sample_path
from quotes.types import Comparison, Finding, Quote, QuoteGroup, QuotePair
from tests.support.report_sample import sample
from tolmach.cli import main
from tolmach.pages import render_report
from tolmach.results.reading import from_json
from tolmach.results.result import Result
from tolmach.tables.quotes import comparison_summary, comparison_table

REWORDING = {
    "order will take a long time": "order may take some time",
    "Never again will there be": "Never will there be",
    "coercive policies": "hostile policies",
}


@pytest.fixture(autouse=True)
def workplace(tmp_path, monkeypatch):
    """Work in a folder with two texts and no network."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOLMACH_OFFLINE", "1")
    for name in ("one.txt", "two.txt"):
        Path(name).write_text("The talks\n\n“We are close to a deal,” the minister said on Monday.\n", encoding="utf-8")


@pytest.fixture
def compared(monkeypatch) -> Result:
    """Answer every comparison with the gold sample."""
    result = sample(translated=False)
    monkeypatch.setattr("tolmach.commands.compare.compare_articles", lambda *_, **__: result)
    return result


def compare(*words: object, status: int = 0) -> Outcome:
    outcome = CliRunner().invoke(main, ["compare", "--quiet", *map(str, words)])
    assert outcome.exit_code == status, outcome.output
    return outcome


def refused(*words: object, status: int) -> str:
    before = {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}
    outcome = compare(*words, status=status)
    assert outcome.stdout == ""
    assert {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()} == before
    return outcome.stderr.splitlines()[-1]


def drawn(result: Result, width: int = 120, *, colour: str | None = None) -> str:
    text = io.StringIO()
    terminal = colour is not None
    console = Console(
        file=text, width=width, highlight=False, force_terminal=terminal, color_system=colour, _environ={}
    )
    comparison_table(console, result)
    return text.getvalue()


def lines_of(text: str, beginning: str) -> list[str]:
    """The lines from the one that begins so to the next passage."""
    lines = text.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(beginning))
    return lines[start : lines.index("", start)]


def made(first: str, second: str | None, *findings: Finding, verdict: str = "altered") -> Result:
    """Two versions of which each is one quote, with one comparison."""
    base = sample(("en", "zh"), translated=False)
    versions, members = [], []
    for version, text in zip(base.versions, (first, second), strict=True):
        shown = text or "Nothing."
        sentence = replace(version.article.sentences[0], text=shown, start=0, end=len(shown), block=0)
        block = replace(version.article.blocks[0], start=0, end=len(shown))
        versions.append(
            replace(version.record(), text=shown, sentences=(sentence,), blocks=(block,), title=None).value()
        )
        members.append(text and Quote("q1", "direct", text, (text,), ((0, len(text)),), "“”", sentences=(0,)))
    pair = QuotePair((0, 1), verdict, 0.5, 0.75, findings)  # type: ignore[arg-type]
    group = QuoteGroup("g1", tuple(member or None for member in members), (pair,))
    quotes = Comparison(("en", "zh"), tuple((member,) if member else () for member in members), (group,))
    return replace(base, versions=tuple(versions), alignments={}, quotes=quotes)


# The table


@pytest.mark.usefixtures("compared")
def test_a_table_names_the_gravest_changes_on_one_screen(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    lines = compare("one.txt", "two.txt", "--format", "table", "--names").stdout.splitlines()
    assert lines[0].startswith("14 of 18 quotes may differ: 11 altered, 3 missing, 2 reworded")
    assert len(lines) <= 24
    assert {line.split()[1] for line in lines if line.startswith("g")} == {"ALTERED"}
    left = 14 - sum(line.startswith("g") for line in lines)
    assert lines[-1] == f"and {left} more; --all shows them all, side by side"


def test_a_summary_tells_how_many_changes_it_leaves_out():
    one = made("We win.", "我们会赢。")
    groups = tuple(replace(one.quotes.groups[0], id=f"g{number}") for number in range(1, 19))
    text = io.StringIO()
    comparison_summary(Console(file=text, width=80), replace(one, quotes=replace(one.quotes, groups=groups)), more="x")
    assert text.getvalue().splitlines()[-1] == "and 2 more; x"
    assert "g16  ALTERED  no speaker: “We win.”" in text.getvalue()


def test_a_summary_counts_in_the_readers_language(monkeypatch):
    shown = []
    for tag in ("en", "ru", "zh"):
        monkeypatch.setenv("TOLMACH_REPORT_LANGUAGE", tag)
        text = io.StringIO()
        comparison_summary(Console(file=text, width=80), made("We win.", "我们会赢。"), more="x")
        shown.append(text.getvalue().splitlines()[0])
    assert shown == [
        "1 of 1 quote may differ: 1 altered",
        "Могут отличаться 1 из 1 цитаты: 1 изменено",
        "1 段引语中有 1 段可能不同：1 段有改动",
    ]
    monkeypatch.setenv("TOLMACH_REPORT_LANGUAGE", "ru")
    text = io.StringIO()
    comparison_table(Console(file=text, width=80), made("We win.", "我们会赢。"))
    assert "0,75" in text.getvalue()
    assert "0.75" not in text.getvalue()


def test_texts_without_quotes_and_twice_the_same_are_named():
    for name in ("one.txt", "two.txt"):
        Path(name).write_text("The talks went on until midnight on Monday.\n", encoding="utf-8")
    outcome = CliRunner().invoke(main, ["compare", "one.txt", "two.txt", "--format", "table"])
    assert outcome.stdout == "No quotes were found in any version.\n"
    assert "en and en-2 have the same text" in outcome.stderr


@pytest.mark.parametrize("names", [False, True])
def test_names_in_quotation_marks_are_folded_away_unless_asked_for(names):
    one = made("We win.", "我们会赢。")
    (group,) = one.quotes.groups
    pairs = tuple(replace(pair, verdict="uncertain") for pair in group.pairs)
    unmarked, marked = (
        replace(member, kind=kind) for member, kind in zip(group.members, ("indirect", "title"), strict=True)
    )
    title = replace(group, id="g2", members=(unmarked, marked), pairs=pairs, verdict="uncertain")
    altered = replace(group, id="g3", members=(marked, marked))
    text = io.StringIO()
    result = replace(one, quotes=replace(one.quotes, groups=(group, title, altered)))
    comparison_summary(Console(file=text, width=80), result, more="x", names=names)
    assert "3 of 3 quotes may differ" in text.getvalue()
    assert ("g2 " in text.getvalue()) == names
    assert "g3  ALTERED" in text.getvalue()
    assert ("1 of them is a name or term in quotation marks" in text.getvalue()) == (not names)
    assert '<details class="names">\n      <summary>1 of them is a name' in render_report(result)


@pytest.mark.usefixtures("compared")
def test_a_quote_that_may_differ_fails_a_strict_comparison_and_a_replaced_report_is_told():
    words = ["compare", "one.txt", "two.txt", "-o", "out.json", "--report", "report.html"]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 0
    assert "replaced" not in done.stderr
    assert done.stderr.startswith("Reading the articles\n")
    done = CliRunner().invoke(main, [*words, "--strict"])
    assert done.exit_code == 3
    assert "Report: report.html, which replaced an older one" in done.stderr
    assert Path("out.json").exists()


def test_the_gravest_passage_comes_first_and_what_is_the_same_in_a_line_each(compared):
    text = compare("one.txt", "two.txt", "--format", "table", "--all").stdout
    headings = [line for line in text.splitlines() if line.startswith("g") and "──" in line]
    assert headings[0].startswith("g1  ")
    order = ["altered", "missing", "indirect", "uncertain", "reworded", "same"]
    groups = {group.id: min(order.index(pair.verdict) for pair in group.pairs) for group in compared.quotes.groups}
    graveness = [groups[heading.split()[0]] for heading in headings]
    assert graveness == sorted(graveness)
    assert len(headings) == sum(verdict < order.index("same") for verdict in groups.values())
    alike = text.split("The same in all versions")[1].split("\n\n")[0].splitlines()[1:]
    assert len(alike) == 18 - len(headings)
    assert "  g13  ‘final solution’ · «окончательным решением» · “最终解决方案”" in alike


def test_a_pair_shows_both_wordings_marks_verdict_measures_and_findings():
    first, second = "We must win now.", "我们可能会赢。"
    finding = Finding("degree", "warning", "“must” against “可能”.", ((3, 7),), ((2, 4),))
    lines = lines_of(drawn(made(first, second, finding), 80), "g1")
    assert lines[0].startswith("g1  no speaker · direct quote ──")
    assert lines[1] == "English – Chinese  ALTERED  changed 0.75 · cosine 0.50"
    left, right = (side.strip() for side in lines[3].split("│"))
    assert (left, right) == ("“We {must} win now.”", "“我们{可能}会赢。”")
    assert lines[4].strip() == "{degree} “must” against “可能”."


def test_marks_tell_the_severity_and_the_gravest_wins():
    first = "We must never win now."
    result = made(
        first,
        "我们会赢。",
        Finding("negation", "serious", "One denies.", ((8, 13),)),
        Finding("degree", "note", "One is softer.", ((3, 13),)),
    )
    text = drawn(result)
    assert "“We _must _{{never}} win now.”" in text
    assert "{{words}} Evidence that the meaning very likely differs. _words_ A difference worth noting." in text
    coloured = drawn(result, colour="standard")
    assert "\x1b[1;4;31mnever\x1b[0m" in coloured
    assert "{{" not in coloured


def test_no_color_leaves_signs_in_place_of_colours():
    result = made("We never win.", "我们会赢。", Finding("negation", "serious", "One denies.", ((3, 8),)))
    text = io.StringIO()
    environment = {"NO_COLOR": "1", "TERM": "xterm-256color"}
    comparison_table(Console(file=text, width=80, force_terminal=True, _environ=environment), result)
    assert "{{never}}" in text.getvalue()
    assert "\x1b[31m" not in text.getvalue()


@pytest.mark.parametrize("width", [60, 72, 120, 200])
def test_no_line_is_wider_than_the_terminal_where_characters_are_double(width):
    result = made("We will win now. " * 20, "我们现在一定会赢。" * 30)
    text = drawn(result, width)
    assert max(map(cell_len, text.splitlines())) <= min(width, 140)
    words = "".join(character for character in text if character in "我们现在一定会赢。")
    assert words.startswith("我们现在一定会赢。" * 30)


def test_a_narrow_terminal_shows_one_wording_under_the_other():
    lines = lines_of(drawn(made("We win.", "我们会赢。"), 60), "g1")
    assert [line.strip() for line in lines[2:]] == ["English", "“We win.”", "Chinese", "“我们会赢。”"]


def test_a_missing_quote_shows_what_stands_in_its_place(compared):
    block = lines_of(drawn(compared), "g6")
    text = " ".join(" ".join(line.split("│")[1] for line in block if "│" in line).split())
    assert "not quoted in this version corresponding text: {{Он добавил, что Россия больше никогда" in text


def test_evidence_outside_the_quote_is_shown_in_its_sentence():
    base = made("We win.", "我们会赢。", Finding("speaker", "serious", "Somebody else.", ((14, 18),)))
    text = "We win,” said Ivan."
    sentence = replace(base.versions[0].article.sentences[0], text=text, end=len(text))
    version = replace(base.versions[0].record(), text=text, sentences=(sentence,)).value()
    lines = drawn(replace(base, versions=(version, base.versions[1]))).splitlines()
    assert any("in context: We win,” said {{Ivan}}." in line for line in lines)


def test_a_finding_about_the_whole_passage_marks_no_words():
    finding = Finding("missing", "serious", "Nothing answers this.", ((0, 7),))
    text = drawn(made("We win.", None, finding, verdict="missing"))
    assert "“We win.”" in text
    assert "{{missing}} Nothing answers this." in text
    number = Finding("number", "serious", "Another number.", ((0, 2),))
    assert "“{{72}}”" in drawn(made("72", "27", number))


def test_no_quotes_are_told_in_a_word():
    assert (
        drawn(replace(sample(translated=False), quotes=Comparison(("en", "ru", "zh"), ((), (), ()), ())))
        == "no quotes\n"
    )


# Two versions in one language


def test_a_reworded_copy_is_compared_word_by_word():
    original = sample_path("lavrov", "en")
    text = original.read_text(encoding="utf-8")
    for old, new in REWORDING.items():
        assert old in text
        text = text.replace(old, new)
    Path("copy.txt").write_text(text, encoding="utf-8")
    compare(original, "copy.txt", "-o", "result.json")
    result = from_json(Path("result.json").read_text(encoding="utf-8"))
    shown = drawn(result)
    assert "Never <again> will there be" in shown
    assert "“<coercive> policies”" in shown
    assert "“<hostile> policies”" in shown
    assert "<wording> The “en” version says “coercive”, the “copy” “hostile”." in shown
    assert "versions in one language" in shown
    html = render_report(result)
    assert re.search(r'<mark class="changed" data-findings="\d+">coercive</mark> policies', html)


# The other forms


def test_html_is_the_page_of_the_report(compared):
    compare("one.txt", "two.txt", "--report", "report.html", "-o", "page.html")
    assert Path("page.html").read_text(encoding="utf-8") == Path("report.html").read_text(encoding="utf-8")
    assert compare("one.txt", "two.txt", "--format", "html").stdout == render_report(compared)


def test_csv_has_a_row_for_each_passage_and_pair(compared):
    rows = list(csv.DictReader(io.StringIO(compare("one.txt", "two.txt", "--format", "csv").stdout)))
    assert len(rows) == 18 * 3
    first = rows[0]
    assert (first["group"], first["first_version"], first["second_version"]) == ("g1", "en", "ru")
    assert (first["verdict"], first["altered"]) == ("altered", "0.84")
    missing = next(row for row in rows if row["group"] == "g6")
    assert missing["first_text"].startswith("Never again will there be")
    assert missing["second_text"] == ""
    assert {len(row) for row in rows} == {16}
    kind, severity, message = first["findings"].split(" | ")[0].split(":", 2)
    finding = compared.quotes.groups[0].pairs[0].findings[0]
    assert (kind, severity, message) == (finding.kind, finding.severity, finding.message)


def test_a_formula_is_guarded_only_where_that_is_asked_for(monkeypatch):
    monkeypatch.setattr(
        "tolmach.commands.compare.compare_articles", lambda *_, **__: made("-1 is what we say.", "＝我们会赢。")
    )
    plain, guarded = (
        next(csv.DictReader(io.StringIO(compare("one.txt", "two.txt", "--format", "csv", *options).stdout)))
        for options in ([], ["--escape-formulas"])
    )
    assert (plain["first_text"], plain["second_text"]) == ("-1 is what we say.", "＝我们会赢。")
    assert (guarded["first_text"], guarded["second_text"]) == ("'-1 is what we say.", "'＝我们会赢。")
    assert guarded["altered"] == "0.75"


@pytest.mark.usefixtures("compared")
def test_excel_gets_its_mark_and_reads_the_same_rows():
    plain, marked = (compare("one.txt", "two.txt", "--format", "csv", *more).stdout for more in ([], ["--excel"]))
    assert marked == f"\ufeff{plain}"


def test_the_tidy_form_has_a_row_for_each_finding(compared):
    rows = list(csv.DictReader(io.StringIO(compare("one.txt", "two.txt", "--format", "csv", "--tidy").stdout)))
    findings = [each for group in compared.quotes.groups for pair in group.pairs for each in pair.findings]
    assert [(row["finding_kind"], row["finding_severity"], row["finding"]) for row in rows] == [
        (each.kind, each.severity, each.message) for each in findings
    ]
    assert "findings" not in rows[0]
    assert rows[0]["first_text"]


# What goes wrong


def test_one_article_is_too_few_whatever_it_holds():
    assert "at least two" in refused("none.txt", status=2)


def test_options_of_another_form_are_refused_before_anything_is_read():
    assert refused("none.txt", "two.txt", "--all", status=2).startswith("Error: --all is about table, not json")
    message = refused("none.txt", "two.txt", "--escape-formulas", "--format", "html", status=2)
    assert message.startswith("Error: --escape-formulas is about csv, not html")
    assert refused("none.txt", "two.txt", "--tidy", status=2).startswith("Error: --tidy is about csv, not json")
    assert refused("none.txt", "two.txt", "--excel", status=2).startswith("Error: --excel is about csv, not json")


def test_no_article_is_overwritten_by_a_result_or_a_report():
    assert "one.txt is an input" in refused("one.txt", "two.txt", "-o", "one.txt", status=1)
    assert "two.txt is an input" in refused("one.txt", "two.txt", "--report", "two.txt", status=1)


def test_standard_input_is_read_once():
    assert "only once" in refused("-", "-", status=2)


# Versions that are none, and what else would help


def test_what_is_unrelated_is_refused_as_align_refuses_it_unless_forced():
    Path("other.txt").write_text(
        "Storm damages harbour\n\nA storm tore two boats loose on Friday. “We saw nothing like it,” said the harbour "
        "master. The ferry stayed in port until Sunday, and the fish market was closed.\n",
        encoding="utf-8",
    )
    words = [str(sample_path("lavrov", "ru")), "other.txt", "--language", "ru", "--language", "en"]
    outcome = CliRunner().invoke(main, ["compare", "--quiet", *words, "-o", "result.json"])
    aligned = CliRunner().invoke(main, ["align", "--quiet", *words, "-o", "result.json"])
    assert outcome.exit_code == aligned.exit_code == 1
    assert "are not versions of one another" in outcome.stderr
    assert outcome.stderr == aligned.stderr.replace("to align them", "to compare them")
    assert not Path("result.json").exists()
    compare(*words, "--force", "-o", "result.json")
    assert from_json(Path("result.json").read_text(encoding="utf-8")).quotes.groups


def test_texts_of_sizes_that_no_versions_have_are_refused_before_the_work():
    Path("book.txt").write_text("The talks went on until midnight on Monday.\n\n" * 5000, encoding="utf-8")
    words = ["book.txt", "one.txt", "--quiet", "-o", "result.json"]
    outcomes = [CliRunner().invoke(main, [command, *words]) for command in ("compare", "align")]
    for outcome in outcomes:
        assert outcome.exit_code == 1
        assert "are not versions of one another: one is " in outcome.stderr
        assert "--force" in outcome.stderr


@pytest.mark.slow
@pytest.mark.parametrize(("languages", "hinted"), [(("en", "zh"), True), (("en", "ru"), False)])
def test_a_cached_judge_is_hinted_at_where_it_was_found_to_help(monkeypatch, tmp_path, languages, hinted):
    monkeypatch.setenv("TOLMACH_CACHE", str(tmp_path / "cache"))
    texts = [str(sample_path("lavrov", language)) for language in languages]
    compare(*texts, "-o", "without.json")
    assert from_json(Path("without.json").read_text(encoding="utf-8")).hints == ()
    (tmp_path / "cache" / "models" / "qwen2.5-coder-1.5b").mkdir(parents=True)
    compare(*texts, "-o", "with.json")
    result = from_json(Path("with.json").read_text(encoding="utf-8"))
    assert [("--judge" in hint) for hint in result.hints] == ([True] if hinted else [])
    assert ("--judge" in render_report(result)) == ("--judge" in drawn(result)) == hinted


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--label", "Ledger"), "Give --label once for each article"),
        (("--label", "Ledger", "--label", "Ledger"), "Give --label once for each article"),
        (("--original", "3"), "--original is one of 1, 2"),
        (("--label", "Ledger", "--label", "Courier", "--original", "Times"), "one of 1, 2, Ledger, Courier"),
    ],
)
def test_names_that_fit_no_article_are_refused(words: tuple[str, ...], told: str) -> None:
    assert told in refused("one.txt", "two.txt", *words, status=2)


def test_findings_call_versions_in_one_language_by_their_labels() -> None:
    for name, number in (("one.txt", "five"), ("two.txt", "fifteen")):
        text = f"The talks\n\n“We will sign it in {number} weeks at the latest,” the minister said on Monday.\n"
        Path(name).write_text(text, encoding="utf-8")
    told = compare("one.txt", "two.txt", "--label", "Ledger", "--label", "Courier", "--format", "json").stdout
    assert "The “Ledger” version says “five”, the “Courier” one “fifteen”." in told


def test_labels_and_the_original_are_in_the_result() -> None:
    naming = ("--label", "Ledger", "--label", "Courier", "--original", "Courier")
    outcome = compare("one.txt", "two.txt", *naming, "--format", "json", "--report", "report.html")
    versions = from_json(outcome.stdout).versions
    assert [(each.label, each.role) for each in versions] == [("Ledger", "given"), ("Courier", "source")]
    assert "<b>Courier</b>, original" in Path("report.html").read_text(encoding="utf-8")
