"""The result of all commands: types, JSON form, validation."""
