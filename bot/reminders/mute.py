"""/rappels: which reminders a member receives from a group."""

from __future__ import annotations

from bot.edge.handling import On
from bot.edge.scene import Scene
from bot.handover.pages import show_day
from bot.reminders import taps
from bot.reminders.views import reminders as views
from ledger.errors import NotAllowed
from ledger.groups import service as groups
from ledger.groups.models import Member
from ledger.orders import distributions
from ledger.reminders import service as reminders


async def show(scene: Scene, tap: taps.ShowReminders | None = None) -> None:
    """/rappels, or a reminder's button, which names the membership it was sent to."""
    await _show(scene, await _own(scene, tap.member) if tap else scene.member)


async def toggle(scene: Scene, tap: taps.Mute) -> None:
    """One kind, off or on."""
    member = await _own(scene, tap.member)
    await reminders.mute(scene.session, member, taps.KINDS[tap.kind], tap.wanted)
    await _show(scene, member)


async def open_distribution(scene: Scene, tap: taps.OpenDistribution) -> None:
    """From a coordinator's reminder to its distribution, whose group is looked at from now on."""
    await _own(scene, tap.member)
    group_id = scene.group.id
    await show_day(scene, await distributions.get_distribution(scene.session, group_id, tap.distribution))


async def _own(scene: Scene, member_id: int) -> Member:
    """One of the person's own memberships, in whichever group; that group is not looked at for it."""
    member = await scene.session.get(Member, member_id)
    if member is None or member.person_id != scene.person.id or member.left_at is not None:
        raise NotAllowed("member")
    return member


async def _show(scene: Scene, member: Member) -> None:
    group = await groups.get_group(scene.session, member.group_id)
    muted = await reminders.muted(scene.session, member)
    scene.show(views.mutes(scene.texts, group, member, reminders.mutable(member), muted))


handlers = [
    On(taps.REMINDERS, show),
    On(taps.ShowReminders, show),
    On(taps.Mute, toggle),
    On(taps.OpenDistribution, open_distribution),
]
