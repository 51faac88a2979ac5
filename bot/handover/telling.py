"""Distribution day: what is shown to a coordinator aside, and who is told that a distribution is open again."""

from __future__ import annotations

from bot.edge.notify import Say
from bot.edge.scene import Context
from bot.payments.views import taken_back
from bot.refusals.sentences import plain, sentence
from bot.ui.screen import Screen
from ledger.errors import LedgerError
from ledger.groups.models import Member
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


async def tell_reopened(context: Context, closed: DistributionStep, by: Member, say: Say) -> None:
    """A validated distribution is open again: told where its report was, and to who closed it."""
    if not context.is_private:
        context.say(say(context.texts_for(context.group.language)))
    notify = context.notify
    await notify.coordinators_chat(say)
    told = await notify.treasurers(say)
    if closed.by_id in [member.id for member in told.reached]:
        return
    notice = taken_back.unreachable(context.texts, (await notify.maker(closed.by_id, by, say)).unreachable)
    if notice is not None:
        context.say(Screen(notice))
