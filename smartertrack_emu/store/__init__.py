"""The database: engine, unit of work, column types, migrations. Knows no model of the helpdesk."""
