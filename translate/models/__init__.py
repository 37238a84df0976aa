"""The table of models, their families, prompts and licences."""
