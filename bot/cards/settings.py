"""Which Stripe key takes the group's cards (/reglages → Card): shown, entered, replaced, stopped. In private only.

A typed key is tried at Stripe before it is kept, and kept encrypted. Neither the conversation nor a message ever holds it;
the dispatcher deletes the message it was typed in, and blanks it in the inbox (see ``bot/cards/typed_keys.py``).
"""

from __future__ import annotations

from enum import StrEnum

from telegram import Update

from bot.cards.service import Cards
from bot.cards.views import settings as views
from bot.edge.conversation import END, Button, DurableConversation, Handler, StepButton, Typed, keep
from bot.edge.scene import Scene
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


class KeyTyped(Handler):
    """A message that holds what looks like a key, where none was asked for: no other handler may repeat or keep it."""

    def check_update(self, update: object) -> bool:
        """In any chat, in a command too."""
        message = update.message if isinstance(update, Update) else None
        return message is not None and keys.looks_like_key(message.text or message.caption or "")


async def card(scene: Scene) -> None:
    """How cards stand."""
    if await _words(scene, 0) is not None:
        await _show(scene)


async def offer(scene: Scene) -> None:
    """Card among the ways to pay (R10), or not."""
    numbers = await _words(scene, 1)
    if numbers is None:
        return
    if numbers[0] not in (0, 1) or not scene.group.takes_cards:
        raise NotFound("button", numbers)
    await groups.offer_method(scene.session, scene.group, Method.CARD, bool(numbers[0]))
    await _show(scene)


async def ask_key(scene: Scene) -> State | None:
    """A key of the group's own: ask for it, where it can be kept."""
    if await _words(scene, 0) is None:
        return None
    if not scene.service(Cards).vault.is_open:
        await _show(scene)
        return None
    keep(scene.conversation, group=scene.group.id)
    scene.say(views.ask_key(scene.texts, scene.group, _cancel(scene)))
    return State.KEY


async def take_key(scene: Scene) -> str:
    """The typed key: tried at Stripe, then sealed and kept; the other coordinators are told. Else asked again."""
    scene.secret = True
    by = _asker(scene)
    texts, group = scene.texts, scene.group
    try:
        key = keys.well_formed(scene.typed)
        found = _tried(scene, key)
    except (keys.InvalidKey, CardKeyRefused, CardUnavailable, CardRefused) as refusal:
        scene.say(views.not_kept(texts, refusal, _cancel(scene)))
        return State.KEY
    if accounts.is_live(key) and not found.takes_cards:
        scene.say(views.not_active(texts, found.name, _cancel(scene)))
        return State.KEY
    sealed = scene.service(Cards).vault.seal(group.id, key)
    account = await accounts.use_own_key(scene.session, group, key, sealed, found.stripe_id, by)
    scene.after_commit.append(scene.service(Cards).wake)
    await scene.notify.coordinators(lambda texts: views.told_entered(texts, group, account, by.name), but=by)
    await _show(scene, views.kept(texts, found.name, is_active=found.takes_cards))
    return END


def _tried(scene: Scene, key: str) -> Account:
    async def ask() -> Account:
        return await scene.service(Cards).gateway.account(key)

    return scene.answer("whose key", ask)


async def leave(scene: Scene) -> str:
    """No key after all."""
    _ = _asker(scene)
    await _show(scene)
    return END


async def stop(scene: Scene) -> None:
    """Cards are no longer taken with the group's own key: first what it means, then done, and the others told."""
    numbers = await _words(scene, 1, 2)
    if numbers is None:
        return
    by, group = scene.coordinator, scene.group
    account = await accounts.in_use(scene.session, group.id)
    if (
        account is None
        or account.id != numbers[0]
        or account.sealed_key is None
        or numbers[1:] not in ([], [1])
    ):
        raise NotFound("button", numbers)
    host_key, named = scene.service(Cards).host_key, scene.service(Cards).host_group
    if len(numbers) == 1:
        served = await accounts.hosts_group(scene.session, named)
        follows = host_key is not None and served == group.id
        scene.show(views.stop_question(scene.texts, group, account, host_follows=follows))
        return
    after = await accounts.stop(scene.session, group, account.id, host_key, named)
    scene.after_commit.append(scene.service(Cards).wake)
    await scene.notify.coordinators(
        lambda texts: views.told_stopped(texts, group, by.name, host_follows=after is not None), but=by
    )
    await _show(scene, views.stopped(scene.texts))


async def not_asked_for(scene: Scene) -> None:
    """A key, where none was asked for: a word on that, and nothing else."""
    member = scene.maybe_member
    own = scene.maybe_group if member is not None and member.is_coordinator else None
    scene.say(views.key_typed(scene.texts, own, is_private=scene.is_private))


async def _show(scene: Scene, notice: Html | None = None) -> None:
    session, group = scene.session, scene.group
    account = await accounts.in_use(session, group.id)
    entered_by = None
    if account is not None and account.added_by_id is not None:
        entered_by = (await session.get_one(Member, account.added_by_id)).name
    state = views.CardState(
        account=account,
        entered_by=entered_by,
        is_readable=account is not None and scene.service(Cards).reads(account),
        can_keep=scene.service(Cards).vault.is_open,
        is_offered=Method.CARD in groups.offered_methods(group),
        under_way=await checkouts.count_live(session, group.id),
        parked=await movements.parked(session, group.id),
    )
    scene.show(views.card(scene.texts, group, state, notice))


async def _words(scene: Scene, *counts: int) -> list[int] | None:
    """The tapped button's numbers after its group, which must be the one the coordinator is in; on in private.

    ``counts``: how many there may be. None where the private chat was never opened; the person is told how to.
    """
    group_id = scene.coordinator.group_id
    args = scene.button_args
    if len(args) - 1 not in counts:
        raise NotFound("button", args)
    first, *numbers = scene.numbers(len(args))
    if first != group_id or not scene.among_coordinators:
        raise NotFound("button", first)
    return numbers if await scene.privately() else None


def _asker(scene: Scene) -> Member:
    """The coordinator, of the group whose key was asked for."""
    by = scene.coordinator
    if scene.conversation.data["group"] != by.group_id:
        raise NotFound("group", by.group_id)
    return by


def _cancel(scene: Scene) -> ScreenButton:
    return scene.step_button(scene.texts.label("Cancel"), "cancel")


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
