"""The order in which two versions are named changes nothing but the sides."""

import pytest

from alignment import align_versions
from alignment.encoders import load_encoder
from corpora.samples import load_sample
from quotes import compare_versions, extract_quotes


def measures(languages):
    variants = {"en": None, "ru": "altered"}
    articles = [load_sample("lavrov", language, variant=variants[language]) for language in languages]
    first, second = sorted(range(2), key=lambda at: languages[at])
    quotes = [extract_quotes(article) for article in articles]
    straight = align_versions([articles[first], articles[second]], encoder=load_encoder())[0, 1]
    alignment = straight if first == 0 else straight.reversed()
    found = compare_versions(articles, quotes=quotes, alignments={(0, 1): alignment})
    return {
        tuple(member.text if member else None for member in (group.members[first], group.members[second])): (
            group.pairs[0].verdict,
            round(group.pairs[0].altered, 4),
        )
        for group in found.groups
    }


@pytest.mark.slow
def test_every_quote_of_the_sample_is_judged_alike_in_both_orders():
    forward, backward = measures(("en", "ru")), measures(("ru", "en"))
    assert len(forward) > 15
    assert forward == backward
