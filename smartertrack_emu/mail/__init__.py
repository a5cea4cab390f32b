"""Mail over the network, in and out. Whatever speaks to a mail server is imported at the first use."""
