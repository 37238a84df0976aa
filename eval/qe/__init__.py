"""Quality estimation: indicators of translation quality without a reference."""
