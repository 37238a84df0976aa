import base64
import hashlib
import re
from dataclasses import replace
from pathlib import Path

import pytest

from alignment.types import Bead
from common.errors import OutputError
from corpora.article import ArticleMeta, Block, Sentence
from quotes.types import VERDICTS, Comparison, Finding, Quote, QuoteGroup, QuotePair
from tests.support.page_parser import Page
from tests.support.report_sample import LANGUAGES, sample, version
from tolmach.pages import render_report, write_report
from tolmach.pages.groups import make_cards
from tolmach.pages.summary import VersionFacts, make_cautions
from tolmach.results.reading import check_references
from tolmach.results.result import Result, Version, VersionAlignment, VersionRecord, VersionTranslation
from translate.types import Check, Translation

HOSTILE = "</title><script>alert(1)</script>\"'<img src=x onerror=alert(1)>{{ 7 * 7 }}\N{RIGHT-TO-LEFT OVERRIDE}"


@pytest.fixture(scope="module")
def page() -> Page:
    return Page(render_report(sample()))


def tiny(text: str, *, meta: ArticleMeta | None = None, title: str | None = None) -> Version:
    sentence = Sentence(0, text, 0, len(text), 0)
    block = Block("paragraph", 0, len(text))
    return VersionRecord("en", "en", "source", title, text, (block,), (sentence,), meta or ArticleMeta()).value()


def hostile_result() -> Result:
    meta = ArticleMeta(source="javascript:alert(1)", outlet=HOSTILE, author=HOSTILE, date=HOSTILE, dropped=(HOSTILE,))
    first, second = tiny(HOSTILE, meta=meta, title=HOSTILE), replace(tiny(HOSTILE, title=HOSTILE), id="en-2")
    quote = Quote(
        "q1", "direct", HOSTILE, (HOSTILE,), ((0, len(HOSTILE)),), "<>", HOSTILE, None, HOSTILE, HOSTILE, (0,)
    )
    pair = QuotePair((0, 1), "altered", 0.5, 0.5, (Finding(HOSTILE, "serious", HOSTILE, ((2, 9),), ((0, 4),)),))
    group = QuoteGroup(HOSTILE, (quote, quote), (pair,), HOSTILE)
    comparison = Comparison(("en", "en"), ((quote,), (quote,)), (group,), ((HOSTILE, HOSTILE),))
    made = VersionTranslation(
        "en", (Translation(HOSTILE, (HOSTILE,), (Check(HOSTILE, HOSTILE),)),), {"model": HOSTILE}, (HOSTILE,)
    )
    beads = VersionAlignment((0, 1), (Bead((0,), (0,), 0.5),))
    return Result(HOSTILE, (first, second), {"en-2": made}, {"en-en-2": beads}, comparison, {}, {HOSTILE: HOSTILE})


def test_every_element_is_closed_in_its_place(page: Page) -> None:
    assert (page.open, page.faults) == ([], [])


def test_ids_are_unique_and_every_link_within_the_page_has_its_target(page: Page) -> None:
    ids = [attrs["id"] for _, attrs in page.elements if attrs.get("id")]
    assert len(ids) == len(set(ids))
    targets = {(attrs["href"] or "")[1:] for attrs in page.all("a") if (attrs["href"] or "").startswith("#")}
    assert {target for target in targets if "=" not in target} <= set(ids)


def test_nothing_is_loaded_from_anywhere(page: Page) -> None:
    assert not [tag for tag, _ in page.elements if tag in {"link", "img", "iframe", "object", "embed", "base"}]
    assert not [attrs for _, attrs in page.elements if "src" in attrs or "style" in attrs]
    assert not [name for _, attrs in page.elements for name in attrs if name.startswith("on")]
    assert not re.search(r"url\(|@import|fetch\(|XMLHttpRequest", render_report(sample()))


def test_the_policy_allows_only_the_page_s_own_style_and_script() -> None:
    html = render_report(sample())
    policy = Page(html).all("meta", **{"http-equiv": "Content-Security-Policy"})[0]["content"] or ""
    for tag in ("style", "script"):
        body = html.split(f"<{tag}>")[1].split(f"</{tag}>")[0]
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy


def test_the_head_answers_how_many_quotes_may_differ(page: Page) -> None:
    changed = [each for each in page.with_class("card") if each["data-verdict"] not in {"same", "reworded"}]
    assert f"{len(changed)} of 18 quotes may differ" in page.text
    assert len(page.with_class("change")) == len(changed)


def test_each_change_has_its_speaker_its_kind_and_both_wordings_and_leads_to_its_card() -> None:
    lines = render_report(sample()).split('<li class="change ')[1:]
    line = next(line.split("</li>")[0] for line in lines if 'href="#group-5"' in line)
    shown = Page(line).text
    assert all(words in shown for words in ("Sergey Lavrov", "altered", "likely", "negation", "English", "Russian"))
    assert '<mark class="serious">снова будут прежними</mark>' in line
    assert '<mark class="serious">will never be the same,</mark>' in line


def test_numbers_beside_verdicts_are_words(page: Page) -> None:
    assert not re.search(r"\b0\.\d\d\b", page.text.split("Adequacy")[0])


def test_unchanged_passages_are_folded_below_the_others() -> None:
    before, folded = render_report(sample()).split('<details class="unchanged">')
    verdicts = [each["data-verdict"] for each in Page(before).with_class("card")]
    assert [*verdicts] == sorted(verdicts, key=VERDICTS.index)
    assert "same" not in verdicts
    assert {each["data-verdict"] for each in Page(folded).with_class("card")} == {"same"}


def test_local_files_are_named_without_their_folders() -> None:
    meta = ArticleMeta(source="/home/somebody/secret/en.txt")
    html = render_report(Result("now", (tiny("Words.", meta=meta),)))
    assert "en.txt" in html
    assert "secret" not in html


def test_every_passage_has_a_card_with_its_verdicts_and_speaker(page: Page) -> None:
    cards = {each["id"]: each for each in page.with_class("card")}
    assert len(cards) == 18
    assert cards["group-1"]["data-verdict"] == "altered"
    assert cards["group-6"]["data-verdict"] == "missing"
    assert cards["group-6"]["data-speaker"] == "Sergey Lavrov"
    assert cards["group-2"]["data-speaker"] == ""


def test_evidence_of_a_finding_is_marked_on_both_sides() -> None:
    html = render_report(sample())
    card = html.split('id="group-5"')[1].split('id="group-6"')[0]
    assert '<mark class="serious" data-findings="1 3">' in card
    marked = [re.sub("<[^>]*>", "", found) for found in re.findall(r"<mark.*?</mark>", card)]
    assert {"will never be the same,", "снова будут прежними", "恐怕很难再和从前一样"} <= set(marked)


def test_a_missing_quote_shows_what_stands_in_its_place() -> None:
    html = render_report(sample())
    card = Page(html.split('id="group-6"')[1].split('id="group-7"')[0])
    assert "not quoted in this version" in card.text
    assert "Corresponding text" in card.text
    assert "Он добавил, что Россия больше никогда не станет подписывать" in card.text


def test_quotes_in_the_running_text_link_to_their_card(page: Page) -> None:
    links = [each for each in page.with_class("q") if "href" in each]
    assert {each["href"] for each in links} == {f"#group-{number}" for number in range(1, 19)}
    assert all(each["href"] == f"#group-{each['data-group']}" for each in links)


def test_gaps_moves_and_failed_checks_are_told_in_words(page: Page) -> None:
    assert page.text.count("no counterpart") == 4
    assert page.text.count("appears earlier in this version") == 2
    assert "“2” of the source is missing" in page.text
    assert page.text.count("2 of 27 sentences failed a check") == 2


def test_scores_come_with_signature_and_direction(page: Page) -> None:
    assert page.text.count("nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0") == 2
    assert "24.1" in page.text
    assert "were re-aligned first" in page.text
    assert len(page.with_class("caution")) == 1
    assert "This model is poor at Russian" in page.text
    assert page.text.count("by qwen2.5-coder-1.5b") == 2


def test_the_whole_text_of_every_version_is_in_the_page(page: Page) -> None:
    text = " ".join(page.text.split())
    for language in LANGUAGES:
        for sentence in version(language).article.sentences:
            assert " ".join(sentence.text.split()) in text


def test_hostile_text_is_shown_and_never_run() -> None:
    result = hostile_result()
    check_references(result)
    html = render_report(result)
    found = Page(html)
    assert (found.open, found.faults) == ([], [])
    assert [each.get("type") for each in found.all("script")] == ["application/json", None]
    assert not found.all("img")
    assert not [attrs for _, attrs in found.elements for name in attrs if name.startswith("on")]
    assert not [attrs for attrs in found.all("a") if "javascript" in (attrs["href"] or "")]
    assert "javascript:alert(1)" in found.text
    assert found.text.count("{{ 7 * 7 }}") > 5


@pytest.mark.parametrize(("kind", "marked"), [("judge", False), ("witness", False), ("wording", True)])
def test_a_doubt_about_a_whole_quote_marks_none_of_its_words(kind: str, *, marked: bool) -> None:
    """`witness` is what results of earlier versions have for `judge`."""
    result, spans = hostile_result(), ((0, len(HOSTILE)),)
    (group,) = result.quotes.groups
    pair = replace(group.pairs[0], findings=(Finding(kind, "note", "doubt", spans, spans),))
    doubted = replace(result, quotes=replace(result.quotes, groups=(replace(group, pairs=(pair,)),)))
    (card,) = make_cards(doubted, ())
    assert any(one.findings for member in card.members for part in member.parts for one in part) is marked


@pytest.mark.parametrize(
    ("source", "linked"),
    [
        ("https://example.org/a?b=1&c=2", True),
        ("http://example.org/", True),
        ("JavaScript:alert(1)", False),
        ("data:text/html,x", False),
        ("//example.org", False),
        ("http://[broken", False),
        ("en.txt", False),
    ],
)
def test_only_web_addresses_become_links(source: str, *, linked: bool) -> None:
    found = Page(render_report(Result("now", (tiny("Words.", meta=ArticleMeta(source=source)),))))
    assert bool(found.all("a", href=source)) is linked
    assert (source if linked else Path(source).name) in found.text


@pytest.mark.parametrize(
    "result",
    [
        sample(("en", "ru"), translated=False),
        sample(("ru", "zh"), translated=False),
        replace(sample(), quotes=None),
        replace(sample(), alignments={}),
        Result("now", ()),
        Result("now", (tiny("Words."),)),
    ],
    ids=["two", "no English", "no quotes", "no alignment", "empty", "one"],
)
def test_a_report_with_less_in_it_still_renders(result: Result) -> None:
    found = Page(render_report(result))
    assert (found.open, found.faults) == ([], [])
    assert len(found.with_class("wording")) == (
        len(result.quotes.groups) * len(result.versions) if result.quotes else 0
    )


def test_four_versions_get_four_columns_and_second_copies_their_file() -> None:
    english = replace(version("en"), id="en-2", role="given")
    three = sample(translated=False)
    quotes = three.quotes
    assert quotes is not None
    groups = tuple(replace(group, members=(*group.members, group.members[0])) for group in quotes.groups)
    four = Comparison((*quotes.languages, "en"), (*quotes.quotes, quotes.quotes[0]), groups)
    own = tuple(Bead((index,), (index,), 1.0) for index in range(len(english.article.sentences)))
    alignments = {**three.alignments, "en-en-2": VersionAlignment((0, 3), own)}
    result = replace(three, versions=(*three.versions, english), quotes=four, alignments=alignments)
    check_references(result)
    found = Page(render_report(result))
    assert found.all("body")[0]["class"] == "report columns-4"
    assert found.text.count("English (en.txt)") == 18 + 3
    assert len(found.with_class("wording")) == 72


def test_without_alignments_nothing_is_said_to_be_aligned() -> None:
    assert "aligned rows" not in Page(render_report(replace(sample(), alignments={}))).text


def test_traditional_chinese_keeps_its_script() -> None:
    version = replace(tiny("貓。", title="貓").record(), id="zh-Hant", language="zh-Hant").value()
    found = Page(render_report(Result("now", (version,))))
    assert found.all("h1", lang="zh-Hant")
    assert "Traditional Chinese" in found.text


def test_a_report_is_written_whole(tmp_path: Path) -> None:
    write_report(tmp_path / "report.html", sample())
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == render_report(sample())


def test_a_report_that_cannot_be_written_is_an_output_error(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="it is a folder"):
        write_report(tmp_path, sample())


def test_one_warning_about_two_versions_is_printed_once() -> None:
    version = sample().versions[0]
    facts = [
        VersionFacts(version, name, "", None, "", "", (), 0, warnings)
        for name, warnings in (("Russian", ("poor",)), ("Chinese", ("poor", "no sale")), ("English", ()))
    ]
    found = [(caution.names, caution.warning) for caution in make_cautions(facts)]
    assert found == [(("Russian", "Chinese"), "poor"), (("Chinese",), "no sale")]
