"""Clients of servers with OpenAI's interface: chat models that judge quotes or translate."""
