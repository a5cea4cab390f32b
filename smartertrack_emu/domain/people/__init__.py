"""Users, roles and what roles may do."""
