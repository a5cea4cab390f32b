"""Organizations and who counts among their members."""
