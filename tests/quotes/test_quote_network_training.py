"""What the reader of two passages is trained on; nothing here needs torch."""

import ast
import random
import re

import pytest

from common.errors import TolmachError
from tests.support.places import ROOT
from training.quote_network import __main__ as steps
from training.quote_network import passages
from training.quote_network.changes import KINDS, Planter
from training.quote_network.examples import PassageExample, Passages, read_examples, read_passages, write_records
from training.quote_network.grammar import retimed
from training.quote_network.substitutes import as_cased, load_lists
from training.quote_network.written import couples_of, difference
from training.steps import run_step

PACKAGE = ROOT / "training" / "quote_network"
WITH_TORCH = {"network", "training", "exporting"}
MODULES = sorted(path.stem for path in PACKAGE.glob("*.py") if not path.stem.startswith("__"))
RECORD = {
    "id": "w0-001",
    "en": "We lost.",
    "ru": [
        {"treatment": "same", "text": "Мы проиграли."},
        {"treatment": "altered", "kind": "polarity", "text": "Мы победили.", "note": "lost becomes won"},
        {"treatment": "altered", "kind": "negation", "text": "Мы не проиграли.", "note": "not added"},
    ],
    "zh": [{"treatment": "same", "text": "我们输了。"}, {"treatment": "paraphrase_ok", "text": "我们败了。"}],
}


def planter(language, texts=(("и",),), seed=1):
    return Planter(language, {}, texts, random.Random(seed))  # noqa: S311 - no secret


@pytest.mark.parametrize("module", MODULES)
def test_only_what_is_named_loads_torch_at_once(module):
    tree = ast.parse((PACKAGE / f"{module}.py").read_text(encoding="utf-8"))
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {alias.name for node in imports for alias in node.names} | {getattr(node, "module", "") for node in imports}
    assert any(name == "torch" or "quote_network.network" in name for name in names) == (module in WITH_TORCH)


@pytest.mark.parametrize("arguments", [["--help"], *([step.__name__, "--help"] for step in steps.STEPS)])
def test_every_step_has_help(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        steps.make_parser().parse_args(arguments)
    assert ended.value.code == 0
    assert "usage: python -m training.quote_network" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["train"], ["encode", "--work", "w", "--limit", "3"], ["pretrain"]])
def test_a_call_that_says_too_little_or_too_much_is_refused(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        steps.make_parser().parse_args(arguments)
    assert ended.value.code == 2
    assert "error:" in capsys.readouterr().err


def test_a_failed_step_says_why(monkeypatch, tmp_path):
    def export(_):
        raise TolmachError("no networks")

    monkeypatch.setattr(steps, "STEPS", (export,))
    monkeypatch.setattr("sys.argv", ["quote_network", "export", "--work", str(tmp_path)])
    with pytest.raises(SystemExit, match="error: no networks"):
        run_step(steps.make_parser())


@pytest.mark.parametrize("language", ["ru", "zh"])
def test_words_exclude_others_and_those_that_deny_can_be_added(language):
    lists = load_lists(language)
    groups = [group for own in lists.exclusive.values() for group in own]
    assert all(len(set(group)) == len(group) > 1 for group in groups)
    assert all(re.fullmatch(r"\w+", word) for group in groups for word in group)
    assert set(lists.shortened) <= lists.denials


def test_a_changed_figure_is_marked_on_both_sides():
    found = [planter("ru", seed=seed).plant(("в", "2016", "году")) for seed in range(8)]
    figures = [one for one in found if one and one.words[1] != "2016"]
    assert figures
    assert all(one.new == one.gone == {1} and re.fullmatch(r"\d{4}", one.words[1]) for one in figures)


def test_a_word_gives_way_to_one_that_excludes_it_in_its_form():
    found = [planter("ru", seed=seed).plant(("Победили", "осенью", "до", "войны")) for seed in range(40)]
    words = {one.words for one in found if one and one.new}
    assert ("Победили", "осенью", "после", "войны") in words
    assert ("Победили", "осенью", "до", "мира") in words


def test_a_denial_is_put_in_or_taken_away():
    put_in = [planter("zh", seed=seed).plant(("我们", "离开")) for seed in range(60)]
    taken = [planter("zh", seed=seed).plant(("我们", "不会", "离开")) for seed in range(60)]
    assert any(one and one.new == {1} and len(one.words) == 3 and not one.gone for one in put_in)
    assert any(one and one.words == ("我们", "会", "离开") and one.gone == {1} for one in taken)


def test_words_are_left_out_and_put_in():
    words = ("Мы", "приедем", "завтра", "вместе", "с", "детьми")
    text = ("Он", "ушёл", "из", "дома", "рано")
    found = [planter("ru", [text], seed).plant(words) for seed in range(80)]
    shorter = [one for one in found if one and len(one.words) < len(words) and "не" not in one.words]
    longer = [one for one in found if one and len(one.words) > len(words) and "не" not in one.words]
    assert all(
        not one.new and tuple(w for i, w in enumerate(words) if i not in one.gone) == one.words for one in shorter
    )
    assert any({"из", "дома"} <= set(one.words) and one.new for one in longer)
    assert shorter


def test_every_kind_of_change_can_be_planted_where_it_applies():
    words = {
        "ru": ("Мы", "уже", "продали", "две", "сотни", "из", "300", "лодок", "до", "зимы", "и", "не", "жалеем"),
        "zh": ("我们", "已经", "卖出", "了", "300", "条", "新", "船", "，", "也许", "不", "后悔"),
    }
    for language, own in words.items():
        known = {(language, "NOUN", "лодка"): ["яхта"], (language, "n", "船"): ["车"]}
        planters = [Planter(language, known, [own], random.Random(seed)) for seed in range(120)]  # noqa: S311 - no secret
        found = [change for one in planters if (change := one.plant(own))]
        assert {change.kind for change in found} == set(KINDS)
        assert all(change.words != own for change in found)


@pytest.mark.parametrize(
    ("verb", "other"), [("продали", "продадут"), ("продадут", "продали"), ("жил", "живёт"), ("лодка", None)]
)
def test_a_russian_verb_moves_to_another_time(verb, other):
    assert retimed(verb) == other


def test_words_without_meaning_are_left_alone():
    assert planter("ru").plant((",", "и", "!")) is None


def test_a_capital_stays():
    assert (as_cased("после", "До"), as_cased("после", "до")) == ("После", "после")


def test_what_an_altered_version_changes_is_known():
    assert difference(("Мы", "проиграли", "."), ("мы", "не", "победили", ".")) == ({1, 2}, {1})


def test_versions_are_paired_in_every_way_but_two_altered_ones():
    couples = list(couples_of(RECORD, "w0"))
    pairs = [(one.first.language, one.second.language) for one in couples]
    assert {pair: pairs.count(pair) for pair in pairs} == {
        ("en", "ru"): 3, ("en", "zh"): 2, ("ru", "ru"): 2, ("zh", "zh"): 1, ("ru", "zh"): 6,
    }  # fmt: skip
    assert all((one.source, one.group) == ("w0", "w0-001") for one in couples)


def test_a_record_without_a_faithful_version_gives_no_pairs():
    record = RECORD | {"ru": RECORD["ru"][1:], "zh": []}
    assert list(couples_of(record, "w0")) == []


def test_clauses_are_cut_behind_signs():
    assert passages.cut_clauses("Yes, he said: no — never.", "en") == ["Yes,", "he said:", "no —", "never."]
    assert passages.cut_clauses("我们，不同意。……", "zh") == ["我们，", "不同意。"]


def test_records_come_back_from_their_file(tmp_path):
    pair = Passages(("en", "ru"), "one", "раз", "flores", "line")
    rest = {"changed": True, "source": "planted", "group": "7", "treatment": "altered"}
    example = PassageExample(("en", "ru"), ("one",), ("два",), ((1,), (1,)), **rest)
    assert write_records(tmp_path / "a", [pair]) == write_records(tmp_path / "b", [example]) == 1
    assert read_passages(tmp_path / "a") == [pair]
    assert list(read_examples(tmp_path / "b")) == [example]
