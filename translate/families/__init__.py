"""How each family of models takes its input, in terms that every engine understands."""
