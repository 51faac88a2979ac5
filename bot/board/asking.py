"""The board's buttons: asked for by a coordinator, drawn again, and who is left, told in private."""

from __future__ import annotations

from telegram import Update

from bot.board import boards as board
from bot.board.views import board as views
from bot.edge.conversation import Button
from bot.edge.scene import Context
from ledger.orders import validation
from ledger.orders.distributions import get_distribution


async def ask_for_board(update: Update, context: Context) -> None:  # noqa: ARG001
    """📌: every chat of the group gets the distribution's board; the chat where it is tapped, in that topic."""
    group_id = context.coordinator.group_id
    distribution = await get_distribution(context.session, group_id, context.numbers(1)[0])
    here = None if context.is_private else board.Place(context.chat_id, context.scene.topic)
    context.scene.calls += await board.post_board(
        context.session, distribution.id, asked_from=here, even_empty=True
    )
    if await board.boards_of(context.session, distribution.id):
        context.toast(context.texts.label("The board is in the group's chat and follows whatever you do."))
    else:
        context.toast(
            context.texts.label("I am in no chat of the group any more: add me there first."), alert=True
        )


async def draw_now(update: Update, context: Context) -> None:  # noqa: ARG001
    """🔄 on a board: drawn as soon as the limits allow."""
    group_id = context.coordinator.group_id
    distribution = await get_distribution(context.session, group_id, context.numbers(1)[0])
    if await _is_old(context, distribution.id):
        return
    await board.touch(context.session, [distribution.id])
    context.toast(context.texts.label("The board is drawn anew in a moment."))


async def who_is_left(update: Update, context: Context) -> None:  # noqa: ARG001
    """👀: the orders that are not validated, by name, to the coordinator alone."""
    group_id = context.coordinator.group_id
    distribution_id, page = context.numbers(2)
    distribution = await get_distribution(context.session, group_id, distribution_id)
    if not context.is_private:
        await _is_old(context, distribution.id)
        context.person.group_id = group_id
    states = await validation.order_states(context.session, group_id, distribution.id)
    screen = views.who_is_left(context.texts, context.group, distribution, states, page)
    context.show_privately(screen)


async def _is_old(context: Context, distribution_id: int) -> bool:
    """Whether the tapped board is not the live one; then it says so from now on."""
    query = context.scene.update.callback_query
    if query is None or query.message is None:
        return False
    message = query.message
    if await board.is_current(context.session, distribution_id, message.chat.id, message.message_id):
        return False
    context.toast(context.texts.label("This is an old board: look for the newer one."))
    context.show(views.old_board(context.texts_for(context.group.language)))
    return True


handlers = [
    Button("board", ask_for_board),
    Button("boardnow", draw_now),
    Button("boardleft", who_is_left),
]
