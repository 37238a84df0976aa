"""From paired marks to passages: interrupted quotes put together, Russian dashes read, missing marks made good."""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from corpora.article import Article, Block
from corpora.languages import ENGLISH, RUSSIAN, base_language, conventions_of
from corpora.offsets import Span
from quotes.lexicon import find_cues
from quotes.marks.pairing import MarkPair, pair_marks
from quotes.marks.table import DASHES, is_attributed_behind, load_marks, starts_attribution
from quotes.types import QuoteOptions

_TURN = re.compile(rf"\s+[{DASHES}]\s+|(?<=,)[{DASHES}]\s+")
_DIALOGUE = re.compile(rf"[{DASHES}]\s+")
_ENDS_SPEECH = re.compile(r"[,.!?\N{HORIZONTAL ELLIPSIS}\N{RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK}"
                          r"\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}\"]\s*$")  # fmt: skip
_ENDS_ATTRIBUTION = re.compile(r"[.,:;!?\N{HORIZONTAL ELLIPSIS}]\s*$")
_SPACE_AND_COMMA = " \t\n\N{NO-BREAK SPACE}\N{ZERO WIDTH SPACE},"
_CLOSING = frozenset(
    " \"'»」』\N{RIGHT SINGLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}\N{LEFT DOUBLE QUOTATION MARK}"
)
_PAUSES = frozenset(",.!?，。！？\N{HORIZONTAL ELLIPSIS}")
_LONGEST_GAP = 160
_LONGEST_NAME = 40
_LEADS = frozenset({"", "\n", ":", "\N{FULLWIDTH COLON}", "(", "\N{FULLWIDTH LEFT PARENTHESIS}"})
_OUTWEIGHING = 3
_NEAR = 20
_STOP_INSIDE = re.compile(r"[.!?](?=\s+\S)|[\N{IDEOGRAPHIC FULL STOP}\N{FULLWIDTH EXCLAMATION MARK}"
                          r"\N{FULLWIDTH QUESTION MARK}](?=.)")  # fmt: skip
_ABBREVIATION = re.compile(r"\b(?:[A-ZА-Я]|Mr|Ms|Mrs|Dr|Prof|St|Rev|Sen|Gen)\.$")


@dataclass(slots=True, eq=False)
class MarkedPassage:
    """A stretch of quoted words on its way to becoming a `Quote`.

    Attributes:
        outer: From the first mark to the last, both included.
        marks: Opening and closing mark, or `dash`.
        gaps: What lies between the parts: attributions and white space.
        closed: Whether both marks are there.
        family: Family of the opening mark, or `dash`.
        block: Index of the block that it begins in.
    """

    spans: list[Span]
    outer: Span
    marks: str
    family: str
    parent: "MarkedPassage | None" = None
    gaps: list[Span] = field(default_factory=list)
    closed: bool = True
    block: int = 0


def find_passages(article: Article, options: QuoteOptions) -> list[MarkedPassage]:
    """List the quoted passages of an article in order, nested ones after those around them.

    Punctuation alone between two marks is among them, so that these do not count as marks without a counterpart.
    """
    text = article.text
    pairs = pair_marks(text, article.blocks, article.language, options)
    passages = _from_pairs(text, pairs)
    if conventions_of(article.language) == RUSSIAN:
        passages = _with_dialogue(article, passages)
        children = children_of(passages)
        for passage in passages:
            _interrupt(article, passage, children[id(passage)])
    children = children_of(passages)
    wordless = [passage for passage in passages if passage.closed and not has_words(article, passage)]
    passages = [passage for passage in passages if _is_real(article, passage, children[id(passage)])]
    passages = [*_merge(article, passages), *wordless]
    alive = {id(passage) for passage in passages}
    starts = [block.start for block in article.blocks]
    for passage in passages:
        passage.block = max(0, bisect_right(starts, passage.outer[0]) - 1)
        while passage.parent is not None and id(passage.parent) not in alive:
            passage.parent = passage.parent.parent
    return sorted(passages, key=lambda passage: (passage.outer[0], -passage.outer[1]))


def children_of(passages: Iterable[MarkedPassage]) -> defaultdict[int, list[MarkedPassage]]:
    """List the passages directly inside each, by the `id` of the one around them."""
    children: defaultdict[int, list[MarkedPassage]] = defaultdict(list)
    for passage in passages:
        if passage.parent is not None:
            children[id(passage.parent)].append(passage)
    return children


def _from_pairs(text: str, pairs: Sequence[MarkPair]) -> list[MarkedPassage]:
    made: dict[int, MarkedPassage] = {}
    for pair in pairs:
        pieces = pair.pieces if pair.closer is not None else [_within_brackets(text, piece) for piece in pair.pieces]
        spans = [trim(text, piece) for piece in pieces]
        spans = [span for span in spans if span[0] < span[1]]
        end = pair.pieces[-1][1] if pair.closer is None else pair.closer + 1
        marks = text[pair.opener] + (text[pair.closer] if pair.closer is not None else "")
        parent = made.get(id(pair.parent)) if pair.parent else None
        passage = MarkedPassage(spans, (pair.opener, end), marks, pair.family, parent, closed=pair.closer is not None)
        passage.gaps = [(a[1], b[0]) for a, b in pairwise(spans)]
        made[id(pair)] = passage
    return list(made.values())


def _within_brackets(text: str, piece: Span) -> Span:
    """End an unclosed quote before the bracket that closes around it."""
    open_brackets = 0
    for position in range(*piece):
        if text[position] in "(\N{FULLWIDTH LEFT PARENTHESIS}":
            open_brackets += 1
        elif text[position] in ")\N{FULLWIDTH RIGHT PARENTHESIS}":
            open_brackets -= 1
            if open_brackets < 0:
                return piece[0], position
    return piece


def trim(text: str, span: Span, characters: str | None = None) -> Span:
    """Shrink a span past white space (or other characters) at its ends."""
    start, end = span
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip(characters))
    return start, max(start, end - len(piece) + len(piece.rstrip(characters)))


def has_words(article: Article, passage: MarkedPassage) -> bool:
    """Return whether a passage is more than punctuation."""
    return any(character.isalnum() for start, end in passage.spans for character in article.text[start:end])


def _is_real(article: Article, passage: MarkedPassage, inside: Sequence[MarkedPassage]) -> bool:
    """Return whether a passage has words, and where its closing mark is missing, reason to be one."""
    if not has_words(article, passage):
        return False
    if passage.closed:
        return True
    start = passage.outer[0]
    before = article.text[max(0, start - _NEAR) : start].rstrip(" \N{NO-BREAK SPACE}")
    leads = load_marks(base_language(article.language)).leads
    led = before[-1:] in _LEADS or before.endswith(leads)
    return led and (not inside or _outweighs(passage, inside))


def _outweighs(passage: MarkedPassage, inside: Sequence[MarkedPassage]) -> bool:
    """Return whether an unclosed quote has enough words of its own, beside the quotes inside it."""
    if inside[0].outer[0] == passage.spans[0][0]:
        return False
    nested = sum(one.outer[1] - one.outer[0] for one in inside)
    return sum(end - start for start, end in passage.spans) >= _OUTWEIGHING * nested


def _with_dialogue(article: Article, passages: list[MarkedPassage]) -> list[MarkedPassage]:
    """Add the passages that Russian sets off with a dash at a paragraph's start."""
    text = article.text
    spoken = []
    places = [passage.outer[0] for passage in passages]
    starts = [_DIALOGUE.match(text, block.start, block.end) for block in article.blocks]
    for number, (block, start) in enumerate(zip(article.blocks, starts, strict=True)):
        if start is None or block.kind in ("title", "heading"):
            continue
        speech = MarkedPassage([(start.end(), block.end)], (start.end(), block.end), "dash", "dash")
        inside = passages[bisect_left(places, block.start) : bisect_left(places, block.end)]
        parts, gaps = split_speech(article, speech.spans[0], inside)
        if gaps or _is_answer(article, number, starts):
            speech.spans, speech.gaps = parts, gaps
            speech.outer = (start.end(), parts[-1][1])
            _adopt(speech, inside)
            spoken.append(speech)
    return [*spoken, *passages]


def _is_answer(article: Article, number: int, starts: Sequence[re.Match[str] | None]) -> bool:
    """A dash without an attribution opens speech where the text before announces it, or where it answers speech."""
    if number == 0:
        return False
    before: Block = article.blocks[number - 1]
    return article.text[before.start : before.end].endswith(":") or starts[number - 1] is not None


def _adopt(speech: MarkedPassage, inside: Sequence[MarkedPassage]) -> None:
    for passage in inside:
        within = any(start <= passage.outer[0] and passage.outer[1] <= end + 1 for start, end in speech.spans)
        if passage.parent is None and within:
            passage.parent = speech


def _interrupt(article: Article, passage: MarkedPassage, inside: Sequence[MarkedPassage]) -> None:
    """Take attributions out of a Russian quote: «A, — said he. — B»."""
    if passage.family == "dash":
        return
    spans: list[Span] = []
    gaps: list[Span] = []
    for span in passage.spans:
        parts, found = split_speech(article, span, inside)
        if found and not passage.closed and found[-1][1] == span[1]:
            passage.outer = (passage.outer[0], parts[-1][1])
            passage.closed = True
            found = found[:-1]
        spans += parts
        gaps += found
    passage.spans = spans
    passage.gaps = sorted([*gaps, *((a[1], b[0]) for a, b in pairwise(spans))]) if gaps else passage.gaps


def split_speech(article: Article, span: Span, holes: Sequence[MarkedPassage]) -> tuple[list[Span], list[Span]]:
    """Tell a Russian speaker's words from the attribution set off in them by dashes; those inside `holes` do not count.

    Returns:
        The spans of speech, without the comma that leads to the attribution, and those of the attributions.
    """
    text, (start, end) = article.text, span
    speech: list[Span] = []
    attributions: list[Span] = []
    begun, speaking = start, True
    turns = [
        m for m in _TURN.finditer(text, start, end) if not any(h.outer[0] < m.start() < h.outer[1] - 1 for h in holes)
    ]
    for number, turn in enumerate(turns):
        following = turns[number + 1].start() if number + 1 < len(turns) else end
        piece = text[begun : turn.start()]
        if (
            speaking
            and _ENDS_SPEECH.search(piece)
            and starts_attribution(text[turn.end() : following], article.language)
        ):
            speech.append(trim(text, (begun, turn.start()), _SPACE_AND_COMMA))
            begun, speaking = turn.end(), False
        elif not speaking and _ENDS_ATTRIBUTION.search(piece):
            attributions.append((begun, turn.start()))
            begun, speaking = turn.end(), True
    (speech if speaking else attributions).append(trim(text, (begun, end)))
    speech = [part for part in speech if part[0] < part[1]]
    return (speech, attributions) if speech else ([span], [])


def _merge(article: Article, passages: list[MarkedPassage]) -> list[MarkedPassage]:
    """Join quotes that only an attribution separates into one with several parts."""
    tops = [passage for passage in passages if passage.parent is None and passage.closed]
    gone: set[int] = set()
    children = children_of(passages)
    current: MarkedPassage | None = None
    before: MarkedPassage | None = None
    for passage in sorted(tops, key=lambda top: top.outer[0]):
        if before is not None and _continues(article, before, passage):
            current = before
        before = None
        if current is not None and _continues(article, current, passage):
            current.gaps.append((current.outer[1], passage.outer[0]))
            current.gaps += passage.gaps
            current.spans += passage.spans
            current.outer = (current.outer[0], passage.outer[1])
            for other in children[id(passage)]:
                other.parent = current
                children[id(current)].append(other)
            gone.add(id(passage))
        else:
            before = current if _names_a_body(article.text, passage) else None
            current = passage
    return [passage for passage in passages if id(passage) not in gone]


def _names_a_body(text: str, passage: MarkedPassage) -> bool:
    """Return whether a passage may be a name within an attribution: «…», — said the head of the «Norvik» company."""
    (start, end), *more = passage.spans
    apposed = text[max(0, passage.outer[0] - 2) : passage.outer[0]]
    return not more and end - start <= _LONGEST_NAME and text[end - 1].isalnum() and apposed[:1].isalpha()


def _continues(article: Article, first: MarkedPassage, second: MarkedPassage) -> bool:
    text, language = article.text, base_language(article.language)
    gap = text[first.outer[1] : second.outer[0]]
    if "\n\n" in gap or len(gap) > _LONGEST_GAP or first.family != second.family:
        return False
    said = gap.strip().rstrip(f"{DASHES} \N{NO-BREAK SPACE}")
    if not said or said[-1] not in ",.\N{FULLWIDTH COMMA}\N{IDEOGRAPHIC FULL STOP}" or _two_sentences(said):
        return False
    # A fragment that is built into a sentence is not taken up again after the attribution.
    if text[first.spans[0][0]].islower() or (language == ENGLISH and text[first.outer[1] - 2] == "."):
        return False
    last = text[first.spans[-1][0] : first.outer[1]].rstrip("".join(_CLOSING))[-1:]
    if conventions_of(language) == RUSSIAN and last not in _PAUSES:
        last = said[0]  # the comma or dash stands behind the mark
    if last not in _PAUSES:
        return False
    cues = [cue for cue in find_cues(gap, article.language) if cue.strong]
    adding = {cue.word for cue in cues} & {"adding", "added"}
    return bool(cues) and not adding and not _own_attribution(article, second)


def _two_sentences(said: str) -> bool:
    return any(not _ABBREVIATION.search(said[: stop.end()]) for stop in _STOP_INSIDE.finditer(said))


def _own_attribution(article: Article, passage: MarkedPassage) -> bool:
    """Return whether an attribution follows a quote directly, so that it is no continuation of the one before."""
    text = article.text
    ends = text[passage.outer[1] - 2 : passage.outer[1] - 1]
    after = text[passage.outer[1] : passage.outer[1] + 60].split("\n")[0]
    if conventions_of(article.language) == RUSSIAN:
        return is_attributed_behind(text, passage.outer[1] - 1, article.language)
    return ends in ",\N{FULLWIDTH COMMA}" and bool(find_cues(after, article.language))
