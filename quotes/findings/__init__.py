"""What differs between two versions of a quote, one module a kind of finding."""
