"""Custom fields, their templates and their values."""
