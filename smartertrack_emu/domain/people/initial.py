"""What every installation has from its first moment."""

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from smartertrack_emu.domain.people.models import (
    ADMIN_ID,
    QUEUE_ID,
    SYSTEM_ID,
    BuiltInRole,
    Role,
    RoleRight,
    User,
    UserRole,
)
from smartertrack_emu.domain.people.rights import AGENTS_RIGHTS, ALL_RIGHTS, EVERYONES_RIGHTS, Right
from smartertrack_emu.domain.structure.models import Brand, Department, Group, GroupMember, Installation
from smartertrack_emu.store.identity import ids_were_chosen

ROLE_NAMES = {
    BuiltInRole.EVERYONE: "Everyone",
    BuiltInRole.REGISTERED_USER: "Registered User",
    BuiltInRole.VERIFIED_USER: "Verified User",
    BuiltInRole.AGENT: "Agent",
    BuiltInRole.MANAGER: "Manager",
    BuiltInRole.SYSTEM_ADMINISTRATOR: "System Administrator",
}

DEFAULT_RIGHTS: dict[BuiltInRole, frozenset[Right]] = {
    BuiltInRole.EVERYONE: EVERYONES_RIGHTS,
    BuiltInRole.AGENT: AGENTS_RIGHTS,
    BuiltInRole.MANAGER: ALL_RIGHTS,
    BuiltInRole.SYSTEM_ADMINISTRATOR: ALL_RIGHTS,
}


def claim(session: Session) -> bool:
    """Say whether the database is new, and keep others that ask from filling it until the transaction ends."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE installation IN EXCLUSIVE MODE"))
    return session.get(Installation, 1) is None


def create_initial(
    session: Session,
    *,
    admin_password_hash: str | None,
    server_name: str = "SmarterTrack",
    with_structure: bool = True,
) -> None:
    """Fill a new, migrated database: the installation, six roles with their rights, queue, admin and system users.

    `with_structure`: also one brand, department and group, with the administrator in it, receiving nothing; a seed file
    that brings its own does without, so that its first ones get id 1.
    """
    session.add(Installation(server_name=server_name))
    session.add_all(
        Role(id=int(role), name=name, is_employee=role >= BuiltInRole.AGENT, is_built_in=True)
        for role, name in ROLE_NAMES.items()
    )
    session.add_all(
        [
            User(id=QUEUE_ID, username="queue", display_name="Queue"),
            User(id=ADMIN_ID, username="admin", display_name="Administrator", password_hash=admin_password_hash),
            User(id=SYSTEM_ID, username="system", display_name="System"),
        ]
    )
    session.flush()
    session.execute(
        insert(RoleRight),
        [{"role_id": int(role), "right": right} for role, rights in DEFAULT_RIGHTS.items() for right in sorted(rights)],
    )
    session.add_all(UserRole(user_id=user, role_id=BuiltInRole.EVERYONE) for user in (QUEUE_ID, ADMIN_ID, SYSTEM_ID))
    session.add_all(
        UserRole(user_id=ADMIN_ID, role_id=role)
        for role in (BuiltInRole.REGISTERED_USER, BuiltInRole.SYSTEM_ADMINISTRATOR)
    )
    if with_structure:
        _create_structure(session)
    ids_were_chosen(session, Role, User)


def _create_structure(session: Session) -> None:
    brand = Brand(name="Default")
    session.add(brand)
    session.flush()
    department = Department(name="Support", brand_id=brand.id)
    session.add(department)
    session.flush()
    group = Group(name="Support", department_id=department.id)
    session.add(group)
    session.flush()
    session.add(GroupMember(group_id=group.id, user_id=ADMIN_ID, is_group_admin=True))
    session.flush()
