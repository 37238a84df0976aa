"""What the checks see with the sentence encoder."""

import pytest

from alignment import load_encoder
from common.errors import UsageError
from translate.checks import Checker, SentencePair, check_translation
from translate.glossary import TermUse

SOURCE = "The mayor opened the new bridge on Monday. Thousands of people came to watch the ceremony on the river bank."
GOOD = "В понедельник мэр открыл новый мост. Посмотреть на церемонию на берег реки пришли тысячи людей."


@pytest.fixture(scope="module")
def checker() -> Checker:
    return Checker()


def kinds(checker: Checker, source: str, hypothesis: str, direction: str = "en-ru") -> list[str]:
    (checks,) = checker.check([SentencePair(source, hypothesis, *direction.split("-"))])
    return [check.kind for check in checks]


def test_good_translation_passes(checker):
    assert kinds(checker, SOURCE, GOOD) == []


def test_dropped_sentence_is_seen_and_shown(checker):
    (checks,) = checker.check([SentencePair(SOURCE, GOOD.partition(".")[0] + ".", "en", "ru")])
    assert "dropped" in [check.kind for check in checks]
    assert "river" in next(check.message for check in checks if check.kind == "dropped")


def test_added_sentence_is_seen(checker):
    assert "added" in kinds(checker, SOURCE.partition(".")[0] + ".", GOOD)


def test_other_sentence_is_seen(checker):
    other = "Учёные обнаружили в пещере следы древних животных, которые жили здесь в ледниковый период."
    assert "similarity" in kinds(checker, SOURCE, other)


@pytest.mark.parametrize(
    ("word", "found"),
    [("дизеле", []), ("дифференцированных", ["word"]), ("угле", ["word"])],
)
def test_noun_that_became_another_is_seen(checker, word, found):
    source = "The two new ferries will run on diesel until the batteries arrive in spring."
    hypothesis = f"Два новых парома будут работать на {word}, пока весной не прибудут батареи."
    assert kinds(checker, source, hypothesis) == found


@pytest.mark.parametrize(
    ("source", "hypothesis", "direction"),
    [
        ("Judge Rebecca Stone dismissed the case.", "法官丽贝卡·沃克驳回了此案。", "en-zh"),
        ("Lawyer Laura Simms won the case on Friday.", "В пятницу адвокат выиграла дело.", "en-ru"),
        ("The deal was approved by Gazprom.", "Сделку одобрил «Роснефть».", "en-ru"),
    ],
)
def test_lost_name_is_seen(checker, source, hypothesis, direction):
    assert "name" in kinds(checker, source, hypothesis, direction)


@pytest.mark.parametrize(
    ("source", "hypothesis", "found"),
    [
        ("Governor Elena Sorokina said so.", "Об этом сказала губернатор Елена Сергеева.", ["name"]),
        ("Об этом сказала Елена Сорокина.", "Elena Sergeeva said so.", ["name"]),
        ("Governor Elena Sorokina said so.", "Об этом сказала губернатор Елена Сорокина.", []),
        ("The goal was Roy Keane's.", "Гол забил Рой Кин.", []),
        ("Bob Stone met Bob Marsh.", "Боб Стоун встретил Боба Марша.", []),
    ],
)
def test_surname_that_became_another_is_seen(checker, source, hypothesis, found):
    direction = "en-ru" if source.isascii() else "ru-en"
    assert kinds(checker, source, hypothesis, direction) == found


@pytest.mark.parametrize(
    ("source", "hypothesis", "found"),
    [
        ("The minister will not sign the agreement.", "Министр подпишет соглашение.", ["negation"]),
        ("Министр подпишет соглашение.", "The minister will not sign the agreement.", ["negation"]),
        ("Согласны были не все.", "All agreed.", ["negation"]),
        ("We did not win everything.", "Мы не выиграли ничего.", ["negation"]),
        ("Мы выиграли не всё.", "We won nothing.", ["negation"]),
        ("We did not win everything.", "Мы не выиграли всего.", []),
        ("We did not see anyone at all.", "Мы совсем никого не видели.", []),
        ("The minister will not sign the agreement.", "Министр не подпишет соглашение.", []),
        ("The minister will not sign the agreement.", "Министр отказался подписать соглашение.", []),
        ("Why would I not sign it?", "Как бы я мог это подписать?", []),
    ],
)
def test_lost_or_added_negation_is_seen(checker, source, hypothesis, found):
    direction = "en-ru" if source.isascii() else "ru-en"
    assert [kind for kind in kinds(checker, source, hypothesis, direction) if kind == "negation"] == found


def test_name_that_sounds_alike_passes(checker):
    assert kinds(checker, "Mayor Helen Marsh opened the school.", "Мэр Хелен Марш открыла школу.") == []


def test_what_a_pair_gets_does_not_depend_on_its_company(checker):
    pairs = [
        SentencePair(SOURCE, GOOD.partition(".")[0] + ".", "en", "ru"),
        SentencePair("他来了。", "He came.", "zh", "en"),
    ]
    together = checker.check(pairs)
    assert [checker.check([pair])[0] for pair in pairs] == together


class Vectors:
    """An encoder without words."""

    name, revision, dimension = "plain", "1", 512

    def encode(self, texts):
        return load_encoder().encode(texts)


def test_encoder_without_words_is_refused():
    with pytest.raises(UsageError, match="gives no features of words"):
        Checker(encoder=Vectors()).check([SentencePair(SOURCE, GOOD, "en", "ru")])


def test_a_name_of_the_glossary_is_judged_by_the_check_of_terms_only():
    source = "“Nobody was dismissed,” said Marta Lindqvist, chair of the Seafarers' Union."
    hypothesis = "海员工会理事长马特拉·Lindqvist说：“没有人被解雇。”"
    start = source.index("Seafarers")
    term = TermUse(start, len(source) - 1, source[start:-1], ("海员工会",), "term")
    found = [
        [check.kind for check in check_translation(SentencePair(source, hypothesis, "en", "zh", terms=terms))]
        for terms in ((), (term,))
    ]
    assert found == [["name"], []]
