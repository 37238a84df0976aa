"""Quantities in text: amounts, units, times, in digits and in words."""
