"""Telephone accounts."""
