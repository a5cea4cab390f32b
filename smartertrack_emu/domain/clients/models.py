"""Tables of clients, of the departments that are theirs, and of their tokens."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from smartertrack_emu.domain import clock
from smartertrack_emu.store.base import Base


class Client(Base):
    """Whoever calls by tokens of their own; the id is given, for it stands in addresses."""

    __tablename__ = "jtel_clients"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str]
    is_enabled: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class ClientDepartment(Base):
    """A department that a client has; a client without any has all of them."""

    __tablename__ = "jtel_client_departments"

    client_id: Mapped[int] = mapped_column(ForeignKey("jtel_clients.id", ondelete="CASCADE"), primary_key=True)
    department_id: Mapped[int] = mapped_column(ForeignKey("departments.id", ondelete="CASCADE"), primary_key=True)

    __table_args__ = (Index(None, "department_id"),)


class ClientToken(Base):
    """A token, as the SHA-256 of it in hexadecimal. `hint`: its first six characters."""

    __tablename__ = "jtel_tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("jtel_clients.id", ondelete="CASCADE"))
    token_hash: Mapped[str] = mapped_column(String(64))
    hint: Mapped[str] = mapped_column(String(6))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (UniqueConstraint("token_hash"), Index(None, "client_id"))
