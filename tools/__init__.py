"""What a checkout is worked on with: nothing that a server needs."""
