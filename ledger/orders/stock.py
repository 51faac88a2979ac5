"""What is counted and what is ordered: a catalogue's import never offers again what is promised to members.

The number in a file is everything that somebody counted, reserved or not, for what is still to be handed over. What is
ordered for distributions that were neither validated nor cancelled is taken off it, under the lock that orders take too,
so that an order placed between the preview and the import counts as well.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from ledger.catalogue import service as catalogue
from ledger.catalogue.rows import ProductRow
from ledger.catalogue.service import ImportPlan
from ledger.groups.models import Group
from ledger.orders.handover_models import DistributionStep, StepKind
from ledger.orders.models import Distribution, Order, OrderLine


async def ordered_and_not_handed_over(session: AsyncSession, group_id: int) -> dict[int, int]:
    """Returns what members ordered for distributions that are not over, by product, in thousandths of its unit."""
    last = (
        select(DistributionStep.distribution_id, func.max(DistributionStep.step).label("step"))
        .where(DistributionStep.group_id == group_id)
        .group_by(DistributionStep.distribution_id)
        .subquery()
    )
    validated = (
        select(DistributionStep.distribution_id)
        .join(
            last,
            and_(
                last.c.distribution_id == DistributionStep.distribution_id,
                last.c.step == DistributionStep.step,
            ),
        )
        .where(DistributionStep.kind == StepKind.VALIDATED)
    )
    statement = (
        select(OrderLine.product_id, func.sum(OrderLine.quantity_milli))
        .join(Order, Order.id == OrderLine.order_id)
        .join(Distribution, Distribution.id == Order.distribution_id)
        .where(
            OrderLine.group_id == group_id,
            Order.cancelled_at.is_(None),
            Distribution.cancelled_at.is_(None),
            Distribution.id.not_in(validated),
        )
        .group_by(OrderLine.product_id)
    )
    return {product_id: int(total) for product_id, total in await session.execute(statement)}


async def plan_import(session: AsyncSession, group_id: int, rows: Sequence[ProductRow]) -> ImportPlan:
    """Returns what importing rows would do now; changes nothing."""
    ordered = await ordered_and_not_handed_over(session, group_id)
    return await catalogue.plan_import(session, group_id, rows, ordered)


async def import_upload(
    session: AsyncSession, group: Group, upload_id: int, *, withdraw_missing: bool = False
) -> ImportPlan:
    """Carries an upload out, once, as :func:`ledger.catalogue.service.import_upload`; returns what it did."""
    await catalogue.lock_catalogue(session, group.id)
    ordered = await ordered_and_not_handed_over(session, group.id)
    return await catalogue.import_upload(
        session, group, upload_id, ordered, withdraw_missing=withdraw_missing
    )
