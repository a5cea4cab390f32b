"""What other products do with the helpdesk."""
