"""The documents name what is there, and their examples run."""

import re
import tomllib

import pytest

from tests.support.places import ROOT
from tests.support.report_sample import sample
from tolmach.cli import COMMANDS
from tolmach.results.result import to_json

READMES = sorted(ROOT.glob("README*.md"))
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
REPOSITORY = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["urls"]["Repository"]
RAW = REPOSITORY.replace("github.com", "raw.githubusercontent.com")
LINK = re.compile(rf"\]\((?:{re.escape(REPOSITORY)}/blob/main/|{re.escape(RAW)}/main/|(?!https?:|#))([^)#]+)")
MAKE_TARGET = re.compile(r"make ([a-z-]+)")
PACKAGES = (
    "common",
    "corpora",
    "alignment",
    "quotes",
    "translate",
    "eval",
    "tolmach",
    "training",
    "benchmarks",
    "tests",
)
LONGEST = 40
"""Words of a sentence; those of a path or a command count one by one."""


def sentences(page):
    """Yield the sentences of a page, those of list items and cells of tables too."""
    text = re.sub(r"```.*?```|<!--.*?-->", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    for block in re.split(r"\n\s*\n|\n(?=\s*(?:[-*+>|#]|\d+\.)\s)|\|", text):
        yield from re.split(r"(?<=[.!?])[)\"”»*`]*\s+(?=[^a-zа-я])", block)


@pytest.mark.parametrize("page", [page for page in PAGES if page.name != "CHANGELOG.md"], ids=lambda page: page.name)
def test_every_path_named_exists(page):
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    named = re.findall(rf"`((?:{'|'.join(PACKAGES)})/(?!\d`)[\w./-]+)`", text)  # `tolmach/1` is a schema
    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", [page for page in PAGES if page.name != "CHANGELOG.md"], ids=lambda page: page.name)
def test_no_sentence_is_too_long(page):
    words = {sentence: len(re.findall(r"[\w'’-]+", sentence)) for sentence in sentences(page)}
    assert {sentence: count for sentence, count in words.items() if count > LONGEST} == {}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page):
    missing = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if not (page.parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("page", READMES, ids=lambda page: page.name)
def test_links_of_a_readme_are_absolute_for_the_package_index(page):
    targets = re.findall(r"\]\(([^)]+)\)", page.read_text(encoding="utf-8"))
    assert targets
    assert [target for target in targets if not target.startswith((f"{REPOSITORY}/blob/main/", f"{RAW}/main/"))] == []


def test_the_citation_names_the_version_and_the_repository():
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert f"\nversion: {project['version']}\n" in text
    assert f"\nrepository-code: {REPOSITORY}\n" in text
    assert f"\nlicense: {project['license']}\n" in text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_benchmark_named_exists(page):
    named = re.findall(r"benchmarks[./](?!md\b)([a-z_]+)", page.read_text(encoding="utf-8"))
    there = {path.stem for path in (ROOT / "benchmarks").iterdir()}
    assert [name for name in named if name not in there] == []


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_every_make_target_named_exists(page):
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)
    named = set(MAKE_TARGET.findall("\n".join(blocks)))
    assert named
    assert named <= set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def test_every_command_is_in_the_reference():
    text = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    assert [name for name in COMMANDS if f"## `tolmach {name}`" not in text] == []


def test_the_python_example_runs(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    (example,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    without_a_model = example.split("tolmach.report(")[0]  # that would write a file
    exec(compile(without_a_model, "README.md", "exec"), {})  # noqa: S102 - our own page
    assert "Sergey Lavrov" in capsys.readouterr().out


def test_the_example_of_reading_a_result_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "result.json").write_text(to_json(sample()), encoding="utf-8")
    (example,) = re.findall(
        r"```python\n(.*?)```", (ROOT / "docs" / "schema.md").read_text(encoding="utf-8"), re.DOTALL
    )
    exec(compile(example, "schema.md", "exec"), {})  # noqa: S102 - our own page
    assert "altered" in capsys.readouterr().out


def test_every_environment_variable_is_documented():
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    code = "".join(path.read_text(encoding="utf-8") for name in PACKAGES[:7] for path in (ROOT / name).rglob("*.py"))
    named = set(re.findall(r"\bTOLMACH_[A-Z_]+[A-Z]\b", code))
    assert {"TOLMACH_CACHE", "TOLMACH_OFFLINE"} < named
    assert [name for name in sorted(named) if f"`{name}`" not in page] == []
