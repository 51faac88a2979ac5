"""Distribution day: what is shown to a coordinator aside, and who is told that a distribution is open again."""

from __future__ import annotations

from bot.edge.notify import Say
from bot.edge.scene import Scene
from bot.payments.views import taken_back
from bot.refusals.sentences import plain, sentence
from bot.ui.screen import Screen
from ledger.errors import LedgerError
from ledger.groups.models import Member
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


async def tell_reopened(scene: Scene, closed: DistributionStep, by: Member, say: Say) -> None:
    """A validated distribution is open again: told where its report was, and to who closed it."""
    if not scene.is_private:
        scene.say(say(scene.texts_for(scene.group.language)))
    notify = scene.notify
    await notify.coordinators_chat(say)
    told = await notify.treasurers(say)
    if closed.by_id in [member.id for member in told.reached]:
        return
    notice = taken_back.unreachable(scene.texts, (await notify.maker(closed.by_id, by, say)).unreachable)
    if notice is not None:
        scene.say(Screen(notice))
