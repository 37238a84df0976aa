"""The user's own translations are found by exact text, in either direction."""

import pytest

from common.errors import InputError, UsageError
from corpora.article import Bitext
from corpora.exchange import write_bitext
from translate.memory.translation_memory import load_user_memory, parse_user_memory

TMX = """<?xml version="1.0" encoding="UTF-8"?>
<tmx version="1.4"><header creationtool="x" creationtoolversion="1" segtype="sentence" o-tmf="x" adminlang="en"
 srclang="en-US" datatype="plaintext"/><body>
<tu><tuv xml:lang="en-US"><seg>Good morning.</seg></tuv><tuv xml:lang="ru-RU"><seg>Доброе утро.</seg></tuv></tu>
<tu><tuv xml:lang="en-US"><seg>Good   night.</seg></tuv><tuv xml:lang="ru-RU"><seg>Доброй ночи.</seg></tuv></tu>
<tu><tuv xml:lang="en-US"><seg>Good morning.</seg></tuv><tuv xml:lang="ru-RU"><seg>С добрым утром.</seg></tuv></tu>
</body></tmx>"""


@pytest.fixture
def memory(tmp_path):
    path = tmp_path / "mine.tmx"
    path.write_text(TMX, encoding="utf-8")
    return load_user_memory([path])


def test_exact_text_is_found_and_the_last_translation_counts(memory):
    assert memory.lookup("Good morning.", "en", "ru") == "С добрым утром."


def test_it_works_in_the_other_direction_too(memory):
    assert memory.lookup("Доброй ночи.", "ru", "en") == "Good   night."


def test_white_space_does_not_count_and_everything_else_does(memory):
    assert memory.lookup("Good\N{NO-BREAK SPACE}night.", "en", "ru") == "Доброй ночи."
    assert memory.lookup("Good night!", "en", "ru") is None


def test_what_is_nearly_the_same_is_offered_with_its_likeness(memory):
    near = memory.nearest("Good mornings.", "en", "ru")
    assert (near.source, near.target) == ("Good morning.", "С добрым утром.")
    assert 0.9 < near.likeness < 1
    assert memory.nearest("The price of bread rose.", "en", "ru") is None
    assert memory.nearest("Good mornings.", "en", "zh") is None


def test_other_languages_are_not_found(memory):
    assert memory.lookup("Good morning.", "en", "zh") is None


def test_xliff_of_our_own_is_read(tmp_path):
    bitext = Bitext(("一。",), ("One.",), (((0,), (0,)),), source_language="zh", target_language="en")
    path = tmp_path / "mine.xlf"
    path.write_text(write_bitext(bitext, "xliff"), encoding="utf-8")
    assert load_user_memory([path]).lookup("One.", "en", "zh") == "一。"


def test_other_files_are_wrong_usage(tmp_path):
    with pytest.raises(UsageError, match="not a translation memory"):
        load_user_memory([tmp_path / "mine.txt"])


@pytest.mark.parametrize("content", [b"<tmx", b"\xff\xfe\x00", b""])
def test_damaged_file_is_told_at_once(tmp_path, content):
    path = tmp_path / "mine.tmx"
    path.write_bytes(content)
    with pytest.raises(InputError):
        load_user_memory([path])


def test_missing_file_is_told(tmp_path):
    with pytest.raises(InputError, match="cannot read"):
        load_user_memory([tmp_path / "none.tmx"])


def test_chinese_variants_are_kept_apart(tmp_path):
    units = "".join(
        f'<tu><tuv xml:lang="en"><seg>Russia.</seg></tuv><tuv xml:lang="{tag}"><seg>{text}</seg></tuv></tu>'
        for tag, text in (("zh-TW", "俄羅斯。"), ("zh-CN", "俄罗斯。"))
    )
    path = tmp_path / "mine.tmx"
    path.write_text(f'<tmx version="1.4"><header srclang="en"/><body>{units}</body></tmx>', encoding="utf-8")
    memory = load_user_memory([path])
    assert memory.lookup("Russia.", "en", "zh") == "俄罗斯。"
    assert memory.lookup("Russia.", "en", "zh-Hant") == "俄羅斯。"


def test_every_kind_of_a_language_is_found(tmp_path):
    units = "".join(
        f'<tu><tuv xml:lang="{tag}"><seg>{text}</seg></tuv><tuv xml:lang="ru"><seg>Цвет.</seg></tuv></tu>'
        for tag, text in (("en-GB", "Colour."), ("en-US", "Color."))
    )
    path = tmp_path / "mine.tmx"
    path.write_text(f'<tmx version="1.4"><header srclang="en"/><body>{units}</body></tmx>', encoding="utf-8")
    memory = load_user_memory([path])
    assert {memory.lookup(word, "en", "ru") for word in ("Colour.", "Color.")} == {"Цвет."}


def test_of_two_texts_with_one_tag_the_first_counts_and_of_two_kinds_of_a_language_the_last():
    variants = (("en", "One."), ("ru", "Раз."), ("ru", "Ещё раз."), ("ru-RU", "Один."), ("ru-ru", "Первый."))
    unit = "".join(f'<tuv xml:lang="{tag}"><seg>{text}</seg></tuv>' for tag, text in variants)
    memory = parse_user_memory(("tmx", f'<tmx version="1.4"><header/><body><tu>{unit}</tu></body></tmx>'))
    assert memory.lookup("One.", "en", "ru") == "Один."
    assert [memory.lookup(text, "ru", "en") for text in ("Раз.", "Один.", "Ещё раз.")] == ["One.", "One.", None]


@pytest.mark.parametrize("apart", [True, False])
def test_each_text_is_read_once_however_many_tags_there_are(monkeypatch, apart):
    read = []
    monkeypatch.setattr("corpora.exchange.tmx.text_of", lambda element, _child: read.append(element) or element.text)
    variants = [
        f'<tuv xml:lang="{language}-x-a{at}"><seg>{at}</seg></tuv>' for at in range(50) for language in ("en", "ru")
    ]
    between = "</tu><tu>" if apart else ""
    body = "".join(one + (between if at % 2 else "") for at, one in enumerate(variants))
    memory = parse_user_memory(("tmx", f'<tmx version="1.4"><header srclang="en"/><body><tu>{body}</tu></body></tmx>'))
    assert memory.lookup("7", "en", "ru") == ("7" if apart else "49")
    assert len(read) <= 2 * len(variants)


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_utf16_as_translation_tools_write_it(tmp_path, codec):
    path = tmp_path / "mine.tmx"
    path.write_bytes(TMX.replace("UTF-8", "UTF-16" if "16" in codec else "UTF-8").encode(codec))
    assert load_user_memory([path]).lookup("Good morning.", "en", "ru") == "С добрым утром."
