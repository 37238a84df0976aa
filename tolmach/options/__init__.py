"""Options of the commands, their parameter types, and checks across options."""
