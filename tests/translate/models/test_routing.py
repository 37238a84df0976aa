"""Which way a translation takes."""

import pytest

from common.errors import UsageError
from translate.models.requests import plan_route

ALL = [("en", "ru"), ("en", "zh"), ("ru", "en"), ("ru", "zh"), ("zh", "en"), ("zh", "ru")]
THROUGH_ENGLISH = [("en", "ru"), ("ru", "en"), ("en", "zh"), ("zh", "en")]


def test_the_language_of_the_text_is_no_way_round():
    with pytest.raises(UsageError, match="the text is in English, so --via en is no way round"):
        plan_route(ALL, "en", "ru", via="en")


def test_goes_directly_where_the_model_can():
    assert plan_route(ALL, "ru", "zh") == ("ru", "zh")


def test_goes_through_english_where_it_must():
    assert plan_route(THROUGH_ENGLISH, "ru", "zh") == ("ru", "en", "zh")


def test_goes_through_another_language_on_request():
    assert plan_route(ALL, "en", "zh", via="ru") == ("en", "ru", "zh")


def test_keeps_the_script_that_was_asked_for():
    assert plan_route(ALL, "ru", "zh-Hant") == ("ru", "zh-Hant")


def test_same_language_is_wrong_usage():
    with pytest.raises(UsageError, match="source and target are both Chinese"):
        plan_route(ALL, "zh", "zh")


def test_no_way_names_what_there_is():
    with pytest.raises(UsageError, match=r"does not translate zh to ru\. It translates en-ru"):
        plan_route([("en", "ru")], "zh", "ru")


def test_impossible_pivot_is_named():
    with pytest.raises(UsageError, match="does not translate en to ru through zh"):
        plan_route(THROUGH_ENGLISH, "en", "ru", via="zh")
