"""Files that go out with a call: kept beside its outbox row until it is made, so that a restart loses none.

They may hold members' names and what they pay, so they go as soon as they are not needed: with the tidying after the call,
long before the row itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ForeignKey, LargeBinary, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.delivery.models import OutboxRow
from ledger.db import Base


class OutboxFile(Base):
    """The document of one ``sendDocument`` in the outbox."""

    __tablename__ = "outbox_files"

    outbox_id: Mapped[int] = mapped_column(
        ForeignKey("outbox.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    name: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)


@dataclass(frozen=True, slots=True)
class Document:
    """A file to send: its name, with an extension, and its bytes."""

    name: str
    content: bytes


async def keep(session: AsyncSession, documents: Sequence[tuple[int, Document]]) -> None:
    """Stores documents with the outbox rows that send them."""
    if documents:
        rows = [
            {"outbox_id": row_id, "name": document.name, "content": document.content}
            for row_id, document in documents
        ]
        await session.execute(insert(OutboxFile), rows)


async def document_of(session: AsyncSession, row_id: int) -> Document | None:
    """The document an outbox row sends, if it has one of its own."""
    statement = select(OutboxFile.name, OutboxFile.content).where(OutboxFile.outbox_id == row_id)
    row = (await session.execute(statement)).first()
    return None if row is None else Document(row.name, row.content)


async def forget_sent(session: AsyncSession) -> None:
    """Drops the files of calls that were made, whatever became of them."""
    made = select(OutboxRow.id).where(OutboxRow.sent_at.is_not(None))
    await session.execute(delete(OutboxFile).where(OutboxFile.outbox_id.in_(made)))
