"""Writers: articles become text again: Markdown and web pages with their inlines, plain text without."""
