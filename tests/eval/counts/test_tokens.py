"""Words of BLEU by pieces against sacrebleu's tokenizers asked line by line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.counts.statistics import SegmentTokens, Tokens
from eval.metrics import METRICS

_UNITS = [
    *("a", "Б", "1", "23", "中", "。", ".", ",", "-", "&", ";", "<", ">", "$", "%", "/", "'s"),
    *(" ", "  ", "\t", "\n", "-\n", "\r", "\x1f", "&quot;", "&amp;lt;", "<skipped>"),
    *("\N{IDEOGRAPHIC SPACE}", "\N{NO-BREAK SPACE}", "\N{LINE SEPARATOR}", "\N{LEFT DOUBLE QUOTATION MARK}"),
    *("\N{FULLWIDTH DIGIT ONE}", "\N{SYMBOL FOR UNIT SEPARATOR}", "\N{GRINNING FACE}", "\N{COMBINING ACUTE ACCENT}"),
]
_LINES = st.lists(st.lists(st.sampled_from(_UNITS), max_size=12).map("".join), max_size=6)


def _rows(tokens: Tokens) -> list[list[int]]:
    values = tokens.values.tolist()
    ends = tokens.lengths.cumsum().tolist()
    return [values[end - length : end] for end, length in zip(ends, tokens.lengths.tolist(), strict=True)]


@pytest.mark.parametrize("language", ["ru", "zh"])
@given(batches=st.lists(_LINES, max_size=3))
def test_tokens_are_those_of_the_tokenizer_line_by_line(language: str, batches: list[list[str]]) -> None:
    scorer = METRICS["bleu"].build(language, sentence_level=False)
    counted = SegmentTokens(scorer)
    words: dict[int, str] = {}
    for lines in batches:
        for line, numbers in zip(lines, _rows(counted(lines)), strict=True):
            expected = scorer._preprocess_segment(line).split()
            assert len(numbers) == len(expected), line
            assert all(words.setdefault(number, word) == word for number, word in zip(numbers, expected, strict=True))
    assert len(set(words.values())) == len(words)


def test_a_point_at_the_edge_of_chinese_is_cut_as_the_tokenizer_does() -> None:
    scorer = METRICS["bleu"].build("zh", sentence_level=False)
    counted = SegmentTokens(scorer)
    lines = [".5 中 .5 5.", ". 5 中 . 5 5.", "中.5"]
    assert [len(row) for row in _rows(counted(lines))] == [
        len(scorer._preprocess_segment(line).split()) for line in lines
    ]


def test_no_lines_have_no_tokens() -> None:
    counted = SegmentTokens(METRICS["bleu"].build("en", sentence_level=False))
    assert counted([]).values.size == 0
    assert counted(["", " "]).lengths.tolist() == [0, 0]
