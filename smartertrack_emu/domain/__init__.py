"""The helpdesk: models and rules. Knows SQLAlchemy, and nothing of SOAP, HTTP or XML."""
