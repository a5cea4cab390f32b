"""Watching the server: metrics for Prometheus, traces for OpenTelemetry, ids that tie a request's traces together."""
