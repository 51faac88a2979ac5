"""What other rooms show and ask of members: one's page, and how they stand in the group's chat."""

from __future__ import annotations

from bot.delivery import chats
from bot.edge.scene import Scene
from bot.members.views import members as views
from bot.members.views import welcome as welcome_views
from ledger.groups import service as groups
from ledger.groups import standing
from ledger.groups.models import ChatKind, Group, Member, Person
from ledger.notes import service as notes
from ledger.payments import requests
from ledger.payments import service as payments
from ledger.payments.models import PaymentState

IN_CHAT = ("creator", "administrator", "member", "restricted")
PUT_OUT = "kicked"
GROUPS_ASKED = 5
"""In the chats of how many groups a stranger is looked for, a question to Telegram each."""


async def show_member_page(scene: Scene, found: Member, notice: str | None = None) -> None:
    """One member's page, to coordinators and treasurers."""
    assert found.group_id == scene.group.id
    person = await scene.session.get(Person, found.person_id) if found.person_id else None
    request = await requests.open_request(scene.session, found)
    page = views.MemberPage(
        found,
        await payments.balance_of(scene.session, found),
        await payments.expected_cents(scene.session, found),
        await payments.payments_of(scene.session, found, PaymentState.EXPECTED),
        is_reachable=person is not None and person.started_at is not None,
        has_blocked=person is not None and person.blocked_at is not None,
        request=request,
        note=await notes.read_one(scene.session, request.note_id if request else None),
        invitation_url=scene.deep_link(f"m_{found.invitation}") if found.invitation else None,
    )
    screen = views.member_page(scene.texts, page)
    scene.show(screen.under(notice) if notice else screen)


async def statuses(scene: Scene, group: Group) -> list[str]:
    """What Telegram says of the person in each chat where the group's members are."""
    present = await chats.present(scene.session, group.id)
    return [scene.status_in(chat.telegram_id) for chat in present if chat.kind is ChatKind.MEMBERS]


async def chats_of_stranger(scene: Scene) -> list[Group]:
    """The groups in whose chats somebody is who belongs to none, where the bot serves so few that Telegram can be asked."""
    served = await groups.few_groups(scene.session, GROUPS_ASKED)
    return [group for group in served if any(status in IN_CHAT for status in await statuses(scene, group))]


async def is_held(scene: Scene) -> bool:
    """Whether the member's order waits for a coordinator's word, which it says; the basket stays as it is.

    To be called before anything is locked or written, since Telegram is asked.
    """
    member = scene.member
    if member.kept_at is not None:
        return False
    found = await statuses(scene, scene.group)
    if any(status in IN_CHAT for status in found):
        if member.put_out_at is not None:
            await standing.note_back_in_chat(scene.session, member)
        return False
    if member.put_out_at is None and PUT_OUT not in found:
        return False
    await ask_about(scene, scene.group, member)
    scene.show(welcome_views.held(scene.texts, scene.group))
    return True


async def ask_about(scene: Scene, group: Group, member: Member) -> None:
    """Coordinators are asked, once, what it means that somebody put the member out of the chat."""
    if await standing.note_put_out(scene.session, member):
        await scene.notify_in(group).coordinators(
            lambda texts: welcome_views.ask_about(texts, group, member), but=member
        )


async def ask_back(scene: Scene, group: Group, member: Member) -> None:
    """Who was taken out opened a link: coordinators are asked whether they may come back."""
    asked_now = await standing.ask_back(scene.session, member)
    if asked_now:
        await scene.notify_in(group).coordinators(lambda texts: welcome_views.ask_back(texts, group, member))
    scene.say(welcome_views.asked_back(scene.texts, group, asked_now=asked_now))
