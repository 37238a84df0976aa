"""Terms found in sources and looked for in translations."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.places import CASES_PATH
from translate.glossary import Glossary, Term, find_uses, finding, load_glossary, missing_terms
from translate.glossary.finding import FormPattern, chinese_pattern
from translate.protected import find_literals

FOLDER = CASES_PATH / "glossary"


def cases(name):
    listed = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))["cases"]
    return [pytest.param(case, id=case["label"]) for case in listed]


@pytest.fixture(scope="module")
def glossary():
    return load_glossary(FOLDER / "glossary.tsv")


@pytest.mark.parametrize("case", cases("uses"))
def test_uses(glossary, case):
    found = find_uses(glossary, case["text"], case["source"], case["target"])
    assert [[use.source, use.targets[0]] for use in found] == case["uses"]
    assert all(case["text"][use.start : use.end] == use.source for use in found)


@pytest.mark.parametrize("case", cases("missing"))
def test_missing(glossary, case):
    uses = find_uses(glossary, case["text"], case["source"], case["target"])
    assert uses
    assert [use.source for use in missing_terms(uses, case["hypothesis"], case["target"])] == case["missing"]


TEXTS = st.text(
    st.one_of(st.sampled_from("steel bank US iPhoneC+ ЛавровСША停火联合国·'\n-"), st.characters()), max_size=40
)


@settings(max_examples=80, deadline=None)
@given(TEXTS, st.sampled_from(("steel", "US", "iPhone", "Sergey Lavrov", "AT&T network", "C++")), TEXTS)
def test_spans_are_in_order_apart_and_outside_literals(glossary, before, term, after):
    text = f"{before} {term} {after}"
    uses = find_uses(glossary, text, "en", "zh")
    spans = [(use.start, use.end) for use in uses] + [one.span for one in find_literals(text)]
    covered = [place for start, end in spans for place in range(start, end)]
    assert len(covered) == len(set(covered))
    assert list(uses) == sorted(uses, key=lambda use: use.start)
    assert all(use.source == text[use.start : use.end] and use.targets for use in uses)


@settings(max_examples=60, deadline=None)
@given(TEXTS, st.sampled_from(("en", "zh")))
def test_a_preferred_form_in_the_translation_is_never_missing(glossary, text, target):
    uses = find_uses(glossary, f"Sergey Lavrov and US sanctions on steel: {text}", "en", target)
    hypothesis = " ".join(use.targets[0] for use in uses)
    assert missing_terms(uses, hypothesis, target) == ()


def test_terms_without_the_target_language_are_no_uses():
    glossary = Glossary((Term("term", (("en", ("steel",)), ("ru", ("сталь",)))),))
    assert find_uses(glossary, "Steel", "en", "zh") == ()
    assert find_uses(glossary, "Steel", "zh", "en") == ()


def test_translations_of_one_form_are_all_allowed():
    terms = (Term("term", (("en", ("ship",)), ("zh", ("船",)))), Term("term", (("en", ("vessel",)), ("zh", ("船",)))))
    (use,) = find_uses(Glossary(terms), "一艘船", "zh", "en")
    assert use.targets == ("ship", "vessel")


def test_two_people_of_one_surname():
    terms = tuple(
        Term("name", (("en", (f"{first} Smith",)), ("zh", (f"{form}·史密斯",))))
        for first, form in (("Ann", "安"), ("Bob", "鲍勃"))
    )
    (use,) = find_uses(Glossary(terms), "Smith left.", "en", "zh")
    assert use.targets == ("史密斯", "安·史密斯", "鲍勃·史密斯")


def test_the_digest_tells_contents_and_not_notes():
    one = Glossary((Term("keep", (("en", ("a",)),)),))
    assert one == Glossary(one.terms, ("noted",))
    assert hash(one) == hash(Glossary(one.terms))
    assert one != Glossary((Term("keep", (("en", ("b",)),)),))
    assert one != "a"
    assert len(one.sha256) == 64


@pytest.mark.parametrize(
    ("language", "form", "text", "tried"),
    [
        ("en", "minister of a{}", "The minister of a17 met the minister of health.", FormPattern),
        ("en", "a{} of the minister", "The a17 of the minister met the minister.", FormPattern),
        ("ru", "министр а{}", "Министр сказал, что министр а17 и министры уехали.", FormPattern),
        ("zh", "部长{}", "部长17说部长来了", "chinese_pattern"),
    ],
)
def test_terms_that_share_words_are_not_all_tried(monkeypatch, language, form, text, tried):
    count = 0

    def counted(original):
        def call(*args, **options):
            nonlocal count
            count += 1
            return original(*args, **options)

        return call

    other = "en" if language != "en" else "ru"
    numbers = range(2000) if language != "zh" else map(chr, range(0x4E00, 0x4E00 + 2000))
    terms = [Term("term", ((language, (form.format(number),)), (other, ("x",)))) for number in [17, *numbers]]
    glossary = Glossary(tuple(terms))
    find_uses(glossary, "", language, other)
    if tried is FormPattern:
        monkeypatch.setattr(FormPattern, "match", counted(FormPattern.match))
    else:
        monkeypatch.setattr(finding, tried, counted(chinese_pattern))
    assert find_uses(glossary, text, language, other)
    assert 1 <= count <= 10
