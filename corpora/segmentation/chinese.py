"""Rules for Chinese in both scripts: does a sentence end at a stop?"""

from functools import cached_property
from typing import Final

from corpora.languages import ENGLISH
from corpora.segmentation.alphabetic import AlphabeticRules
from corpora.segmentation.attribution import chinese_attribution, chinese_remark
from corpora.segmentation.lexicon import ChineseLexicon, characters, chinese_lexicon, is_han
from corpora.segmentation.stops import SplitState, Stop

_SHORT_QUOTE: Final = 12  # a phrase in quotation marks up to this length is a name or an exclamation, not speech
_LONGEST_VERB: Final = 4


class ChineseRules:
    """Rules for Chinese; stops between Latin letters are left to those of English."""

    def __init__(self) -> None:
        self._english = AlphabeticRules(ENGLISH)

    @cached_property
    def lexicon(self) -> ChineseLexicon:
        """The word lists of Chinese."""
        return chinese_lexicon()

    def ends(self, scene: SplitState, stop: Stop) -> bool:
        """Tell whether a sentence ends at `stop`."""
        if stop.next >= scene.end:
            return True
        following = scene.char(stop.next)
        if following in characters().continuation or scene.marks.roles.get(stop.next) == "close":
            return False
        if scene.bracket_around(stop) is not None:
            return False
        if _is_western(scene, stop):
            return self._english.ends(scene, stop)
        closing = scene.quote_closed_by(stop)
        if closing is not None:
            return self._ends_after_quote(scene, stop, closing)
        return self._ends_after_mark(scene, stop)

    def _ends_after_mark(self, scene: SplitState, stop: Stop) -> bool:
        if stop.kind == "ellipsis":  # it trails off within a sentence far more often than at its end
            return False
        if stop.kind == "period":
            return True
        if scene.char(stop.next) in characters().dashes:
            return False
        quote = next((pair for pair in scene.marks.around(stop.start) if not pair.bracket), None)
        if quote is None or quote.close - quote.open > _SHORT_QUOTE:
            return True
        return scene.opens_sentence(quote.open) or self._introduced(scene, quote.open)

    def _ends_after_quote(self, scene: SplitState, stop: Stop, closing: int) -> bool:
        if scene.char(stop.next) in characters().dashes:
            return False
        opening = scene.marks.opening.get(closing)
        if opening is None or scene.opens_sentence(opening):
            return not self._attributed(scene, stop, opening)
        if stop.kind == "period" or scene.before(opening) in characters().colons:
            return True
        if scene.text.startswith(self.lexicon.particles, stop.next):
            return False
        return closing - opening > _SHORT_QUOTE or self._introduced(scene, opening)

    def _attributed(self, scene: SplitState, stop: Stop, opening: int | None) -> bool:
        """Tell whether the words after a quote that opens its sentence belong to it."""
        if chinese_attribution(scene.text, stop.next, alone=stop.kind == "period"):
            return True
        # Nobody has been named yet, and a quote that meant to be alone would rather end in a full stop.
        return stop.kind != "period" and opening is not None and chinese_remark(scene.text, stop.next)

    def _introduced(self, scene: SplitState, opening: int) -> bool:
        """Tell whether a colon, a comma or a verb of speech is right before the quote."""
        before = scene.before(opening)
        if not before.isalnum():
            return True
        return scene.text[max(0, opening - _LONGEST_VERB) : opening].rstrip().endswith(self.lexicon.speech)


def _is_western(scene: SplitState, stop: Stop) -> bool:
    """Tell whether the stop is an ASCII one that does not follow a Chinese character or a mark closed after one."""
    return scene.char(stop.core_end - 1).isascii() and not _is_wide(scene.char(stop.start - 1))


def _is_wide(char: str) -> bool:
    known = characters()
    return is_han(char) or (not char.isascii() and char in known.marks | known.stops)
