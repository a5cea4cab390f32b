"""Mail over the network: what is sent. Whatever speaks to a mail server is imported at the first use."""
