"""Tests of visitors."""
