"""The one HTTP client, for pages, files and server requests.

httpcore2 speaks HTTP, keeps connections and uses proxies; the sockets below it are ours. Its own have timeouts per
read, not per response, and no hook to check an address between looking up a name and connecting.
"""
