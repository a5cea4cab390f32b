"""What items refer to: custom fields, organizations, categories, and the knowledge base."""

import sqlalchemy as sa
from alembic import op

from smartertrack_emu.store.types import KEY, UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "custom_fields",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("display_name_key", KEY, nullable=False),
        sa.Column("data_type", sa.String(length=32), nullable=False),
        sa.Column("default_value", sa.Text(), nullable=False),
        sa.Column("is_global", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "data_type IN ('SingleLineText', 'MultipleLineText', 'Choice', 'ChoiceWithFillIn', "
            "'Number', 'Date', 'Time', 'DateTime', 'Boolean', 'URL', 'PictureURL')",
            name=op.f("ck_custom_fields_data_type"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custom_fields")),
        sa.UniqueConstraint("display_name_key", name=op.f("uq_custom_fields_display_name_key")),
    )

    op.create_table(
        "kb_folders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", KEY, nullable=False),
        sa.Column("is_private", sa.Boolean(), nullable=False),
        sa.Column("sort_order", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["kb_folders.id"], name=op.f("fk_kb_folders_parent_id_kb_folders")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kb_folders")),
    )
    op.create_index(op.f("ix_kb_folders_parent_id_sort_order_id"), "kb_folders", ["parent_id", "sort_order", "id"])

    op.create_table(
        "organizations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", KEY, nullable=False),
        sa.Column("website", sa.Text(), nullable=False),
        sa.Column("phone_number", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organizations")),
        sa.UniqueConstraint("name_key", name=op.f("uq_organizations_name_key")),
        sqlite_autoincrement=True,
    )

    op.create_table(
        "time_log_categories",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", KEY, nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_log_categories")),
        sa.UniqueConstraint("name_key", name=op.f("uq_time_log_categories_name_key")),
    )

    op.create_table(
        "transfer_servers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", KEY, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer_servers")),
        sa.UniqueConstraint("name_key", name=op.f("uq_transfer_servers_name_key")),
    )

    op.create_table(
        "custom_field_options",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("field_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("sort_order", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["field_id"],
            ["custom_fields.id"],
            name=op.f("fk_custom_field_options_field_id_custom_fields"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custom_field_options")),
    )
    op.create_index(
        op.f("ix_custom_field_options_field_id_sort_order"), "custom_field_options", ["field_id", "sort_order"]
    )

    op.create_table(
        "kb_articles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("folder_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("keywords", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("is_private", sa.Boolean(), nullable=False),
        sa.Column("is_draft", sa.Boolean(), nullable=False),
        sa.Column("is_deleted", sa.Boolean(), nullable=False),
        sa.Column("is_flagged_for_review", sa.Boolean(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("score_votes", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("modified_at", UtcDateTime(), nullable=False),
        sa.Column("reviewed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_kb_articles_created_by_id_users")),
        sa.ForeignKeyConstraint(["folder_id"], ["kb_folders.id"], name=op.f("fk_kb_articles_folder_id_kb_folders")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kb_articles")),
    )
    op.create_index(op.f("ix_kb_articles_created_at_id"), "kb_articles", ["created_at", "id"])
    op.create_index(op.f("ix_kb_articles_folder_id_created_at_id"), "kb_articles", ["folder_id", "created_at", "id"])

    op.create_table(
        "kb_folder_rights",
        sa.Column("folder_id", sa.Integer(), nullable=False),
        sa.Column("role_id", sa.Integer(), nullable=False),
        sa.Column("may_create", sa.Boolean(), nullable=False),
        sa.Column("may_modify", sa.Boolean(), nullable=False),
        sa.Column("may_delete", sa.Boolean(), nullable=False),
        sa.Column("may_mark_reviewed", sa.Boolean(), nullable=False),
        sa.Column("may_view", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["folder_id"], ["kb_folders.id"], name=op.f("fk_kb_folder_rights_folder_id_kb_folders"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["role_id"], ["roles.id"], name=op.f("fk_kb_folder_rights_role_id_roles"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("folder_id", "role_id", name=op.f("pk_kb_folder_rights")),
    )
    op.create_index(op.f("ix_kb_folder_rights_role_id"), "kb_folder_rights", ["role_id"])

    op.create_table(
        "organization_members",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("type", sa.SmallInteger(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("value_key", KEY, nullable=False),
        sa.CheckConstraint("type IN (1, 2, 3, 4)", name=op.f("ck_organization_members_type")),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_organization_members_organization_id_organizations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization_members")),
        sa.UniqueConstraint(
            "organization_id", "type", "value_key", name=op.f("uq_organization_members_organization_id_type_value_key")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_organization_members_type_value_key"), "organization_members", ["type", "value_key"])

    op.create_table(
        "user_field_values",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("field_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["field_id"],
            ["custom_fields.id"],
            name=op.f("fk_user_field_values_field_id_custom_fields"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_user_field_values_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "field_id", name=op.f("pk_user_field_values")),
    )
    op.create_index(op.f("ix_user_field_values_field_id"), "user_field_values", ["field_id"])

    op.create_table(
        "department_field_values",
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("field_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["departments.id"],
            name=op.f("fk_department_field_values_department_id_departments"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["field_id"],
            ["custom_fields.id"],
            name=op.f("fk_department_field_values_field_id_custom_fields"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("department_id", "field_id", name=op.f("pk_department_field_values")),
    )
    op.create_index(op.f("ix_department_field_values_field_id"), "department_field_values", ["field_id"])

    op.create_table(
        "field_templates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("item_kind", sa.String(length=32), nullable=False),
        sa.CheckConstraint("item_kind IN ('ticket', 'chat')", name=op.f("ck_field_templates_item_kind")),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["departments.id"],
            name=op.f("fk_field_templates_department_id_departments"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_field_templates")),
        sa.UniqueConstraint("department_id", "item_kind", name=op.f("uq_field_templates_department_id_item_kind")),
    )

    op.create_table(
        "field_template_entries",
        sa.Column("template_id", sa.Integer(), nullable=False),
        sa.Column("field_id", sa.Integer(), nullable=False),
        sa.Column("sort_order", sa.Integer(), nullable=False),
        sa.Column("is_required_by_users", sa.Boolean(), nullable=False),
        sa.Column("is_required_by_agents", sa.Boolean(), nullable=False),
        sa.Column("is_required_by_agents_to_close", sa.Boolean(), nullable=False),
        sa.Column("is_visible_to_users", sa.Boolean(), nullable=False),
        sa.Column("is_visible_to_agents", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["field_id"],
            ["custom_fields.id"],
            name=op.f("fk_field_template_entries_field_id_custom_fields"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["field_templates.id"],
            name=op.f("fk_field_template_entries_template_id_field_templates"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("template_id", "field_id", name=op.f("pk_field_template_entries")),
    )
    op.create_index(op.f("ix_field_template_entries_field_id"), "field_template_entries", ["field_id"])


def downgrade() -> None:
    for table in (
        "field_template_entries",
        "field_templates",
        "department_field_values",
        "user_field_values",
        "organization_members",
        "kb_folder_rights",
        "kb_articles",
        "custom_field_options",
        "transfer_servers",
        "time_log_categories",
        "organizations",
        "kb_folders",
        "custom_fields",
    ):
        op.drop_table(table)
