"""The services as people read of them: all at once, one, one of its operations with samples and a form."""
