"""Writers: articles as Markdown and web pages with their inlines, or as plain text without."""
