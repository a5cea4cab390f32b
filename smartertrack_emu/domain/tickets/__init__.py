"""Tickets and what is said in them."""
