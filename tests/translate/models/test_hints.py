"""What a model is told beside a sentence: terms and context reach the leg that they hold for."""

from pathlib import Path

import pytest

from corpora.article import Article
from translate.glossary import load_glossary
from translate.memory.translation_memory import parse_user_memory
from translate.models.prompts import Prompt
from translate.models.specs import LocalSource, ModelSpec
from translate.options import ArticleOptions, RetryPolicy
from translate.pipeline.directions import DirectionRunner
from translate.translator import Translator
from translate.types import DecodeOptions

from tests.support.models.fake_engine import FakeEngine  # isort: skip - beside this file, found by pytest

PROMPT = Prompt(
    user="{source} {target}: {text}",
    glossary_prompt="{source} {target}, {terms}: {text}",
    context_prompt="{source} {target}, after {context}: {text}",
    delimiter_prompt="{source} {target}, marks: {text}",
)
CHAT = ModelSpec("chat", "chat", LocalSource(Path()), prompt=PROMPT)
PIVOTING = ModelSpec(
    "chat", "chat", LocalSource(Path()), prompt=PROMPT, directions=(("ru", "en"), ("en", "zh")), pivot="en"
)
BARE = ArticleOptions(checks=None, typography=None)


@pytest.fixture
def glossary(tmp_path):
    path = tmp_path / "terms.tsv"
    path.write_text("en\tru\tzh\nminister\tминистр\t大臣\n", encoding="utf-8")
    return load_glossary(path)


def translator(spec=CHAT, *, options=BARE, answer=str.upper):
    engine = FakeEngine(answer)
    runner = DirectionRunner(spec, lambda _: engine, lambda _: {"revision": "r"}, DecodeOptions(), None, 0)
    return Translator(runner, options=options), engine


def asked(engine):
    return [request.turns[-1].content for request in engine.asked]


def test_terms_are_told_with_whole_paragraphs_too(glossary):
    options = ArticleOptions(checks=None, typography=None, glossary=glossary, document=True)
    made, engine = translator(options=options, answer=lambda text: text)
    made.translate_article(Article.from_text("The minister left.\n\nPrices rose.", language="en"), target="ru")
    first = asked(engine)[0]
    assert first.startswith("English Russian, minister = министр: ")
    assert "[2] Prices rose." in first


def test_terms_of_the_sentence_are_told(glossary):
    made, engine = translator(options=ArticleOptions(checks=None, typography=None, glossary=glossary))
    made.translate(["The minister left.", "Prices rose."], source="en", target="ru")
    assert asked(engine) == ["English Russian, minister = министр: The minister left.", "English Russian: Prices rose."]


def test_terms_are_not_told_to_a_leg_in_another_language(glossary):
    made, engine = translator(PIVOTING, options=ArticleOptions(checks=None, typography=None, glossary=glossary))
    made.translate(["Министр ушёл."], source="ru", target="zh")
    assert asked(engine) == ["Russian English: Министр ушёл.", "English Chinese: МИНИСТР УШЁЛ."]


def test_context_is_what_stands_before_and_is_told_to_the_first_leg():
    made, engine = translator(PIVOTING, options=ArticleOptions(checks=None, typography=None, context=1))
    made.translate_article(Article.from_text("Раз было. Два стало.", language="ru"), target="zh")
    assert asked(engine)[1] == "Russian English, after Раз было.: Два стало."
    assert all(", after" not in text for text in asked(engine)[2:])


def test_given_terms_are_not_changed_by_house_style(tmp_path):
    path = tmp_path / "terms.tsv"
    path.write_text('en\tru\nRomashka\tООО ""Ромашка""\n'.replace('""', '"'), encoding="utf-8")
    options = ArticleOptions(retry=RetryPolicy(attempts=1), glossary=load_glossary(path))
    made, _ = translator(options=options, answer=lambda _: 'Фирма ООО "Ромашка" закрылась в понедельник.')
    (found,) = made.translate(["The Romashka company closed on Monday."], source="en", target="ru")
    assert 'ООО "Ромашка"' in found.text
    assert "term" not in {check.kind for check in found.checks}


def test_work_of_the_users_memory_is_told():
    tmx = (
        '<tmx version="1.4"><header srclang="en"/><body><tu><tuv xml:lang="en"><seg>Prices rose.</seg></tuv>'
        '<tuv xml:lang="ru"><seg>Цены "выросли".</seg></tuv></tu></body></tmx>'
    )
    made, engine = translator(options=ArticleOptions(checks=None, memory=parse_user_memory(("tmx", tmx))))
    found = made.translate_article(Article.from_text("Prices rose.", language="en"), target="ru")
    assert (found.article.text, engine.asked) == ('Цены "выросли".', [])
    assert found.signature["memory"].endswith(", 1 sentences")
    assert "model" not in found.signature


def test_document_mode_takes_the_users_memory_and_leaves_figures_alone():
    tmx = (
        '<tmx version="1.4"><header srclang="en"/><body><tu><tuv xml:lang="en"><seg>Prices rose.</seg></tuv>'
        '<tuv xml:lang="ru"><seg>Цены выросли.</seg></tuv></tu></body></tmx>'
    )
    options = ArticleOptions(checks=None, typography=None, document=True, memory=parse_user_memory(("tmx", tmx)))
    made, engine = translator(options=options, answer=lambda text: text)
    found = made.translate_article(
        Article.from_text("Prices rose.\n\n2,345 %\n\nIt ended there.", language="en"), target="ru"
    )
    assert [one.method for one in found.translations] == ["memory", "kept", "document"]
    assert [request.text for request in engine.asked] == ["[1] It ended there."]
