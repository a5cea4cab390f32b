"""Surveys: what is asked, whom they were offered to, what was answered."""
