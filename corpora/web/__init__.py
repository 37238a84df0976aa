"""The one HTTP client: how pages, files and servers' answers are asked for.

It is h11, the parser inside httpx, over sockets of its own. httpx itself was not enough: its timeouts are for one read,
not for an answer; it does not say when a server sent more than it announced, and would take the rest for the next
answer; and it has no place to check an address between looking up a name and connecting.
"""
