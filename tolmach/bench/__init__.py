"""The reports of a benchmark: tables on the terminal, Markdown, JSON, and one HTML page with plots."""
