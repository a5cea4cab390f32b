"""What agents open: the pages of call logs."""
