"""What speaks to mail servers and reads mails: sending, fetching, importing."""
