"""Clients of the dialler's and ACD's interface: which part of the helpdesk is theirs, and their tokens."""
