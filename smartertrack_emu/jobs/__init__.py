"""The background jobs: when each runs, in which of the processes, and what became of it."""
