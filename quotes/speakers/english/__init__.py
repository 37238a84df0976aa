"""Who speaks, in English: names by their capitals, subjects by their place before the verb of saying."""
