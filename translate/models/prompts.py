"""What a model that follows instructions is asked, with or without a glossary and words around the sentence."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from common.chat.texts import boundary_for
from corpora.languages import NAMES

TermPair = tuple[str, str]
"""Words of the source, and how they are to be translated."""

PLACEHOLDERS: Final[Mapping[str, frozenset[str]]] = {
    "user": frozenset({"text"}),
    "glossary_prompt": frozenset({"text", "terms"}),
    "context_prompt": frozenset({"text", "context"}),
    "both_prompt": frozenset({"text", "terms", "context"}),
    "delimiter_prompt": frozenset({"text"}),
}
"""What each template of a registry contains, beside `{target}` and perhaps `{source}`, the names of the languages, and
`{boundary}`, the name of the tags between which the text is."""

_BOUNDARY: Final = "source-text"
_TAG: Final = rf"</?{_BOUNDARY}(?:-\d+)?>"
_EDGES: Final = re.compile(rf"\A{_TAG}|{_TAG}\Z")


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a chat model is asked.

    Attributes:
        user: The user's turn, with `{source}` and `{target}` for languages and `{text}` for the sentence; `{boundary}`
            is a name that the text does not contain, for tags that no text can close.
        names: Name of each language, by tag, in the language of the prompt.
        system: The system turn; None sends none.
        tail: What must end the prompt, with `{code}` for the model's own code of the target language: unlike the rest,
            tokens in it keep their special meaning.
        glossary_prompt: The user's turn where words are given, with `{terms}` too; None for a model that takes none.
        context_prompt: The user's turn where words before the sentence are given, with `{context}` too; None for a
            model that takes none.
        both_prompt: The user's turn where both are given; None takes `glossary_prompt` alone.
        delimiter_prompt: The user's turn for a text whose delimiters must come back; None for a model that has none.
        term: One line of `{terms}`, with `{source}` and `{target}` for the words.
    """

    user: str
    names: Mapping[str, str] = field(default_factory=lambda: MappingProxyType(NAMES))
    system: str | None = None
    tail: str = ""
    glossary_prompt: str | None = None
    context_prompt: str | None = None
    both_prompt: str | None = None
    delimiter_prompt: str | None = None
    term: str = "{source} = {target}"

    @property
    def takes_terms(self) -> bool:
        """Whether the model can be told how words are to be translated."""
        return self.glossary_prompt is not None

    @property
    def takes_context(self) -> bool:
        """Whether the model can be told the words before a sentence."""
        return self.context_prompt is not None

    @property
    def wording(self) -> str:
        """Everything that decides what is asked, as one text: what a signature is made from."""
        templates = (getattr(self, name) for name in PLACEHOLDERS)
        return "\n".join(template or "" for template in (self.system, *templates, self.tail, self.term))

    def render(
        self,
        text: str,
        direction: tuple[str, str],
        *,
        terms: Sequence[TermPair] = (),
        context: str = "",
        delimited: bool = False,
    ) -> str:
        """Return the user's turn that asks for `text` to be translated, without `tail`.

        Args:
            text: The sentence.
            direction: Source and target language, by tag.
            terms: Words of it whose translation is given; a model that takes none is not told of them.
            context: The words before it; a model that takes none is not told of them.
            delimited: Whether it has delimiters that must come back; a model that has a prompt for that is told so
                where it is told of no terms: lost delimiters are seen at once, another word for a term is not.

        Raises:
            KeyError: The prompt has no name for one of the languages.
        """
        # What a text must say counts for more than what surrounds it, hence the order.
        wanted = (
            self.both_prompt if terms and context else None,
            self.glossary_prompt if terms else None,
            self.delimiter_prompt if delimited else None,
            self.context_prompt if context else None,
        )
        template = next((template for template in wanted if template), self.user)
        source, target = direction
        told = "\n".join(self.term.format(source=one, target=other) for one, other in terms)
        return template.format(
            source=self.names[source],
            target=self.names[target],
            text=text,
            boundary=boundary_for(_BOUNDARY, (text, context, told)),
            context=context,
            terms=told,
        )

    def bare(self, answer: str, text: str) -> str:
        """Return an answer to `text` without the boundaries around it, which some models repeat."""
        if "{boundary}" not in self.user or _BOUNDARY in text.casefold():
            return answer
        return _EDGES.sub("", answer.strip()).strip()
