"""Mail that goes out, to an SMTP server of the tests' own."""
