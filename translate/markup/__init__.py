"""Markup of a sentence, carried over to its translation by the links between their words."""

from translate.markup.placing import project_all
from translate.markup.types import MarkupJob, Projection

__all__ = ["MarkupJob", "Projection", "project_all"]
