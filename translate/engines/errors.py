"""Errors of models."""

from common.errors import InputError, TolmachError


class ModelFilesError(TolmachError):
    """The files of a model are missing, incomplete or damaged."""


class UnsupportedModelError(TolmachError):
    """An engine cannot run this kind of model; another engine may."""


class InputTooLongError(InputError):
    """A text has more tokens than the model has positions for."""
