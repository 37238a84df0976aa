"""Examples come from the samples, and never from the article that is translated."""

from corpora.samples import load_sample
from translate.examples import ExamplePool, TranslationExample, load_pool

POOL = ExamplePool(
    [
        TranslationExample("The ferry will run three times a week.", "Паром будет ходить трижды в неделю.", "a"),
        TranslationExample("The minister praised the new agreement.", "Министр похвалил новое соглашение.", "b"),
        TranslationExample("Prices of bread rose by four per cent.", "Цены на хлеб выросли на четыре процента.", "c"),
    ]
)


def test_excluded_origins_are_not_shown():
    assert sorted(example.origin for example in POOL.spread(3, exclude={"c"})) == ["a", "b"]


def test_spread_is_the_same_for_every_sentence_and_grows_in_length():
    lengths = [len(example.source) for example in load_pool("en", "ru").spread(4)]
    assert lengths == sorted(lengths)
    assert len(set(lengths)) == 4


def test_more_than_there_are_gives_all():
    assert len(POOL.spread(10)) == 3


def test_none_allowed_gives_none():
    assert POOL.spread(2, exclude={"a", "b", "c"}) == ()


def test_the_article_itself_is_recognised():
    sentences = [sentence.text for sentence in load_sample("lavrov", "en").sentences]
    assert load_pool("en", "zh").origins_of(sentences) == {"lavrov"}


def test_a_reworded_copy_is_recognised():
    copy = "The ferry is not a gift from one side to the other; it's a timetable that both are bound to keep."
    assert load_pool("en", "ru").origins_of([copy]) == {"a01"}


def test_other_news_is_not_taken_for_a_sample():
    assert (
        load_pool("en", "ru").origins_of(["The central bank left its key rate unchanged on Friday, he said."]) == set()
    )


def test_pairs_run_in_either_direction():
    forward, back = load_pool("ru", "zh").examples, load_pool("zh", "ru").examples
    assert {(one.source, one.target) for one in forward} == {(one.target, one.source) for one in back}


def test_a_sentence_that_no_example_holds_is_recognised_too():
    assert load_pool("en", "ru").origins_of(["The two countries share no land border."]) == {"a01"}
