"""Visitors of web pages, which the product calls Who's On, and their invitations to chats."""
