"""Who was taken out of the group, or put out of its chat: coordinators are asked, and nothing is lost meanwhile."""

from __future__ import annotations

from bot.edge.handling import On
from bot.edge.scene import Scene
from bot.members import taps
from bot.members.pages import ask_about, show_member_page
from bot.members.views import people as people_views
from bot.members.views import welcome as views
from ledger.groups import service as groups
from ledger.groups import standing
from ledger.groups.models import ChatKind


async def left_chat(scene: Scene) -> None:
    """Members stay members. About who was put out coordinators are asked; of who left with a role they are told."""
    message, group = scene.update.message, scene.maybe_group
    gone = message.left_chat_member if message else None
    if message is None or gone is None or group is None:
        return
    member = await groups.member_of(scene.session, group.id, gone.id)
    if member is None:
        return
    by_themselves = message.from_user is not None and message.from_user.id == gone.id
    if not by_themselves and scene.chat_kind is ChatKind.MEMBERS:
        await ask_about(scene, group, member)
    elif member.is_coordinator or member.is_treasurer:
        await scene.notify_in(group).coordinators(
            lambda texts: people_views.still_coordinates(texts, group, member), but=member
        )


async def keep(scene: Scene, tap: taps.KeepMember) -> None:
    """👤: a member all the same; they can go on ordering."""
    member = await groups.get_member(scene.session, scene.group.id, tap.member)
    by = scene.member
    if await standing.keep(scene.session, member):
        await scene.notify.member(member, lambda texts: views.kept(texts, scene.group))
        notice = views.keeps(scene.texts, member, by.name)
    else:
        notice = views.settled_before(scene.texts)
    await show_member_page(scene, member, notice)


async def stay_out(scene: Scene, tap: taps.StayOut) -> None:
    """They do not come back; they are told, once."""
    member = await groups.get_member(scene.session, scene.group.id, tap.member)
    if member.left_at is None or member.asked_back_at is None:
        await show_member_page(scene, member, views.settled_before(scene.texts))
        return
    await scene.notify.member(member, lambda texts: views.stays_out(texts, scene.group))
    await show_member_page(scene, member, views.stays_out_noted(scene.texts, member))


handlers = [On(taps.SOMEBODY_LEFT, left_chat), On(taps.KeepMember, keep), On(taps.StayOut, stay_out)]
