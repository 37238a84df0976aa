"""The first pass: whole sentences, dynamic programming in a band around anchors, in linear time."""
