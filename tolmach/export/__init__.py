"""Output files of commands."""
