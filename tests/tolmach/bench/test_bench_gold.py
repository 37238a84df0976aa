"""`tolmach bench --alignment --quotes` on stories of a user's own."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from common.errors import InputError
from corpora.samples.stories import read_stories
from tolmach.cli import main

TEXTS = {
    "en": ("Talks went on.", "“We are near a deal,” said Anna Petrova.", "It rained."),
    "ru": ("Переговоры продолжались.", "«Мы близки к соглашению», — сказала Анна Петрова.", "Шёл дождь."),
    "zh": ("谈判继续进行。", "安娜·彼得罗娃说：“我们接近达成协议。”", "下雨了。"),
}
QUOTES = {"en": "We are near a deal,", "ru": "Мы близки к соглашению", "zh": "我们接近达成协议。"}


def put_story(folder: Path, **changes: object) -> Path:
    folder.mkdir(parents=True)
    for language, sentences in TEXTS.items():
        (folder / f"{language}.txt").write_text("\n\n".join(sentences) + "\n", encoding="utf-8")
    beads = [[[at], [at]] for at in range(3)]
    quote = {"kind": "direct"} | {language: {"text": text} for language, text in QUOTES.items()}
    gold = {
        "sentences": TEXTS,
        "alignment": dict.fromkeys(("en-ru", "en-zh", "ru-zh"), beads),
        "quotes": [quote],
    }
    (folder / "gold.json").write_text(json.dumps(gold | changes, ensure_ascii=False), encoding="utf-8")
    return folder


def invoke(*words: object) -> Result:
    return CliRunner().invoke(main, ["bench", "--quiet", *map(str, words)])


def test_own_stories_are_measured(tmp_path: Path) -> None:
    put_story(tmp_path / "gold" / "one")
    put_story(tmp_path / "gold" / "two")
    (tmp_path / "gold" / "notes").mkdir()
    done = invoke("--alignment", "--quotes", "--gold", tmp_path / "gold")
    found = json.loads(done.stdout)
    assert [(one["pair"], one["documents"], one["beads"]) for one in found["alignment"]] == [
        ("en-ru", 2, 6),
        ("en-zh", 2, 6),
        ("ru-zh", 2, 6),
    ]
    assert all(one["strict_f1"] == 1.0 for one in found["alignment"])
    assert [(one["quotes"], one["f1"]) for one in found["quotes"]] == [(2, 1.0)] * 3


def test_stories_with_byte_order_marks_are_read(tmp_path: Path) -> None:
    folder = put_story(tmp_path / "one")
    for path in folder.iterdir():
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    (story,) = read_stories(folder)
    assert story.article("en").meta.source == f"{folder}/en.txt"
    assert story.article("en").text.startswith("Talks")


def test_figures_are_written_as_markdown(tmp_path: Path) -> None:
    put_story(tmp_path / "one")
    assert invoke("--alignment", "--gold", tmp_path / "one", "-o", tmp_path / "it.md").exit_code == 0
    lines = (tmp_path / "it.md").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "| pair | documents | gold beads | strict F1 | lax F1 | seconds |"
    assert lines[2].startswith("| en-ru | 1 | 3 | 1.000 | 1.000 |")


def test_a_wrong_alignment_costs(tmp_path: Path) -> None:
    crossed = [[[0], [1]], [[1], [0]], [[2], [2]]]
    put_story(tmp_path / "one", alignment=dict.fromkeys(("en-ru", "en-zh", "ru-zh"), crossed))
    found = json.loads(invoke("--alignment", "--gold", tmp_path / "one").stdout)
    assert all(one["strict_f1"] == pytest.approx(1 / 3) for one in found["alignment"])


def test_folder_without_stories_is_refused(tmp_path: Path) -> None:
    done = invoke("--quotes", "--gold", tmp_path)
    assert done.exit_code == 1
    assert "has no story with gold.json" in done.stderr


@pytest.mark.parametrize(
    "changes",
    [
        {"sentences": {"en": ["One."]}},
        {"alignment": {"en-ru": [[[0], [0]]], "en-zh": [], "ru-zh": []}},
        {"quotes": [{"kind": "direct"}]},
        {"quotes": None},
        {"sentences": TEXTS | {"en": [1, 2, 3]}},
        {"sentences": TEXTS | {"en": "abc"}},
        {"alignment": {"en-ru": [[[0], [0.0]], [[1], [1]], [[2], [2]]]}},
        {"alignment": {"en-ru": [[[0], [-3]], [[1], [1]], [[2], [2]]]}},
        {"alignment": {"en-ru": {}}},
        {"alignment": {"ru-en": [[[], []]], "en-zh": [], "ru-zh": []}},
        {"quotes": [{"kind": "direct"} | {language: {"text": None} for language in QUOTES}]},
    ],
)
def test_broken_gold_is_refused(tmp_path: Path, changes: dict[str, object]) -> None:
    put_story(tmp_path / "one", **changes)
    with pytest.raises(InputError, match="is not a story with gold data"):
        read_stories(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 100_000, '{"sentences": NaN}', "\0"])
def test_gold_that_is_no_gold_is_refused(tmp_path: Path, text: str) -> None:
    (put_story(tmp_path / "one") / "gold.json").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="is not a story with gold data"):
        read_stories(tmp_path)


def test_story_without_a_text_is_refused(tmp_path: Path) -> None:
    (put_story(tmp_path / "one") / "zh.txt").unlink()
    with pytest.raises(InputError, match="is not a story with gold data"):
        read_stories(tmp_path / "one")
