"""Document mode: a chat model is given whole runs of paragraphs, and every paragraph must come back."""
