"""Asks servers that have OpenAI's interface: chat models that judge quotes, and chat models that translate."""
