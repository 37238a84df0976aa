"""An article with one of everything, translated by hand into Russian and Chinese."""

from collections.abc import Mapping

from alignment.multiway.consistency import alignment_of
from corpora.article import Article, ArticleMeta, Inline
from corpora.readers.markdown import read_markdown
from tolmach.results.result import Result, VersionRole, make_alignments, make_translation, make_versions
from translate.pipeline.assembly import TranslatedSentence, assemble_article
from translate.types import Check, TranslatedArticle, Translation

ENGLISH = """# Ministers of fifteen countries meet in Moscow to talk about prices, grain and an agreement that \
nobody has read

The talks went on **until midnight** on Monday. “We are close to a [deal](https://example.org/deal \
"The draft"),” the minister said.

## Prices

Prices rose by 4.5 per cent last year. The office counted `CPI-U` only.

- Bread: the price rose by half.
  - Rye bread did not change.
- Milk is cheaper than it was.

| Country | Price |
| --- | --- |
| Russia | 10 roubles |
| China | 7 yuan |

> Nobody was ready for this, she said.

```
total = 4.5
  rate = 2
```

Water is H<sub>2</sub>O.
"""

RUSSIAN = (
    "Министры пятнадцати стран встретились в Москве, чтобы поговорить о ценах, зерне и соглашении, которого никто "
    "не читал",
    "Переговоры шли до полуночи в понедельник.", "«Мы близки к соглашению», — сказал министр.", "Цены",
    "Цены выросли за год на 45 процентов.", "", "Хлеб: цена выросла вдвое.", "Ржаной хлеб не изменился.",
    "Молоко дешевле, чем было.", "Страна", "Цена", "Россия", "10 рублей", "Китай", "7 юаней",
    "Никто не был к этому готов, сказала она.", "total = 4.5", "rate = 2", "Вода — это H2O.",
)  # fmt: skip

CHINESE = (
    "十五国部长在莫斯科会晤，讨论物价、粮食以及一份无人读过的协议",
    "会谈在周一一直持续到午夜。", "“我们快要达成协议了，”部长说。", "物价", "去年物价上涨了百分之四点五。",
    "统计局只计算了CPI-U。", "面包：价格上涨了一半。", "黑麦面包没有变化。", "牛奶比以前便宜了。", "国家", "价格",
    "俄罗斯", "十卢布", "中国", "七元", "她说，没有人为此做好准备。", "total = 4.5", "rate = 2", "水是H2O。",
)  # fmt: skip

CHECKS: dict[str, dict[int, tuple[Check, ...]]] = {
    "ru": {
        4: (Check("number", "“4.5” of the source is missing"), Check("number", "“45” is not in the source")),
        5: (Check("empty", "There is no translation"),),
        12: (Check("name", "A name & <b>its</b> ending"),),
    },
    "zh": {2: (Check("quotes", "A quotation mark is not closed"),)},
}
SIGNATURE = {
    "model": "nllb-600m", "revision": "f8d333a", "precision": "int8", "licence": "CC-BY-NC-4.0",
    "restriction": "no commercial use", "route": "en-ru", "checks": "on",
}  # fmt: skip
TEXTS = {"ru": RUSSIAN, "zh": CHINESE}


def source(text: str = ENGLISH) -> Article:
    return read_markdown(text, language="en", meta=ArticleMeta(source="en.md", format="markdown"))


def translated(article: Article, language: str, texts: tuple[str, ...]) -> TranslatedArticle:
    pieces = [TranslatedSentence(text, _marked(article, at, text)) for at, text in enumerate(texts)]
    made, beads = assemble_article(article, pieces, language)
    sentences = tuple(_translation(at, text, language) for at, text in enumerate(texts))
    return TranslatedArticle(made, sentences, beads, SIGNATURE)


def result(languages: tuple[str, ...] = ("ru",), texts: Mapping[str, tuple[str, ...]] = TEXTS) -> Result:
    article = source()
    made = [translated(article, language, texts[language]) for language in languages]
    roles: list[VersionRole] = ["source", "translation", "translation"]
    versions = make_versions([article, *(one.article for one in made)], roles[: len(made) + 1])
    translations = {
        version.id: make_translation(one, source="en", warnings=("This model is poor at Russian.",))
        for version, one in zip(versions[1:], made, strict=True)
    }
    found = {(0, at): alignment_of(one.beads) for at, one in enumerate(made, 1)}
    return Result("2025-01-02T03:04:05+00:00", versions, translations, make_alignments(versions, found),
                  signature={"tolmach": "0.1.0"})  # fmt: skip


def _marked(article: Article, at: int, text: str) -> tuple[Inline, ...]:
    """Emphasise the first word where the source sentence has markup."""
    sentence = article.sentences[at]
    own = [one for one in article.inlines if sentence.start <= one.start and one.end <= sentence.end]
    return tuple(type(one)(one.kind, 0, 4, one.target, one.title) for one in own[:1] if len(text) > 4)


def _translation(at: int, text: str, language: str) -> Translation:
    checks = CHECKS[language].get(at, ())
    method = "memory" if at == 8 else "beam" if checks else "plain"
    return Translation(text, ("en", language), checks, -0.3, method, 4 if checks else 1)
