"""Labels of stories: excerpts become offsets, and two passes are compared."""

import json

import pytest

from common.errors import TolmachError
from training.native_quotes import (
    is_aside,
    kappa,
    main,
    read_labels,
    resolve_quote,
    resolve_story,
    same_speaker,
    uncovered,
)

STORY = 'Ann Lee, the mayor, won. "We won," Lee said, "and again." A sign said "Go" and "Go".'


def words(span):
    return STORY[slice(*span)]


def test_interrupted_quote_is_found_with_mention_cue_and_antecedent():
    record = {
        "parts": ["We won,", "and again."],
        "kind": "direct",
        "speaker": "Ann Lee",
        "attribution": "[[Lee]] {{said}},",
        "antecedent": "[[Ann Lee]], the mayor",
    }
    quote = resolve_quote(STORY, record, 0)
    assert [words(part) for part in quote.parts] == ["We won,", "and again."]
    assert (words(quote.mention), words(quote.cue), words(quote.antecedent)) == ("Lee", "said", "Ann Lee")
    assert quote.mention[0] > quote.parts[0][1]


def test_word_quoted_twice_is_found_twice():
    quotes, wrong = resolve_story(STORY, [{"parts": ["Go"], "kind": "slogan"}] * 2)
    assert wrong == []
    assert quotes[0].parts != quotes[1].parts


def test_mark_that_tells_passages_apart_is_left_out():
    assert words(resolve_quote(STORY, {"parts": ['"Go'], "kind": "slogan"}, 0).parts[0]) == "Go"


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({"parts": ["We lost"], "kind": "direct"}, "letter for letter"),
        ({"parts": ["We won,"], "kind": "spoken"}, "kind is 'spoken'"),
        ({"parts": ["We won,"], "kind": "direct", "attribution": "Lee said"}, "nothing is marked"),
    ],
)
def test_wrong_record_is_refused(record, reason):
    with pytest.raises(TolmachError, match=reason):
        resolve_quote(STORY, record, 0)


def test_candidates_without_a_label_are_listed():
    quotes, _ = resolve_story(STORY, [{"parts": ["We won,"], "kind": "direct"}])
    assert [words(span) for span in uncovered(STORY, quotes)] == ['"and again."', '"Go"', '"Go"']


def test_kappa_is_zero_where_agreement_is_chance():
    assert kappa([("a", "a"), ("a", "b"), ("b", "a"), ("b", "b")]) == 0
    assert kappa([("a", "a"), ("b", "b")]) == 1


def test_speakers_are_the_same_with_more_or_fewer_names():
    assert same_speaker("Ann Lee", "Lee")
    assert same_speaker(None, None)
    assert not same_speaker("Ann Lee", "Ann Low")
    assert not same_speaker("Ann Lee", None)


def test_labels_hold_no_word_of_the_story(tmp_path, monkeypatch, capsys):
    folder = tmp_path / "native" / "en"
    folder.mkdir(parents=True)
    (folder / "a.txt").write_text(STORY, encoding="utf-8")
    record = {"parts": ["We won,"], "kind": "direct", "speaker": "Ann Lee", "attribution": "[[Lee]] {{said}},"}
    notes = tmp_path / "notes.jsonl"
    notes.write_text(json.dumps({"file": "a.txt", "quotes": [record]}) + "\n", encoding="utf-8")
    out = tmp_path / "out"
    steps = ["training.native_quotes", "--shared", str(tmp_path), "resolve", "en", str(notes), str(out)]
    monkeypatch.setattr("sys.argv", steps)
    assert main() == 0
    written = out / ("aside-en.jsonl" if is_aside(folder / "a.txt") else "en.jsonl")
    assert "won" not in written.read_text(encoding="utf-8")
    assert [quote.speaker for quote in read_labels(written)["a.txt"]] == ["Ann Lee"]
    monkeypatch.setattr("sys.argv", ["training.native_quotes", "agreement", "en", str(written), str(written)])
    main()
    assert "F1 1.000" in capsys.readouterr().out
