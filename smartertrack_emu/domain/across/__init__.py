"""What works over several subjects: it imports them, and none of them imports it."""
