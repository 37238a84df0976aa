"""The index of a corpus's quotes: what was said, in all its wordings, by whom, where and when."""
