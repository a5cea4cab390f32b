"""Mails waiting to be sent: what is spooled, by which templates, through which accounts, and what became of it."""
