"""Distribution day: why nothing was done, and who is told that a distribution is open again."""

from __future__ import annotations

from bot.edge.notify import Notifier, Say
from bot.edge.scene import Scene
from bot.payments.views import taken_back
from bot.refusals.sentences import plain, sentence
from bot.ui.screen import Screen
from ledger.errors import LedgerError
from ledger.groups.models import Member
from ledger.orders.handover_models import DistributionStep
from ledger.orders.seen import SeenChanged


def toast_refusal(scene: Scene, refusal: LedgerError) -> None:
    """Why nothing was done, over the button; on a colleague's page that it is one, and the person's own one opens."""
    if not (isinstance(refusal, SeenChanged) and scene.leaves_others_page()):
        scene.toast(plain(sentence(scene.texts, refusal)), alert=True)


async def tell_reopened(scene: Scene, closed: DistributionStep, by: Member, say: Say) -> None:
    """Tells that a validated distribution is open again: where its report was, and who closed it."""
    if not scene.is_private:
        scene.say_here(say(scene.texts_for(scene.group.language)))
    notify = Notifier(scene.session, scene.group, scene.calls, here=scene.chat_id)
    await notify.coordinators_chat(say)
    told = await notify.treasurers(say)
    if closed.by_id in [member.id for member in told.reached]:
        return
    notice = taken_back.unreachable(scene.texts, (await notify.maker(closed.by_id, by, say)).unreachable)
    if notice is not None:
        scene.say(Screen(notice))
