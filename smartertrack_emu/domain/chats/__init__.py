"""Live chats."""
