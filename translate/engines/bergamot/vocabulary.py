"""SentencePiece vocabularies, of one or of both sides, as every engine reads its tokens."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from translate.engines.bergamot.binary import unpacked
from translate.engines.bergamot.files import BergamotFiles
from translate.engines.errors import ModelFilesError, UnsupportedModelError


class Pieces:
    """The source and target vocabularies of a model: a `TextTokenizer`.

    Texts and numbers are the source's, and only what is spelt again as a text is the target's. No token has a meaning
    of its own in a text, since SentencePiece never reads its control symbols out of one.

    Args:
        source: SentencePiece processor of the source language.
        target: That of the target language.
    """

    special_tokens: frozenset[str] = frozenset()

    def __init__(self, source: Any, target: Any) -> None:
        self._source = source
        self._target = target
        self.end = int(target.eos_id())
        self.end_piece = str(target.id_to_piece(self.end))
        self.unknown = int(target.unk_id())

    @property
    def end_token(self) -> str:
        """The token that ends a source text."""
        return str(self._source.id_to_piece(self._source.eos_id()))

    @property
    def source_size(self) -> int:
        """Pieces of the source language."""
        return int(self._source.get_piece_size())

    @property
    def target_size(self) -> int:
        """Pieces of the target language."""
        return int(self._target.get_piece_size())

    @cached_property
    def vocabulary(self) -> Mapping[str, int]:
        """The number of every piece of the source language."""
        return {str(self._source.id_to_piece(number)): number for number in range(self.source_size)}

    def spell(self, texts: Sequence[str], *, framed: bool = False) -> list[list[str]]:
        """Return the pieces of each text; there is nothing to frame them with."""
        del framed
        # By number, so that all that the model does not know is one token.
        return [self.tokens(ids) for ids in self._source.encode(list(texts), out_type=int)]

    def spell_spans(self, text: str) -> tuple[list[str], tuple[tuple[int, int], ...]]:
        """Refuse: only decoder-only models are asked for spans."""
        del text
        raise UnsupportedModelError("the model's tokenizer does not tell where its tokens stand")

    def ids(self, tokens: Sequence[str]) -> list[int]:
        """Return the numbers of pieces of the source language."""
        return [int(self._source.piece_to_id(token)) for token in tokens]

    def tokens(self, ids: Sequence[int]) -> list[str]:
        """Return pieces of the source language."""
        return [str(self._source.id_to_piece(int(number))) for number in ids]

    def target_tokens(self, ids: Sequence[int]) -> list[str]:
        """Return pieces of the target language."""
        return [str(self._target.id_to_piece(int(number))) for number in ids]

    def text_of(self, tokens: Sequence[str]) -> str:
        """Return the text that pieces of the target language spell."""
        return str(self._target.decode_pieces(list(tokens)))

    def render(self, messages: Sequence[Mapping[str, object]], *, asks: bool) -> str:
        """Refuse: the model does not chat."""
        del messages, asks
        raise UnsupportedModelError("the model has no chat template", hint="Name a model made for chats")


def load_pieces(files: BergamotFiles) -> Pieces:
    """Return the vocabularies of a model.

    Raises:
        ModelFilesError: One is missing or damaged, or has no end of sentence.
    """
    import sentencepiece  # noqa: PLC0415 - only where a model is read

    def load(path: Any) -> Any:
        try:
            processor = sentencepiece.SentencePieceProcessor(model_proto=unpacked(path))
        except (OSError, ValueError, EOFError, RuntimeError) as error:
            raise ModelFilesError(
                f"cannot read the vocabulary in {path}: {str(error) or type(error).__name__}", hint="Get the file again"
            ) from error
        if processor.eos_id() < 0:
            raise ModelFilesError(f"the vocabulary in {path} has no end of sentence")
        return processor

    source = load(files.source_vocabulary)
    shared = files.source_vocabulary == files.target_vocabulary
    return Pieces(source, source if shared else load(files.target_vocabulary))
