"""Users, the agents among them, roles and what roles may do."""
