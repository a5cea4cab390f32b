"""What works over several subjects."""
