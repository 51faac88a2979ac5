"""What the bot says by itself, and the screen where members choose what they want to hear."""

from __future__ import annotations

from collections.abc import Collection

from bot.ordering.views.paying import pay_button, slow
from bot.reminders.taps import KINDS, Mute, OpenDistribution, ShowReminders
from bot.ui import money
from bot.ui.screen import Button, Row, Screen, button
from bot.ui.texts import Html, Texts
from ledger.groups.models import Group, Member, Method
from ledger.orders.models import Distribution
from ledger.payments.models import Payment
from ledger.reference import format_reference
from ledger.reminders.content import Eve, Notice, Opened, Summary, Unconfirmed, Unvalidated
from ledger.reminders.models import ReminderKind

NAMES_SHOWN = 15


def reminder(texts: Texts, notice: Notice, order_url: str) -> Screen:
    """The message. Its buttons lead to its own group, whichever the reader looks at just then."""
    distribution = notice.distribution
    match notice.content:
        case Opened():
            lines, rows = _opened(texts, notice.group, distribution, order_url)
        case Unconfirmed() as content:
            lines, rows = _unconfirmed(texts, notice.group, distribution, content, order_url)
        case Eve() as content:
            lines, rows = _eve(texts, notice.group, distribution, content)
        case Summary() as content:
            lines, rows = _summary(texts, notice.group, distribution, content)
        case Unvalidated() as content:
            lines, rows = _unvalidated(texts, notice.group, distribution, content)
    coordinating = isinstance(notice.content, Summary | Unvalidated)
    if coordinating:
        rows.append(
            (
                button(
                    texts.label("📋 Open the distribution"),
                    OpenDistribution(notice.member.id, distribution.id),
                    below=True,
                ),
            )
        )
    rows.append((button(texts.label("🔕 Reminders…"), ShowReminders(notice.member.id), below=True),))
    return Screen("\n".join(lines)).with_rows(rows)


def _opened(
    texts: Texts, group: Group, distribution: Distribution, order_url: str
) -> tuple[list[str], list[Row]]:
    lines: list[str] = [
        texts.t("🛒 <b>{group}</b>: orders are open.", group=group.title),
        "",
        *_where(texts, distribution),
        texts.t("⏳ Orders until {closing}", closing=texts.day_and_time(distribution.closes_at)),
    ]
    return lines, [(Button(texts.label("🛒 Order"), url=order_url),)]


def _unconfirmed(
    texts: Texts, group: Group, distribution: Distribution, content: Unconfirmed, order_url: str
) -> tuple[list[str], list[Row]]:
    lines: list[str] = [
        texts.t(
            "⏳ <b>{group}</b>: orders close at {time} ({day}).",
            group=group.title,
            time=texts.time(distribution.closes_at),
            day=texts.day(distribution.closes_at),
        ),
        "",
        texts.t(
            "Your basket of <b>{total}</b> is not confirmed: nothing of it is ordered yet.",
            total=texts.money(content.total_cents),
        ),
        *_where(texts, distribution),
    ]
    return lines, [(Button(texts.label("🧺 Finish my order"), url=order_url),)]


def _eve(texts: Texts, group: Group, distribution: Distribution, content: Eve) -> tuple[list[str], list[Row]]:
    lines: list[str] = [
        *_headline(texts, group, distribution, content.days),
        texts.t("Your order: <b>{total}</b>", total=texts.money(content.total_cents)),
    ]
    to_bring = [one for one in content.expected if one.method not in (Method.TRANSFER, Method.CARD)]
    transfers = [one for one in content.expected if one.method is Method.TRANSFER]
    online = [one for one in content.expected if one.method is Method.CARD]
    cards = [one for one in online if one.under_way_since is None]
    under_way = [one for one in online if one.under_way_since is not None]
    if to_bring:
        lines += ["", texts.t("<b>To bring</b>"), *(_to_bring(texts, group, one) for one in to_bring)]
    if transfers:
        lines += ["", texts.t("<b>Not received yet</b>"), *(_transfer(texts, one) for one in transfers)]
    if cards:
        lines += ["", texts.t("<b>Not paid yet</b>"), *(_card(texts, one) for one in cards)]
    if under_way:
        amount = texts.money(sum(one.amount_cents for one in under_way))
        lines += ["", texts.t("⏳ {amount}: your bank is being asked.", amount=amount), slow(texts)]
    if group.payments_enabled and content.missing_cents:
        missing = texts.money(content.missing_cents)
        lines += ["", texts.t("Still to be paid, and not announced: <b>{amount}</b>", amount=missing)]
    elif group.payments_enabled and not content.expected:
        lines.append(texts.t("Nothing is left to pay for it."))
    lines += ["", texts.t("And bags!")]
    references = [format_reference(one.reference) for one in (*to_bring, *transfers)[:4]]
    return lines, [
        *(
            (Button(texts.label("📋 Copy {reference}", reference=reference), copy=reference),)
            for reference in references
        ),
        *((pay_button(texts, one),) for one in cards),
    ]


def _to_bring(texts: Texts, group: Group, payment: Payment) -> Html:
    amount = texts.money(payment.amount_cents)
    reference = Html(f"<code>{format_reference(payment.reference)}</code>")
    if payment.method is Method.CHEQUE:
        return texts.t(
            "✍️ A cheque of <b>{amount}</b> to the order of <b>{payee}</b>, with the reference {reference} on its back.",
            amount=amount,
            payee=group.payee_name or group.title,
            reference=reference,
        )
    return texts.t(
        "{icon} <b>{amount}</b> ({method}), with the reference {reference}.",
        icon=money.METHOD_ICON[payment.method],
        amount=amount,
        method=money.method(texts, payment.method),
        reference=reference,
    )


def _transfer(texts: Texts, payment: Payment) -> Html:
    return texts.t(
        "🏦 Your transfer of <b>{amount}</b>, reference {reference}. If you made it already, all is well.",
        amount=texts.money(payment.amount_cents),
        reference=Html(f"<code>{format_reference(payment.reference)}</code>"),
    )


def _card(texts: Texts, payment: Payment) -> Html:
    return texts.t("💳 <b>{amount}</b> by card.", amount=texts.money(payment.amount_cents))


def _summary(
    texts: Texts, group: Group, distribution: Distribution, content: Summary
) -> tuple[list[str], list[Row]]:
    lines: list[str] = [
        *_headline(texts, group, distribution, content.days),
        texts.nt(
            "{n} order, {total}",
            "{n} orders, {total}",
            content.orders,
            total=texts.money(content.total_cents),
        ),
        *(
            texts.t(
                "{icon} {method}: {amount} expected",
                icon=money.METHOD_ICON[method],
                method=money.method(texts, method),
                amount=texts.money(content.expected[method]),
            )
            for method in Method
            if content.expected.get(method)
        ),
    ]
    if content.unreachable:
        names = ", ".join(name[:40] for name in content.unreachable[:NAMES_SHOWN])
        if len(content.unreachable) > NAMES_SHOWN:
            names += "…"
        lines += [
            "",
            texts.nt(
                "🔕 {n} of those who ordered does not receive my messages: {names}. Tell them yourself what to bring.",
                "🔕 {n} of those who ordered do not receive my messages: {names}. Tell them yourself what to bring.",
                len(content.unreachable),
                names=names,
            ),
        ]
    return lines, []


def _unvalidated(
    texts: Texts, group: Group, distribution: Distribution, content: Unvalidated
) -> tuple[list[str], list[Row]]:
    when = texts.day_and_time(distribution.starts_at)
    if content.is_escalation:
        first = texts.t(
            "🚨 <b>{group}</b>: the distribution of {when} is not validated after {days} days. Every coordinator "
            "receives this. Please agree who does it.",
            group=group.title,
            when=when,
            days=content.days,
        )
    elif content.days:
        first = texts.nt(
            "⏰ <b>{group}</b>: the distribution of {when} ended {n} day ago and is still not validated.",
            "⏰ <b>{group}</b>: the distribution of {when} ended {n} days ago and is still not validated.",
            content.days,
            group=group.title,
            when=when,
        )
    else:
        first = texts.t(
            "🏁 <b>{group}</b>: the distribution of {when} is over. It waits to be validated.",
            group=group.title,
            when=when,
        )
    lines: list[str] = [
        first,
        texts.nt(
            "Validated: {done} of {n} order.",
            "Validated: {done} of {n} orders.",
            content.orders,
            done=content.validated,
        ),
        texts.t("I never validate by myself: until somebody does, cheques and cash stay awaited."),
    ]
    return lines, []


def _headline(texts: Texts, group: Group, distribution: Distribution, days: int) -> list[str]:
    title = (
        texts.t("🧺 <b>{group}</b>: tomorrow is the distribution.", group=group.title)
        if days == 1
        else texts.t("🧺 <b>{group}</b>: today is the distribution.", group=group.title)
    )
    return [title, "", *_where(texts, distribution)]


def _where(texts: Texts, distribution: Distribution) -> list[str]:
    return [
        texts.t(
            "<b>{when}</b> · {place}",
            when=texts.day_and_time(distribution.starts_at),
            place=distribution.place,
        )
    ]


def mutes(
    texts: Texts,
    group: Group,
    member: Member,
    kinds: Collection[ReminderKind],
    muted: Collection[ReminderKind],
) -> Screen:
    """Which reminders a member receives from one group; a tap changes one."""
    lines: list[str] = [
        texts.t("🔔 <b>Reminders</b> · {group}", group=group.title),
        "",
        texts.t("Tap to switch one off or on. At night (from 21:00 to 8:00) I am silent anyway."),
    ]
    if ReminderKind.UNVALIDATED in kinds:
        lines.append(texts.t("Every coordinator is told of a distribution that nobody validates for a week."))
    rows: list[Row] = [
        (
            button(
                f"{'🔕' if kind in muted else '🔔'} {kind_name(texts, kind)}",
                Mute(member.id, KINDS.index(kind), kind in muted),
            ),
        )
        for kind in kinds
    ]
    return Screen("\n".join(lines)).with_rows(rows)


def kind_name(texts: Texts, kind: ReminderKind) -> str:
    """What a kind is about, plain."""
    return {
        ReminderKind.OPENED: texts.label("Orders open"),
        ReminderKind.CLOSING: texts.label("Orders close, my basket waits"),
        ReminderKind.EVE: texts.label("The day before: what to bring"),
        ReminderKind.SUMMARY: texts.label("The day before: what to expect"),
        ReminderKind.UNVALIDATED: texts.label("A distribution is not validated"),
        ReminderKind.CLOSED: texts.label("Orders are closed"),
    }[kind]
