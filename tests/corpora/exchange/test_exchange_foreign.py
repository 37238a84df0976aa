"""Files that other tools wrote, and the exact form of ours."""

import pytest
from lxml import etree  # type: ignore[import-untyped]

from common.errors import InputError
from corpora.article import Bitext
from corpora.exchange import ReadOptions, known_formats, read_bitext, write_bitext
from tests.support.exchange_samples import BITEXT, tmx, tu, xliff
from tests.support.exchange_schemas import tmx_dtd, xliff_grammar


def test_the_formats_are_known() -> None:
    assert set(known_formats()) >= {"tmx", "xliff", "tsv", "ids"}


def test_ids_are_vecaligns_lines() -> None:
    assert write_bitext(BITEXT, "ids") == "[0, 1]:[0]:0.75\n[]:[1]:0.0\n[2]:[2]:0.5\n"


def test_tsv_is_one_line_a_bead() -> None:
    assert write_bitext(BITEXT, "tsv").split("\n") == [
        "source\ttarget\tscore\tconfidence\tsource_text\ttarget_text",
        "[0, 1]\t[0]\t0.75\t0.9\tGood morning. \\| Hello.\t你好。",
        "[]\t[1]\t0.0\t0.25\t\t早。",
        "[2]\t[2]\t0.5\t1.0\tBye.\t再见。",
        "",
    ]


def test_tmx_segments_are_plain_running_text() -> None:
    root = etree.fromstring(write_bitext(BITEXT, "tmx").encode())
    assert [[seg.text for seg in unit.iter("seg")] for unit in root.iter("tu")] == [
        ["Good morning. Hello.", "你好。"],
        ["早。"],
        ["Bye.", "再见。"],
    ]
    assert root.find("header").get("srclang") == "en"


def test_xliff_names_languages_and_document() -> None:
    root = etree.fromstring(write_bitext(BITEXT, "xliff").encode())
    assert (root.get("version"), root.get("srcLang"), root.get("trgLang")) == ("2.1", "en", "zh")
    assert root[0].get("original") == "en.txt"


def test_ids_accept_blank_lines_two_fields_and_odd_spacing() -> None:
    text = "\n[0]:[0, 1]:0.15\n\n  [1] : [2]  \n[]:[3]:0.0\n[2,3]:[]: -1e-3\n\n"
    expected = (((0,), (0, 1)), ((1,), (2,)), ((), (3,)), ((2, 3), ()))
    bitext = read_bitext(text, "ids")
    assert bitext == Bitext((), (), expected, (0.15, None, 0.0, -0.001))


def test_ids_may_leave_sentences_out() -> None:
    bitext = read_bitext("[3]:[5]\n", "ids")
    assert bitext.beads == (((3,), (5,)),)
    assert bitext.scores == ()
    assert write_bitext(bitext, "ids") == "[3]:[5]\n"


def test_tsv_columns_may_be_moved_added_and_left_out() -> None:
    text = "note\ttarget_text\tsource_text\ttarget\tsource\r\nok\tда\tyes\t[0]\t[0]\r\n\r\n"
    assert read_bitext(text, "tsv") == Bitext(("yes",), ("да",), (((0,), (0,)),))


def test_foreign_tmx_gives_one_bead_a_unit() -> None:
    text = tmx(tu(en="One.", ru="Один."), tu(en="Two.", ru=""), tu(ru="Три."), tu(en="", ru=""))
    assert read_bitext(text, "tmx") == Bitext(
        ("One.", "Two."),
        ("Один.", "Три."),
        (((0,), (0,)), ((1,), ()), ((), (1,))),
        source_language="en",
        target_language="ru",
    )


def test_the_source_language_of_a_foreign_tmx_decides_the_side() -> None:
    bitext = read_bitext(tmx(tu(en_US="One.", ru="Один."), srclang="RU"), "tmx")
    assert (bitext.source, bitext.target, bitext.target_language) == (("Один.",), ("One.",), "en-US")


@pytest.mark.parametrize("srclang", ["*all*", "fr"])
def test_without_a_source_language_the_first_is_the_source(srclang: str) -> None:
    assert read_bitext(tmx(tu(ru="Один.", en="One."), srclang=srclang), "tmx").source == ("Один.",)


def test_a_tmx_with_three_languages_pairs_the_two_that_are_asked_for() -> None:
    text = tmx(tu(en="One.", ru="Один.", zh_CN="一。"), tu(ru="Два.", zh_CN="二。"))
    bitext = read_bitext(text, "tmx", ReadOptions(source_language="ru", target_language="zh"))
    assert (bitext.source, bitext.target) == (("Один.", "Два."), ("一。", "二。"))
    assert bitext.target_language == "zh-CN"
    assert read_bitext(text, "tmx").target == ("Один.", "Два.")


def test_only_the_target_may_be_asked_for() -> None:
    bitext = read_bitext(tmx(tu(en="One.", ru="Один.")), "tmx", ReadOptions(target_language="en"))
    assert (bitext.source_language, bitext.target_language) == ("ru", "en")


def test_codes_in_a_foreign_segment_are_no_text_and_highlights_are() -> None:
    segment = '<bpt i="1">&lt;b&gt;</bpt>One<ept i="1">&lt;/b&gt;</ept> <hi>two <ph>{0}</ph>three</hi>.<it pos="end"/>'
    text = tmx(tu(en=segment, ru="Один."))
    assert tmx_dtd().validate(etree.fromstring(text))
    assert read_bitext(text, "tmx").source == ("One two three.",)


def test_text_in_elements_that_tmx_does_not_know_is_read() -> None:
    segment = '<g id="1">One <mrk mtype="x">two <ph>{0}</ph></mrk>three</g> <sub>four</sub><x/>.'
    assert read_bitext(tmx(tu(en=segment, ru="Один.")), "tmx").source == ("One two three four.",)


def test_comments_an_old_lang_and_a_document_type_do_no_harm() -> None:
    unit = '<tu><tuv lang="EN"><seg>a<!-- no -->b</seg></tuv><tuv lang="ru"><seg>в</seg></tuv></tu>'
    text = tmx(unit, doctype='<!DOCTYPE tmx SYSTEM "tmx14.dtd">')
    assert read_bitext(text, "tmx").source == ("ab",)


def test_a_declared_encoding_is_past_its_use() -> None:
    text = tmx(tu(en="One.", ru="Один.")).replace('version="1.0"', 'version="1.0" encoding="utf-16"', 1)
    assert read_bitext(text, "tmx").target == ("Один.",)


def test_foreign_xliff_gives_one_bead_a_segment() -> None:
    text = xliff(
        '<unit id="u1"><segment><source>One. </source><target>Один.</target></segment>'
        "<ignorable><source> </source></ignorable>"
        "<segment><source>Two\n   words.</source></segment></unit>"
        '<group id="g"><unit id="u2"><segment><source/><target>Три.</target></segment></unit></group>'
    )
    assert xliff_grammar().validate(etree.fromstring(text)), xliff_grammar().error_log
    assert read_bitext(text, "xliff") == Bitext(
        ("One.", "Two words."),
        ("Один.", "Три."),
        (((0,), (0,)), ((1,), ()), ((), (1,))),
        source_language="en",
        target_language="ru",
    )


def test_white_space_of_a_foreign_xliff_stays_where_it_is_preserved() -> None:
    segment = '<segment><source xml:space="preserve"> a\n b</source><target>  в  </target></segment>'
    bitext = read_bitext(xliff(f'<unit id="u1">{segment}</unit>'), "xliff")
    assert (bitext.source, bitext.target) == ((" a\n b",), ("в",))


def test_inline_elements_of_a_foreign_xliff() -> None:
    source = (
        '<pc id="1" equivStart="*" equivEnd="*">One <mrk id="m" type="term">two</mrk></pc><ph id="2" equiv="{n}"/>'
        '<sc id="3"/>three<ec startRef="3"/><cp hex="0007"/><sm id="4" type="comment" value="x"/>!<em startRef="4"/>'
    )
    text = xliff(f'<unit id="u1"><segment><source>{source}</source></segment></unit>')
    assert xliff_grammar().validate(etree.fromstring(text)), xliff_grammar().error_log
    assert read_bitext(text, "xliff").source == ("*One two*{n}three\x07!",)


def test_reordered_targets_of_a_foreign_xliff_cross() -> None:
    text = xliff(
        '<unit id="u1"><segment><source>a</source><target order="3">А</target></segment>'
        "<ignorable><source> </source></ignorable>"
        '<segment><source>b</source><target order="1">Б</target></segment></unit>'
    )
    bitext = read_bitext(text, "xliff")
    assert (bitext.target, bitext.beads) == (("Б", "А"), (((0,), (1,)), ((1,), (0,))))


def test_xliff_2_2_is_read_too() -> None:
    text = xliff('<unit id="u1"><segment><source>a</source></segment></unit>', version="2.2")
    assert read_bitext(text.replace("document:2.0", "document:2.2"), "xliff").source == ("a",)


def test_units_without_ids_are_read() -> None:
    unit = '<unit><segment xml:space="preserve"><source>a</source>\n<target>b </target></segment></unit>'
    assert read_bitext(xliff(unit * 2), "xliff").target == ("b ", "b ")


def test_units_of_two_files_may_share_an_id() -> None:
    unit = '<unit id="u1"><segment><source>a</source></segment></unit>'
    text = xliff(f'{unit}</file><file id="f2">{unit}')
    assert read_bitext(text, "xliff").source == ("a", "a")


def test_a_translator_may_change_the_words_of_a_bead() -> None:
    for name in ("tmx", "xliff", "tsv"):
        text = write_bitext(BITEXT, name).replace("再见。", "拜拜，再见。")
        assert read_bitext(text, name).target == ("你好。", "早。", "拜拜，再见。")


def test_an_empty_side_that_a_tool_adds_to_our_tmx_is_none() -> None:
    text = write_bitext(BITEXT, "tmx")
    moved = text.replace("<seg>早。</seg>\n      </tuv>", '<seg>早。</seg></tuv><tuv xml:lang="en"><seg/></tuv>')
    assert moved != text
    assert read_bitext(moved, "tmx") == BITEXT
    with pytest.raises(InputError, match=r"tu 2 .*a tuv has no property"):
        read_bitext(moved.replace("<seg/>", "<seg>Well.</seg>"), "tmx")


def test_our_tmx_without_its_header_properties_keeps_the_beads() -> None:
    root = etree.fromstring(write_bitext(BITEXT, "tmx").encode())
    for prop in root.find("header").findall("prop"):
        prop.getparent().remove(prop)
    bitext = read_bitext(etree.tostring(root, encoding="unicode"), "tmx")
    assert (bitext.beads, bitext.scores, bitext.source) == (BITEXT.beads, BITEXT.scores, BITEXT.source)
    assert (bitext.source_language, bitext.target_language, bitext.source_name) == ("en", "zh", None)
