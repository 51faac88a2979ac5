"""/rappels: which reminders a member receives from a group. Buttons name the membership, so groups never mix."""

from __future__ import annotations

from telegram import Update

from bot.edge.conversation import Button, Command
from bot.edge.scene import Context
from bot.handover.day import show_day
from bot.reminders.views import reminders as views
from ledger.errors import NotAllowed, NotFound
from ledger.groups import service as groups
from ledger.groups.models import Member
from ledger.orders import distributions
from ledger.reminders import service as reminders
from ledger.reminders.models import ReminderKind


async def show(update: Update, context: Context) -> None:  # noqa: ARG001
    """/rappels, or a reminder's button, which names the membership it was sent to."""
    member = await _own(context, context.numbers(1)[0]) if context.button_args else context.member
    await _show(context, member)


async def toggle(update: Update, context: Context) -> None:  # noqa: ARG001
    """One kind, off or on."""
    member_id, number, wanted = context.numbers(3)
    if number not in range(len(ReminderKind)) or wanted not in (0, 1):
        raise NotFound("button", number)
    member = await _own(context, member_id)
    await reminders.mute(context.session, member, list(ReminderKind)[number], bool(wanted))
    await _show(context, member)


async def open_distribution(update: Update, context: Context) -> None:  # noqa: ARG001
    """From a coordinator's reminder to its distribution, in its group, which is looked at from now on."""
    member_id, distribution_id = context.numbers(2)
    member = await _own(context, member_id)
    context.person.group_id = member.group_id
    context.scene.group = await groups.get_group(context.session, member.group_id)
    context.scene.member = member
    await show_day(
        context, await distributions.get_distribution(context.session, member.group_id, distribution_id)
    )


async def _own(context: Context, member_id: int) -> Member:
    """One of the person's own memberships, in whichever group."""
    member = await context.session.get(Member, member_id)
    if member is None or member.person_id != context.person.id or member.left_at is not None:
        raise NotAllowed("member")
    return member


async def _show(context: Context, member: Member) -> None:
    group = await groups.get_group(context.session, member.group_id)
    muted = await reminders.muted(context.session, member)
    context.show_privately(views.mutes(context.texts, group, member, reminders.mutable(member), muted))


handlers = [
    Command(("rappels", "reminders"), show),
    Button("mutes", show),
    Button("mute", toggle),
    Button("remgo", open_distribution),
]
