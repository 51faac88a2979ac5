"""A treasurer takes back what was given back, given or given up, once; whoever had recorded it, and the member, are told."""

from __future__ import annotations

from bot.edge.handling import On
from bot.edge.scene import Scene
from bot.payments.views import taken_back
from bot.refunds.taps import UndoAdjustment, UndoRefund
from bot.refunds.views import refunds as views
from ledger.books.models import Transaction
from ledger.groups import service as groups
from ledger.groups.models import Member
from ledger.orders.expected import expected_of
from ledger.payments import adjustments, refunds


async def undo_refund(scene: Scene, tap: UndoRefund) -> None:
    """↩️ under a refund: taken back, once."""
    by = scene.member
    done = await refunds.undo_refund(scene.session, by.group_id, tap.payment, by, step=tap.step)
    member = await groups.get_member(scene.session, by.group_id, done.payment.member_id)
    maker_id = done.payment.entered_by_id
    assert maker_id is not None, "a treasurer recorded it"
    await _show_taken_back(scene, member, -done.payment.amount_cents, done.balance_cents, maker_id)


async def undo_adjustment(scene: Scene, tap: UndoAdjustment) -> None:
    """↩️ under a gift or a write-off: taken back, once."""
    by = scene.member
    member, done = await adjustments.undo_adjustment(scene.session, by.group_id, tap.transaction, by)
    maker_id = (await scene.session.get_one(Transaction, tap.transaction)).actor_id
    await _show_taken_back(scene, member, done.amount_cents, done.balance_cents, maker_id or by.id)


async def _show_taken_back(scene: Scene, member: Member, amount: int, balance: int, maker_id: int) -> None:
    by, group = scene.member, scene.group
    told = await scene.notify.maker(
        maker_id, by, lambda texts: taken_back.recorded(texts, group, member, amount, by.name)
    )
    notice = taken_back.unreachable(scene.texts, told.unreachable)
    screen = views.taken_back(scene.texts, member, amount, balance)
    scene.show(screen.under(notice) if notice else screen)
    if member.id != by.id:
        expected = await expected_of(scene.session, member)
        await scene.notify.member(
            member,
            lambda texts: views.told_taken_back(texts, group, by.name, amount, balance, expected),
        )


handlers = [On(UndoRefund, undo_refund), On(UndoAdjustment, undo_adjustment)]
