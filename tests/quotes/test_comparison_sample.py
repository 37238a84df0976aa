import json
from functools import cache

import pytest

from corpora.article import Article
from corpora.samples import load_sample
from quotes.comparison import compare_versions
from tests.support.places import ROOT

pytestmark = pytest.mark.slow

SAMPLE = ROOT / "corpora" / "samples" / "lavrov"
LANGUAGES = ("en", "ru", "zh")


@cache
def compared():
    articles = [
        Article.from_text((SAMPLE / f"{language}.txt").read_text(encoding="utf-8"), language=language)
        for language in LANGUAGES
    ]
    return articles, compare_versions(articles)


@cache
def gold():
    return json.loads((SAMPLE / "quotes.json").read_text(encoding="utf-8"))["quotes"]


def named(article, member, language):
    """Return the gold quote whose words `member` holds, None where it holds no quote's words or other words as well."""
    if member is None or not member.marks:
        return None
    for record in gold():
        parts = (record.get("parts") or {}).get(language) or [record["text"][language]]
        places = [article.text.index(part, record["spans"][language][0][0] - 3) for part in parts]
        spans = [(place, place + len(part)) for place, part in zip(places, parts, strict=True)]
        if member.spans[0][0] == spans[0][0] and abs(member.spans[-1][1] - spans[-1][1]) <= 1:
            return record["id"]
    return None


@pytest.mark.parametrize(("one", "other"), [(0, 1), (0, 2), (1, 2)])
def test_the_quotes_of_the_sample_are_paired(one, other):
    articles, found = compared()
    links = [
        (
            named(articles[one], group.members[one], LANGUAGES[one]),
            named(articles[other], group.members[other], LANGUAGES[other]),
        )
        for group in found.groups
    ]
    right = {first for first, second in links if first is not None and first == second}
    wrong = [link for link in links if None not in link and link[0] != link[1]]
    assert len(right) >= 16
    assert wrong == []


def test_the_faithful_translations_of_the_sample_raise_few_alarms():
    _, found = compared()
    alarms = [
        pair
        for group in found.groups
        for pair in group.pairs
        if pair.verdict == "altered" and all(group.members[at] and group.members[at].marks for at in pair.versions)
    ]
    assert len(alarms) <= 3


def test_every_extracted_quote_of_the_sample_is_in_one_group():
    _, found = compared()
    for version, quotes in enumerate(found.quotes):
        own = [group.members[version] for group in found.groups if group.members[version] in quotes]
        assert sorted(quote.id for quote in own) == sorted(quote.id for quote in quotes)


def test_an_utterance_is_not_paired_with_the_name_of_a_newspaper() -> None:
    found = compare_versions([load_sample("lavrov", "en"), load_sample("lavrov", "zh", variant="altered")])
    kinds = [{member.kind for member in group.members if member} for group in found.groups]
    assert {"direct", "title"} not in kinds
    toolkit = next(group for group in found.groups if group.members[0] and "The two are" in group.members[0].text)
    assert toolkit.pairs[0].verdict == "indirect"
