"""Which group the host's own Stripe key serves, in words for the host: for the log and for ``cagnotte check-config``."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ledger.groups.models import Group
from ledger.payments.card import accounts


@dataclass(frozen=True, slots=True)
class Standing:
    """``level``, of the log: INFO, WARNING where the host should name a group, ERROR where the named one is not there.

    ``groups``: each with its number, where one has to be chosen.
    """

    level: int
    said: str
    groups: tuple[str, ...] = ()


async def standing(session: AsyncSession, key: str | None, named: int | None) -> Standing | None:
    """Whom ``stripe.api_key`` serves with ``stripe.group`` as it is; none without a key. Changes nothing."""
    if key is None:
        return None
    groups = (await session.execute(select(Group.id, Group.title).order_by(Group.id))).all()
    listed = tuple(f"{id_} ({title})" for id_, title in groups)
    served = await accounts.hosts_group(session, named)
    if named is not None and served is None:
        said = f"stripe.group is {named}, and no group has this number: stripe.api_key takes nobody's cards"
        return Standing(logging.ERROR, said, listed)
    if served is None and groups:
        said = (
            f"there are {len(groups)} groups and stripe.group names none: stripe.api_key takes nobody's cards"
        )
        return Standing(logging.WARNING, said, listed)
    if served is None:
        said = "stripe.api_key waits for the first group; name yours in stripe.group once it is there"
        return Standing(logging.INFO, said)
    if named is None and len(groups) > 1:
        said = (
            f"stripe.api_key goes on serving group {served}; there are {len(groups)}: name it in stripe.group"
        )
        return Standing(logging.WARNING, said, listed)
    return Standing(logging.INFO, f"stripe.api_key serves group {served}")
