"""Who is told what on distribution day: members in private, the group's chats, and a coordinator aside."""

from __future__ import annotations

from collections.abc import Callable

from bot.delivery import chats
from bot.edge.scene import Scene
from bot.payments.views import taken_back
from bot.refusals.sentences import plain, sentence
from bot.ui.screen import Screen
from bot.ui.texts import Html, Texts
from ledger.errors import LedgerError
from ledger.groups import service as groups
from ledger.groups.models import ChatKind, Member
from ledger.orders.awaited import awaited_of
from ledger.orders.handover_models import DistributionStep
from ledger.orders.seen import SeenChanged


def show_aside(scene: Scene, screen: Screen) -> None:
    """Here, where only coordinators read along; else in private, with a word over the button instead of a message."""
    if scene.among_coordinators:
        scene.show(screen)
        return
    scene.person.group_id = scene.group.id
    if scene.update.callback_query is not None and scene.person.started_at is not None:
        scene.toast(scene.texts.label("I answered you in private."))
        scene.tell(scene.person.id, screen)
        return
    scene.show_privately(screen)


def toast_refusal(scene: Scene, refusal: LedgerError) -> None:
    """Why nothing was done, over the button; on a colleague's page that it is one, and the person's own one opens."""
    if not (isinstance(refusal, SeenChanged) and scene.leaves_others_page()):
        scene.toast(plain(sentence(scene.texts, refusal)), alert=True)


async def tell_member(scene: Scene, member: Member, screen: Callable[[Texts, int], Screen]) -> None:
    """One message to a member, in their language, if the bot may write to them; made with what they have announced."""
    person = await groups.reachable(scene.session, member)
    if person is None:
        return
    awaited = await awaited_of(scene.session, member)
    scene.tell(person.id, screen(scene.texts_for(person.language), awaited))


async def tell_maker(
    scene: Scene, maker_id: int, by: Member, screen: Callable[[Texts], Screen]
) -> Html | None:
    """Who made what ``by`` takes back reads of it in private, unless they take it back themselves.

    What ``by`` is to be told: that the other cannot be reached; none where that is not so.
    """
    if maker_id == by.id:
        return None
    maker = await groups.get_member(scene.session, by.group_id, maker_id)
    person = await groups.reachable(scene.session, maker)
    if person is None:
        return taken_back.unreachable(scene.texts, maker.name)
    scene.tell(person.id, screen(scene.texts_for(person.language)))
    return None


async def tell_reopened(
    scene: Scene, closed: DistributionStep, by: Member, screen: Callable[[Texts], Screen]
) -> None:
    """A validated distribution is open again: told where its report was, and to who closed it."""
    if not scene.is_private:
        scene.say(screen(scene.texts_for(scene.group.language)))
    await tell_coordinators_chat(scene, screen)
    await tell_treasurers(scene, screen)
    closer = await groups.get_member(scene.session, by.group_id, closed.by_id)
    if closer.is_treasurer and await groups.reachable(scene.session, closer) is not None:
        return
    if (notice := await tell_maker(scene, closer.id, by, screen)) is not None:
        scene.say(Screen(notice))


async def tell_members_chats(scene: Scene, screen: Callable[[Texts], Screen]) -> None:
    """The chats in which members read along, this one too."""
    texts = scene.texts_for(scene.group.language)
    for chat in await chats.present(scene.session, scene.group.id):
        if chat.kind is ChatKind.MEMBERS:
            scene.tell(chat.telegram_id, screen(texts))


async def tell_coordinators_chat(scene: Scene, screen: Callable[[Texts], Screen]) -> None:
    """The coordinators' chat, or where there is none the group's; not the one this is said in anyway."""
    present = await chats.present(scene.session, scene.group.id)
    of_coordinators = [chat for chat in present if chat.kind is ChatKind.COORDINATORS]
    texts = scene.texts_for(scene.group.language)
    for chat in of_coordinators or present:
        if chat.telegram_id != scene.chat_id:
            scene.tell(chat.telegram_id, screen(texts))


async def tell_treasurers(scene: Scene, screen: Callable[[Texts], Screen]) -> None:
    """Whoever keeps the group's money, in private; not the one who reads it here anyway."""
    for member in await groups.coordinators(scene.session, scene.group.id):
        if not member.is_treasurer:
            continue
        person = await groups.reachable(scene.session, member)
        if person is not None and person.id != scene.chat_id:
            scene.tell(person.id, screen(scene.texts_for(person.language)))
