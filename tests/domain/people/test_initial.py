"""What a new installation holds. The built-in users' and roles' names are documented, the rest is ours."""

from sqlalchemy import Engine, func, select

from smartertrack_emu.domain.models import Brand, Department, Group, Installation, Role, RoleRight, User, UserRole
from smartertrack_emu.domain.people.initial import create_initial
from smartertrack_emu.domain.people.models import ADMIN_ID, QUEUE_ID, SYSTEM_ID, BuiltInRole
from smartertrack_emu.domain.people.rights import ALL_RIGHTS, Area, Right, rights_of
from smartertrack_emu.store.unit_of_work import reading, writing


def test_users_and_roles(engine: Engine) -> None:
    with writing(engine) as session:
        create_initial(session, admin_password_hash="argon", server_name="Acme")
    with reading(engine) as session:
        users = {user.id: user for user in session.scalars(select(User))}
        roles = {role.id: role for role in session.scalars(select(Role))}
        held = {(row.user_id, row.role_id) for row in session.scalars(select(UserRole))}
        installation = session.get_one(Installation, 1)
    assert {number: user.username for number, user in users.items()} == {1: "queue", 2: "admin", 3: "system"}
    assert [users[number].password_hash for number in (QUEUE_ID, ADMIN_ID, SYSTEM_ID)] == [None, "argon", None]
    assert {number: role.name for number, role in roles.items()} == {
        1: "Everyone",
        2: "Registered User",
        3: "Verified User",
        4: "Agent",
        5: "Manager",
        6: "System Administrator",
    }
    assert [number for number, role in sorted(roles.items()) if role.is_employee] == [4, 5, 6]
    assert all(role.is_built_in for role in roles.values())
    assert {role for user, role in held if user == ADMIN_ID} == {1, 2, 6}
    assert {role for user, role in held if user != ADMIN_ID} == {1}
    assert (installation.server_name, installation.time_zone, installation.rights_version) == ("Acme", "UTC", 1)


def test_rights(engine: Engine) -> None:
    with writing(engine) as session:
        create_initial(session, admin_password_hash=None)
    with reading(engine) as session:
        rows = session.execute(select(RoleRight.role_id, RoleRight.right)).all()
    given = {role: {right for number, right in rows if number == role} for role in BuiltInRole}
    assert given[BuiltInRole.MANAGER] == given[BuiltInRole.SYSTEM_ADMINISTRATOR] == ALL_RIGHTS
    assert ALL_RIGHTS - given[BuiltInRole.AGENT] == {
        Right.CALL_LOGS_DELETE,
        Right.TASKS_DELETE,
        Right.TICKETS_MARK_AS_DELETED,
        Right.KB_DELETE,
        Right.KB_CREATE,
        Right.KB_MODIFY,
        Right.KB_MARK_REVIEWED,
    }
    assert given[BuiltInRole.EVERYONE] == {Right.KB_VIEW, Right.NEWS_VIEW}
    assert not given[BuiltInRole.REGISTERED_USER] | given[BuiltInRole.VERIFIED_USER]


def test_ids_go_on_after_the_initial_ones(engine: Engine) -> None:
    with writing(engine) as session:
        create_initial(session, admin_password_hash=None)
    with writing(engine) as session:
        session.add_all([user := User(username="alice"), role := Role(name="Billing")])
    assert (user.id, role.id) == (4, 7)


def test_the_ids_of_roles_are_not_given_out_again(engine: Engine) -> None:
    with writing(engine) as session:
        create_initial(session, admin_password_hash=None)
        session.add(role := Role(name="Billing"))
    with writing(engine) as session:
        session.delete(session.get_one(Role, role.id))
        session.flush()
        session.add(following := Role(name="Sales"))
    assert following.id == role.id + 1


def test_with_and_without_structure(engine: Engine) -> None:
    with writing(engine) as session:
        create_initial(session, admin_password_hash=None, with_structure=False)
    with reading(engine) as session:
        for model in (Brand, Department, Group):
            assert session.scalar(select(func.count()).select_from(model)) == 0


def test_areas() -> None:
    assert sum(len(rights_of(area)) for area in Area) == len(Right)
    assert rights_of(Area.TICKETS) == (Right.TICKETS_MARK_AS_DELETED, Right.TICKETS_VIEW_QUEUE)
    assert [right.value for right in rights_of(Area.TASKS)] == [
        "tasks.create",
        "tasks.modify",
        "tasks.delete",
        "tasks.view",
        "tasks.change_dates",
    ]
