"""The journal: every call with what went over the wire, and why it was refused."""
