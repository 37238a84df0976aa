"""Rules for English and Russian: does a sentence end at a stop?"""

import re
from functools import cached_property
from typing import Final

from corpora.languages import ENGLISH
from corpora.segmentation.abbreviations import LOOKBACK, WORD, Head, ends_sentence, is_whole_word, read_period
from corpora.segmentation.attribution import names_speaker
from corpora.segmentation.lexicon import SentenceLexicon, alphabetic_lexicon, characters
from corpora.segmentation.stops import SplitState, Stop

_SHORT_QUOTE: Final = 40  # a phrase in quotation marks up to this length is a name or an exclamation, not speech
_LEAD: Final = 8  # marks and dashes before a sentence's first word
_LONGEST_WORD: Final = 40
_LIST_NUMBER: Final = re.compile(r"\W*(?:\d{1,3}(?:\.\d{1,3})*|[IVX]{1,5})")


class AlphabeticRules:
    """Rules for one language.

    Args:
        language: `en` or `ru`.
    """

    def __init__(self, language: str) -> None:
        self.language = language

    @cached_property
    def lexicon(self) -> SentenceLexicon:
        """The word lists of the language."""
        return alphabetic_lexicon(self.language)

    def ends(self, scene: SplitState, stop: Stop) -> bool:
        """Tell whether a sentence ends at `stop`."""
        if stop.next >= scene.end:
            return True
        head = _head(scene, stop.next)
        if not self._may_follow(scene, stop, head) or scene.bracket_around(stop) is not None:
            return False
        if scene.quote_closed_by(stop) is not None:
            return self._ends_after_quote(scene, stop, head)
        if stop.kind == "period":
            return self._ends_after_period(scene, stop, head)
        return self._ends_after_mark(scene, stop)

    def _may_follow(self, scene: SplitState, stop: Stop, head: Head) -> bool:
        """Tell whether the look of what follows allows a new sentence."""
        if head.lower and not self._slipped(scene, stop, head):
            return False
        if scene.char(stop.next) in characters().continuation or scene.marks.roles.get(stop.next) == "close":
            return False
        if stop.gap or scene.char(stop.core_end - 1) in characters().wide:
            return True
        if stop.end > stop.core_end:
            return head.char.isupper() and scene.quote_closed_by(stop) is not None
        return head.char.isupper() and (head.mark or (head.dash and scene.char(stop.next + 1).isspace()))

    def _slipped(self, scene: SplitState, stop: Stop, head: Head) -> bool:
        """Tell whether an English sentence starts in lower case by a slip of the typist."""
        if self.language != ENGLISH or stop.kind != "period" or stop.end > stop.core_end or not stop.gap or head.dash:
            return False
        period = read_period(scene.text[max(scene.start, stop.start - LOOKBACK) : stop.start], head, "", whole=False)
        return period is not None and is_whole_word(period, self.lexicon)

    def _ends_after_quote(self, scene: SplitState, stop: Stop, head: Head) -> bool:
        if head.dash and not head.mark:
            return False
        closing = scene.quote_closed_by(stop)
        opening = scene.marks.opening.get(closing) if closing is not None else None
        utterance = opening is None or scene.opens_sentence(opening)
        if self.language == ENGLISH:
            alone = stop.kind == "period"
            return not (utterance and names_speaker(scene.text, head.offset, self.lexicon, alone=alone))
        # Russian sets a stop after the marks of a name that ends in ? or !, so without one the sentence goes on.
        named = stop.kind != "period" and opening is not None and not utterance and scene.before(opening).isalnum()
        return not named or head.opens(self.lexicon)

    def _ends_after_mark(self, scene: SplitState, stop: Stop) -> bool:
        if stop.kind == "strong" and self._is_name(scene, stop):
            return False
        quote = next((pair for pair in scene.marks.around(stop.start) if not pair.bracket), None)
        if quote is None or quote.close - quote.open > _SHORT_QUOTE:
            return True
        return scene.opens_sentence(quote.open) or not scene.before(quote.open).isalnum()

    def _is_name(self, scene: SplitState, stop: Stop) -> bool:
        end = stop.start + 1
        endings = (name for name in self.lexicon.names if scene.text.endswith(name, scene.start, end))
        return any(not scene.char(end - len(name) - 1).isalnum() for name in endings)

    def _ends_after_period(self, scene: SplitState, stop: Stop, head: Head) -> bool:
        if scene.char(stop.start) != ".":
            return True
        begin = max(scene.start, stop.start - LOOKBACK)
        sentence, whole = scene.text[begin : stop.start], begin == scene.start
        if whole and _LIST_NUMBER.fullmatch(sentence):
            return False
        following = scene.text[head.offset : head.offset + LOOKBACK]
        period = read_period(sentence, head, following, whole=whole)
        return period is None or ends_sentence(period, self.lexicon)


def _head(scene: SplitState, offset: int) -> Head:
    known = characters()
    dash = mark = False
    for place in range(offset, min(offset + _LEAD, scene.end)):
        char = scene.text[place]
        if char.isalnum():
            match = WORD.match(scene.text, place, place + _LONGEST_WORD)
            word = match[0] if match else ""
            return Head(place, char, word, len(word) == 1 and scene.char(place + 1) == ".", dash, mark)
        dash = dash or char in known.dashes
        mark = mark or scene.marks.roles.get(place) == "open"
    return Head(offset, scene.char(offset), "", initial=False, dash=dash, mark=mark)
