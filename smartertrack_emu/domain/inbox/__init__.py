"""Mails that came in: kept as they came, and taken into tickets."""
