"""Who speaks, in Russian: a small parser of noun phrases, cases by the dictionary of pymorphy3."""
