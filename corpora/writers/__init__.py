"""Writers: articles become text again."""
