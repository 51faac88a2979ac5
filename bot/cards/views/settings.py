"""Which Stripe key takes the group's cards, in words. Of a key only the last four characters are ever shown.

Every button names the group, so that one on an old screen never changes another group's.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.cards.taps import CardSettings, EnterKey, Offer, Stop
from bot.refusals.cards import refusal
from bot.settings.taps import Settings
from bot.ui.screen import Button, Row, Screen, button
from bot.ui.texts import Html, Texts
from ledger.errors import LedgerError
from ledger.groups.models import Group
from ledger.money import SMALLEST_BY_CARD
from ledger.payments.card.gateway import CardKeyRefused, CardRefused, CardUnavailable
from ledger.payments.card.models import CardAccount

DASHBOARD = "https://dashboard.stripe.com/apikeys"


@dataclass(frozen=True, slots=True)
class CardState:
    """How cards stand in a group: the account in use and who entered its key, whether that can be read, whether another
    can be kept, whether members can choose card, how many payments are under way, and how many movements at Stripe are
    booked nowhere, with their sum in cents."""

    account: CardAccount | None
    entered_by: str | None
    is_readable: bool
    can_keep: bool
    is_offered: bool
    under_way: int
    parked: tuple[int, int] = (0, 0)


def card(texts: Texts, group: Group, state: CardState, notice: Html | None = None) -> Screen:
    """Whether cards are taken, by whose key, and what can be changed."""
    t = texts.t
    account = state.account
    parts = [_title(texts, group)]
    if notice is not None:
        parts.insert(0, notice)
    if group.currency not in SMALLEST_BY_CARD:
        parts.append(
            t("Cards cannot be taken in this group's currency: {currency}.", currency=texts.currency_name)
        )
        return Screen("\n\n".join(parts), ((button(texts.label("◀️ Back"), Settings()),),))
    if account is None:
        parts.append(
            t(
                "<b>Cards are not taken</b>: the group has no Stripe key. With one, members pay online, nobody has to "
                "confirm anything, and the money goes straight to the Stripe account of whoever it is for: the "
                "association, or the farm."
            )
        )
    else:
        parts.append(_whose(texts, account, state))
        if state.is_readable:
            parts += [_mode(texts, account), _offered(texts, state)]
        else:
            parts.append(_unreadable(texts))
    if state.under_way:
        parts.append(
            texts.nt(
                "{n} payment by card is under way.",
                "{n} payments by card are under way.",
                state.under_way,
            )
        )
    count, cents = state.parked
    if count:
        parts.append(
            texts.nt(
                "⚠️ {n} movement at Stripe is booked nowhere, since I do not know what it is for: {amount}.",
                "⚠️ {n} movements at Stripe are booked nowhere, since I do not know what they are for: {amount}.",
                count,
                amount=texts.signed_money(cents),
            )
        )
    if account is not None:
        parts.append(
            t(
                "If the key changes, what was begun with the key before is still finished and written down with it. So "
                "leave that key alive at Stripe for a day, and as long as its refunds are to be followed."
            )
        )
    if not state.can_keep:
        parts.append(
            t(
                "For a key of the group's own, whoever runs this bot must first set <code>stripe.encryption_key</code> "
                "in its configuration (32 characters or more) and start it again: keys are only kept encrypted."
            )
        )
    return Screen("\n\n".join(parts)).with_rows(_rows(texts, group, state))


def _rows(texts: Texts, group: Group, state: CardState) -> list[Row]:
    account = state.account
    rows: list[Row] = []
    if group.takes_cards:
        label = texts.label("Do not offer card") if state.is_offered else texts.label("Offer card")
        rows.append((button(label, Offer(group.id, not state.is_offered)),))
    is_own = account is not None and account.sealed_key is not None
    if state.can_keep:
        label = texts.label("🔑 Replace the key") if is_own else texts.label("🔑 Enter our own key")
        rows.append((button(label, EnterKey(group.id)),))
    if account is not None and is_own:
        label = texts.label("Stop using this key")
        rows.append((button(label, Stop(group.id, account.id), style="danger"),))
    rows.append((button(texts.label("◀️ Back"), Settings()),))
    return rows


def _whose(texts: Texts, account: CardAccount, state: CardState) -> Html:
    hint = Html(f"<code>…{_plain(account.key_hint)}</code>")
    day = texts.short_day(account.key_since)
    if account.sealed_key is None:
        return texts.t(
            "Cards are taken with the key of <b>whoever runs this bot</b> ({hint}), since {day}. The money goes to their "
            "Stripe account.",
            hint=hint,
            day=day,
        )
    if account.stripe_account is None:
        return texts.t(
            "Cards are taken with <b>the group's own key</b> ({hint}), entered by {name} on {day}. The money goes "
            "straight to that key's Stripe account.",
            hint=hint,
            name=state.entered_by or "?",
            day=day,
        )
    return texts.t(
        "Cards are taken with <b>the group's own key</b> ({hint}), entered by {name} on {day}. The money goes straight "
        "to the Stripe account {account}.",
        hint=hint,
        name=state.entered_by or "?",
        day=day,
        account=Html(f"<code>{_plain(account.stripe_account)}</code>"),
    )


def _plain(text: str) -> str:
    """Stripe's words hold nothing else; a host's key might."""
    return "".join(c for c in text if c.isascii() and (c.isalnum() or c in "_-"))


def _mode(texts: Texts, account: CardAccount) -> Html:
    if account.livemode:
        return texts.t("🔒 Live key: the payments are real.")
    return texts.t(
        "🧪 <b>Test key: no real payment.</b> What is “paid” with it counts on members' accounts all the same, so try "
        "with your own account only. Then replace it by the live key: from there on payments are real."
    )


def _offered(texts: Texts, state: CardState) -> Html:
    if state.is_offered:
        return texts.t("✅ Members can choose card.")
    return texts.t("⬜ Members cannot choose card: it is not among the ways to pay.")


def _unreadable(texts: Texts) -> Html:
    return texts.t(
        "⚠️ <b>This key cannot be read</b>: it was encrypted with another <code>stripe.encryption_key</code>. Nobody can "
        "pay by card until whoever runs this bot puts the former one back and starts it again, or until you enter the "
        "key again. Nothing that was paid is lost."
    )


def ask_key(texts: Texts, group: Group, cancel: Button) -> Screen:
    """The key is to be typed, and where it is found."""
    text = texts.t(
        "🔑 <b>The Stripe key of {group}</b>\n\n"
        "Paste it here, in this private chat and nowhere else. I try it at Stripe, keep it encrypted, and delete your "
        "message.\n\n"
        "You find it in Stripe's dashboard under Developers → API keys. Best is a restricted key (rk_…) that may: write "
        "Checkout Sessions; write Charges and Refunds; read PaymentIntents, Balance and Balance transaction sources. "
        "The secret key (sk_…) works too. To try first, take a test key (…_test_…): with it no payment is real.",
        group=group.title,
    )
    link = Button(texts.label("Open Stripe's dashboard"), url=DASHBOARD)
    return Screen(text, ((link,), (cancel,)))


def not_kept(texts: Texts, error: LedgerError, cancel: Button) -> Screen:
    """Why a typed key was not kept; another can be typed."""
    t = texts.t
    match error:
        case CardKeyRefused():
            why = t(
                "Stripe does not accept this key: it is wrong, was revoked, or is a restricted key that may do too "
                "little. Nothing was changed. A restricted key must be able to write Checkout Sessions, write Charges "
                "and Refunds, and read PaymentIntents, Balance and Balance transaction sources."
            )
        case CardUnavailable():
            why = t(
                "Stripe does not answer, so I could not try the key and did not keep it. Nothing was changed. Paste it "
                "again in some minutes."
            )
        case CardRefused(code=code):
            why = t(
                "Stripe refused when I tried this key ({code}), so I did not keep it. Nothing was changed. Look at the "
                "account in Stripe's dashboard, then paste the key again.",
                code=code,
            )
        case _:
            why = refusal(texts, error) or t("This is not possible. Nothing was changed.")
    return _typed_again(texts, why, cancel)


def not_active(texts: Texts, name: str | None, cancel: Button) -> Screen:
    """The key is good, but its account may not take payments yet."""
    why = texts.t(
        "The key is right, but Stripe does not let its account ({name}) take payments yet. Nothing was changed. Finish "
        "the account's activation in Stripe's dashboard, then paste the key again.",
        name=name or "Stripe",
    )
    return _typed_again(texts, why, cancel)


def _typed_again(texts: Texts, why: Html, cancel: Button) -> Screen:
    deleted = texts.t("I did not keep what you typed, and delete your message.")
    return Screen(f"{why}\n\n{deleted}", ((cancel,),))


def kept(texts: Texts, name: str | None, *, is_active: bool) -> Html:
    """The key works and is kept."""
    if not is_active:
        return texts.t(
            "✅ <b>The test key works and is kept.</b> Its account is not activated at Stripe yet: do that before you "
            "enter the live key. Your message is deleted."
        )
    if name is None:
        return texts.t("✅ <b>The key works and is kept.</b> Your message is deleted.")
    return texts.t(
        "✅ <b>The key works and is kept.</b> Stripe knows its account as {name}. Your message is deleted.",
        name=name,
    )


def stop_question(texts: Texts, group: Group, account: CardAccount, *, host_follows: bool) -> Screen:
    """What it means to stop, before it is done."""
    if host_follows:
        after = texts.t(
            "From then on cards are taken with the key of whoever runs this bot, and the money goes to their account."
        )
    else:
        after = texts.t("From then on members cannot pay by card.")
    stays = texts.t(
        "What was paid stays as it is, and what was begun with this key is still finished and written down with it: "
        "leave it alive at Stripe for a day."
    )
    rows = (
        (button(texts.label("Stop using this key"), Stop(group.id, account.id, 1), style="danger"),),
        (button(texts.label("◀️ Back"), CardSettings(group.id)),),
    )
    title = texts.t("<b>Stop using the group's own key</b> (…{hint})?", hint=_plain(account.key_hint))
    return Screen(f"{title}\n\n{after}\n{stays}", rows)


def stopped(texts: Texts) -> Html:
    """Done."""
    return texts.t("✅ The group's own key is not used any more.")


def key_typed(texts: Texts, group: Group | None, *, is_private: bool) -> Screen:
    """A key that nobody asked for."""
    if not is_private:
        return Screen(
            texts.t(
                "⚠️ That looks like a secret key of Stripe's, and everybody here could read it. I did not keep it and try "
                "to delete the message; see that it is gone, then replace the key in Stripe's dashboard (Roll key)."
            )
        )
    text = texts.t(
        "🔑 That looks like a secret key of Stripe's. I delete your message and did not keep it; nothing was changed. "
        "Coordinators enter the group's key in /settings under “Card”."
    )
    return Screen(text, () if group is None else ((button(texts.label("💳 Card"), CardSettings(group.id)),),))


def told_entered(texts: Texts, group: Group, account: CardAccount, by: str) -> Screen:
    """For the other coordinators: somebody changed where the money goes."""
    text = texts.t(
        "🔑 {group}: <b>{name}</b> entered a Stripe key (…{hint}). From now on, what members pay by card goes to its "
        "Stripe account. If you did not expect this, speak with {name}, and look at “Card” in /settings.",
        group=group.title,
        name=by,
        hint=_plain(account.key_hint),
    )
    return Screen(f"{text}\n{_mode(texts, account)}")


def told_stopped(texts: Texts, group: Group, by: str, *, host_follows: bool) -> Screen:
    """For the other coordinators."""
    if host_follows:
        return Screen(
            texts.t(
                "🔑 {group}: <b>{name}</b> stopped using the group's own Stripe key. Cards are taken with the key of "
                "whoever runs this bot, and the money goes to their account.",
                group=group.title,
                name=by,
            )
        )
    return Screen(
        texts.t(
            "🔑 {group}: <b>{name}</b> stopped using the group's own Stripe key. Members cannot pay by card any more; "
            "what was paid stays as it is.",
            group=group.title,
            name=by,
        )
    )


def readable(texts: Texts, group: Group) -> Screen:
    """For those who keep the money: the key cannot be read, or can again."""
    if group.takes_cards:
        return Screen(
            texts.t(
                "✅ {group}: the Stripe key can be read again. Cards are taken as before.", group=group.title
            )
        )
    return unreadable(texts, group)


def unreadable(texts: Texts, group: Group) -> Screen:
    """For those who keep the money: nobody can pay by card until the key can be read here again."""
    return Screen(f"{_title(texts, group)}\n{_unreadable(texts)}", _to_card(texts, group))


def _title(texts: Texts, group: Group) -> Html:
    return texts.t("💳 <b>Card</b> · {group}", group=group.title)


def _to_card(texts: Texts, group: Group) -> tuple[Row, ...]:
    return ((button(texts.label("💳 Card"), CardSettings(group.id), below=True),),)
