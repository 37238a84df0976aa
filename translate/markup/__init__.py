"""Transfer of inline markup to a translation by word alignment."""

from translate.markup.placing import project_all
from translate.markup.types import MarkupJob, Projection

__all__ = ["MarkupJob", "Projection", "project_all"]
