"""Time spent on tickets, chats and calls."""
