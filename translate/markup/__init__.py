"""Markup of a sentence, carried over to its translation by the words that answer each other.

Importing the package loads no numpy.
"""

from translate.markup.projecting import project_all, project_inlines
from translate.markup.types import Job, Projection, ProjectionOptions

__all__ = ["Job", "Projection", "ProjectionOptions", "project_all", "project_inlines"]
