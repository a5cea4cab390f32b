"""Channels, where agents talk among themselves."""
