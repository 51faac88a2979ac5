"""The board's buttons: asked for by a coordinator, drawn again, and who is left, told in private."""

from __future__ import annotations

from bot.board import boards as board
from bot.board.views import board as views
from bot.edge.conversation import Button
from bot.edge.scene import Scene
from ledger.orders import validation
from ledger.orders.distributions import get_distribution


async def ask_for_board(scene: Scene) -> None:
    """📌: every chat of the group gets the distribution's board; the chat where it is tapped, in that topic."""
    group_id = scene.coordinator.group_id
    distribution = await get_distribution(scene.session, group_id, scene.numbers(1)[0])
    here = None if scene.is_private else board.Place(scene.chat_id, scene.topic)
    scene.calls += await board.post_board(scene.session, distribution.id, asked_from=here, even_empty=True)
    if await board.boards_of(scene.session, distribution.id):
        scene.toast(scene.texts.label("The board is in the group's chat and follows whatever you do."))
    else:
        scene.toast(
            scene.texts.label("I am in no chat of the group any more: add me there first."), alert=True
        )


async def draw_now(scene: Scene) -> None:
    """🔄 on a board: drawn as soon as the limits allow."""
    group_id = scene.coordinator.group_id
    distribution = await get_distribution(scene.session, group_id, scene.numbers(1)[0])
    if await _is_old(scene, distribution.id):
        return
    await board.touch(scene.session, [distribution.id])
    scene.toast(scene.texts.label("The board is drawn anew in a moment."))


async def who_is_left(scene: Scene) -> None:
    """👀: the orders that are not validated, by name, to the coordinator alone."""
    group_id = scene.coordinator.group_id
    distribution_id, page = scene.numbers(2)
    distribution = await get_distribution(scene.session, group_id, distribution_id)
    if not scene.is_private:
        await _is_old(scene, distribution.id)
        scene.person.group_id = group_id
    states = await validation.order_states(scene.session, group_id, distribution.id)
    screen = views.who_is_left(scene.texts, scene.group, distribution, states, page)
    scene.show_privately(screen)


async def _is_old(scene: Scene, distribution_id: int) -> bool:
    """Whether the tapped board is not the live one; then it says so from now on."""
    query = scene.update.callback_query
    if query is None or query.message is None:
        return False
    message = query.message
    if await board.is_current(scene.session, distribution_id, message.chat.id, message.message_id):
        return False
    scene.toast(scene.texts.label("This is an old board: look for the newer one."))
    scene.show(views.old_board(scene.texts_for(scene.group.language)))
    return True


handlers = [
    Button("board", ask_for_board),
    Button("boardnow", draw_now),
    Button("boardleft", who_is_left),
]
