"""Mailboxes on servers, over POP3 and IMAP."""
