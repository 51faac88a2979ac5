"""A member's history: what is expected, then line by line what moved the account, what for, and who did it."""

from __future__ import annotations

from collections.abc import Callable

from bot.home.taps import Balance
from bot.home.views.account import payment_state
from bot.ui import money
from bot.ui.screen import Button, Row, Screen, button
from bot.ui.texts import Html, Texts
from ledger.groups.models import Method
from ledger.orders.expected import Expected
from ledger.orders.history import Explained, History
from ledger.orders.models import Distribution
from ledger.payments.models import Payment
from ledger.reference import format_reference

EXPECTED_SHOWN = 6
INDENT = "      "


def history(
    texts: Texts, title: Html, page: History, older: Callable[[str, int], Button], back: Button | None = None
) -> Screen:
    """A page of a statement, newest first (R17), under what is expected. ``older``: the button to what is before a line."""
    lines: list[str] = [title, "", *_expected(texts, page)]
    if not page.lines:
        lines.append(texts.t("Nothing yet."))
    for one in page.lines:
        lines += [_line(texts, one), *_details(texts, one)]
    rows: list[Row] = []
    if page.older is not None:
        rows.append((older(texts.label("Older ▶️"), page.older),))
    rows.append((back or button(texts.label("◀️ Back"), Balance()),))
    return Screen("\n".join(lines)).with_rows(rows)


def _expected(texts: Texts, page: History) -> list[str]:
    if not page.expected:
        return []
    lines: list[str] = [texts.t("⏳ <b>Awaited</b>, not in the balance yet:")]
    for one in page.expected[:EXPECTED_SHOWN]:
        lines += _expected_lines(texts, one)
    more = len(page.expected) - EXPECTED_SHOWN
    if more > 0:
        lines.append(texts.nt("… and {n} more.", "… and {n} more.", more))
    return [*lines, ""]


def _expected_lines(texts: Texts, one: Expected) -> list[str]:
    payment = one.payment
    what = texts.t(
        "• {method}, <b>{amount}</b>",
        method=money.method(texts, payment.method),
        amount=texts.money(payment.amount_cents),
    )
    if payment.under_way_since is not None:
        what = Html(f"{what} · {payment_state(texts, payment)}")
    return [
        what,
        f"{INDENT}<i>{_joined(_what_for(texts, one.distribution, payment), _reference(texts, payment))}</i>",
    ]


def _line(texts: Texts, one: Explained) -> str:
    transaction = one.line.transaction
    what = event(texts, transaction.kind, one.line.amount_cents)
    if one.choice is not None and one.choice.is_mixed:
        what = texts.t("{what} <i>({note})</i>", what=what, note=money.choice_parts(texts, one.choice))
    if one.product is not None:
        what = texts.t("{what} <i>({note})</i>", what=what, note=one.product)
    if one.note is not None:
        what = texts.t("{what} <i>{note}</i>", what=what, note=texts.aside(one.note))
    return texts.t(
        "{day} · {what}\n      <b>{amount}</b> → {balance}",
        day=texts.short_day(transaction.dated),
        what=what,
        amount=texts.signed_money(one.line.amount_cents),
        balance=texts.money(one.line.balance_after_cents),
    )


def _details(texts: Texts, one: Explained) -> list[str]:
    """What the line was for, under which reference; and who did it, when."""
    undone = one.undone
    what_for = (
        _what_for(texts, one.distribution, one.payment),
        texts.t(
            "takes back: {what}, {day}",
            what=event(texts, undone.kind, -one.line.amount_cents),
            day=texts.short_day(undone.dated),
        )
        if undone is not None
        else None,
        _how_paid(texts, one),
    )
    return [f"{INDENT}<i>{text}</i>" for text in (_joined(*what_for), _who(texts, one)) if text]


def _what_for(texts: Texts, distribution: Distribution | None, payment: Payment | None) -> Html | None:
    """Whose distribution; without one, why the money was given."""
    if distribution is not None:
        return texts.t("distribution of {day}", day=texts.short_day(distribution.starts_at))
    if payment is None or payment.amount_cents < 0:
        return None
    if payment.entered_by_id is not None:
        return texts.t("entered by hand")
    return texts.t("top-up")


def _how_paid(texts: Texts, one: Explained) -> Html | None:
    if one.payment is not None:
        return _reference(texts, one.payment)
    by_credit = one.choice is not None and one.choice.method is Method.MEMBER_CREDIT
    return texts.t("paid from the credit") if by_credit else None


def _reference(texts: Texts, payment: Payment) -> Html:
    return texts.t("ref. {reference}", reference=Html(f"<code>{format_reference(payment.reference)}</code>"))


def _who(texts: Texts, one: Explained) -> Html | None:
    """Who confirmed, corrected, took back or entered it; a member's own order speaks for itself."""
    transaction = one.line.transaction
    kind, at = transaction.kind, transaction.recorded_at
    when = {"day": texts.short_day(at), "time": texts.time(at)}
    if one.actor is None or (kind.endswith("-card") and one.is_own):
        return texts.t("by Stripe, {day}, {time}", **when)
    if kind in ("order", "addition"):
        return None if one.is_own else texts.t("ordered by {name}, {day}, {time}", name=one.actor, **when)
    if kind.startswith("received-"):
        return texts.t("confirmed by {name}, {day}, {time}", name=one.actor, **when)
    if kind == "correction":
        return texts.t("corrected by {name}, {day}, {time}", name=one.actor, **when)
    if kind == "reversal":
        return texts.t("taken back by {name}, {day}, {time}", name=one.actor, **when)
    return texts.t("entered by {name}, {day}, {time}", name=one.actor, **when)


def _joined(*parts: Html | None) -> str:
    return " · ".join(part for part in parts if part)


def event(texts: Texts, kind: str, amount_cents: int) -> Html:
    """What a transaction was; money entered with a minus was given back (and once kept as received)."""
    if amount_cents < 0:
        kind = kind.replace("received-", "refunded-")
    known = {
        "order": texts.t("Order"),
        "addition": texts.t("Products added"),
        "received-cheque": texts.t("Cheque received"),
        "received-cash": texts.t("Cash received"),
        "received-transfer": texts.t("Transfer received"),
        "received-card": texts.t("Paid by card"),
        "correction": texts.t("Order corrected"),
        "opening": texts.t("Opening balance"),
        "reversal": texts.t("Correction (undone)"),
        "write-off": texts.t("Written off"),
        "left-to-group": texts.t("Left to the group"),
        "gift": texts.t("Gift"),
        "refunded-cheque": texts.t("Cheque given back"),
        "refunded-cash": texts.t("Cash given back"),
        "refunded-transfer": texts.t("Transfer given back"),
        "refunded-card": texts.t("Given back to the card"),
        "failed-card": texts.t("Online payment: the bank did not pay after all"),
        "disputed-card": texts.t("Card payment taken back by the bank"),
        "dispute-won": texts.t("Card payment: the bank's claim was dismissed"),
    }
    return known.get(kind, texts.t("{kind}", kind=kind))
