"""Options of the commands, the types of their parameters, and what holds for several of them."""
