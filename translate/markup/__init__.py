"""Transfer of inline markup to a translation by word alignment."""

from translate.markup.linking import MarkupJob, Projection
from translate.markup.placing import project_all

__all__ = ["MarkupJob", "Projection", "project_all"]
