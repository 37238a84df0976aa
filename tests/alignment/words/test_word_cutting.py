import builtins

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from alignment.words.segmentation import _cutter, split_words
from common.errors import TolmachError, UsageError


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("Don’t pay 3.5%!", "en", ["Don’t", "pay", "3.5", "%", "!"]),
        ("«Да», — сказал", "ru", ["«", "Да", "»", ",", "—", "сказал"]),
        ("он сказал 你好吗", "ru", ["он", "сказал", "你", "好", "吗"]),
        ("科学家发现：NATO很好。", "zh", ["科学家", "发现", "：", "NATO", "很", "好", "。"]),
        ("2002年5月 22日", "zh", ["2002", "年", "5", "月", "22", "日"]),
        ("科學家發現甲烷", "zh-TW", ["科學家", "發現", "甲烷"]),
        ("", "zh", []),
        (" \n ", "en", []),
    ],
)
def test_texts_are_cut_into_words_and_signs(text, language, words):
    assert split_words(text, language) == words


@given(st.text(st.characters() | st.sampled_from("科學家发现，的 a1.’é\N{COMBINING ACUTE ACCENT}𠮷"), max_size=30))
@pytest.mark.parametrize("language", ["en", "zh", "zh-Hant"])
def test_nothing_but_white_space_is_lost(language, text):
    assert "".join(split_words(text, language)) == regex.sub(r"\s", "", text)


def test_an_unknown_language_is_refused():
    with pytest.raises(UsageError, match="unknown language 'qq'"):
        split_words("a", "qq")


def test_a_missing_dictionary_is_told_with_the_command_that_helps(monkeypatch):
    real = builtins.__import__

    def refuse(name, *args, **kwargs):
        if name == "rjieba":
            raise ModuleNotFoundError("No module named 'rjieba'")
        return real(name, *args, **kwargs)

    _cutter.cache_clear()
    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(TolmachError, match="cannot split Chinese into words: No module named 'rjieba'") as caught:
        split_words("科学家发现甲烷", "zh")
    assert caught.value.hint == "Run: pip install rjieba"
