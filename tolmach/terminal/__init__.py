"""What people read: console, errors, streams."""
