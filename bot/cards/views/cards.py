"""Paying by card in words: the link, what became of it, and what those who keep the money must know."""

from __future__ import annotations

import html

from bot.home.taps import Balance
from bot.ordering.views.paying import drop_button, if_paid, pay_another_way, pay_button, slow
from bot.ui import money
from bot.ui.screen import Row, Screen, button
from bot.ui.texts import Html, Texts
from ledger.groups.models import Group, Member
from ledger.orders.needless import Needless
from ledger.payments.card.gateway import Movement
from ledger.payments.card.models import CardRefundState, StripeEvent
from ledger.payments.card.movements import Disputed
from ledger.payments.card.refunds import RefundNews
from ledger.payments.models import Payment, PaymentState
from ledger.payments.service import CardReceipt
from ledger.reference import format_reference


def reference(payment: Payment) -> Html:
    """The reference in a form that one tap copies."""
    return Html(f"<code>{format_reference(payment.reference)}</code>")


def what(texts: Texts, payment: Payment) -> str:
    """What is paid, as Stripe's page, its receipt and its dashboard name it."""
    code = format_reference(payment.reference)
    if payment.order_id is None:
        return texts.label("Account top-up {reference}", reference=code)
    return texts.label("Order {reference}", reference=code)


def _ways(texts: Texts, payment: Payment, url: str | None = None) -> tuple[Row, ...]:
    return (
        (pay_button(texts, payment, url),),
        (pay_another_way(texts, payment, below=True),),
    )


def _stands(texts: Texts, payment: Payment) -> list[str]:
    """What was ordered is not in question."""
    return [texts.t("Your order stands.")] if payment.order_id is not None else []


def to_pay(texts: Texts, group: Group, payment: Payment, url: str) -> Screen:
    """The link."""
    text = texts.t(
        "💳 <b>{amount} by card</b> · {group}\n"
        "The page below is Stripe's. Once it is paid, the receipt comes here by itself.",
        amount=texts.money(payment.amount_cents),
        group=group.title,
    )
    return Screen(text, ((pay_button(texts, payment, url),),))


def coming(texts: Texts, payment: Payment) -> str:
    """A word over the button, while the link is being made."""
    return texts.label(
        "The link to pay {amount} comes in a moment.", amount=texts.money(payment.amount_cents)
    )


def paid(texts: Texts, group: Group, receipt: CardReceipt, expected_cents: int, steps: int = 0) -> Screen:
    """The member's receipt. ``steps``: of what they chose instead meanwhile, which they need not give any more."""
    payment, balance = receipt.settled.payment, receipt.settled.balance_cents
    lines: list[str] = [
        texts.t(
            "✅ <b>{amount} paid by card</b> · {group}",
            amount=texts.money(payment.amount_cents),
            group=group.title,
        ),
        texts.t("Reference {reference}", reference=reference(payment)),
    ]
    if receipt.is_avoir:
        lines.append(texts.t("It was not awaited any more, so it is yours: it is credit on your account."))
    lines.append(money.balance_with_expected(texts, balance, expected_cents))
    rows: list[Row] = [(button(texts.label("💰 My balance"), Balance(), below=True),)]
    instead = receipt.instead
    if instead is not None:
        lines.append(
            texts.t(
                "<b>You need not give anything else for it:</b> {method}, {amount}, reference {reference}, which you chose "
                "meanwhile, is not needed any more.",
                method=money.method(texts, instead.method),
                amount=texts.money(instead.amount_cents),
                reference=reference(instead),
            )
        )
        rows.insert(0, (drop_button(texts, Needless(instead, steps, payment.id)),))
    return Screen("\n".join(lines)).with_rows(rows)


def dropped(texts: Texts, payment: Payment) -> str:
    """What is not expected any more."""
    return texts.t(
        "✅ {method}, {amount}, reference {reference}: not awaited any more. Your payment by card pays for it.",
        method=money.method(texts, payment.method),
        amount=texts.money(payment.amount_cents),
        reference=reference(payment),
    )


def paid_late(texts: Texts, group: Group, receipt: CardReceipt) -> Screen:
    """For those who keep the money: paid by card although it was not expected any more."""
    instead = receipt.instead
    if instead is not None:
        return Screen(
            texts.t(
                "💳 {group}: <b>{name}</b> paid {amount} by card ({reference}), which was not awaited any more. So what "
                "they chose instead ({method}, {instead_amount}, {instead_reference}) is not needed: if it is handed over "
                "all the same, give it back. Their balance: {balance}.",
                group=group.title,
                name=receipt.member.name,
                amount=texts.money(receipt.settled.payment.amount_cents),
                reference=reference(receipt.settled.payment),
                method=money.method(texts, instead.method),
                instead_amount=texts.money(instead.amount_cents),
                instead_reference=reference(instead),
                balance=money.balance_of(texts, receipt.settled.balance_cents),
            )
        )
    return Screen(
        texts.t(
            "💳 {group}: <b>{name}</b> paid {amount} by card ({reference}), which was not awaited any more. "
            "It is credit on their account; their balance: {balance}. You can pay it back from their page.",
            group=group.title,
            name=receipt.member.name,
            amount=texts.money(receipt.settled.payment.amount_cents),
            reference=reference(receipt.settled.payment),
            balance=money.balance_of(texts, receipt.settled.balance_cents),
        )
    )


def declined(texts: Texts, group: Group, payment: Payment, url: str) -> Screen:
    """A card was declined; the page is still there."""
    text = texts.t(
        "❌ Your card was declined for the {amount} of {group}. <b>Nothing was taken.</b>\n"
        "Try another card, or pay another way.",
        amount=texts.money(payment.amount_cents),
        group=group.title,
    )
    return Screen(text, _ways(texts, payment, url))


def under_way(texts: Texts, group: Group, payment: Payment) -> Screen:
    """Paid by a means that takes days: nothing is to be done, and nothing to be paid a second time."""
    lines: list[str] = [
        texts.t(
            "⏳ <b>{amount}: your bank is being asked</b> · {group}",
            amount=texts.money(payment.amount_cents),
            group=group.title,
        ),
        slow(texts),
    ]
    return Screen("\n".join([*lines, *_stands(texts, payment)]))


def failed(texts: Texts, group: Group, payment: Payment, reason: str) -> Screen:
    """The bank did not pay after all; ``reason`` is Stripe's word for why."""
    lines: list[str] = [
        texts.t(
            "❌ Your bank did not pay the <b>{amount}</b> of {group}: {reason}. The group received nothing.",
            amount=texts.money(payment.amount_cents),
            group=group.title,
            reason=_reason(texts, reason),
        )
    ]
    if payment.state is not PaymentState.EXPECTED:
        lines.append(texts.t("It was not awaited any more: there is nothing to do about it."))
        return Screen("\n".join(lines))
    lines += [*_stands(texts, payment), texts.t("Pay by card with a new link, or another way.")]
    return Screen("\n".join(lines), _ways(texts, payment))


def staff_failed(texts: Texts, group: Group, member: Member, payment: Payment) -> Screen:
    """For those who keep the money: they may have handed the goods over meanwhile."""
    return Screen(
        texts.t(
            "❌ {group}: the bank of <b>{name}</b> did not pay the {amount} that was under way "
            "({reference}). Nothing was booked; {name} knows, and can pay again.",
            group=group.title,
            name=member.name,
            amount=texts.money(payment.amount_cents),
            reference=reference(payment),
        )
    )


def _reason(texts: Texts, reason: str) -> str:
    """Why a bank did not pay, as far as Stripe says. (docs.stripe.com/declines/codes)"""
    known = {
        "insufficient_funds": texts.label("there was not enough money on the account"),
        "account_closed": texts.label("the account is closed"),
        "bank_account_closed": texts.label("the account is closed"),
        "no_account": texts.label("the account was not found"),
        "invalid_account_number": texts.label("the account was not found"),
        "bank_account_unusable": texts.label("the account takes no debits"),
        "bank_account_restricted": texts.label("the account takes no debits"),
        "debit_not_authorized": texts.label("the debit was not authorised"),
        "debit_disputed": texts.label("the debit was not authorised"),
        "authorization_revoked": texts.label("the debit was not authorised"),
    }
    return known.get(reason, texts.label("it does not say why"))


def over(texts: Texts, group: Group, payment: Payment) -> Screen:
    """The link ran out."""
    text = texts.t(
        "⌛ The link to pay {amount} by card ({group}) has run out. <b>Nothing was taken.</b>",
        amount=texts.money(payment.amount_cents),
        group=group.title,
    )
    next_ = texts.t("Pay by card with a new link, or another way.")
    return Screen("\n".join([text, *_stands(texts, payment), next_]), _ways(texts, payment))


def unavailable(
    texts: Texts, group: Group, payment: Payment, *, was_open: bool = False, answers: bool = False
) -> Screen:
    """Stripe does not answer, or (``answers``) not with the key we have. ``was_open``: they may have paid already."""
    if answers:
        head = texts.t(
            "⏳ Paying by card does not work just now ({group}); the coordinators are told.",
            group=group.title,
        )
    else:
        head = texts.t("⏳ The card service does not answer just now ({group}).", group=group.title)
    if was_open:
        if answers:
            other = texts.t("If you did not pay, you can also pay another way.")
        else:
            other = texts.t("If you did not pay, you can pay another way as soon as it answers again.")
        lines = [head, if_paid(texts), *_stands(texts, payment), other]
        return Screen("\n".join(lines), _ways(texts, payment)[1:])
    next_ = texts.t(
        "I go on trying, and send the link to pay {amount} here. You can also pay another way.",
        amount=texts.money(payment.amount_cents),
    )
    lines = [head, texts.t("<b>Nothing was taken.</b>"), *_stands(texts, payment), next_]
    return Screen("\n".join(lines), _ways(texts, payment)[1:])


def refused(texts: Texts, group: Group, payment: Payment, *, was_open: bool = False) -> Screen:
    """Stripe will not take this payment; ``was_open``: or does not say any more what became of it."""
    head = texts.t(
        "❌ The card service does not take this payment of {amount} ({group}).",
        amount=texts.money(payment.amount_cents),
        group=group.title,
    )
    taken = if_paid(texts) if was_open else texts.t("<b>Nothing was taken.</b>")
    next_ = texts.t("Pay another way, or tell a coordinator.")
    return Screen("\n".join([head, taken, *_stands(texts, payment), next_]), _ways(texts, payment)[1:])


def key_refused(texts: Texts, group: Group) -> Screen:
    """For those who keep the money: nobody can pay by card until it is mended."""
    return Screen(
        texts.t(
            "⚠️ {group}: Stripe refuses our key, so nobody can pay by card. No money is lost: what members pay "
            "otherwise is recorded as ever. Look at “Card” in /settings.",
            group=group.title,
        )
    )


def refunded(texts: Texts, group: Group, news: RefundNews) -> Screen:
    """The member's word on a refund."""
    amount, balance = texts.money(news.refund.amount_cents), money.balance(texts, news.balance_cents)
    if news.refund.state is CardRefundState.FAILED:
        return Screen(
            texts.t(
                "↩️ {group}: the {amount} that was to go back to your card did not get there. It is credit on "
                "your account again. {balance}.",
                group=group.title,
                amount=amount,
                balance=balance,
            )
        )
    return Screen(
        texts.t(
            "💳 {group}: <b>{amount}</b> is going back to your card; your bank shows it within some days. {balance}.",
            group=group.title,
            amount=amount,
            balance=balance,
        )
    )


def refund_outcome(texts: Texts, group: Group, news: RefundNews) -> Screen:
    """For whoever refunded."""
    amount, balance = texts.money(news.refund.amount_cents), money.balance_of(texts, news.balance_cents)
    if news.refund.state is CardRefundState.FAILED:
        return Screen(
            texts.t(
                "❌ {group}: Stripe did not pay {amount} back to the card of <b>{name}</b>. It is credit on their "
                "account again; their balance: {balance}. Pay it back another way.",
                group=group.title,
                amount=amount,
                name=news.member.name,
                balance=balance,
            )
        )
    return Screen(
        texts.t(
            "✅ {group}: Stripe pays {amount} back to the card of <b>{name}</b>; their balance: {balance}.",
            group=group.title,
            amount=amount,
            name=news.member.name,
            balance=balance,
        )
    )


def disputed(texts: Texts, group: Group, news: Disputed) -> Screen:
    """The member's word on a dispute, or on a bank that did not pay after all."""
    amount, balance = texts.money(abs(news.amount_cents)), money.balance(texts, news.balance_cents)
    if news.is_unpaid:
        text = texts.t(
            "⚠️ {group}: your bank did not pay the <b>{amount}</b> after all ({reference}), so it is owed "
            "again. {balance}.\nPay it another way, or speak to a coordinator.",
            group=group.title,
            amount=amount,
            reference=reference(news.payment),
            balance=balance,
        )
    elif news.amount_cents < 0:
        text = texts.t(
            "⚠️ {group}: your bank took back the <b>{amount}</b> paid by card ({reference}). {balance}.\n"
            "If you did not ask for that, speak to a coordinator.",
            group=group.title,
            amount=amount,
            reference=reference(news.payment),
            balance=balance,
        )
    else:
        text = texts.t(
            "✅ {group}: the <b>{amount}</b> that your bank had taken back ({reference}) was paid again. {balance}.",
            group=group.title,
            amount=amount,
            reference=reference(news.payment),
            balance=balance,
        )
    return Screen(text)


def staff_disputed(texts: Texts, group: Group, news: Disputed) -> Screen:
    """For those who keep the money."""
    amount, balance = texts.money(abs(news.amount_cents)), money.balance_of(texts, news.balance_cents)
    if news.is_unpaid:
        text = texts.t(
            "⚠️ {group}: the bank of <b>{name}</b> did not pay the {amount} after all ({reference}). "
            "Stripe took it back, and the account follows; their balance: {balance}.",
            group=group.title,
            name=news.member.name,
            reference=reference(news.payment),
            amount=amount,
            balance=balance,
        )
    elif news.amount_cents < 0:
        text = texts.t(
            "⚠️ {group}: the card payment of <b>{name}</b> ({reference}) is disputed. Stripe took {amount} back, and "
            "the account follows; their balance: {balance}. Answer the dispute in Stripe's dashboard.",
            group=group.title,
            name=news.member.name,
            reference=reference(news.payment),
            amount=amount,
            balance=balance,
        )
    else:
        text = texts.t(
            "✅ {group}: the dispute over the card payment of <b>{name}</b> ({reference}) is won. {amount} is back; "
            "their balance: {balance}.",
            group=group.title,
            name=news.member.name,
            reference=reference(news.payment),
            amount=amount,
            balance=balance,
        )
    return Screen(text)


def parked(texts: Texts, group: Group, event: StripeEvent) -> Screen:
    """For those who keep the money: something from Stripe that does not fit."""
    return Screen(
        texts.t(
            "⚠️ {group}: Stripe sent something that does not fit what I asked for ({kind}, {id}). Nothing was "
            "booked. Look at it in Stripe's dashboard.",
            group=group.title,
            kind=event.kind,
            id=Html(f"<code>{event.stripe_id}</code>"),
        )
    )


def parked_movement(texts: Texts, group: Group, movement: Movement) -> Screen:
    """For those who keep the money: it changed what Stripe holds, and nobody here knows why."""
    return Screen(
        texts.t(
            "⚠️ {group}: Stripe moved <b>{amount}</b> for a reason I do not know ({category}, {id}). <b>I booked "
            "nothing</b>, so until it is cleared up the books and Stripe's balance differ by it. No member's account is "
            "touched. Look at it in Stripe's dashboard, and show it to whoever runs this bot.",
            group=group.title,
            amount=texts.signed_money(movement.net),
            category=movement.category,
            id=Html(f"<code>{html.escape(movement.stripe_id)}</code>"),
        )
    )


def returned(texts: Texts, payment: Payment) -> Screen:
    """Back from the page: how the payment stands, which the page itself does not prove."""
    amount = texts.money(payment.amount_cents)
    if payment.state is PaymentState.RECEIVED:
        return Screen(texts.t("✅ {amount} paid by card. Thank you!", amount=amount))
    if payment.under_way_since is not None:
        line = texts.t("⏳ {amount}: your bank is being asked.", amount=amount)
        return Screen("\n".join([line, slow(texts)]))
    if payment.state is not PaymentState.EXPECTED:
        return Screen(
            texts.t(
                "The {amount} is not awaited any more. Had you paid it nevertheless, it would be credit on your "
                "account, and I would tell you.",
                amount=amount,
            )
        )
    text = texts.t(
        "⏳ I am asking Stripe about the {amount}. If you paid, the receipt comes here by itself; "
        "if you did not, nothing was taken.",
        amount=amount,
    )
    return Screen(text, _ways(texts, payment))
