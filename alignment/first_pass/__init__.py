"""The first pass: whole sentences, a beam of beads around anchors, linear in the length of the texts."""
