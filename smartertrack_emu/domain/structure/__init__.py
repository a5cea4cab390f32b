"""The installation, its brands, departments, groups and who is in them; other installations."""
