"""The second pass: clauses and all features, within windows that the first pass found."""
