"""Who is told what on distribution day: members in private, the group's chats, and a coordinator aside."""

from __future__ import annotations

from collections.abc import Callable

from bot.delivery import chats
from bot.edge.scene import Context
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


def show_aside(context: Context, screen: Screen) -> None:
    """Here, where only coordinators read along; else in private, with a word over the button instead of a message."""
    if context.among_coordinators:
        context.show(screen)
        return
    context.person.group_id = context.group.id
    if context.scene.update.callback_query is not None and context.person.started_at is not None:
        context.toast(context.texts.label("I answered you in private."))
        context.tell(context.person.id, screen)
        return
    context.show_privately(screen)


def toast_refusal(context: Context, refusal: LedgerError) -> None:
    """Why nothing was done, over the button; on a colleague's page that it is one, and the person's own one opens."""
    if not (isinstance(refusal, SeenChanged) and context.leaves_others_page()):
        context.toast(plain(sentence(context.texts, refusal)), alert=True)


async def tell_member(context: Context, member: Member, screen: Callable[[Texts, int], Screen]) -> None:
    """One message to a member, in their language, if the bot may write to them; made with what they have announced."""
    person = await groups.reachable(context.session, member)
    if person is None:
        return
    awaited = await awaited_of(context.session, member)
    context.tell(person.id, screen(context.texts_for(person.language), awaited))


async def tell_maker(
    context: Context, maker_id: int, by: Member, screen: Callable[[Texts], Screen]
) -> Html | None:
    """Who made what ``by`` takes back reads of it in private, unless they take it back themselves.

    What ``by`` is to be told: that the other cannot be reached; none where that is not so.
    """
    if maker_id == by.id:
        return None
    maker = await groups.get_member(context.session, by.group_id, maker_id)
    person = await groups.reachable(context.session, maker)
    if person is None:
        return taken_back.unreachable(context.texts, maker.name)
    context.tell(person.id, screen(context.texts_for(person.language)))
    return None


async def tell_reopened(
    context: Context, closed: DistributionStep, by: Member, screen: Callable[[Texts], Screen]
) -> None:
    """A validated distribution is open again: told where its report was, and to who closed it."""
    if not context.is_private:
        context.say(screen(context.texts_for(context.group.language)))
    await tell_coordinators_chat(context, screen)
    await tell_treasurers(context, screen)
    closer = await groups.get_member(context.session, by.group_id, closed.by_id)
    if closer.is_treasurer and await groups.reachable(context.session, closer) is not None:
        return
    if (notice := await tell_maker(context, closer.id, by, screen)) is not None:
        context.say(Screen(notice))


async def tell_members_chats(context: Context, screen: Callable[[Texts], Screen]) -> None:
    """The chats in which members read along, this one too."""
    texts = context.texts_for(context.group.language)
    for chat in await chats.present(context.session, context.group.id):
        if chat.kind is ChatKind.MEMBERS:
            context.tell(chat.telegram_id, screen(texts))


async def tell_coordinators_chat(context: Context, screen: Callable[[Texts], Screen]) -> None:
    """The coordinators' chat, or where there is none the group's; not the one this is said in anyway."""
    present = await chats.present(context.session, context.group.id)
    of_coordinators = [chat for chat in present if chat.kind is ChatKind.COORDINATORS]
    texts = context.texts_for(context.group.language)
    for chat in of_coordinators or present:
        if chat.telegram_id != context.chat_id:
            context.tell(chat.telegram_id, screen(texts))


async def tell_treasurers(context: Context, screen: Callable[[Texts], Screen]) -> None:
    """Whoever keeps the group's money, in private; not the one who reads it here anyway."""
    for member in await groups.coordinators(context.session, context.group.id):
        if not member.is_treasurer:
            continue
        person = await groups.reachable(context.session, member)
        if person is not None and person.id != context.chat_id:
            context.tell(person.id, screen(context.texts_for(person.language)))
