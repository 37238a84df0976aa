"""HTML pages: each one file that needs nothing else to be read, printed or sent."""

from tolmach.pages.page import render_report, write_report

__all__ = ["render_report", "write_report"]
