"""Other systems that the helpdesk works with, each behind a callable of the domain's."""
