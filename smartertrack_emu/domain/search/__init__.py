"""Full-text search: one tokeniser, one query language and one ranking over SQLite FTS5 and PostgreSQL's full text."""
