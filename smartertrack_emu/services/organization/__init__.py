"""svcOrganization: one module a topic, each named as in the domain."""

from . import agents, figures, organizations, permissions, roles, settings, structure, user_fields, users
from .service import organization

__all__ = [
    "agents",
    "figures",
    "organization",
    "organizations",
    "permissions",
    "roles",
    "settings",
    "structure",
    "user_fields",
    "users",
]
