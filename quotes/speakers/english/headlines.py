"""Speakers of English headlines: "Bell: “We sell”", "Pier “a wreck” - mayor"."""

import re

from corpora.offsets import Span
from quotes.lexicon import Lexicon
from quotes.speakers.english.nouns import EnglishNouns
from quotes.speakers.english.roles import EnglishRoles
from quotes.speakers.finder import FoundSpeaker

_DASHES = "-\N{EN DASH}\N{EM DASH}"
_CREDIT = re.compile(rf"\s[{_DASHES}]+\s*([^.,:;{_DASHES[1:]}-]{{2,60}})\Z")
_LABEL = re.compile(r"([A-Z][^:;,.]{1,50}):\s")


class EnglishHeadlines:
    """Reads a name or a role that stands alone behind a dash or in front of a colon."""

    def __init__(self, lexicon: Lexicon, nouns: EnglishNouns, roles: EnglishRoles) -> None:
        self._small = lexicon.words("roles")
        self._nouns = nouns
        self._roles = roles

    def behind(self, text: str, border: int, span: Span) -> FoundSpeaker | None:
        """Read a name alone behind a dash right behind a quote.

        Args:
            text: The text.
            border: Where the quote ends.
            span: The words behind it, without the dash.
        """
        between = text[border : span[0]].strip(" ,\N{NO-BREAK SPACE}")
        if between[:1] not in _DASHES or not between:
            return None
        return self._whole(text, span, "-")

    def around(self, text: str, span: Span) -> FoundSpeaker | None:
        """Read who is named behind the last dash or in front of the colon of a headline."""
        words = text[span[0] : span[1]].rstrip()
        credit, label = _CREDIT.search(words), _LABEL.match(words)
        places = [(credit.span(1), "-")] if credit else []
        places += [((0, label.end(1)), ":")] if label and not words.endswith(".") else []
        for (start, end), mark in places:
            found = self._whole(text, (span[0] + start, span[0] + end), mark)
            if found and (found.kind == "noun" or self._roles.is_speaker(text, found)):
                return found
        return None

    def _whole(self, text: str, span: Span, cue: str) -> FoundSpeaker | None:
        """Take words that are a name or a noun from end to end."""
        words = text[span[0] : span[1]].strip()
        found = self._nouns.candidates(text, span) or self._roles.labels(text, span)
        if not words or not found:
            return None
        last = found[-1]
        lead = text[span[0] : last.start].split()
        titled = all(word[:1].isupper() or word in self._small for word in lead)
        if text[last.end : span[1]].strip() or not titled:
            return None
        return FoundSpeaker((last.start, last.end), cue, last.kind, last.gender)
