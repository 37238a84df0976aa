"""What is refused, with a message that names the place."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree  # type: ignore[import-untyped]

from common.errors import InputError, UsageError
from corpora.article import Bitext
from corpora.exchange import ReadOptions, known_formats, read_bitext, write_bitext
from corpora.exchange.checks import is_language_tag
from tests.support.exchange_samples import BITEXT, tmx, tu, xliff
from tests.support.exchange_schemas import tmx_dtd, xliff_grammar

ONE = Bitext(("a",), ("b",), (((0,), (0,)),))
HEADER = "source\ttarget\tscore\tconfidence\tsource_text\ttarget_text\n"
ORDERED = "<segment><source>a</source><target order='{}'>b</target></segment>"
SEGMENT = "<segment><source>a</source><target>b</target></segment>"


@pytest.mark.parametrize("format_name", ["TMX", "xlsx", ""])
def test_an_unknown_format_lists_the_known(format_name: str) -> None:
    for call in (lambda: write_bitext(ONE, format_name), lambda: read_bitext("", format_name)):
        with pytest.raises(UsageError, match=r"unknown exchange format .*Known: tmx, xliff, tsv, ids"):
            call()


@pytest.mark.parametrize("format_name", known_formats())
@pytest.mark.parametrize(
    ("bitext", "message"),
    [
        (replace(ONE, beads=(((1,), (0,)),)), "bead 0 names source sentence 1; there are 1"),
        (replace(ONE, beads=(((0,), (-1,)),)), "bead 0 names target sentence -1"),
        (replace(ONE, beads=(((0,), (0,)), ((), (0,)))), "target sentence 0 is in bead 0 and again in bead 1"),
        (replace(ONE, beads=(((0, 0), (0,)),)), "source sentence 0 is in bead 0 and again in bead 0"),
        (replace(ONE, beads=(((0,), (0,)), ((), ()))), "bead 1 is empty on both sides"),
        (replace(ONE, scores=(0.5, 0.5)), "2 scores for 1 beads"),
        (replace(ONE, scores=(float("nan"),)), "the score of bead 0 is nan"),
        (replace(ONE, scores=(float("-inf"),)), "the score of bead 0 is -inf"),
        (replace(ONE, confidences=(1.5,)), "the confidence of bead 0 is 1.5, not between 0 and 1"),
        (replace(ONE, confidences=(0.1, None)), "2 confidences for 1 beads"),
        (replace(ONE, source=("a\ud800",)), "source sentence 0 holds half of a character"),
        (replace(ONE, source_language="en_US"), "'en_US' is not a language tag"),
        (replace(ONE, target_language=""), "'' is not a language tag"),
        (replace(ONE, target_name="a\x00b"), "the name .* holds"),
        (replace(ONE, notes=("number", None)), "2 notes for 1 beads"),
        (replace(ONE, notes=("fine\nnot \x07",)), "the note of bead 0 holds"),
    ],
)
def test_a_bitext_that_breaks_its_rules_is_not_written(format_name: str, bitext: Bitext, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        write_bitext(bitext, format_name)


@pytest.mark.parametrize("format_name", ["tmx", "xliff", "tsv"])
def test_a_sentence_in_no_bead_would_be_lost(format_name: str) -> None:
    with pytest.raises(UsageError, match="source sentence 1 is in no bead"):
        write_bitext(replace(ONE, source=("a", "lost")), format_name)


@pytest.mark.parametrize(
    "tag", ["en", "zh-Hant", "zh-cmn-Hans-CN", "de-CH-1901", "en-a-bbb-x-a", "x-whatever", "EN-us"]
)
def test_well_formed_tags(tag: str) -> None:
    assert is_language_tag(tag)


@pytest.mark.parametrize(
    "tag", ["", "e", "en-", "-en", "en--US", "en_US", "en US", "en-x", "en-abcdefghi", "рус", "en\n"]
)
def test_malformed_tags(tag: str) -> None:
    assert not is_language_tag(tag)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[0]:[0]\nrubbish\n", "line 2: 'rubbish' is not a bead"),
        ("[0]:[0]:0.1:0.2\n", "line 1: the score '0.1:0.2'"),
        ("[0]\n", "line 1"),
        ("0:0\n", "line 1"),
        ("[a]:[0]\n", "line 1: 'a' is not the number of a sentence"),
        ("[-1]:[0]\n", "line 1: '-1'"),
        ("[1.0]:[0]\n", "line 1: '1.0'"),
        ("[0]:[0]\n\n[1]:[0]\n", "line 3: target sentence 0 is already in line 1"),
        ("[0, 0]:[0]\n", "line 1: source sentence 0 is already in line 1"),
        ("[]:[]:0.0\n", "line 1: the bead has no sentence on either side"),
        ("[0]:[0]:nan\n", "line 1: the score 'nan'"),
        ("[0]:[0]:1e999\n", "line 1: the score '1e999'"),
        ("[0]:[0]:1_0\n", "line 1: the score '1_0'"),
        (f"[{'9' * 5000}]:[0]\n", "line 1: '999"),
        ("[٣]:[0]\n", "line 1"),
        ("[[0]]:[0]\n", "line 1"),
    ],
)
def test_malformed_index_lines(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_bitext(text, "ids")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (ReadOptions(source=("a",)), "line 2: source sentence 1 is beyond the last, 0"),
        (ReadOptions(target=()), "line 1: target sentence 0 is beyond the last, -1"),
    ],
)
def test_index_lines_of_another_pair(options: ReadOptions, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_bitext("[0]:[0]\n[1]:[1]\n", "ids", options)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: there is no column source, target, source_text, target_text"),
        ("source\ttarget\tsource_text\n", "line 1: there is no column target_text"),
        (HEADER.replace("score", "target"), "line 1: two columns are called target"),
        (HEADER + "[0]\t[0]\t\t\ta\n", "line 2: 5 fields under 6 columns"),
        (HEADER + "0\t[0]\t\t\ta\tb\n", "line 2: the source is '0', not a list"),
        (HEADER + "[0]\t[x]\t\t\ta\tb\n", "line 2: 'x' is not the number of a sentence"),
        (HEADER + "[]\t[]\t\t\t\t\n", "line 2: the bead has no sentence"),
        (HEADER + "[0]\t[0]\t\t\ta \\| c\tb\n", "line 2: 2 sentences in the source_text for the 1 in"),
        (HEADER + "[0]\t[]\t\t\ta\tb\n", "line 2: 1 sentences in the target_text for the 0 in"),
        (HEADER + "[0]\t[0]\t\t\ta\\q\tb\n", r"line 2: '\\\\q' is not an escape"),
        (HEADER + "[0]\t[0]\t\t\ta\\\tb\n", "line 2: .* is not an escape"),
        (HEADER + '[0]\t[0]\t\t\t"a\tb\n', "line 2: the quotation mark before 'a' is not closed"),
        (HEADER + '[0]\t[0]\t\t\t"a"b\tb\n', "line 2: the quotation mark"),
        (HEADER + "[0]\t[0]\tbig\t\ta\tb\n", "line 2: the score 'big'"),
        (HEADER + "[0]\t[0]\t\t2\ta\tb\n", "line 2: the confidence 2 is not between 0 and 1"),
        (HEADER + "[0]\t[0]\t\t\ta\tb\n[0]\t[1]\t\t\ta\tb\n", "line 3: source sentence 0 is already in line 2"),
        (HEADER + "[1]\t[0]\t\t\ta\tb\n", "source sentence 0 is missing"),
        (HEADER + "[0]\t[999999999]\t\t\ta\tb\n", "target sentence 0 is missing"),
    ],
)
def test_malformed_tables(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_bitext(text, "tsv")


@pytest.mark.parametrize("format_name", ["tmx", "xliff"])
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not well-formed"),
        ("plain text", "not well-formed"),
        ("<tmx", "not well-formed"),
        ("<a></b>", "not well-formed"),
        ("<a>\x00</a>", "not well-formed"),
        ("<a>\ud800</a>", "lone surrogate"),
        ("<html/>", "the root element is <html>"),
        ("<a>" * 5000 + "</a>" * 5000, "not well-formed"),
    ],
)
def test_no_xml_or_another_kind(format_name: str, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_bitext(text, format_name)


def entity_documents(declared: str, used: str) -> list[tuple[str, str]]:
    doctype = f"<!DOCTYPE {{root}} [{declared}]>"
    unit = f'<unit id="u"><segment><source>{used}</source></segment></unit>'
    return [
        ("tmx", tmx(tu(en=used, ru="x"), doctype=doctype.format(root="tmx"))),
        ("xliff", doctype.format(root="xliff") + xliff(unit)),
    ]


@pytest.mark.parametrize("place", [0, 1])
def test_an_external_entity_is_never_read(tmp_path: Path, place: int) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret words", encoding="utf-8")
    format_name, text = entity_documents(f'<!ENTITY e SYSTEM "{secret.as_uri()}">', "&e;")[place]
    with pytest.raises(InputError, match="entity") as caught:
        read_bitext(text, format_name)
    assert "secret words" not in str(caught.value)


@pytest.mark.parametrize("place", [0, 1])
def test_an_entity_bomb_does_not_go_off(place: int) -> None:
    declared = '<!ENTITY e0 "ha">' + "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    format_name, text = entity_documents(declared, "&e11;")[place]
    with pytest.raises(InputError, match="entity"):
        read_bitext(text, format_name)
    in_attribute = text.replace("&e11;", "").replace('adminlang="en"', 'adminlang="&e11;"').replace('"u"', '"&e11;"')
    with pytest.raises(InputError, match=r"entity|well-formed"):
        read_bitext(in_attribute, format_name)


@pytest.mark.parametrize("place", [0, 1])
def test_a_parameter_entity_is_refused(place: int) -> None:
    format_name, text = entity_documents('<!ENTITY % p SYSTEM "http://localhost:9/x.dtd"> %p;', "x")[place]
    with pytest.raises(InputError, match=r"entity|well-formed"):
        read_bitext(text, format_name)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<tmx version='1.4'><header/></tmx>", "no <body>"),
        (tmx("<tu><tuv><seg>a</seg></tuv></tu>"), "tu 1 .line 1.: a tuv has no xml:lang"),
        (tmx(tu(en="a", r="b")), "tu 1 .*'r' is not a language tag"),
        (tmx(tu(en="a")), "not have two languages to pair; it has en"),
        (tmx(), "not have two languages to pair; it has none"),
        (tmx('<tu><tuv xml:lang="en"/><tuv xml:lang="ru"><seg>b</seg></tuv></tu>'), "tu 1 .*no <seg>"),
        (tmx(tu(en="&nbsp;", ru="b")), "entity|not well-formed"),
    ],
)
def test_malformed_foreign_tmx(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_bitext(text, "tmx")


def test_a_language_that_the_tmx_does_not_have() -> None:
    with pytest.raises(InputError, match="nothing in zh; it has en, ru"):
        read_bitext(tmx(tu(en="a", ru="b")), "tmx", ReadOptions(target_language="zh"))


def test_one_language_cannot_be_both_sides() -> None:
    with pytest.raises(InputError, match="not have two languages"):
        read_bitext(tmx(tu(en="a", ru="b")), "tmx", ReadOptions(source_language="en", target_language="en"))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('<prop type="x-tolmach-source">2</prop>', "", "tu 3 .*no property x-tolmach-source"),
        ('<prop type="x-tolmach-source">2</prop>', '<prop type="x-tolmach-source"/>', "tu 3 .*names no sentence"),
        ('<prop type="x-tolmach-source">2</prop>', '<prop type="x-tolmach-target">5</prop>', "tu 3 .*two tuv are"),
        ('x-tolmach-source">2<', 'x-tolmach-source">0<', "tu 3 .*source sentence 0 is already in tu 1"),
        ('x-tolmach-source">2<', 'x-tolmach-source">7<', "source sentence 2 is missing: .* the last being 7"),
        ('x-tolmach-source">2<', 'x-tolmach-source">two<', "tu 3 .*'two' is not the number"),
        ('x-tolmach-score">0.5<', 'x-tolmach-score">good<', "tu 3 .*the score 'good'"),
        ('x-tolmach-confidence">0.25<', 'x-tolmach-confidence">25<', "tu 2 .*the confidence 25"),
        ("Good morning. Hello.", "Hi. Hello.", "tu 1 .*x-tolmach-spans is '0-13 14-20'"),
        ("0-13 14-20", "0-13", "tu 1 .*into 2 sentences"),
        ("0-13 14-20", "0-13 20-14", "tu 1 .*x-tolmach-spans"),
        ("0-13 14-20", "0-13 x", "tu 1 .*x-tolmach-spans"),
        ('<prop type="x-tolmach-spans">0-13 14-20</prop>', "", "tu 1 .*x-tolmach-spans is None"),
        ('source-language">en<', 'source-language">?<', "header: '\\?' is not a language tag"),
        ('source-language">en<', 'source-language">de<', "the source is in de, a tuv that it is in en"),
        ("<seg>Bye.", '<seg><ph type="x-tolmach-character">D800</ph>', "tu 3 .*'D800' is not the code point"),
        ("<seg>Bye.", '<seg><ph type="x-tolmach-character"/>', "tu 3 .*None is not the code point"),
        ("<seg>Bye.", '<seg><ph type="x-tolmach-character">110000</ph>', "tu 3 .*'110000' is not the code point"),
    ],
)
def test_a_spoilt_tmx_of_ours(old: str, new: str, message: str) -> None:
    text = write_bitext(BITEXT, "tmx")
    assert text.count(old) == 1
    with pytest.raises(InputError, match=message):
        read_bitext(text.replace(old, new), "tmx")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (xliff("", "trgLang='ru'"), "no srcLang"),
        (xliff(f'<unit id="u">{SEGMENT}</unit>', "srcLang='en'"), "no trgLang, though there are targets"),
        (xliff("", "srcLang='e n'"), "srcLang: 'e n' is not a language tag"),
        (xliff("<unit><segment/></unit>"), "unit 1 .*a segment has no <source>"),
        (xliff(f'<unit id="u">{SEGMENT}</unit>' * 2), "unit u .*the id is already that of unit u"),
        (xliff('<unit id="u"><segment><target>b</target></segment></unit>'), "unit u .*a segment has no <source>"),
        (xliff('<unit id="u"><segment><source><cp hex="zz"/></source></segment></unit>'), "unit u .*'zz' is not"),
        (xliff('<unit id="u"><segment><source><cp/></source></segment></unit>'), "unit u .*None is not"),
        (xliff(f'<unit id="u">{ORDERED.format("first")}</unit>'), "the order 'first'"),
        (xliff(f'<unit id="u">{ORDERED.format(2)}{SEGMENT}</unit>'), "the order 2"),
        ('<xliff version="1.2"/>', "the file is XLIFF 1.2, not 2.0 to 2.2"),
        ('<xliff xmlns="urn:oasis:names:tc:xliff:document:1.2" version="1.2"/>', "XLIFF 1.2"),
        (
            '<xliff xmlns="urn:oasis:names:tc:xliff:document:1.2" version="2.1"/>',
            "is XLIFF 2.1, but .*:1.2",
        ),
        ('<xliff version="2.1"/>', "says that it is XLIFF 2.1, but its root element is <xliff>, not of"),
    ],
)
def test_malformed_foreign_xliff(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_bitext(text, "xliff")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('<mda:meta type="source">2</mda:meta>', "", "unit bead-2 .*the source holds 'Bye.', but no sentence"),
        ('type="source">2<', 'type="source">0<', "unit bead-2 .*source sentence 0 is already in unit bead-0"),
        ('type="source">2<', 'type="source">3<', "source sentence 2 is missing"),
        ('type="source">2<', 'type="source">2 3<', "unit bead-2 .*the source has 0 marked sentences for the 2"),
        ('type="source">2<', 'type="source">-2<', "unit bead-2 .*'-2' is not the number"),
        ('type="target">1<', 'type="source">9</mda:meta><mda:meta type="source">1<', "unit bead-1 .*say twice"),
        ('type="score">0.5<', 'type="score">inf<', "unit bead-2 .*the score 'inf'"),
        ('type="confidence">0.25<', 'type="confidence">-0.25<', "unit bead-1 .*the confidence -0.25"),
        ("<target>再见。</target>", "", "unit bead-2 .*the target is missing"),
        ("<source/>", "<source>New.</source>", "unit bead-1 .*the source holds 'New.'"),
        ('<unit id="bead-2">', '<unit id="bead-1">', "unit bead-1 .*the id is already that of unit bead-1"),
        ('<mrk id="s1" type="tolmach:sentence">', '<mrk id="s1">', "the source has 1 marked sentences for the 2"),
        ("</file>", f'<unit id="new">{SEGMENT}</unit></file>', "unit new .*no tolmach:bead metadata"),
        ("<source/>", f"<source/></segment>{SEGMENT}<segment><source/>", "unit bead-1 .*one segment, not 3"),
    ],
)
def test_a_spoilt_xliff_of_ours(old: str, new: str, message: str) -> None:
    text = write_bitext(BITEXT, "xliff")
    assert text.count(old) == 1
    with pytest.raises(InputError, match=message):
        read_bitext(text.replace(old, new), "xliff")


@pytest.mark.parametrize("format_name", ["tmx", "xliff", "tsv"])
@pytest.mark.parametrize(
    ("options", "message"),
    [
        (ReadOptions(source=("Good morning.", "Hi.", "Bye.")), "source sentence 1 is 'Hello.', not 'Hi.'"),
        (ReadOptions(target=("你好。",)), "the file has 3 target sentences, not 1"),
    ],
)
def test_sentences_of_another_version(format_name: str, options: ReadOptions, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_bitext(write_bitext(BITEXT, format_name), format_name, options)


@pytest.mark.parametrize("format_name", ["tmx", "xliff"])
def test_a_file_in_other_languages(format_name: str) -> None:
    with pytest.raises(InputError, match="the target is in zh, not in zh-Hant"):
        read_bitext(write_bitext(BITEXT, format_name), format_name, ReadOptions(target_language="zh-Hant"))


@pytest.mark.parametrize("format_name", known_formats())
@settings(deadline=None, max_examples=60, derandomize=True)
@given(data=st.data())
def test_a_damaged_file_is_read_or_refused_but_never_breaks(format_name: str, data: st.DataObject) -> None:
    text = write_bitext(BITEXT, format_name)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 12)))
    put = data.draw(st.text("<>&\"'=/[]:,0123456789 \t\n\\|-x\x00\ud800é", max_size=6))
    try:
        bitext = read_bitext(text[:start] + put + text[end:], format_name)
    except InputError:
        return
    named = [index for bead in bitext.beads for index in bead[0]]
    assert len(set(named)) == len(named)
    assert format_name == "ids" or sorted(named) == list(range(len(bitext.source)))


@pytest.mark.parametrize(
    "text",
    [
        xliff("", "trgLang='ru'"),
        xliff("<unit/>"),
        xliff(f'<unit id="a b">{SEGMENT}</unit>'),
        xliff('<unit id="u"/>'),
        xliff('<unit id="u"><segment state="translated"><source>a</source></segment></unit>'),
        xliff('<unit id="u"><segment><source><cp hex="0041"/></source></segment></unit>'),
        xliff('<unit id="u"><segment><source><mrk type="sentence" id="m">a</mrk></source></segment></unit>'),
        xliff(f'<unit id="u"><extra/>{SEGMENT}</unit>'),
        xliff(f'<unit id="u">{SEGMENT}<m:metadata xmlns:m="urn:oasis:names:tc:xliff:metadata:2.0"/></unit>'),
        xliff(f'<unit id="u">{SEGMENT}</unit>', "srcLang='en_US' trgLang='ru'"),
    ],
)
def test_the_grammar_of_xliff_refuses_what_the_standard_forbids(text: str) -> None:
    assert not xliff_grammar().validate(etree.fromstring(text))


@pytest.mark.parametrize("text", [tmx("<tu/>"), tmx('<tu tuid="1"><tuv><seg/></tuv></tu>'), tmx("<prop/>"), "<tmx/>"])
def test_the_dtd_of_tmx_refuses_what_the_standard_forbids(text: str) -> None:
    assert not tmx_dtd().validate(etree.fromstring(text))


def test_root_of_another_namespace_is_named_with_it() -> None:
    with pytest.raises(InputError, match="the root element is <tmx> of 'urn:x', not <tmx> without a namespace"):
        read_bitext('<tmx xmlns="urn:x" version="1.4"/>', "tmx")
