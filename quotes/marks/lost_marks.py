"""Speech whose opening mark is lost: a closing mark that pairs with nothing, and an attribution right behind it.

Such speech begins where the text stops reporting: behind the last sentence that has a mark or reports what somebody
says, at most at the start of its block. Where nearly every block holds one sentence, it may begin some blocks before.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise

from corpora.article import Article, Sentence
from corpora.languages import ENGLISH, RUSSIAN, base_language, conventions_of
from corpora.offsets import Span
from quotes.lexicon import Cue, find_cues, load_lexicon, parse_russian
from quotes.marks.passages import MarkedPassage, trim
from quotes.marks.table import QuoteMark, find_marks, is_attributed_behind, load_marks
from quotes.types import QuoteOptions

_CLAUSE_END = re.compile(r"[.,;!?]\s|[。；！？，]|\n")
_REACH = 60
_PAUSES = frozenset(",.!?，。！？\N{HORIZONTAL ELLIPSIS}")
_ONE_A_BLOCK = 0.8
_FEW_BLOCKS = 6
_LONGEST_TERM = 30


def with_lost_openings(article: Article, passages: list[MarkedPassage], options: QuoteOptions) -> list[MarkedPassage]:
    """Add the passages that a closing mark and the attribution behind it show, but no opening mark."""
    found: list[MarkedPassage] = []
    for mark in _orphans(article, passages):
        if not _is_attributed(article, mark.position):
            continue
        own, floor = _terms_before(article, mark.position, [*passages, *found])
        start = _beginning(article, mark.position, floor, options)
        if start is None:
            continue
        blocks = [
            (max(start, block.start), min(mark.position, block.end))
            for block in article.blocks
            if block.start < mark.position and block.end > start
        ]
        spans = [span for span in (trim(article.text, block) for block in blocks) if span[0] < span[1]]
        if spans:
            found.append(_passage(article, spans, mark))
            for term in own:
                term.parent = found[-1]
    return sorted([*passages, *found], key=lambda passage: (passage.outer[0], -passage.outer[1])) if found else passages


def _passage(article: Article, spans: list[Span], mark: QuoteMark) -> MarkedPassage:
    block = next(number for number, block in enumerate(article.blocks) if spans[0][0] < block.end)
    gaps = [(first[1], second[0]) for first, second in pairwise(spans)]
    outer = (spans[0][0], mark.position + 1)
    return MarkedPassage(spans, outer, article.text[mark.position], mark.family, gaps=gaps, block=block)


def _orphans(article: Article, passages: Sequence[MarkedPassage]) -> Iterator[QuoteMark]:
    """List the double marks that stand in no passage and may close one."""
    tops = sorted((passage.outer for passage in passages if passage.parent is None), key=lambda outer: outer[0])
    starts = [outer[0] for outer in tops]
    for block in article.blocks:
        if block.kind not in ("paragraph", "list_item", "quote"):
            continue
        for mark in find_marks(article.text, block.start, block.end, article.language):
            place = bisect_right(starts, mark.position) - 1
            inside = place >= 0 and mark.position < tops[place][1]
            if not inside and mark.family not in ("single", "title", "inner title") and mark.close < mark.open:
                yield mark


def _is_attributed(article: Article, position: int) -> bool:
    behind = article.text[position + 1 : position + 1 + _REACH]
    language = base_language(article.language)
    if conventions_of(language) == RUSSIAN:
        return is_attributed_behind(article.text, position, language)
    before = article.text[:position].rstrip()[-1:] if position else ""
    clause = _CLAUSE_END.split(behind.lstrip(",， "), maxsplit=1)[0]
    said = [cue for cue in find_cues(clause, article.language) if cue.strong]
    return bool(said) and (before in _PAUSES or (language != ENGLISH and behind[:1] in _PAUSES))


def _terms_before(
    article: Article, position: int, passages: Sequence[MarkedPassage]
) -> tuple[list[MarkedPassage], int]:
    """Find the short terms in marks in the same sentence, which the speech may hold, and the end of what it may not."""
    starts = [sentence.start for sentence in article.sentences]
    begin = starts[max(0, bisect_right(starts, position) - 1)]
    before = [passage for passage in passages if passage.outer[1] <= position]
    own = [passage for passage in before if passage.outer[0] > begin and passage.parent is None]
    if not all(passage.closed and passage.outer[1] - passage.outer[0] <= _LONGEST_TERM for passage in own):
        own = []
    held = set(map(id, own))
    return own, max((passage.outer[1] for passage in before if id(passage) not in held), default=0)


def _beginning(article: Article, position: int, floor: int, options: QuoteOptions) -> int | None:
    """Find where the speech begins that ends at `position`, not before `floor`; None where nothing shows it."""
    sentences = article.sentences
    starts = [sentence.start for sentence in sentences]
    last = max(0, bisect_right(starts, position) - 1)
    home = sentences[last].block
    farthest = max(0, home - options.carry_blocks) if _is_one_a_block(article) else home
    begin = sentences[last].start
    bracket = article.text.rfind("(", begin, position)
    if bracket > article.text.rfind(")", begin, position):
        return max(bracket + 1, floor)
    if floor > begin:
        return None
    for sentence in reversed(sentences[bisect_left(starts, floor) : last]):
        if sentence.block < farthest or not _may_be_said(article, sentence, home):
            break
        begin = sentence.start
    return begin


def _may_be_said(article: Article, sentence: Sentence, home: int) -> bool:
    """Return whether a sentence may belong to the speech: it reports nothing, has no marks, and is no heading."""
    kind = article.blocks[sentence.block].kind
    if sentence.block != home and kind != article.blocks[home].kind:
        return False
    marked = load_marks(base_language(article.language)).pattern.search(sentence.text)
    if marked or any(_reports(cue, article.language) for cue in find_cues(sentence.text, article.language)):
        return False
    lexicon, words = load_lexicon(article.language), sentence.text.lower()
    return not any(lexicon.pattern(name).search(words) for name in ("phrases", "possessive_phrases"))


def _reports(cue: Cue, language: str) -> bool:
    """Return whether a verb reports what others say: "said" does, "I think" and "it is indicated" do not."""
    if not cue.strong or base_language(language) != RUSSIAN:
        return cue.strong
    tags = [reading.tag for reading in parse_russian(cue.word.lower())[:2] if reading.tag.POS == "VERB"]
    return bool(tags) and "1per" not in tags[0] and tags[0].mood != "impr"


def _is_one_a_block(article: Article) -> bool:
    blocks = len({sentence.block for sentence in article.sentences})
    return blocks >= _FEW_BLOCKS and blocks >= _ONE_A_BLOCK * len(article.sentences)
