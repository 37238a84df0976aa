"""A quote that spans sentences opens and closes in the translation where it does in the source."""

import pytest

from translate.pipeline.candidates import carry_marks


@pytest.mark.parametrize(
    ("languages", "source", "text", "expected"),
    [
        ("zh-en", "他说：“没有人被解雇。", "He said: “Nobody was dismissed.”", "He said: “Nobody was dismissed."),
        ("zh-en", "我们会先谈。”", "We will talk first.", "We will talk first.”"),
        ("zh-en", "我们会先谈。”", "“We will talk first.”", "We will talk first.”"),
        ("ru-en", "— Но мы поговорим».", "— But we will talk.", "“But we will talk.”"),
        ("ru-en", "— Но мы поговорим».", "“But we will talk.”", "“But we will talk.”"),
        ("ru-en", "«Никто не уволен, — сказал Окафор.", "“Nobody left,” said Okafor.", "“Nobody left,” said Okafor."),
        ("ru-zh", "— Но мы поговорим».", "但我们会谈。", "“但我们会谈。”"),
        ("en-ru", "But we will talk first.”", "Но мы поговорим.", "Но мы поговорим.»"),
        ("en-ru", "Okafor said: “Nobody left.", "Окафор сказал: «Никто не ушёл».", "Окафор сказал: «Никто не ушёл."),
        ("en-ru", "He called it “fair.", "Он назвал это “честным", "Он назвал это “честным"),
        ("en-ru", "We will talk first,” said Okafor.", "Поговорим, сказал Окафор.", "Поговорим, сказал Окафор."),
        ("en-ru", "The “deal” is done.", "Сделка готова.", "Сделка готова."),
    ],
)
def test_marks_of_a_quote_over_sentences(languages, source, text, expected):
    assert carry_marks(source, text, tuple(languages.split("-"))) == expected
