"""The table of other installations."""

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from smartertrack_emu.domain.keys import key_column
from smartertrack_emu.store.base import Base
from smartertrack_emu.store.types import Secret


class TransferServer(Base):
    """Another installation that tickets can be transferred to, with the credentials we call it with."""

    __tablename__ = "transfer_servers"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_key: Mapped[str] = key_column("name")
    url: Mapped[str]
    username: Mapped[str]
    password: Mapped[str] = mapped_column(Secret)

    __table_args__ = (UniqueConstraint("name_key"),)
