"""Prompts of models that follow instructions, with or without a glossary and context."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from common.chat.texts import boundary_for
from corpora.languages import NAMES

TermPair = tuple[str, str]
"""Words of the source and their prescribed translations."""

PLACEHOLDERS: Final[Mapping[str, frozenset[str]]] = {
    "user": frozenset({"text"}),
    "glossary_prompt": frozenset({"text", "terms"}),
    "context_prompt": frozenset({"text", "context"}),
    "both_prompt": frozenset({"text", "terms", "context"}),
    "delimiter_prompt": frozenset({"text"}),
}
"""Placeholders of the registry's templates, besides `{target}` and optionally `{source}`, the names of the languages,
and `{boundary}`, the name of the tags around the text."""

_BOUNDARY: Final = "source-text"
_TAG: Final = rf"</?{_BOUNDARY}(?:-\d+)?>"
_EDGES: Final = re.compile(rf"\A{_TAG}|{_TAG}\Z")


@dataclass(frozen=True, slots=True)
class Prompt:
    """Prompts of a chat model.

    Attributes:
        user: The user's turn, with `{source}` and `{target}` for languages and `{text}` for the sentence; `{boundary}`
            is a tag name that the text does not contain, so that the text cannot close it.
        names: Name of each language, by tag, in the language of the prompt.
        system: The system turn; None for none.
        tail: End of the prompt, with `{code}` for the model's code of the target language; unlike the rest, it may
            contain special tokens.
        glossary_prompt: The user's turn with a glossary, with `{terms}` too; None if unsupported.
        context_prompt: The user's turn with preceding text, with `{context}` too; None if unsupported.
        both_prompt: The user's turn with both; None for `glossary_prompt` alone.
        delimiter_prompt: The user's turn for a text with delimiters to be kept; None if unsupported.
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
        """Whether the model supports a glossary."""
        return self.glossary_prompt is not None

    @property
    def takes_context(self) -> bool:
        """Whether the model supports preceding text as context."""
        return self.context_prompt is not None

    @property
    def wording(self) -> str:
        """All parts of the prompts as one text, for signatures."""
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
        """Return the user's turn that requests the translation of `text`, without `tail`.

        Args:
            text: The sentence.
            direction: Source and target language, by tag.
            terms: Words with prescribed translations; ignored if unsupported.
            context: The text before it; ignored if unsupported.
            delimited: Whether it has delimiters to be kept; ignored if unsupported or with terms, as lost delimiters
                are detected but a wrong term is not.

        Raises:
            KeyError: The prompt has no name for one of the languages.
        """
        # Required terms matter more than context, hence the order.
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
