"""Plain text: its lines, blocks and boilerplate; every other reader ends in it."""
