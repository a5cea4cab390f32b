"""The door to the domain, for every kind of caller."""
