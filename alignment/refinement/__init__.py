"""The second pass: clauses and all the evidence there is, within windows that the first pass found."""
