"""The board's buttons: asked for by a coordinator, drawn again, and who is left, told in private."""

from __future__ import annotations

from bot.board import boards as board
from bot.board.taps import DrawNow, PostBoard, WhoIsLeft
from bot.board.views import board as views
from bot.delivery.outbox import Call
from bot.edge.handling import On
from bot.edge.scene import Scene
from ledger.orders import validation
from ledger.orders.distributions import get_distribution


async def ask_for_board(scene: Scene, tap: PostBoard) -> None:
    """📌: every chat of the group gets the distribution's board; the chat where it is tapped, in that topic."""
    distribution = await get_distribution(scene.session, scene.group.id, tap.distribution)
    here = None if scene.is_private else board.Place(scene.chat_id, scene.topic)
    scene.calls += await board.post_board(scene.session, distribution.id, asked_from=here, even_empty=True)
    if await board.boards_of(scene.session, distribution.id):
        scene.toast(scene.texts.label("The board is in the group's chat and follows whatever you do."))
    else:
        scene.toast(
            scene.texts.label("I am in no chat of the group any more: add me there first."), alert=True
        )


async def draw_now(scene: Scene, tap: DrawNow) -> None:
    """🔄 on a board: drawn as soon as the limits allow."""
    distribution = await get_distribution(scene.session, scene.group.id, tap.distribution)
    if await _is_old(scene, distribution.id):
        scene.toast(scene.texts.label("This is an old board: look for the newer one."))
        return
    await board.touch(scene.session, [distribution.id])
    scene.toast(scene.texts.label("The board is drawn anew in a moment."))


async def who_is_left(scene: Scene, tap: WhoIsLeft) -> None:
    """👀: the orders that are not validated, by name, to the coordinator alone."""
    distribution = await get_distribution(scene.session, scene.group.id, tap.distribution)
    if not scene.is_private:
        await _is_old(scene, distribution.id)
    states = await validation.order_states(scene.session, scene.group.id, distribution.id)
    scene.show(views.who_is_left(scene.texts, scene.group, distribution, states, tap.page))


async def _is_old(scene: Scene, distribution_id: int) -> bool:
    """Whether the tapped board is not the live one; then it says so from now on, whoever the answer is for."""
    query = scene.update.callback_query
    if query is None or query.message is None:
        return False
    chat_id, message_id = query.message.chat.id, query.message.message_id
    if await board.is_current(scene.session, distribution_id, chat_id, message_id):
        return False
    old = views.old_board(scene.texts_for(scene.group.language))
    parameters = {"message_id": message_id, **old.as_json()}
    scene.calls.append(
        Call("editMessageText", chat_id, parameters, collapse_key=f"edit:{chat_id}:{message_id}")
    )
    return True


handlers = [On(PostBoard, ask_for_board), On(DrawNow, draw_now), On(WhoIsLeft, who_is_left)]
