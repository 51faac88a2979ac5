"""Which Stripe key takes the group's cards (/reglages → Card): shown, entered, replaced, stopped. In private only.

A typed key is tried at Stripe before it is kept, and kept encrypted. Neither the conversation nor a message ever holds it;
the dispatcher deletes the message it was typed in, and blanks it in the inbox (see ``bot/cards/typed_keys.py``).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from telegram import Update
from telegram.ext import BaseHandler

from bot.cards.views import settings as views
from bot.edge.conversation import END, Button, DurableConversation, StepButton, Typed, keep
from bot.edge.scene import Context
from bot.ui.screen import Button as ScreenButton
from bot.ui.texts import Html
from ledger.errors import NotFound
from ledger.groups import service as groups
from ledger.groups.models import Member, Method
from ledger.payments.card import accounts, checkouts, keys, movements
from ledger.payments.card.gateway import Account, CardKeyRefused, CardRefused, CardUnavailable


class State(StrEnum):
    """What the coordinator is asked to type."""

    KEY = "key"


class KeyTyped(BaseHandler[Update, Context, Any]):
    """A message that holds what looks like a key, where none was asked for: no other handler may repeat or keep it."""

    def check_update(self, update: object) -> bool:
        """In any chat, in a command too."""
        message = update.message if isinstance(update, Update) else None
        return message is not None and keys.looks_like_key(message.text or message.caption or "")


async def card(update: Update, context: Context) -> None:  # noqa: ARG001
    """How cards stand."""
    if await _words(context, 0) is not None:
        await _show(context)


async def offer(update: Update, context: Context) -> None:  # noqa: ARG001
    """Card among the ways to pay (R10), or not."""
    numbers = await _words(context, 1)
    if numbers is None:
        return
    if numbers[0] not in (0, 1) or not context.group.takes_cards:
        raise NotFound("button", numbers)
    await groups.offer_method(context.session, context.group, Method.CARD, bool(numbers[0]))
    await _show(context)


async def ask_key(update: Update, context: Context) -> State | None:  # noqa: ARG001
    """A key of the group's own: ask for it, where it can be kept."""
    if await _words(context, 0) is None:
        return None
    if not context.cards.vault.is_open:
        await _show(context)
        return None
    keep(context.conversation, group=context.group.id)
    context.say(views.ask_key(context.texts, context.group, _cancel(context)))
    return State.KEY


async def take_key(update: Update, context: Context) -> str:  # noqa: ARG001
    """The typed key: tried at Stripe, then sealed and kept; the other coordinators are told. Else asked again."""
    context.scene.secret = True
    by = _asker(context)
    texts, group = context.texts, context.group
    try:
        key = keys.well_formed(context.typed)
        found = _tried(context, key)
    except (keys.InvalidKey, CardKeyRefused, CardUnavailable, CardRefused) as refusal:
        context.say(views.not_kept(texts, refusal, _cancel(context)))
        return State.KEY
    if accounts.is_live(key) and not found.takes_cards:
        context.say(views.not_active(texts, found.name, _cancel(context)))
        return State.KEY
    sealed = context.cards.vault.seal(group.id, key)
    account = await accounts.use_own_key(context.session, group, key, sealed, found.stripe_id, by)
    context.scene.after_commit.append(context.cards.wake)
    await context.notify.coordinators(
        lambda texts: views.told_entered(texts, group, account, by.name), but=by
    )
    await _show(context, views.kept(texts, found.name, is_active=found.takes_cards))
    return END


def _tried(context: Context, key: str) -> Account:
    async def ask() -> Account:
        return await context.cards.gateway.account(key)

    return context.answer("whose key", ask)


async def leave(update: Update, context: Context) -> str:  # noqa: ARG001
    """No key after all."""
    _ = _asker(context)
    await _show(context)
    return END


async def stop(update: Update, context: Context) -> None:  # noqa: ARG001
    """Cards are no longer taken with the group's own key: first what it means, then done, and the others told."""
    numbers = await _words(context, 1, 2)
    if numbers is None:
        return
    by, group = context.coordinator, context.group
    account = await accounts.in_use(context.session, group.id)
    if (
        account is None
        or account.id != numbers[0]
        or account.sealed_key is None
        or numbers[1:] not in ([], [1])
    ):
        raise NotFound("button", numbers)
    host_key, named = context.cards.host_key, context.cards.host_group
    if len(numbers) == 1:
        served = await accounts.hosts_group(context.session, named)
        follows = host_key is not None and served == group.id
        context.show(views.stop_question(context.texts, group, account, host_follows=follows))
        return
    after = await accounts.stop(context.session, group, account.id, host_key, named)
    context.scene.after_commit.append(context.cards.wake)
    await context.notify.coordinators(
        lambda texts: views.told_stopped(texts, group, by.name, host_follows=after is not None), but=by
    )
    await _show(context, views.stopped(context.texts))


async def not_asked_for(update: Update, context: Context) -> None:  # noqa: ARG001
    """A key, where none was asked for: a word on that, and nothing else."""
    member = context.scene.member
    own = context.scene.group if member is not None and member.is_coordinator else None
    context.say(views.key_typed(context.texts, own, is_private=context.is_private))


async def _show(context: Context, notice: Html | None = None) -> None:
    session, group = context.session, context.group
    account = await accounts.in_use(session, group.id)
    entered_by = None
    if account is not None and account.added_by_id is not None:
        entered_by = (await session.get_one(Member, account.added_by_id)).name
    state = views.CardState(
        account=account,
        entered_by=entered_by,
        is_readable=account is not None and context.cards.reads(account),
        can_keep=context.cards.vault.is_open,
        is_offered=Method.CARD in groups.offered_methods(group),
        under_way=await checkouts.count_live(session, group.id),
        parked=await movements.parked(session, group.id),
    )
    context.show(views.card(context.texts, group, state, notice))


async def _words(context: Context, *counts: int) -> list[int] | None:
    """The tapped button's numbers after its group, which must be the one the coordinator is in; on in private.

    ``counts``: how many there may be. None where the private chat was never opened; the person is told how to.
    """
    group_id = context.coordinator.group_id
    args = context.button_args
    if len(args) - 1 not in counts:
        raise NotFound("button", args)
    first, *numbers = context.numbers(len(args))
    if first != group_id or not context.among_coordinators:
        raise NotFound("button", first)
    return numbers if await context.privately() else None


def _asker(context: Context) -> Member:
    """The coordinator, of the group whose key was asked for."""
    by = context.coordinator
    if context.conversation.data["group"] != by.group_id:
        raise NotFound("group", by.group_id)
    return by


def _cancel(context: Context) -> ScreenButton:
    return context.step_button(context.texts.label("Cancel"), "cancel")


conversation = DurableConversation(
    name="card_settings",
    entry_points=[
        Button("cardset", card),
        Button("cardoffer", offer),
        Button("cardkey", ask_key),
        Button("cardstop", stop),
    ],
    states={State.KEY: [StepButton("cancel", leave), Typed(take_key)]},
)
