"""Training of the translator's adapter on a tiny model: stopping and going on, exporting, merging, scoring."""

# ruff: noqa: PLC0415 - collecting tests must not load torch

import json
import shutil
from dataclasses import replace
from importlib.util import find_spec
from itertools import islice

import pytest

from tests.support.models.tiny_gemma import gemma_model, gemma_tokenizer
from training.translator import base, evaluation, training
from training.translator.adapter import write_checkpoints
from training.translator.base import BASE, RECORD, TOKENIZER, prepare
from training.translator.evaluation import CURVE, Search, convert, score
from training.translator.examples import EXAMPLES, Examples, batches
from training.translator.pairs import Pair
from training.translator.training import CHECKPOINT, LOG, Plan, Team, adapted, pad, train
from translate.engines.adapter import SCALE, UP, merge, read_adapter

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("peft") is None, reason="the extra `training` is not installed"),
    pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning"),
]

PLAN = Plan(rank=8, rate=0.02, warmup=5, tokens=200, sampled=400, every=1e9, compiled=False)
STEPS = 120
TEXTS = {"en": "the lower house met", "ru": "нижняя палата собралась", "zh": "下院开会了"}
PAIRS = [
    Pair(f"{source}-{target}", "o", TEXTS[source], TEXTS[target], "human")
    for source in TEXTS
    for target in TEXTS
    if source != target
]


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    """Return a folder with all that `prepare` writes."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # a second one costs more than it brings for so small a model
    folder = tmp_path_factory.mktemp("work")
    tokenizer = gemma_tokenizer([*TEXTS.values(), "das Unterhaus tagte gestern"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(base, "read_pairs", lambda sets: (PAIRS, {"sets": str(sets)}))
        patch.setattr(base, "unpack", lambda _: (gemma_model(len(tokenizer["model"]["vocab"])), tokenizer))
        prepare(folder / "base.gguf", folder / "sets", folder)
    yield folder
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def trained(work):
    """Return the folder of a run."""
    (work / "main").mkdir()
    train(work / "main", PLAN, STEPS)
    return work / "main"


def records(run):
    return [json.loads(line) for line in (run / LOG).read_text(encoding="utf-8").splitlines()]


def copied(run, folder):
    folder.mkdir()
    shutil.copy(run / CHECKPOINT, folder)
    return folder


def weights(run):
    import torch

    return torch.load(run / CHECKPOINT, weights_only=True)["weights"]


def test_what_is_prepared_is_recorded(work):
    record = json.loads((work / RECORD).read_text(encoding="utf-8"))
    kept = json.loads((work / base.KEPT).read_text(encoding="utf-8"))
    assert record == {
        "sets": str(work / "sets"), "pieces": len(kept), "examples": 6, "ids": len(Examples.read(work / EXAMPLES).ids)
    }  # fmt: skip


def test_the_cut_base_answers_as_the_whole_one(work):
    import tokenizers
    import torch
    import transformers

    tokenizer = gemma_tokenizer([*TEXTS.values(), "das Unterhaus tagte gestern"])
    kept = json.loads((work / base.KEPT).read_text(encoding="utf-8"))
    cut = transformers.AutoModelForCausalLM.from_pretrained(work / BASE)
    short = tokenizers.Tokenizer.from_file(str(work / BASE / TOKENIZER)).encode(TEXTS["ru"]).ids
    long = tokenizers.Tokenizer.from_str(json.dumps(tokenizer)).encode(TEXTS["ru"]).ids
    assert [kept[number] for number in short] == long
    whole = gemma_model(len(tokenizer["model"]["vocab"]))
    expected = whole(torch.tensor([long])).logits[..., kept]
    assert torch.allclose(cut(torch.tensor([short])).logits, expected, atol=1e-5)


def test_the_loss_falls(trained):
    losses = [record["loss"] for record in records(trained)]
    assert len(losses) == STEPS
    assert losses[-1] < losses[0] / 2


def test_a_run_that_was_stopped_goes_on_as_if_it_had_not_been(trained, work):
    import torch

    run = work / "stopped"
    run.mkdir()
    for steps in (7, STEPS):
        train(run, PLAN, steps)
    assert [record["loss"] for record in records(run)] == [record["loss"] for record in records(trained)]
    assert all(torch.equal(weight, weights(trained)[name]) for name, weight in weights(run).items())


def test_a_broken_checkpoint_leaves_the_last_one(work, monkeypatch):
    import torch

    run = work / "broken"
    run.mkdir()
    train(run, PLAN, 2)
    before = (run / CHECKPOINT).read_bytes()
    monkeypatch.setattr(torch, "save", lambda *_: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        train(run, PLAN, 3)
    assert (run / CHECKPOINT).read_bytes() == before


def test_a_run_may_go_on_from_the_checkpoint_of_another_and_decay(trained, work):
    import torch

    run = copied(trained, work / "final")
    train(run, Plan(**(vars(PLAN) | {"decay": 4})), STEPS + 4)
    assert [record["step"] for record in records(run)] == list(range(STEPS + 1, STEPS + 5))
    assert [record["rate"] for record in records(run)] == pytest.approx([0.02, 0.015, 0.01, 0.005])
    assert not all(torch.equal(weight, weights(trained)[name]) for name, weight in weights(run).items())


def test_a_team_takes_the_mean_of_its_gradients_and_the_sum_of_its_figures(monkeypatch):
    import torch

    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setattr(torch.distributed, "init_process_group", lambda _: None)
    monkeypatch.setattr(torch.distributed, "all_reduce", lambda whole: whole.add_(1))  # the other has ones
    gradients = [torch.tensor([[3.0, 5.0]]), torch.tensor([7.0])]
    assert Team().average(gradients, torch.tensor([2.0])).tolist() == [3.0]
    assert [one.tolist() for one in gradients] == [[[2.0, 3.0]], [4.0]]


def test_each_of_a_team_takes_its_own_batches(work, monkeypatch):
    run = work / "team"
    run.mkdir()
    taken = []
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setattr(Team, "average", lambda _self, _gradients, figures: figures)
    monkeypatch.setattr("torch.distributed.init_process_group", lambda _: None)
    monkeypatch.setattr(training, "pad", lambda examples, batch: (taken.append(batch), pad(examples, batch))[1])
    for rank in ("0", "1"):
        monkeypatch.setenv("RANK", rank)
        train(run, PLAN, 2)
        assert (run / CHECKPOINT).exists() == (rank == "0")
        (run / CHECKPOINT).unlink(missing_ok=True)
    order = list(islice(batches(Examples.read(work / EXAMPLES), PLAN.tokens, PLAN.seed), 4))
    assert taken == [order[0], order[2], order[1], order[3]]


def test_only_answers_are_learned(work):
    examples = Examples.read(work / EXAMPLES)
    ids, rows, columns = pad(examples, [0, 3])
    for row, at in enumerate((0, 3)):
        start, first = examples.starts[at], examples.answers[at] - examples.starts[at]
        assert ids[row, : examples.length(at)].tolist() == examples.ids[start : examples.starts[at + 1]].tolist()
        assert columns[rows == row].tolist() == list(range(first, examples.length(at)))


def test_an_exported_adapter_merges_to_what_was_trained(trained, work, tmp_path):
    import torch
    import transformers

    state = write_checkpoints([trained / CHECKPOINT], work / base.KEPT, tmp_path / "adapter.safetensors")
    assert state["step"] == STEPS
    plain = transformers.AutoModelForCausalLM.from_pretrained(work / BASE, dtype="float32")
    merge(plain, read_adapter(tmp_path / "adapter.safetensors"))
    model = adapted(work / BASE, PLAN).float()
    model.load_state_dict(weights(trained), strict=False)
    ids = torch.from_numpy(pad(Examples.read(work / EXAMPLES), [0, 1])[0]).long()
    base_logits = transformers.AutoModelForCausalLM.from_pretrained(work / BASE, dtype="float32")(ids).logits
    learned, exported = (one(ids).logits - base_logits for one in (model, plain))
    assert (learned - exported).norm() < 0.05 * learned.norm()


def test_checkpoints_are_averaged(trained, work, tmp_path):
    import torch

    run = copied(trained, work / "later")
    train(run, PLAN, STEPS + 1)
    both = [trained / CHECKPOINT, run / CHECKPOINT]
    paths = [tmp_path / f"{number}.safetensors" for number in range(3)]
    for path, checkpoints in zip(paths, (both[:1], both[1:], both), strict=True):
        write_checkpoints(checkpoints, work / base.KEPT, path)
    contents = [read_adapter(path) for path in paths]
    name = next(name for name in contents[0] if name.endswith(UP))
    first, second, mean = (content[name].float() * content[name + SCALE] for content in contents)
    assert not torch.allclose(first, second, atol=1e-3)
    assert (mean - (first + second) / 2).norm() < 0.05 * mean.norm()


def test_a_run_is_scored_and_the_figures_are_kept(trained, monkeypatch):
    monkeypatch.setattr(evaluation, "read_lines", lambda language, search: [TEXTS[language]] * search.lines)
    record = score(trained, [trained / CHECKPOINT], Search(lines=2, directions=["en-ru", "en-zh"]))
    assert [record[direction]["chrf"] for direction in ("en-ru", "en-zh")] == [100.0, 100.0]
    assert (record["step"], record["part"]) == (STEPS, "odd")
    again = score(trained, [trained / CHECKPOINT], Search(lines=1, directions=["zh-ru"]))
    assert json.loads((trained / CURVE).read_text(encoding="utf-8")) == [record, again]


def test_whole_layers_may_be_trained_in_place_of_an_adapter(work, monkeypatch):
    plan = replace(PLAN, layers=1)
    run = work / "layers"
    run.mkdir()
    train(run, plan, STEPS)
    assert {name.split(".")[2] for name in weights(run)} == {"1"}
    monkeypatch.setattr(evaluation, "read_lines", lambda language, search: [TEXTS[language]] * search.lines)
    record = score(run, [run / CHECKPOINT], Search(lines=2, directions=["en-ru"]))
    assert (record["en-ru"]["chrf"], record["step"]) == (100.0, STEPS)


def test_without_an_adapter_the_base_is_converted(work, tmp_path):
    convert(work / BASE, None, tmp_path / "converted")
    assert {"model.bin", TOKENIZER} <= {path.name for path in (tmp_path / "converted").iterdir()}


def test_a_part_is_read_from_its_first_line(tmp_path, monkeypatch):
    folder = tmp_path / "testsets" / "ntrex"
    folder.mkdir(parents=True)
    (folder / "en.txt").write_text("".join(f"{number}\n" for number in range(12)), encoding="utf-8")
    (folder / "documents.txt").write_text("".join(f"{number // 3}\n" for number in range(12)), encoding="utf-8")
    monkeypatch.setenv("TOLMACH_SHARED", str(tmp_path))
    assert evaluation.read_lines("en", Search("odd", 4)) == ["0", "1", "2", "6"]
    assert evaluation.read_lines("en", Search("even", 99)) == ["3", "4", "5", "9", "10", "11"]
    assert evaluation.read_lines("en", Search("all", 2)) == ["0", "1"]
