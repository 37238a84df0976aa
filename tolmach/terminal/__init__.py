"""Output for users: console, errors, streams."""
