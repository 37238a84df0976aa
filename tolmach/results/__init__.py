"""The result that all commands write: its types, its form in JSON, its checks."""
