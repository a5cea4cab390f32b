"""Events as data: their fields as JSON; what was told in words before stays in words.

A message received gets the number that the product's list leaves out, in place of one of ours.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

OURS, DOCUMENTED = 502900, 502007
TITLES = {
    501000: "KB Article Created",
    501001: "KB Article Modified",
    501002: "KB Article Flagged For Review",
    501004: "KB Article Marked As Reviewed",
    501005: "KB Article Deleted",
    502000: "Ticket Created",
    502001: "Ticket Transferred",
    502002: "Ticket Status Changed",
    502003: "Ticket Priority Changed",
    502004: "Ticket Deleted",
    502005: "Ticket Comment Added",
    502006: "Ticket Message Sent",
    502007: "Ticket Message Received",
    502012: "Ticket Follow Up Scheduled",
    502013: "Ticket Followed Up",
    502014: "Ticket Time Log Created",
    502901: "Ticket Changed",
    502902: "Ticket Restored",
    502903: "Ticket Attachment Added",
    502904: "Ticket Related Item Added",
    502905: "Ticket Comment Edited",
    507000: "Task Created",
    507001: "Task Modified",
    507002: "Task Deleted",
    508000: "Call Log Created",
    508001: "Call Log Modified",
    508002: "Call Log Deleted",
    508003: "Call Log Attached To Ticket",
    508005: "Call Log Time Log Created",
    510900: "User Created",
    510901: "User Changed",
    510902: "User Deleted",
    511000: "Live Chat Started",
    511001: "Live Chat Ended",
    511002: "Live Chat Transferred",
    511003: "Live Chat Deleted",
    511012: "Live Chat Comment Added",
    511013: "Live Chat Time Log Created",
    511900: "Live Chat Comment Edited",
    511901: "Live Chat Changed",
    511902: "Live Chat Attachment Added",
}

events = sa.table(
    "events", sa.column("event_id"), sa.column("description"), sa.column("details"), sa.column("arguments")
)


def upgrade() -> None:
    op.add_column("events", sa.Column("arguments", sa.Text(), nullable=True))
    op.execute(events.update().where(events.c.event_id == OURS).values(event_id=DOCUMENTED))


def downgrade() -> None:
    # What makes words of the fields is not there any more: the fields themselves stand in the words' place.
    title = sa.case(TITLES, value=events.c.event_id, else_="")
    is_data = events.c.arguments.is_not(None)
    op.execute(events.update().where(is_data).values(description=title, details=events.c.arguments))
    op.execute(events.update().where(events.c.event_id == DOCUMENTED).values(event_id=OURS))
    op.drop_column("events", "arguments")
