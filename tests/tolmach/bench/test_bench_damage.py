"""Whatever is wrong with a benchmark's result is told, or every report can be made of it."""

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from common.errors import InputError
from eval.bench import score_bench
from tests.support.bench_sample import RUSSIAN, WORSE, made_plan, put_journal, use_set
from tests.support.json_damage import damaged
from tolmach.bench.files import from_json, to_json
from tolmach.bench.markdown import render_markdown
from tolmach.bench.page import render_page
from tolmach.bench.tables import bench_tables


@pytest.fixture
def document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict:
    """A result of two systems by one metric, cut down to one of each kind of thing."""
    use_set(tmp_path, monkeypatch)
    plan = made_plan(metrics=("chrf",))
    for name, texts in (("good", RUSSIAN), ("bad", WORSE)):
        put_journal(plan, tmp_path / "bench", name, texts)
    found = json.loads(to_json(score_bench(plan, tmp_path / "bench")))
    (table,) = found["tables"]
    for name in ("breakdowns", "worst", "contrasts"):
        table[name] = table[name][:1]
    return found


@pytest.mark.slow
def test_any_damage_is_told_or_can_be_shown(document: dict) -> None:
    told = shown = 0
    for what, changed in damaged(document):
        try:
            result = from_json(json.dumps(changed), "it")
        except InputError:
            told += 1
            continue
        try:
            render_markdown(result)
            if shown % 10 == 0:  # these take ten times as long
                bench_tables(Console(file=io.StringIO()), result)
                render_page(result)
            assert from_json(to_json(result), "it") == result
        except Exception as error:
            raise AssertionError(f"{what}, and it is accepted") from error
        shown += 1
    assert told > 500
    assert shown > 100


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (["metrics"], [], "it has no metrics"),
        (["tables", 0, "systems", 1, "name"], "good", "tables[0]: two systems are called 'good'"),
        (["tables", 0, "systems", 1, "name"], "ghost", "tables[0]: 'ghost' has no score by chrf"),
        (["tables", 0, "scores", 1, "system"], "ghost", "tables[0]: 'bad' has no score by chrf"),
        (["tables", 0, "baseline"], "ghost", "tables[0]: the baseline 'ghost' is not a system"),
        (["tables", 0, "comparisons", 0, "baseline"], "g", "tables[0]: a comparison is of 'g', which is not a system"),
        (["tables", 0, "breakdowns", 0, "parts"], [], "tables[0]: the breakdown by document has no parts"),
        (["tables", 0, "systems", 0, "segments_per_second"], -2, "tables[0]: the speed of 'good' is not above 0"),
        (["tables", 0, "contrasts", 0, "outputs"], {}, "tables[0]: segment 1 of 'good' has no output of 'good'"),
        (["tables", 0, "worst", 0, "scores"], {}, "tables[0]: segment 1 of 'good' has no score of 'good'"),
    ],
)  # fmt: skip
def test_what_lacks_something_is_told_with_its_place(
    document: dict, path: list[str | int], value: object, message: str
) -> None:
    place = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(InputError) as caught:
        from_json(json.dumps(document), "it")
    assert caught.value.message == f"it is not a result of a benchmark: {message}"


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a": NaN}', f'{{"a": {"1" * 401}}}', '{"a": 1, "a": 1}', "", "[]"])
def test_no_result_at_all_is_told(text: str) -> None:
    with pytest.raises(InputError, match="it is no"):
        from_json(text, "it")
