"""Reading the bytes of a mail, whatever they are."""
