import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alignment.scoring import Agreement
from alignment.types import Alignment, Bead, Relation
from common.errors import InputError, TolmachError
from common.files import write_text
from corpora.article import Article, ArticleMeta, Block
from eval.articles import ArticleScores
from eval.qe.reference_free import ReferenceFree
from eval.types import MetricScore, Scores
from quotes.types import Comparison, Finding, Quote, QuoteGroup, QuotePair
from tests.support.alignment_sample import result as aligned
from tests.support.json_damage import damaged as damaged_json
from tests.support.report_sample import sample, version
from tolmach.export.alignments import render_pairs
from tolmach.pages.alignment import render_alignment
from tolmach.results.codec import DecodeError, decode, encode
from tolmach.results.reading import from_json, read_result
from tolmach.results.result import (
    GoldScore,
    Result,
    VersionAlignment,
    VersionRecord,
    VersionScores,
    VersionTranslation,
    label_versions,
    make_alignments,
    make_scores,
    make_translation,
    make_versions,
    now,
    to_json,
)
from translate.types import TranslatedArticle, Translation

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
WORDS = st.text(max_size=8)
MAYBE = st.none() | NUMBERS
INDICES = st.lists(st.integers(0, 9), max_size=3).map(tuple)
SPANS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=2).map(tuple)
SIGNATURES = st.dictionaries(WORDS, WORDS, max_size=2)
PAIRS = SIGNATURES.map(lambda found: tuple(found.items()))


def few(strategy: st.SearchStrategy[Any], size: int = 2) -> st.SearchStrategy[Any]:
    return st.lists(strategy, max_size=size).map(tuple)


def named(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.dictionaries(WORDS, strategy, max_size=2)


BEADS = few(st.builds(Bead, INDICES, INDICES, NUMBERS, NUMBERS))
LINKS = few(st.tuples(INDICES, INDICES))
AGREEMENTS = st.builds(Agreement, NUMBERS, NUMBERS, NUMBERS)
GOLD = st.builds(GoldScore, WORDS, AGREEMENTS, AGREEMENTS, LINKS, LINKS)
RELATIONS = st.builds(Relation, st.booleans(), NUMBERS, WORDS)
ALIGNMENTS = st.builds(
    VersionAlignment, beads=BEADS, signature=PAIRS, relation=st.none() | RELATIONS, gold=st.none() | GOLD
)
QUOTES = st.builds(Quote, text=WORDS, spans=SPANS, parts=few(WORDS), sentences=INDICES)
FINDINGS = st.builds(Finding, first=SPANS, second=SPANS)
COMPARED = st.builds(QuotePair, similarity=MAYBE, altered=NUMBERS, findings=few(FINDINGS))
GROUPS = st.builds(QuoteGroup, members=few(st.none() | QUOTES), pairs=few(COMPARED))
COMPARISONS = st.builds(Comparison, few(WORDS), few(few(QUOTES)), few(GROUPS), PAIRS)
TRANSLATED = st.builds(VersionTranslation, sentences=few(st.builds(Translation, score=MAYBE)))
FREE = st.builds(
    ReferenceFree, adequacy=MAYBE, beads=few(MAYBE), coverage=NUMBERS, failed_checks=MAYBE,
    length_ratio=NUMBERS, usual_length_ratio=NUMBERS,
)  # fmt: skip
SCORED = st.builds(VersionScores, metrics=named(st.builds(MetricScore, score=NUMBERS)), reference_free=st.none() | FREE)
VERSIONS = st.builds(VersionRecord).map(VersionRecord.value)
RESULTS = st.builds(
    Result, versions=few(VERSIONS), translations=named(TRANSLATED), quotes=st.none() | COMPARISONS,
    scores=named(SCORED), signature=SIGNATURES, alignments=named(ALIGNMENTS),
)  # fmt: skip


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(RESULTS)
def test_any_result_comes_back_from_json_as_it_was(result: Result) -> None:
    stored = json.loads(json.dumps(encode(result, Result), allow_nan=False))
    again = decode(stored, Result)
    assert again == result
    assert [one.article.sentences for one in again.versions] == [one.article.sentences for one in result.versions]


@pytest.mark.parametrize("result", [sample(), sample(("en", "ru"), translated=False), Result(now(), ())])
def test_a_document_is_read_back_and_written_the_same(result: Result) -> None:
    text = to_json(result)
    assert from_json(text) == result
    assert to_json(from_json(text)) == text


def test_the_document_has_the_documented_shape() -> None:
    data = json.loads(to_json(sample()))
    assert list(data) == [
        "schema", "created", "versions", "translations", "alignments", "quotes", "scores", "signature", "hints",
        "reviews",
    ]  # fmt: skip
    assert data["schema"] == "tolmach/1"
    assert [each["id"] for each in data["versions"]] == ["en", "ru", "zh"]
    assert list(data["alignments"]) == ["en-ru", "en-zh", "ru-zh"]
    assert data["alignments"]["en-ru"]["beads"][2] == {
        "source": [2, 3], "target": [2], "score": 0.74, "confidence": 1.0,
    }  # fmt: skip
    assert data["alignments"]["en-ru"]["signature"] == {"encoder": "use", "search": "dp"}
    assert data["translations"]["ru"]["sentences"][7]["checks"][0]["kind"] == "copied"
    assert len(data["quotes"]["groups"]) == 18


def test_characters_are_written_as_themselves() -> None:
    assert "Лавров" in to_json(sample())
    assert "拉夫罗夫" in to_json(sample())


def test_a_result_is_written_to_a_file_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    write_text(path, to_json(sample()))
    assert read_result(path) == sample()


def test_fields_of_a_later_minor_form_are_passed_over() -> None:
    data = json.loads(to_json(sample()))
    data["colour"] = "red"
    data["versions"][0]["mood"] = {"grim": True}
    assert from_json(json.dumps(data)) == sample()


def test_a_whole_number_is_read_where_a_number_is_asked_for() -> None:
    bead = decode({"source": [0], "target": [], "score": 1}, Bead)
    assert bead == Bead((0,), (), 1.0)
    assert type(bead.score) is float


def test_a_missing_field_takes_its_default() -> None:
    assert decode({"source": [0], "target": [1]}, Bead) == Bead((0,), (1,), 0.0)


def test_the_number_of_an_item_is_there_only_where_it_has_one() -> None:
    bullet = {"kind": "list_item", "start": 0, "end": 3, "level": 1}
    assert encode(Block("list_item", 0, 3, 1), Block) == bullet
    assert encode(Block("list_item", 0, 3, 1, 0), Block) == {**bullet, "number": 0}
    assert decode(bullet, Block) == Block("list_item", 0, 3, 1)
    assert decode({**bullet, "number": 3}, Block) == Block("list_item", 0, 3, 1, 3)
    with pytest.raises(DecodeError, match="number: expected a whole number, found '3'"):
        decode({**bullet, "number": "3"}, Block)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"source": [0], "score": 1}, "the document: 'target' is missing"),
        ({"source": [0], "target": "1"}, "target: expected a list, found '1'"),
        ({"source": [0, "x"], "target": []}, "source[1]: expected a whole number, found 'x'"),
        ({"source": [True], "target": []}, "source[0]: expected a whole number, found true or false"),
        ({"source": [], "target": [], "score": None}, "score: expected a number, found null"),
        ([], "the document: expected an object, found a list"),
    ],
)
def test_a_value_of_the_wrong_type_is_named_with_its_place(data: Any, message: str) -> None:
    with pytest.raises(DecodeError) as caught:
        decode(data, Bead)
    assert str(caught.value) == message


def test_a_word_that_is_not_one_of_the_allowed_is_refused() -> None:
    finding = {"kind": "number", "severity": "grave", "message": "", "first": [[0, 1, 2]]}
    with pytest.raises(DecodeError, match="severity: expected one of note, warning, serious, found 'grave'"):
        decode(finding, Finding)
    with pytest.raises(DecodeError, match=r"first\[0\]: expected 2 items, found 3"):
        decode({**finding, "severity": "note"}, Finding)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the result is not JSON"),
        ("{", "the result is not JSON"),
        ("[" * 100_000, "the result is not JSON"),
        ("[]", "this is not a result of Tolmach"),
        ('{"schema": 1}', "this is not a result of Tolmach"),
        ('{"schema": "other/1"}', "this is not a result of Tolmach"),
        ('{"schema": "tolmach/2"}', "the result has the schema 'tolmach/2', and this Tolmach reads 'tolmach/1'"),
        ('{"schema": "tolmach/1"}', "the result is damaged: the document: 'created' is missing"),
    ],
)
def test_a_text_that_is_no_result_is_refused(text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        from_json(text)
    assert caught.value.message.startswith(message)
    assert caught.value.hint


def damaged(path: list[Any], value: Any) -> str:
    data = json.loads(to_json(sample()))
    place = data
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return json.dumps(data)


def test_whatever_is_read_can_be_shown_and_written() -> None:
    shown = 0
    for what, changed in damaged_json(json.loads(to_json(aligned(("en", "ru"))))):
        try:
            found = from_json(json.dumps(changed))
        except InputError:
            continue
        try:
            if found.alignments and shown % 10 == 0:  # the page takes as long as ten of the others
                render_alignment(found)
            render_pairs(found, "tsv")
            assert from_json(to_json(found)) == found
        except TolmachError:
            continue
        except Exception as error:
            raise AssertionError(f"{what}, and it is accepted") from error
        shown += 1
    assert shown > 50


ZERO = {"precision": 0, "recall": 0, "f1": 0}
ENGLISH_RUSSIAN = "the alignment 'en-ru'"
FAR_GOLD = {"name": "gold.ids", "strict": ZERO, "lax": ZERO, "wrong": [[[0], [99]]]}
OUTSIDE = "a finding of group g1 points outside the text"


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (["versions", 1, "id"], "en", "two versions have the same id"),
        (["versions", 0, "sentences", 3, "start"], 0, "sentence 3 of en is not at its stated position"),
        (["versions", 0, "sentences", 3, "block"], 99, "sentence 3 of en is in a block that does not exist"),
        (["versions", 0, "sentences", 3, "index"], -1, "sentence 3 of en says that it is sentence -1"),
        (["alignments", "en-ru", "versions"], [0, 2], "the alignment 'en-ru' is that of 'en-zh'"),
        (["quotes", "quotes", 0, 0, "spans"], [], "quote q01 of en does not fit its text"),
        (["translations", "ru", "source"], "fr", "a translation from 'fr' into 'ru', which are not both versions"),
        (["translations", "ru", "sentences"], [], "the translation into 'ru' has not one sentence for each of 'en'"),
        (["scores"], {"fr": {}}, "scores of 'fr', which is not a version"),
        (["alignments", "en-ru", "versions"], [0, 3], "the alignment 'en-ru' is of versions that do not exist"),
        (["alignments", "en-ru", "beads"], [], "the alignment 'en-ru' does not hold each sentence of 'en' once"),
        (["alignments", "en-ru", "gold"], FAR_GOLD, f"the gold of {ENGLISH_RUSSIAN} names sentences that do not exist"),
        (["quotes", "languages"], ["en"], "the quotes are not of as many versions as there are"),
        (["quotes", "quotes", 0, 0, "spans"], [[0, 99999]], "quote q01 of en does not fit its text"),
        (["quotes", "groups", 0, "members"], [], "group g1 has not one member for each version"),
        (["quotes", "groups", 0, "members"], [None] * 3, "group g1 has no quote in any version"),
        (["quotes", "groups", 0, "members", 0, "sentences"], [99], "quote q01 in group g1 does not fit its text"),
        (["quotes", "groups", 0, "pairs", 0, "versions"], [0, 7], "group g1 compares versions that do not exist"),
        (["quotes", "groups", 0, "pairs", 0, "findings", 0, "first"], [[-1, 3]], OUTSIDE),
    ],
)  # fmt: skip
def test_a_document_that_does_not_fit_together_is_refused(path: list[Any], value: Any, message: str) -> None:
    with pytest.raises(InputError) as caught:
        from_json(damaged(path, value))
    assert caught.value.message == f"the result is damaged: {message}"


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_result(tmp_path / "none.json")
    (tmp_path / "latin.json").write_bytes(b"\xe9\xfe\xfd")
    with pytest.raises(InputError, match="is not UTF-8 text"):
        read_result(tmp_path / "latin.json")


def test_versions_of_one_language_are_numbered() -> None:
    english, russian = version("en").article, version("ru").article
    made = make_versions([english, english, russian, english], ["source", "given", "translation", "given"])
    assert [each.id for each in made] == ["en", "en-2", "ru", "en-3"]
    assert made[0] == version("en")


def test_as_many_roles_as_articles_are_needed() -> None:
    with pytest.raises(ValueError, match="zip"):
        make_versions([version("en").article], [])


def test_a_translated_article_is_kept_with_its_signature_and_warnings() -> None:
    sentences = (Translation("Кот.", ("en", "ru")),)
    translated = TranslatedArticle(version("ru").article, sentences, (), {"model": "m"})
    made = make_translation(translated, source="en", warnings=["Poor."])
    assert made == VersionTranslation("en", sentences, {"model": "m"}, ("Poor.",))


def test_alignments_are_named_by_their_versions() -> None:
    versions = make_versions([version("en").article, version("en").article], ["source", "given"])
    found = Alignment((), (("a", "b"),))
    assert make_alignments(versions, {(0, 1): found}) == {"en-en-2": VersionAlignment((0, 1), (), (("a", "b"),))}


def test_scores_are_kept_with_or_without_a_reference() -> None:
    metric = MetricScore("BLEU", 1.0, "s", higher_is_better=True)
    against = ArticleScores(Scores({"bleu": metric}, 3, "ru"), True, (), (), Alignment(()))  # noqa: FBT003
    made = make_scores(against, reference="ru.txt")
    assert made == VersionScores("ru.txt", {"bleu": metric}, realigned=True, segments=3)
    assert make_scores() == VersionScores()


def article_of(outlet: str | None, date: str | None = None, source: str = "copies/en.txt") -> Article:
    article = version("en").article
    return replace(article, meta=ArticleMeta(source=source, outlet=outlet, date=date)).with_sentences(article.sentences)


@pytest.mark.parametrize(
    ("articles", "labels", "expected"),
    [
        ([article_of("The Ledger", "2024-03-14"), article_of("Courier")], [], ["The Ledger, 2024-03-14", "Courier"]),
        ([article_of(None), article_of(None, source="b/reworded.txt")], [], ["en", "reworded"]),
        ([article_of("Courier"), article_of("Courier")], [], ["Courier (en)", "Courier (en-2)"]),
        ([article_of("Courier"), article_of("Courier")], ["first", "second"], ["first", "second"]),
        ([article_of(None), version("ru").article], [], [None, None]),
    ],
)
def test_versions_are_named_by_label_outlet_or_file(
    articles: list[Article], labels: list[str], expected: list[str | None]
) -> None:
    versions = label_versions(make_versions(articles, ["given", "given"]), labels)
    assert [each.label for each in versions] == expected
    result = Result(now(), versions)
    assert from_json(to_json(result)).versions == versions
