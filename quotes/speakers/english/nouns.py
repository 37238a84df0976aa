"""English nouns that name a speaker without a name: "the minister", "police", "a Treasury spokesman"."""

import re
from functools import cache

from corpora.languages import ENGLISH
from corpora.offsets import Span
from quotes.lexicon import Lexicon, load_lexicon
from quotes.speakers.english.names import TOKEN, EnglishNames
from quotes.speakers.names import Candidate

_APOSTROPHE = "['\N{RIGHT SINGLE QUOTATION MARK}]"
_DETERMINER = (
    r"(?:the|an?|his|her|its|their|our|my|one|another|some|many|several|two|three|four|no|this|both|most"
    rf"|[\w-]+(?:{_APOSTROPHE}s|(?<=s){_APOSTROPHE}))"
)
_BREAKS = (
    r"(?:the|an?|his|her|its|their|our|my|that|which|who|whom|whose|of|in|on|at|to|for|by|with|from|as|and|or|but|is"
    r"|are|was|were|be|been|has|have|had|will|would|can|could|may|might|should|must|he|she|it|they|we|you|i|when|if"
    r"|because|while|after|before|since|not|said|says|told|than)"
)
_PHRASE = rf"\b{_DETERMINER}\s+(?:(?!{_BREAKS}\b)[\w.&'\N{{RIGHT SINGLE QUOTATION MARK}}-]+\s+){{0,5}}?(?:HEADS)\b"
_MORE = rf"(?:[ -](?:(?:MODIFIERS) )?(?:HEADS)\b)*(?!-|{_APOSTROPHE})"
_INDEFINITE = re.compile(r"(?:an?|one|another|some|many|several|two|three|four|no|both|most)\b", re.IGNORECASE)
_DESCRIBED = r"|\d+-year-old|(?:father|mother|mum|mom|dad|grandmother|grandfather)-of-\w+"
_GROUPS = frozenset({"staff", "people", "couple", "family", "men", "women", "children", "chorus", "passers-by"})
_LONGEST_ROLE = 20
_MODIFIERS = 6
_REACH = 400
_NAMED_REACH = 150
_MARKS = frozenset("'\N{RIGHT SINGLE QUOTATION MARK}")
_CLOSES = re.compile(r",| (?:of|from|at|in|who)\b")
_APPOSED = frozenset(
    {"former", "ex", "world", "double", "twice", "two-time", "three-time", "veteran", "known", "identified", "named"}
)
"""Words that an apposition may begin with: "his coach, former world No 1 Anna Petrova,"."""
_NAMED = re.compile(r"(,?) ")


class EnglishNouns:
    """Finds noun phrases that may speak, and sorts them from the names beside them."""

    def __init__(self, lexicon: Lexicon, names: EnglishNames) -> None:
        words = lexicon.words
        self._names = names
        self._people = words("speaker_nouns") - words("body_nouns")
        self._demonyms = words("demonyms")
        self._several = words("bare_nouns") | _GROUPS
        self._pronouns = dict.fromkeys(words("pronouns_m"), "m") | dict.fromkeys(words("pronouns_f"), "f")
        self._pronouns |= dict.fromkeys(words("pronouns_other"), "")
        self._roles = re.compile(rf"(?:\A|[\s\W])((?:{_alternatives(single_roles())})) \Z", re.IGNORECASE)
        self._phrase, self._bare, self._behind = _patterns()

    def candidates(self, text: str, span: Span) -> list[Candidate]:
        """List names, pronouns and nouns that may speak, in order, in the first 400 characters of a span."""
        span = span[0], min(span[1], span[0] + _REACH)
        names = [Candidate(m.start, m.end, "name", m.gender) for m in self._names.within(text, *span)]
        nouns = [
            self._noun(text, (self._begin(text, name.start, span[0]), behind.end()))
            for name in names
            if (behind := self._behind.match(text, name.end, span[1]))
        ]
        for pattern in (self._phrase, self._bare):
            for match in pattern.finditer(text, *span):
                start = next((one.start for one in names if one.start < match.start() < one.end), match.start())
                place = start, match.end()
                clashes = any(noun.start < place[1] and place[0] < noun.end for noun in nouns)
                if not clashes and all(self._yields(text, name, place) for name in names):
                    nouns.append(self._noun(text, place))
        kept = [one for one in names if not any(noun.start <= one.start < noun.end for noun in nouns)]
        return sorted([*kept, *self._said_by(text, span), *nouns], key=lambda one: one.start)

    def bare_role(self, text: str, span: Span) -> Candidate | None:
        """Take a role without an article right in front of a verb, as headlines have it: "CEO admits"."""
        role = self._roles.search(text[span[0] : span[1]], max(0, span[1] - span[0] - _LONGEST_ROLE))
        return Candidate(span[0] + role.start(1), span[0] + role.end(1), "noun") if role else None

    def _yields(self, text: str, name: Candidate, noun: Span) -> bool:
        """Tell whether a name is outside a noun phrase, or only a modifier in it: "the UN's aid chief"."""
        if name.end <= noun[0] or noun[1] <= name.start:
            return True
        if name.end == noun[1]:
            return text[name.start : name.end].lower() in self._demonyms  # "the Spaniard"
        rest = text[name.end : noun[1]]
        return name.end < noun[1] and len(rest.split()) <= (_MODIFIERS if rest[:1] in _MARKS else 2)

    def _said_by(self, text: str, span: Span) -> list[Candidate]:
        found = []
        for token in TOKEN.finditer(text, *span):
            plain = token.group().lower()
            if plain in self._pronouns and token.group() not in ("US", "IT"):
                found.append(Candidate(token.start(), token.end(), "pronoun", self._pronouns[plain]))
        return found

    def _noun(self, text: str, span: Span) -> Candidate:
        head = text[span[0] : span[1]].lower().rsplit(maxsplit=1)[-1]
        person = (
            head in self._people
            or head.rsplit("-", 1)[-1] in self._people
            or re.fullmatch(_DESCRIBED[1:], head) is not None
        )
        plural = head in self._several or (head.endswith("s") and head[:-1] in self._people)
        return Candidate(span[0], span[1], "noun" if person and not plural else "body")

    @staticmethod
    def _begin(text: str, place: int, start: int) -> int:
        """Take the article in front of a modifier along: "the US ambassador"."""
        article = re.search(r"\b(?:the|an?|former)\s+$", text[max(start, place - 8) : place], re.IGNORECASE)
        return max(start, place - 8) + article.start() if article else place

    def named(self, text: str, noun: Candidate, end: int, *, closed: bool = False) -> Candidate:
        """Take the name in apposition to a noun: "the manager, Moira Tennant".

        Where it is `closed`, an apposition that a comma opens must end with one, too.
        """
        between = _NAMED.match(text, noun.end, end)
        if between is None:
            return noun
        start = between.end()
        for one in self._names.within(text, start, min(end, start + _NAMED_REACH))[:1]:
            lead = text[start : one.start].split()
            if closed and between.group(1) and not _CLOSES.match(text, one.end):
                return noun
            closes = bool(between.group(1)) and text[one.end : one.end + 1] == ","
            titled = closes and bool(lead) and lead[0].lower() in _APPOSED
            if titled or all(word[0].isupper() for word in lead):
                return Candidate(one.start, one.end, "name", one.gender)
        return noun


def is_definite(words: str) -> bool:
    """Tell whether a noun phrase means somebody in particular."""
    return not _INDEFINITE.match(words)


@cache
def single_roles() -> frozenset[str]:
    """Roles of one person."""
    words = load_lexicon(ENGLISH).words
    heads = (words("roles") | words("speaker_nouns")) - words("person_adjectives") - words("body_nouns")
    return frozenset(head for head in heads if head[:-1] not in heads or not head.endswith("s"))


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Compile what finds a noun behind a determiner, a noun alone, and nouns behind a name that modifies them."""
    words = load_lexicon(ENGLISH).words
    nouns = words("speaker_nouns") | words("body_nouns")
    heads = _alternatives(nouns) + _DESCRIBED
    more = _MORE.replace("HEADS", heads).replace("MODIFIERS", _alternatives(words("body_modifiers")))
    between = _alternatives(nouns | words("person_adjectives"))
    return (
        re.compile(_PHRASE.replace("HEADS", heads) + more, re.IGNORECASE),
        re.compile(rf"\b(?:{_alternatives(words('bare_nouns'))})\b" + more, re.IGNORECASE),
        re.compile(rf" (?:(?:{between}) )*(?:{heads})\b" + more),
    )


def _alternatives(words: frozenset[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
