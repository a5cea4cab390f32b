"""The nine services: what is on the wire, nothing else. Rules live in the domain."""
