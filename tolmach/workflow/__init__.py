"""The work of commands, independent of their options and output."""
