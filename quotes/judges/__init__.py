"""Outside witnesses: models that are asked whether two wordings of a quote say the same, beside the typed evidence."""
