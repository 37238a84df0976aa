"""The sample articles, and the package's front door."""

import json
import subprocess
import sys

import pytest

import corpora
from corpora import UsageError
from corpora.samples import VARIANTS, list_samples, load_sample, sample_bitexts, sample_language, sample_path


def test_names():
    assert list_samples() == ("lavrov", "a01", "a02", "a03", "a04", "a05", "a06", "a07", "a08", "a09")


@pytest.mark.parametrize("name", list_samples())
@pytest.mark.parametrize("language", ["en", "ru", "zh"])
def test_articles_are_whole_and_titled(name, language):
    article = load_sample(name, language)
    text = sample_path(name, language).read_text(encoding="utf-8")
    assert article.text == text
    assert article.title == text.split("\n")[0]
    assert article.language == sample_language(name, language)
    assert article.meta.source == f"sample:{name}/{language}.txt"


def test_the_traditional_version_is_known_as_such():
    assert sample_language("a05", "zh") == sample_language("a05", "zh-Hant") == "zh-Hant"
    assert sample_language("a04", "zh-Hant") == "zh"


def test_variants():
    assert load_sample("lavrov", "en", variant="as-received").meta.dropped[0] == "Source link"
    assert load_sample("lavrov", "ru", variant="altered").text != load_sample("lavrov", "ru").text
    assert VARIANTS == ("altered", "as-received")


@pytest.mark.parametrize(
    ("source", "target"), [("en", "ru"), ("en", "zh"), ("ru", "zh"), ("ru", "en"), ("zh", "en"), ("zh-Hant", "ru")]
)
def test_each_sentence_is_in_one_bead(source, target):
    bitexts = sample_bitexts(source, target)
    assert tuple(bitexts) == list_samples()
    for bitext in bitexts.values():
        for side, sentences in ((0, bitext.source), (1, bitext.target)):
            assert sorted(index for bead in bitext.beads for index in bead[side]) == list(range(len(sentences)))
        with_source = [bead[0] for bead in bitext.beads if bead[0]]
        assert with_source == sorted(with_source)


@pytest.mark.parametrize(("source", "target"), [("en", "ru"), ("en", "zh"), ("ru", "zh")])
def test_swapped_languages_give_the_same_beads_swapped(source, target):
    forward, backward = sample_bitexts(source, target), sample_bitexts(target, source)
    for name, bitext in forward.items():
        assert backward[name].source == bitext.target
        assert sorted((right, left) for left, right in backward[name].beads) == sorted(bitext.beads)


def test_sentences_stand_in_the_texts():
    for name, bitext in sample_bitexts("en", "zh").items():
        for language, sentences in (("en", bitext.source), ("zh", bitext.target)):
            text, at = load_sample(name, language).text, 0
            for sentence in sentences:
                at = text.index(sentence, at) + len(sentence)


@pytest.mark.parametrize("name", [name for name in list_samples() if name != "lavrov"])
def test_gold_quotes_stand_in_their_sentences(name):
    folder = sample_path(name, "en").parent
    gold = json.loads((folder / "gold.json").read_text(encoding="utf-8"))
    for quote in gold["quotes"]:
        for language in [one for one in ("en", "ru", "zh") if quote.get(one)]:
            passage, sentences = quote[language], gold["sentences"][language]
            numbers = passage["sentences"]
            text = (folder / f"{language}.txt").read_text(encoding="utf-8")
            around = text[text.index(sentences[numbers[0]]) :]
            at = 0
            for part in passage.get("parts", [passage["text"]]):
                at = around.index(part, at) + len(part)
            assert at <= around.index(sentences[numbers[-1]]) + len(sentences[numbers[-1]])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: load_sample("a10", "en"), "there is no sample 'a10'"),
        (lambda: load_sample("../lavrov", "en"), "there is no sample '../lavrov'"),
        (lambda: load_sample("a01", "de"), "unknown language 'de'"),
        (lambda: load_sample("a01", "en", variant="altered"), "the sample a01 has no variant 'altered' in en"),
        (lambda: sample_bitexts("zh", "zh-Hant"), "a bitext needs two languages, not zh twice"),
    ],
)
def test_unknown_samples_are_wrong_usage(call, message):
    with pytest.raises(UsageError) as caught:
        call()
    assert caught.value.message == message


def test_the_licence_is_beside_the_samples():
    licence = sample_path("lavrov", "en").parent.parent.joinpath("LICENSE").read_text(encoding="utf-8")
    assert licence.startswith("Creative Commons Attribution 4.0 International")


def test_every_public_name_is_there():
    assert {name: getattr(corpora, name).__name__ for name in corpora.__all__} == {
        name: name for name in corpora.__all__
    }
    assert set(corpora.__all__) <= set(dir(corpora))


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        corpora.nothing  # noqa: B018


def test_importing_loads_nothing_heavy():
    code = (
        "import sys, corpora, corpora.readers.load, corpora.samples\n"
        "heavy = {'torch', 'transformers', 'numpy', 'trafilatura', 'lxml', 'markdown_it', 'opencc', 'ssl'}\n"
        "print(sorted(heavy & set(sys.modules)), 'corpora.article' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=True)
    assert done.stdout == "[] True\n"
