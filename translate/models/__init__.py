"""Which models there are: the table of models, their families, prompts and licences."""
