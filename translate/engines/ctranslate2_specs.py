"""From a loaded transformers model to CTranslate2's description of it."""

from collections.abc import Sequence
from typing import Any

from translate.engines.errors import UnsupportedModelError


def model_spec(model: Any, tokenizer: Any) -> Any:
    """Return CTranslate2's specification of a model, with its weights; the model is not usable afterwards.

    CTranslate2's own converter wants a folder that it reads itself, which a GGUF file is not; so its loader for the
    architecture is called with what is loaded already.

    Raises:
        UnsupportedModelError: CTranslate2 has no loader for this architecture, or not for this variant of it.
    """
    import torch  # noqa: PLC0415 - heavy
    from ctranslate2.converters import transformers as registry  # noqa: PLC0415 - heavy

    name = type(model.config).__name__
    loader = registry._MODEL_LOADERS.get(name)  # noqa: SLF001 - the table has no public accessor
    if loader is None:
        raise UnsupportedModelError(
            f"CTranslate2 cannot run a model of type {model.config.model_type}", hint="Use the transformers engine"
        )
    try:
        with torch.no_grad():
            spec = loader(model, _WithLanguageTokens(tokenizer))
        _correct_output_scale(spec, model.config)
        spec.validate()
    except (NotImplementedError, AttributeError, ValueError, KeyError) as error:
        raise UnsupportedModelError(
            f"CTranslate2 cannot convert this {model.config.model_type} model: {error}",
            hint="Use the transformers engine",
        ) from error
    return spec


class _WithLanguageTokens:
    """A tokenizer that tells its language tokens where CTranslate2 looks for them.

    M2M100's language tokens are no part of its vocabulary; transformers 5 dropped the list that held them.
    """

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tokenizer, name)

    @property
    def special_tokens_map(self) -> dict[str, Any]:
        numbers: dict[str, int] = getattr(self._tokenizer, "lang_token_to_id", {})
        return {
            **self._tokenizer.special_tokens_map,
            "additional_special_tokens": sorted(numbers, key=numbers.__getitem__),
        }


def _correct_output_scale(spec: Any, config: Any) -> None:
    # CTranslate2 scales a T5's outputs where config.tie_word_embeddings is set. transformers 5 sets that for every T5
    # and notes in scale_decoder_outputs whether the model really scales (T5 1.0) or not (T5 1.1, MADLAD, mT5).
    if type(config).__name__ not in {"T5Config", "MT5Config"}:
        return
    from ctranslate2.specs.model_spec import OPTIONAL  # noqa: PLC0415 - heavy

    scales = getattr(config, "scale_decoder_outputs", False)
    spec.decoder.scale_outputs = config.d_model**-0.5 if scales else OPTIONAL


def max_positions(config: Any) -> int | None:
    """Return how many positions a model has; None where they are relative, as in T5."""
    found = getattr(config, "max_position_embeddings", None)
    return int(found) if found else None


def end_tokens(model: Any, tokenizer: Any, more: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the tokens that end an answer: those of the configuration, of the tokenizer, and `more` that exist."""
    configured = model.generation_config.eos_token_id
    ids = configured if isinstance(configured, list) else [configured]
    named = [str(tokenizer.convert_ids_to_tokens(one)) for one in ids if one is not None]
    known = tokenizer.get_vocab()
    return tuple(dict.fromkeys([*named, str(tokenizer.eos_token), *(token for token in more if token in known)]))
