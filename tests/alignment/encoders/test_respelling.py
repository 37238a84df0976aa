"""Languages that the embedded encoder was not trained on are written like the related one; all others stay."""

import pytest

from alignment.encoders import load_encoder
from alignment.encoders.respelling import respell


@pytest.mark.parametrize(
    ("parts", "respelt"),
    [
        (["Що сказав міністр?"], ["Что сказал министр?"]),
        (["П’ять", "днів"], ["Пять", "дней"]),
        (["сказав", "Київ"], ["сказал", "Киив"]),
        (["Щодо Ґданська"], ["О Гданська"]),
    ],
)
def test_ukrainian_is_written_as_russian(parts, respelt):
    assert respell(parts) == respelt


@pytest.mark.parametrize("text", ["Что сказал он в Киеве?", "What did he say?", "他说了什么？", "що", "\ud800", ""])
def test_a_text_without_letters_of_its_own_stays(text):
    assert respell([text]) == [text]


def test_a_ukrainian_sentence_is_nearest_to_its_translation():
    encoder = load_encoder("use")
    ukrainian = encoder.encode(["Пожежа знищила старий будинок.", "Вони купили новий поїзд.", "Ціни знову зросли."])
    for others in (
        ["The fire destroyed the old house.", "They bought a new train.", "Prices rose again."],
        ["Пожар уничтожил старый дом.", "Они купили новый поезд.", "Цены снова выросли."],
        ["大火烧毁了那座老房子。", "他们买了一列新火车。", "价格又上涨了。"],
    ):
        assert (ukrainian @ encoder.encode(others).T).argmax(axis=1).tolist() == [0, 1, 2]
