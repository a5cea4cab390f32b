"""Other installations that tickets can be transferred to."""
