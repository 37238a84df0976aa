"""The commands end to end: real files in and out, the real loading code, a model that the test makes."""

import errno
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from common.errors import OutputError
from corpora.samples import sample_path
from tests.support.models.tiny_models import make_t5
from tolmach.cli import main
from tolmach.results.reading import read_result
from translate.models.registry import load_registry
from translate.pipeline.directions import StepResult

ENGLISH = """Ministers meet in Moscow

The talks went on until midnight on Monday. “We are close to a deal,” the minister said.

Prices rose by 4.5 per cent last year.
"""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_t5(tmp_path_factory.mktemp("t5"))


@pytest.fixture(autouse=True)
def workplace(tmp_path, tmp_path_factory, monkeypatch):
    """Work in a folder with one article, without a network; tests share the converted model."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOLMACH_CACHE", str(tmp_path_factory.getbasetemp() / "cache"))
    monkeypatch.setenv("TOLMACH_OFFLINE", "1")
    Path("en.txt").write_text(ENGLISH, encoding="utf-8")


def tolmach(*words: object, text: str | None = None, status: int = 0) -> Result:
    result = CliRunner().invoke(main, [str(word) for word in words], input=text)
    assert result.exit_code == status, result.output
    return result


def sample(language: str, variant: str | None = None) -> str:
    return str(sample_path("lavrov", language, variant=variant))


@pytest.mark.slow
def test_replacing_a_file_of_another_origin_is_noted(model):
    Path("out").mkdir()
    Path("out/ru.txt").write_text("Мой перевод.\n", encoding="utf-8")
    words = ["run", "en.txt", "--to", "ru", "--model", model, "-o", "out"]
    assert "replaced out/ru.txt, which no earlier run wrote" in tolmach(*words).stderr
    assert "replaced the results of an earlier run in out" in tolmach(*words).stderr


def test_run_writes_versions_result_and_report(model):
    result = tolmach("run", "en.txt", "--to", "ru", "--to", "zh", "--model", model, "-o", "out")
    assert sorted(path.name for path in Path("out").iterdir()) == ["report.html", "result.json", "ru.txt", "zh.txt"]
    summary = json.loads(result.stdout)
    assert summary["translations"]["ru"]["sentences"] == 4
    assert summary["translations"]["zh"]["route"] == ["en", "zh"]
    document = read_result(Path("out/result.json"))
    assert [version.role for version in document.versions] == ["source", "translation", "translation"]
    assert set(document.alignments) == {"en-ru", "en-zh", "ru-zh"}
    assert document.quotes is not None


def test_run_scores_against_a_reference(model):
    Path("ru.txt").write_text("Министры в Москве\n\nПереговоры шли до полуночи.\n\nЦены выросли.\n", encoding="utf-8")
    result = tolmach("run", "en.txt", "--to", "ru", "--reference", "ru=ru.txt", "--model", model, "-o", "out")
    scores = json.loads(result.stdout)["scores"]["ru"]
    assert set(scores) == {"bleu", "chrf", "ter"}
    assert scores["bleu"]["signature"].startswith("nrefs:1|case:mixed|eff:no|tok:13a")
    assert scores["chrf"]["score"] > 0


@pytest.mark.slow
def test_second_run_finds_every_sentence_done(model, monkeypatch):
    tolmach("run", "en.txt", "--to", "ru", "--model", model, "-o", "out")
    before = Path("out/ru.txt").read_text(encoding="utf-8")
    monkeypatch.setattr("translate.loading.ModelLoader.engine", lambda *_: pytest.fail("the model was loaded again"))
    tolmach("run", "en.txt", "--to", "ru", "--model", model, "-o", "again")
    assert Path("again/ru.txt").read_text(encoding="utf-8") == before


def test_summary_is_a_table_for_people(model):
    result = tolmach("run", "en.txt", "--to", "ru", "--model", model, "-o", "out", "--format", "table")
    assert "en→ru" in result.stdout
    assert str(Path("out/report.html")) in result.stdout


def test_quiet_says_nothing_beside_the_result(model):
    result = tolmach("run", "en.txt", "--to", "ru", "--model", model, "-o", "out", "--quiet")
    assert result.stderr == ""


def test_strict_turns_a_failed_check_into_status_3(model):
    # A model of random weights writes no Russian, so the check of the script must see it.
    result = tolmach("run", "en.txt", "--to", "ru", "--model", model, "-o", "out", "--strict", status=3)
    assert json.loads(result.stdout)["flagged"] > 0
    assert Path("out/report.html").exists()


def test_interruption_leaves_no_half_file(model, monkeypatch):
    def interrupted(*_arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr("pathlib.Path.replace", interrupted)
    tolmach("run", "en.txt", "--to", "ru", "--model", model, "-o", "out", status=130)
    assert not Path("out").exists()


def test_full_disk_leaves_nothing(model, monkeypatch):
    real, written = Path.write_bytes, []

    def full(self, content):
        if self.name.startswith(".report.html"):
            raise OSError(errno.ENOSPC, "No space left on device")
        written.append(self.name)
        return real(self, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    result = tolmach("run", "en.txt", "--to", "ru", "--model", model, "-o", "out", status=1)
    assert "report.html: the disk is full" in result.stderr
    assert any(name.startswith(".ru.txt") for name in written)
    assert not Path("out").exists()


def test_a_translation_of_nothing_is_an_error(model, monkeypatch):
    monkeypatch.setattr(
        "translate.pipeline.directions.DirectionRunner.run",
        lambda _self, texts, *_, **__: [StepResult("") for _ in texts],
    )
    result = tolmach("run", "en.txt", "--to", "ru", "--model", model, "-o", "out", status=1)
    assert "no sentence was translated" in result.stderr
    assert not Path("out").exists()


def test_a_memory_that_cannot_be_written_is_a_note(model, monkeypatch):
    def refuse(*_arguments):
        raise OutputError("cannot use the translation memory")

    monkeypatch.setattr("translate.memory.cache.TranslationMemory._write", refuse)
    result = tolmach("translate", "-", "--to", "zh", "--model", model, "--beam-size", "2", text=ENGLISH)
    assert result.stderr.count("Translated sentences are not cached") == 1


def test_encoding_can_be_named():
    Path("ru.txt").write_bytes("Министр сказал: «Мы близки к согласию».".encode("cp1251"))
    document = json.loads(tolmach("quotes", "ru.txt", "--encoding", "cp1251").stdout)
    assert document["versions"][0]["meta"]["encoding"] == "cp1251"


def test_translate_writes_text_to_standard_output(model):
    result = tolmach("translate", "-", "--to", "ru", "--model", model, text=ENGLISH)
    assert len(result.stdout.split("\n\n")) == 3


def test_translate_keeps_markdown(model):
    Path("en.md").write_text("# Ministers meet\n\n- They talk on Monday.\n- Prices rose.\n", encoding="utf-8")
    tolmach("translate", "en.md", "--to", "ru", "--model", model, "-o", "ru.md", "--from", "en")
    lines = Path("ru.md").read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("# ")
    assert [line[:2] for line in lines[2:4]] == ["- ", "- "]


def test_translate_into_several_languages_needs_a_folder(model):
    result = tolmach("translate", "en.txt", "--to", "ru", "--to", "zh", "--model", model, status=2)
    assert "Name a folder with -o" in result.stderr


def test_align_gives_beads():
    document = json.loads(tolmach("align", sample("en"), sample("ru")).stdout)
    beads = document["alignments"]["en-ru"]["beads"]
    assert sorted(index for bead in beads for index in bead["source"]) == list(range(27))


def test_align_draws_a_table_in_a_file():
    tolmach("align", sample("en"), sample("ru"), "--format", "table", "-o", "beads.txt")
    assert "Лавров" in Path("beads.txt").read_text(encoding="utf-8")


def test_quotes_come_with_speakers():
    document = json.loads(tolmach("quotes", sample("en")).stdout)
    speakers = {quote["speaker_name"] for quote in document["quotes"]["quotes"][0]}
    assert {"Sergey Lavrov", "Julianne Smith", "Vladimir Putin"} <= speakers


@pytest.mark.slow
def test_compare_writes_a_report_too():
    document = json.loads(tolmach("compare", sample("en"), sample("ru"), sample("zh"), "--report", "r.html").stdout)
    assert all(len(group["members"]) == 3 for group in document["quotes"]["groups"])
    assert "拉夫罗夫" in Path("r.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_compare_takes_two_versions_in_one_language():
    document = json.loads(tolmach("compare", sample("ru"), sample("ru", "altered")).stdout)
    verdicts = {pair["verdict"] for group in document["quotes"]["groups"] for pair in group["pairs"]}
    assert {"same", "missing"} <= verdicts


def test_evaluate_scores_lines():
    for name, text in (("mine.txt", "Привет, мир.\nДа.\n"), ("ref.txt", "Привет, мир!\nДа.\n")):
        Path(name).write_text(text, encoding="utf-8")
    found = json.loads(tolmach("evaluate", "mine.txt", "ref.txt", "--metric", "chrf").stdout)
    assert found["segments"] == 2
    assert 50 < found["scores"]["chrf"]["score"] < 100


@pytest.mark.slow
def test_evaluate_needs_no_reference():
    found = json.loads(tolmach("evaluate", sample("ru"), "--source", sample("en"), "--by", "article").stdout)
    assert 0.5 < found["reference_free"]["adequacy"] < 1


def test_models_are_listed_with_what_they_forbid():
    models = {model["name"]: model for model in json.loads(tolmach("models", "list").stdout)}
    assert models["nllb-600m"]["restriction"] == "no commercial use"
    assert models["t5-enruzh-large"]["restriction"] is None


def test_unknown_model_cannot_be_shown():
    assert "unknown model 'nlb-600m'" in tolmach("models", "show", "nlb-600m", status=1).stderr


def test_removing_what_is_not_there_frees_nothing():
    assert "nothing to remove: madlad-3b is not in the cache" in tolmach("models", "remove", "madlad-3b").stderr


def test_samples_are_listed_and_shown():
    listed = json.loads(tolmach("corpora", "list").stdout)
    assert {"name": "lavrov", "language": "ru", "sentences": 26}.items() <= listed[1].items()
    assert tolmach("corpora", "show", "lavrov", "--language", "zh").stdout.startswith("拉夫罗夫")


def test_doctor_gives_verdicts_and_how_to_mend():
    checks = {check["name"]: check for check in json.loads(tolmach("doctor").stdout)["checks"]}
    assert checks["compare, quotes, align, evaluate"]["verdict"] == "works"
    assert (checks["download of models"]["verdict"], "TOLMACH_OFFLINE" in checks["download of models"]["mend"]) == (
        "off",
        True,
    )
    model = checks["translation model"]
    assert (model["verdict"], model["mend"]) == ("missing", "Run: tolmach models fetch t5-enruzh-large")
    assert all(check["mend"] for check in checks.values() if check["verdict"] != "works")


def test_doctor_does_not_call_a_model_working_whose_libraries_are_missing(monkeypatch):
    default = load_registry().default
    monkeypatch.setattr("tolmach.commands.doctor.cached_model", lambda _: default)
    monkeypatch.setattr("common.extras.find_spec", lambda _: object())

    def checked():
        checks = json.loads(tolmach("doctor").stdout)["checks"]
        return next(check for check in checks if check["name"] == "translation model")

    assert (checked()["verdict"], checked()["detail"]) == ("works", f"{default.name}, which --model auto takes")
    monkeypatch.setattr("common.extras.find_spec", lambda _: None)
    found = checked()
    assert (found["verdict"], found["detail"]) == ("missing", f"{default.name} is cached, but torch is not installed")
    assert found["mend"] == 'Run: pip install "tolmach[translate]"'


def test_doctor_names_the_extra_that_is_missing(monkeypatch):
    monkeypatch.setattr("common.extras.find_spec", lambda _: None)
    monkeypatch.setenv("COLUMNS", "80")
    shown = tolmach("doctor", "--format", "table").stdout
    assert re.search(r"missing  score with COMET and MetricX +torch is not installed", shown)
    assert 'pip install "tolmach[neural]"' in shown
    assert max(map(len, shown.splitlines())) <= 80
