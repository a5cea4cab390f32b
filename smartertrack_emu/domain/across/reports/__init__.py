"""Reports: tables over a span of time, and who gets them by mail."""
