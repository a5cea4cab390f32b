"""What happened to an item, and who did it."""
