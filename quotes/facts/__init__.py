"""What one passage says: numbers, names, places, negation, words."""
