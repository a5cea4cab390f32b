"""The spool: what is put into it."""
