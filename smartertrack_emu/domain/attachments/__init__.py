"""Files of tickets, chats and calls."""
