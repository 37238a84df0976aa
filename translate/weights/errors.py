"""What can go wrong with weights, beside the network and the disk."""

from common.errors import TolmachError


class UnsafeWeightsError(TolmachError):
    """The weights exist only in a form that can run code when it is loaded."""


class ModelUnavailableError(TolmachError):
    """The hub answers, but does not give this model: it is not there, or not for this user."""
