"""The helpdesk as an automatic call distributor sees it: groups with their queues, tickets and chats as events."""
