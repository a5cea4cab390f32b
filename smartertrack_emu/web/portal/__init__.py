"""What customers open: their ticket, the knowledge base, the link that verifies their address."""
