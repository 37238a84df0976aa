"""Two captures of what the commands write: what counts as a difference."""

import pytest

from benchmarks import golden


@pytest.fixture
def captures(tmp_path):
    """Return a function that writes a file into the capture `old` or `new`, and both folders."""
    roots = {name: tmp_path / name for name in ("old", "new")}
    for root in roots.values():
        root.mkdir()

    def write(name, text, which=("old", "new")):
        for one in which:
            (roots[one] / name).write_text(text.replace("HERE", str(roots[one])), encoding="utf-8")

    return write, roots["old"], roots["new"]


def test_times_speeds_and_paths_are_no_difference(captures):
    write, old, new = captures
    write("a.json", '{\n"file": "HERE/x",\n"seconds": 1.5,\n"at": "2026-01-01T10:00:00Z"\n}', ["old"])
    write("a.json", '{\n"file": "HERE/x",\n"seconds": 2.5,\n"at": "2026-01-02T11:00:00Z"\n}', ["new"])
    write("b.json", f'{{"model": "{old}/model"}}')
    assert golden.compare(old, new) == 0


def test_another_text_and_a_lost_file_are_differences(captures, capsys):
    write, old, new = captures
    write("a.json", "one", ["old"])
    write("a.json", "two", ["new"])
    write("b.json", "one", ["old"])
    assert golden.compare(old, new) == 2
    out = capsys.readouterr().out
    assert "-one" in out
    assert "+<missing>" in out


def test_what_only_the_new_capture_has_is_named(captures, capsys):
    write, old, new = captures
    write("a.json", "one", ["new"])
    assert golden.compare(old, new) == 0
    assert "only in the new capture: a.json" in capsys.readouterr().out


def test_bench_and_evaluate_are_captured(tmp_path):
    names = dict(golden.commands(tmp_path, tmp_path / "model"))
    assert {"evaluate-lines.json", "evaluate-source.json", "bench.json", "bench-gold.json", "run.json"} <= names.keys()
