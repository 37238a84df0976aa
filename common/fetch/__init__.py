"""The one HTTP client, for pages, files and server requests.

httpcore2 speaks HTTP, keeps connections and asks proxies; the sockets below it are ours. Its own have timeouts for one
read, not for an answer, and no place to check an address between looking up a name and connecting.
"""
