"""One file for each command; a command reads its options, calls one library function and prints the result."""
