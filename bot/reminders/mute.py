"""/rappels: which reminders a member receives from a group. Buttons name the membership, so groups never mix."""

from __future__ import annotations

from bot.edge.conversation import Button, Command
from bot.edge.scene import Scene
from bot.handover.pages import show_day
from bot.reminders.views import reminders as views
from ledger.errors import NotAllowed, NotFound
from ledger.groups import service as groups
from ledger.groups.models import Member
from ledger.orders import distributions
from ledger.reminders import service as reminders
from ledger.reminders.models import ReminderKind


async def show(scene: Scene) -> None:
    """/rappels, or a reminder's button, which names the membership it was sent to."""
    member = await _own(scene, scene.numbers(1)[0]) if scene.button_args else scene.member
    await _show(scene, member)


async def toggle(scene: Scene) -> None:
    """One kind, off or on."""
    member_id, number, wanted = scene.numbers(3)
    if number not in range(len(ReminderKind)) or wanted not in (0, 1):
        raise NotFound("button", number)
    member = await _own(scene, member_id)
    await reminders.mute(scene.session, member, list(ReminderKind)[number], bool(wanted))
    await _show(scene, member)


async def open_distribution(scene: Scene) -> None:
    """From a coordinator's reminder to its distribution, in its group, which is looked at from now on."""
    member_id, distribution_id = scene.numbers(2)
    member = await _own(scene, member_id)
    scene.person.group_id = member.group_id
    scene.maybe_group = await groups.get_group(scene.session, member.group_id)
    scene.maybe_member = member
    await show_day(
        scene, await distributions.get_distribution(scene.session, member.group_id, distribution_id)
    )


async def _own(scene: Scene, member_id: int) -> Member:
    """One of the person's own memberships, in whichever group."""
    member = await scene.session.get(Member, member_id)
    if member is None or member.person_id != scene.person.id or member.left_at is not None:
        raise NotAllowed("member")
    return member


async def _show(scene: Scene, member: Member) -> None:
    group = await groups.get_group(scene.session, member.group_id)
    muted = await reminders.muted(scene.session, member)
    scene.show_privately(views.mutes(scene.texts, group, member, reminders.mutable(member), muted))


handlers = [
    Command(("rappels", "reminders"), show),
    Button("mutes", show),
    Button("mute", toggle),
    Button("remgo", open_distribution),
]
