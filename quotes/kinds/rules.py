"""What kind of thing stands in quotation marks: speech, a fragment of it, a name, a slogan, or a mere term.

The kinds are those of `quotes.types.Quote`. A language's rules are asked in order and the first that holds decides;
where none does, the passage is a term in marks (`scare`). They look at the words inside (a whole clause? in capitals?),
the words around (a noun like "newspaper", "motto", "so-called"), and whether the passage is attributed.
"""

import re
from collections.abc import Callable, Sequence

from corpora.article import Article
from corpora.languages import CHINESE, ENGLISH, RUSSIAN, base_language
from quotes.kinds.context import STOPS, WORD, Context, read_context
from quotes.lexicon import parse_russian
from quotes.marks.block_quotes import FAMILY
from quotes.marks.passages import Passage
from quotes.speakers.attribution import Attribution
from quotes.types import QuoteKind

_NEXT_SENTENCE = re.compile(r"[.!?]\s+[A-ZА-ЯЁ]|[。！？!?].")
_TITLE_FAMILIES = frozenset({"title", "inner title"})
_NEAR = 40
_SLOGAN_NEAR = 90
_NEAR_WORDS = 6
_FAR_WORDS = 14
_LONGEST_TITLE = 9
_LONG = 5
_CLAUSE = 4
_LONG_CHINESE = 10


_Rules = Sequence[tuple[QuoteKind, Callable[[Context], bool]]]


def classify(article: Article, passage: Passage, found: Attribution) -> QuoteKind:
    """Return the kind of a passage.

    Args:
        article: The article.
        passage: A passage of it.
        found: Who says it.
    """
    if passage.family == FAMILY:
        return "direct"
    context = read_context(article, passage, found)
    rules = _RULES[base_language(article.language)]
    return next((kind for kind, holds in rules if holds(context)), "scare")


def _is_marked_title(context: Context) -> bool:
    return context.passage.family in _TITLE_FAMILIES


def _is_several(context: Context) -> bool:
    return (
        context.passage.family == "dash" or len(context.passage.spans) > 1 or bool(_NEXT_SENTENCE.search(context.text))
    )


def _is_fragment(context: Context) -> bool:
    """Somebody's words that are no utterance: attributed in the sentence, and not named as a term."""
    return context.attributed or context.found.place in ("extract", "sentence")


# --- English


def _is_english_slogan(context: Context) -> bool:
    return context.has_word("slogan_nouns", _SLOGAN_NEAR) and (context.led or not context.spoken)


def _is_english_title(context: Context) -> bool:
    words = context.words
    if not words or len(words) > 2 * _LONGEST_TITLE or context.led or not words[0][0].isupper():
        return False
    small = context.lexicon.words("title_small_words")
    if not all(word[0].isupper() or word.lower() in small for word in words):
        return False
    if context.has_word("title_nouns", _NEAR):
        return True
    return len(words) > 1 and not context.alone and context.text[-1] not in "!?" and not context.spoken


def _is_english_utterance(context: Context) -> bool:
    words = [word.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'") for word in context.words]
    finite = any(word in context.lexicon.words("finite") for word in words)
    if context.capital:
        stands = context.led or context.alone or context.text[-1] in "!?"
        complete = finite or len(words) >= _LONG or context.text[-1] in "!?"
        beside = context.led or context.found.place in ("inside", "after")
        said = context.spoken or (finite and context.found.cue is not None and len(words) >= _LONG)
        return (complete or beside) if stands else (complete and said)
    while words and words[0] in context.lexicon.words("clause_joiners"):
        words = words[1:]
    opens = bool(words) and words[0] in context.lexicon.words("clause_openers")
    return len(context.words) >= _CLAUSE and opens and finite


def _is_english_fragment(context: Context) -> bool:
    named = context.has_word("naming", _NEAR)
    weak = named and not context.found.strong and len(context.words) < _LONG
    return _is_fragment(context) and not weak and not (named and context.found.place == "sentence")


# --- Russian


def _lemmas(context: Context) -> list[str]:
    return [parse_russian(word.lower())[0].normal_form for word in WORD.findall(context.clause)[-_FAR_WORDS:]]


def _is_russian_slogan(context: Context) -> bool:
    lemmas = _lemmas(context)
    forms = {word.lower() for word in WORD.findall(context.clause)[-_FAR_WORDS:]}
    near = {*lemmas, *forms} if context.led else set(lemmas[-_NEAR_WORDS:])
    return bool(near & context.lexicon.words("slogan_nouns")) and (context.led or context.text[0].isupper())


def _is_russian_term(context: Context) -> bool:
    named = context.lexicon.pattern("naming").search(context.clause[-_NEAR:].lower())
    return bool(named) and len(context.words) < _LONG and not context.led


def _is_russian_sentence(context: Context) -> bool:
    return (
        context.alone and context.ends_sentence and (len(context.words) >= _LONG or _has_subject_and_predicate(context))
    )


def _is_russian_title(context: Context) -> bool:
    if not context.words or len(context.words) > _LONGEST_TITLE or context.led or context.text[-1] in STOPS:
        return False
    leads_on = re.match(r"\s*,\s*[\N{EM DASH}\N{EN DASH}-]", context.after)
    if leads_on or not (context.text[0].isupper() or context.text[0].isdigit()):
        return False
    if set(_lemmas(context)[-_CLAUSE:]) & context.lexicon.words("title_nouns"):
        return True
    return not context.found.strong or context.found.place not in ("after", "inside") or len(context.words) < _LONG


def _is_russian_utterance(context: Context) -> bool:
    if context.capital and (context.led or context.alone or context.found.place in ("inside", "after")):
        return True
    if context.capital and context.passage.parent is not None and context.attributed:
        return True
    return context.attributed and len(context.words) > 2 and _has_subject_and_predicate(context)  # noqa: PLR2004 - a verb and its object make two


def _has_subject_and_predicate(context: Context) -> bool:
    readings = [parse_russian(word.lower()) for word in context.words]
    subject = any(r.tag.POS in {"NOUN", "NPRO"} and "nomn" in r.tag for word in readings for r in word[:3])
    return subject and any(word[0].tag.POS in {"VERB", "PRED", "ADJS", "PRTS"} for word in readings)


# --- Chinese


def _letters(text: str) -> int:
    return sum(1 for character in text if character.isalnum())


def _is_chinese_slogan(context: Context) -> bool:
    return any(noun in context.clause[-3 * _LONG :] for noun in context.lexicon.words("slogan_nouns"))


def _is_chinese_title(context: Context) -> bool:
    if _letters(context.text) > 2 * _LONGEST_TITLE or context.led:
        return False
    named_after = context.after.startswith(tuple(context.lexicon.words("title_after")))
    return named_after or context.clause.endswith(tuple(context.lexicon.words("title_before")))


def _is_chinese_utterance(context: Context) -> bool:
    last = context.text[-1]
    if context.led or (context.found.place in ("inside", "after") and (context.alone or last in "，。！？,")):
        return True
    if context.alone and context.ends_sentence and _letters(context.text) > _LONG:
        return True
    whole = last in STOPS or context.found.cue in context.lexicon.words("utterance_cues")
    return context.attributed and (whole or _is_chinese_clause(context))


def _is_chinese_clause(context: Context) -> bool:
    """Tell whether words without a final stop have a subject and do not end as a noun phrase does."""
    text, size = context.text, _letters(context.text)
    verb = bool(re.search("[是有会會能要得不]", text))
    noun_phrase = bool(re.search("的[^，。]{1,5}$", text)) and not verb
    subject = text.startswith(tuple(context.lexicon.words("subjects")))
    return not noun_phrase and ((subject and size > _LONG) or (verb and size >= _LONG_CHINESE))


def _is_chinese_fragment(context: Context) -> bool:
    named = any(word in context.clause[-8:] for word in context.lexicon.words("naming"))
    return (_is_fragment(context) and not named) or context.found.place == "extract"


_RULES: dict[str, _Rules] = {
    ENGLISH: (
        ("title", _is_marked_title),
        ("slogan", _is_english_slogan),
        ("title", _is_english_title),
        ("direct", _is_several),
        ("direct", _is_english_utterance),
        ("partial", _is_english_fragment),
    ),
    RUSSIAN: (
        ("title", _is_marked_title),
        ("slogan", _is_russian_slogan),
        ("scare", _is_russian_term),
        ("direct", _is_russian_sentence),
        ("title", _is_russian_title),
        ("direct", _is_several),
        ("direct", _is_russian_utterance),
        ("partial", _is_fragment),
    ),
    CHINESE: (
        ("title", _is_marked_title),
        ("slogan", _is_chinese_slogan),
        ("title", _is_chinese_title),
        ("direct", _is_several),
        ("direct", _is_chinese_utterance),
        ("partial", _is_chinese_fragment),
    ),
}
