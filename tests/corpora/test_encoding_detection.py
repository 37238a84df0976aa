"""Bytes become the right text, or an error: never mojibake."""

import codecs

import pytest

from common.errors import InputError, UsageError
from corpora.encoding import CANDIDATES, decode
from corpora.samples import list_samples, sample_language, sample_path

RUSSIAN = "Впрочем, возражали не все: «Паром вернётся в апреле», — сказал министр."
CHINESE = "两国部长表示，中断十一年的轮渡将于四月恢复通航。"
TRADITIONAL = "兩國部長表示，中斷十一年的輪渡將於四月恢復通航。"
# What an older character set lacks was typed with what it has.
TYPED = str.maketrans(
    {"«": '"', "»": '"', "„": '"', "“": '"', "”": '"', "—": "-", "–": "-", "…": "...", "’": "'", "№": "N"}
)


def versions(language):
    return [
        sample_path(name, language).read_text(encoding="utf-8")
        for name in list_samples()
        if sample_language(name, language) == language
    ]


def paragraphs(language):
    return [line for text in versions(language) for line in text.split("\n") if line]


def reencode(text, encoding):
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(TYPED).encode(encoding, errors="replace")


def assert_read_back(texts, encoding):
    wrong = []
    for text in texts:
        data = reencode(text, encoding)
        if decode(data).text != data.decode(encoding):
            wrong.append(text)
    assert wrong == []


CASES = [
    ("ru", "cp1251"), ("ru", "koi8-r"), ("ru", "cp866"), ("ru", "iso8859-5"), ("ru", "utf-8"), ("ru", "utf-16"),
    ("zh", "gb18030"), ("zh", "gbk"), ("zh", "utf-8"), ("zh", "utf-8-sig"), ("zh", "utf-32"),
    ("zh-Hant", "big5"), ("zh-Hant", "big5hkscs"), ("zh-Hant", "gb18030"), ("zh-Hant", "utf-8"),
    ("en", "cp1252"), ("en", "cp1251"), ("en", "gb18030"), ("en", "utf-8"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "encoding"), CASES)
def test_whole_articles_are_read_back(language, encoding):
    assert_read_back(versions(language), encoding)


@pytest.mark.parametrize(("language", "encoding"), CASES)
def test_single_paragraphs_are_read_back(language, encoding):
    # A headline of ten Chinese characters says too little.
    assert_read_back([text for text in paragraphs(language) if len(text) > 10], encoding)


def test_whole_articles_in_mac_cyrillic_are_read_back():
    # Single sentences are not always: only capitals and quotation marks differ from cp1251.
    assert_read_back(versions("ru"), "mac-cyrillic")


@pytest.mark.parametrize(
    ("text", "encoding", "named"),
    [
        (RUSSIAN, "cp1251", "cp1251"),
        (RUSSIAN.translate(TYPED), "koi8-r", "koi8-r"),
        (CHINESE, "gbk", "gb18030"),
        (TRADITIONAL, "big5", "big5"),
        (RUSSIAN, "utf-8", "utf-8"),
        (RUSSIAN, "utf-8-sig", "utf-8-sig"),
        (CHINESE, "utf-16", "utf-16"),
        (CHINESE, "utf-32", "utf-32"),
        (RUSSIAN, "utf-16-le", "utf-16-le"),
        ("Beijing is cautious.", "utf-16-be", "utf-16-be"),
        ("plain", "ascii", "utf-8"),
        ("It cost £2.8bn.", "cp1252", "cp1252"),
        ("A café in Zürich", "cp1252", "cp1252"),
    ],
)
def test_the_encoding_is_named(text, encoding, named):
    decoded = decode(text.encode(encoding))
    assert (decoded.text, decoded.encoding) == (text, named)


@pytest.mark.parametrize(
    "page",
    [
        '<html><head><meta charset="windows-1251"></head><body>Сель</body></html>',
        "<meta http-equiv='Content-Type' content='text/html; charset=windows-1251'><p>Сель</p>",
        '<?xml version="1.0" encoding="windows-1251"?><html><p>Сель</p></html>',
    ],
)
def test_a_declaration_in_the_page_is_believed(page):
    assert decode(page.encode("cp1251")).encoding == "cp1251"


def test_a_declared_character_set_stands_for_the_larger_one_that_browsers_use():
    page = "<meta charset=gb2312>" + CHINESE + "镕"
    assert decode(page.encode("gbk")).text == page


def test_a_declaration_that_makes_no_sense_is_not_believed():
    page = "<meta charset=iso-8859-1>" + RUSSIAN
    assert decode(page.encode("cp1251")).text == page
    assert decode(page.encode("utf-8")).text == page
    assert decode(RUSSIAN.encode("utf-8"), declared="koi8-r").text == RUSSIAN
    assert decode(RUSSIAN.encode("utf-8"), declared="no-such-charset").text == RUSSIAN


def test_the_header_of_a_protocol_is_believed():
    assert decode("Сель".encode("koi8-r"), declared="KOI8-R").text == "Сель"


def test_an_explicit_encoding_is_used():
    assert decode("Сель".encode("koi8-r"), encoding="koi8-r").text == "Сель"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"%PDF-1.7\n...", "page is not a text: it looks like a PDF"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "page is not a text: it looks like a PNG image"),
        (b"PK\x03\x04\x14\0", "page is not a text: it looks like a zip archive or an office document"),
        (b"abc\0\0\0def\0\0", "page is not a text: it looks like binary data"),
        (b"<p>The talks\0 go on</p>", "page is not a text: it looks like binary data"),
        (b"<p>The talks\0  go on</p>", "page is not a text: it looks like binary data"),
        (b"\xef\xbb\xbf<p>The talks\0 go on</p>", "page is not a text: it looks like binary data"),
        ("\ufeffThe talks\1\2 go on".encode("utf-16-le"), "page is not a text: it looks like binary data"),
        ("\ufeffThe talks\0 go on".encode("utf-16-be"), "page is not a text: it looks like binary data"),
        (b"The talks \xed\xa0\x80 go on.", "page is broken UTF-8: byte 11 (0xED) does not belong"),
        (b"\xd0\x9c\xd0\xb8\xd1\x80 \xed\xa0\xbd\xed\xb8\x80", "page is broken UTF-8: byte 8 (0xED) does not belong"),
        (bytes(range(1, 32)) * 9, "page is not a text: it looks like binary data"),
        (codecs.BOM_UTF16_LE + b"a\0b", "page begins with the mark of utf-16 but breaks off or breaks its rules"),
        (codecs.BOM_UTF8 + b"\xff", "page begins with the mark of utf-8-sig but breaks off or breaks its rules"),
        ((RUSSIAN + "ы").encode()[:-1], "page is broken UTF-8: byte 130 (0xD1) does not belong"),
    ],
)
def test_what_is_no_text_is_refused(data, message):
    with pytest.raises(InputError) as caught:
        decode(data, name="page")
    assert caught.value.message == message


@pytest.mark.parametrize(
    ("text", "was", "read_as"),
    [
        (RUSSIAN, "utf-8", "cp1251"), (RUSSIAN, "utf-8", "cp1252"), (RUSSIAN, "utf-8", "latin-1"),
        (RUSSIAN, "cp1251", "cp1252"), (CHINESE, "gb18030", "cp1252"), (CHINESE, "utf-8", "cp1252"),
        (TRADITIONAL, "big5", "cp1252"), ("“Don’t,” she said.", "utf-8", "cp1252"), (CHINESE, "utf-8", "gb18030"),
    ],
)  # fmt: skip
def test_mojibake_that_was_saved_is_refused(text, was, read_as):
    saved = text.encode(was).decode(read_as, errors="replace").encode("utf-8")
    with pytest.raises(InputError, match=r"mojibake|lost characters"):
        decode(saved)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("정부는 오늘 새로운 경제 정책을 발표했다. 이번 정책은 중소기업을 지원하는 데 초점을 맞추고 있다.", "euc-kr"),
        ("政府は今日、新しい経済政策を発表した。この政策は中小企業の支援に焦点を当てている。", "shift_jis"),
        ("รัฐบาลประกาศนโยบายเศรษฐกิจใหม่ในวันนี้", "cp874"),
    ],
)
def test_other_encodings_are_refused_with_those_tried(text, encoding):
    with pytest.raises(InputError) as caught:
        decode(text.encode(encoding))
    assert (
        caught.value.message
        == f"the input cannot be decoded: no sensible text in any of utf-8, {', '.join(CANDIDATES)}"
    )


@pytest.mark.parametrize(
    ("encoding", "message"),
    [
        ("utf-8", "page is not utf-8: it holds bytes that utf-8 does not use"),
        ("koi8-r", "page makes no sense as koi8-r: it looks like cp1251"),
        ("cp1252", "page makes no sense as cp1252: it looks like cp1251"),
    ],
)
def test_a_wrong_explicit_encoding_is_refused(encoding, message):
    with pytest.raises(InputError) as caught:
        decode(RUSSIAN.encode("cp1251"), name="page", encoding=encoding)
    assert caught.value.message == message


def test_utf8_read_as_something_else_on_purpose_is_refused():
    with pytest.raises(InputError, match="it looks like utf-8"):
        decode(RUSSIAN.encode("utf-8"), encoding="mac-cyrillic")


def joined(text, cut, encodings):
    first, rest = encodings
    return reencode(text[:cut], first) + reencode(text[cut:], rest)


@pytest.mark.parametrize(
    ("language", "cut", "encodings"),
    [
        ("ru", 200, ("utf-8", "cp1251")), ("ru", 850, ("utf-8", "cp1251")), ("ru", 1500, ("utf-8", "cp1251")),
        ("ru", 1500, ("cp1251", "utf-8")), ("ru", 200, ("utf-8", "koi8-r")), ("ru", 1500, ("utf-8", "cp866")),
        ("zh", 100, ("utf-8", "gb18030")), ("zh-Hant", 40, ("utf-8", "big5")),
    ],
)  # fmt: skip
def test_a_file_in_two_encodings_is_refused(language, cut, encodings):
    for text in versions(language):
        with pytest.raises(InputError, match=r"^page (holds text in two encodings|is broken UTF-8): ") as caught:
            decode(joined(text, cut, encodings), name="page")
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["60 секунд...", "5 кВт и 7 кВт", "Цена: 60 секунд — 5 €"])
def test_words_that_are_utf8_in_a_rare_encoding_are_no_mojibake(text):
    assert decode(text.encode()).text == text


@pytest.mark.parametrize("sign", "\u00ad\u200b\u200c\u200e\u2060")
def test_signs_that_nobody_sees_make_no_mojibake(sign):
    text = sign.join(RUSSIAN)
    assert decode(text.encode()).text == text


def test_a_short_title_in_another_encoding_is_found():
    data = "Сель\n\n".encode() + (RUSSIAN * 9).encode("cp1251")
    with pytest.raises(InputError, match=r"two encodings: 'Р.* makes no sense as cp1251"):
        decode(data)


def test_the_part_in_utf8_is_quoted_in_one_line():
    data = "Паром\n\nвернётся в апреле".encode() + RUSSIAN.encode("cp1251") * 9
    with pytest.raises(InputError) as caught:
        decode(data, name="page")
    assert (
        caught.value.message
        == "page holds text in two encodings: a part is UTF-8 ('Паром вернётся в апреле'), another is not"
    )


def test_two_encodings_are_refused_whatever_is_declared_or_asked_for():
    data = b"<meta charset=windows-1251>" + joined(RUSSIAN * 20, 100, ("utf-8", "cp1251"))
    for options in ({}, {"declared": "windows-1251"}, {"encoding": "cp1251"}):
        with pytest.raises(InputError, match="two encodings"):
            decode(data, **options)


@pytest.mark.parametrize(("language", "encoding"), [case for case in CASES if not case[1].startswith("utf")])
def test_no_text_in_one_encoding_seems_to_hold_utf8(language, encoding):
    for text in versions(language):
        for version in (text, text.upper(), "".join(text.split())):
            data = reencode(version, encoding)
            assert decode(data, encoding=encoding).text == data.decode(encoding)


@pytest.mark.parametrize("data", [b"abc", b"\0", codecs.BOM_UTF8 + b"abc"])
@pytest.mark.parametrize("encoding", ["no-such-thing", "rot13", "base64", "", "a\0b", "кои"])
def test_an_unknown_encoding_is_wrong_usage_whatever_the_bytes(encoding, data):
    with pytest.raises(UsageError) as caught:
        decode(data, encoding=encoding)
    assert caught.value.message == f"unknown encoding {encoding!r}"
    assert caught.value.hint == f"Known: utf-8, {', '.join(CANDIDATES)}, …"
