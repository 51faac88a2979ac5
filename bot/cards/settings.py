"""Which Stripe key takes the group's cards (/reglages → Card): shown, entered, replaced, stopped. In private only.

A typed key is tried at Stripe before it is kept, and kept encrypted. Neither the conversation nor a message ever holds it;
the dispatcher deletes the message it was typed in, and blanks it in the inbox (see ``bot/cards/typed_keys.py``).
"""

from __future__ import annotations

from enum import StrEnum

from bot.cards.service import Cards
from bot.cards.taps import KEY_TYPED, CardSettings, EnterKey, Offer, Stop
from bot.cards.views import settings as views
from bot.edge.draft import Draft
from bot.edge.handling import END, Conversation, On, Typed, cancel_button
from bot.edge.scene import Scene
from bot.rights import May
from bot.ui.texts import Html
from ledger.errors import NotFound
from ledger.groups import service as groups
from ledger.groups.models import Member, Method
from ledger.payments.card import accounts, checkouts, keys, movements
from ledger.payments.card.gateway import Account, CardKeyRefused, CardRefused, CardUnavailable


class State(StrEnum):
    """What the coordinator is asked to type."""

    KEY = "key"


async def card(scene: Scene) -> None:
    """How cards stand."""
    await _show(scene)


async def offer(scene: Scene, tap: Offer) -> None:
    """Card among the ways to pay (R10), or not."""
    if not scene.group.takes_cards:
        raise NotFound("button", tap.group)
    await groups.offer_method(scene.session, scene.group, Method.CARD, tap.wanted)
    await _show(scene)


async def ask_key(scene: Scene) -> State | None:
    """A key of the group's own: ask for it, where it can be kept."""
    if not scene.service(Cards).vault.is_open:
        await _show(scene)
        return None
    scene.keep(Draft())
    scene.say(views.ask_key(scene.texts, scene.group, cancel_button(scene)))
    return State.KEY


async def take_key(scene: Scene) -> str:
    """The typed key: tried at Stripe, then sealed and kept; the other coordinators are told. Else asked again."""
    scene.secret = True
    by, texts, group = scene.member, scene.texts, scene.group
    try:
        key = keys.well_formed(scene.typed)
        found = _tried(scene, key)
    except (keys.InvalidKey, CardKeyRefused, CardUnavailable, CardRefused) as refusal:
        scene.say(views.not_kept(texts, refusal, cancel_button(scene)))
        return State.KEY
    if accounts.is_live(key) and not found.takes_cards:
        scene.say(views.not_active(texts, found.name, cancel_button(scene)))
        return State.KEY
    sealed = scene.service(Cards).vault.seal(group.id, key)
    account = await accounts.use_own_key(scene.session, group, key, sealed, found.stripe_id, by)
    scene.after_commit.append(scene.service(Cards).wake)
    await scene.notify.coordinators(lambda texts: views.told_entered(texts, group, account, by.name), but=by)
    await _show(scene, views.kept(texts, found.name, is_active=found.takes_cards))
    return END


def _tried(scene: Scene, key: str) -> Account:
    return scene.outside("whose key", lambda _: scene.service(Cards).gateway.account(key))


async def leave(scene: Scene) -> str:
    """No key after all."""
    await _show(scene)
    return END


async def stop(scene: Scene, tap: Stop) -> None:
    """Cards are no longer taken with the group's own key: first what it means, then done, and the others told."""
    by, group = scene.member, scene.group
    account = await accounts.in_use(scene.session, group.id)
    if account is None or account.id != tap.account or account.sealed_key is None:
        raise NotFound("button", tap.account)
    host_key, named = scene.service(Cards).host_key, scene.service(Cards).host_group
    if tap.sure is None:
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


conversation = Conversation(
    "card_settings",
    may=May.CHANGE_SETTINGS,
    entry_points=[On(CardSettings, card), On(Offer, offer), On(EnterKey, ask_key), On(Stop, stop)],
    states={State.KEY: [Typed(take_key)]},
    cancel=leave,
)
handlers = [conversation, On(KEY_TYPED, not_asked_for)]
