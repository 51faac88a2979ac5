"""Who is told what about cards: the member whose money it is, and whoever keeps the group's money. Nothing is sent here."""

from __future__ import annotations

from typing import Protocol

from bot.cards.views import cards as views
from bot.cards.views import settings as key_views
from bot.edge.notify import Notifier, Say
from bot.edge.unit import Unit
from ledger.errors import LedgerError
from ledger.groups.models import Group, Member
from ledger.payments import service as payments
from ledger.payments.card.checkouts import News
from ledger.payments.card.gateway import CardKeyRefused, CardUnavailable, Seen
from ledger.payments.card.models import Checkout, StripeEvent
from ledger.payments.card.movements import MovementNews, Parked
from ledger.payments.card.refunds import RefundNews
from ledger.payments.models import Payment


class Links(Protocol):
    """Knows where a checkout is paid."""

    def link(self, token: str) -> str | None:
        """Our own address for it, if there is one."""


class CardNews:
    """Tells what one unit of work writes down of cards."""

    def __init__(self, links: Links, unit: Unit) -> None:
        self._links = links
        self._unit = unit
        self._session = unit.session

    async def of_checkout(self, news: News) -> None:
        """Paid, under way, declined, over, or ready to be paid."""
        group = await self._session.get_one(Group, news.checkout.group_id)
        member = await self._session.get_one(Member, news.payment.member_id)
        url = self._links.link(news.checkout.token) or news.checkout.url
        if news.receipt is not None:
            receipt = news.receipt
            expected = await payments.expected_cents(self._session, member)
            steps = await payments.count_steps(self._session, receipt.instead) if receipt.instead else 0
            await self._member(
                group, member, lambda texts: views.paid(texts, group, receipt, expected, steps)
            )
            if receipt.is_avoir:
                await self._staff(group, lambda texts: views.paid_late(texts, group, receipt))
        elif news.is_under_way:
            await self._member(group, member, lambda texts: views.under_way(texts, group, news.payment))
        elif news.failure is not None:
            reason = news.failure
            await self._member(group, member, lambda texts: views.failed(texts, group, news.payment, reason))
            await self._staff(group, lambda texts: views.staff_failed(texts, group, member, news.payment))
        elif news.is_over:
            await self._member(group, member, lambda texts: views.over(texts, group, news.payment))
        elif news.is_declined and url is not None:
            await self._member(group, member, lambda texts: views.declined(texts, group, news.payment, url))
        elif news.is_open and url is not None:
            await self._member(group, member, lambda texts: views.to_pay(texts, group, news.payment, url))

    async def refused(self, news: News) -> None:
        """Stripe will not take this payment."""
        group = await self._session.get_one(Group, news.checkout.group_id)
        member = await self._session.get_one(Member, news.payment.member_id)
        was_open = news.checkout.stripe_id is not None
        await self._member(
            group, member, lambda texts: views.refused(texts, group, news.payment, was_open=was_open)
        )

    async def unavailable(self, checkout: Checkout, error: LedgerError) -> None:
        """Stripe does not answer; or the key does not serve, which somebody has to mend."""
        group = await self._session.get_one(Group, checkout.group_id)
        payment = await self._session.get_one(Payment, checkout.payment_id)
        member = await self._session.get_one(Member, payment.member_id)
        answers = not isinstance(error, CardUnavailable)
        was_open = checkout.stripe_id is not None
        await self._member(
            group,
            member,
            lambda texts: views.unavailable(texts, group, payment, was_open=was_open, answers=answers),
        )
        if answers:
            await self.no_key(checkout, error)

    async def no_key(self, checkout: Checkout, error: LedgerError) -> None:
        """For those who keep the money: nobody can pay by card. Whether Stripe said so, or the key cannot be read here."""
        group = await self._session.get_one(Group, checkout.group_id)
        is_refused = isinstance(error, CardKeyRefused)
        await self._staff(
            group,
            lambda texts: (
                views.key_refused(texts, group) if is_refused else key_views.unreadable(texts, group)
            ),
        )

    async def of_refund(self, news: RefundNews) -> None:
        """A refund was made, or failed."""
        group = await self._session.get_one(Group, news.refund.group_id)
        await self._member(group, news.member, lambda texts: views.refunded(texts, group, news))
        await self._keepers_of(group, news, lambda texts: views.refund_outcome(texts, group, news))

    async def of_movement(self, news: MovementNews) -> None:
        """A dispute, a refund made in Stripe's dashboard, a payment of which nobody told, or nobody knows what."""
        if isinstance(news, News):
            await self.of_checkout(news)
            return
        if isinstance(news, RefundNews):
            await self.of_refund(news)
            return
        if isinstance(news, Parked):
            group = await self._session.get_one(Group, news.group_id)
            await self._staff(group, lambda texts: views.parked_movement(texts, group, news.movement))
            return
        group = await self._session.get_one(Group, news.payment.group_id)
        await self._member(group, news.member, lambda texts: views.disputed(texts, group, news))
        await self._staff(group, lambda texts: views.staff_disputed(texts, group, news))

    async def of_key(self, group: Group) -> None:
        """The group's key cannot be read any more, or can again."""
        await self._staff(group, lambda texts: key_views.readable(texts, group))

    async def parked(self, event: StripeEvent) -> None:
        """An event that does not fit what we asked for."""
        group = await self._session.get_one(Group, event.group_id)
        await self._staff(group, lambda texts: views.parked(texts, group, event))

    async def misfit(self, checkout: Checkout, seen: Seen) -> None:
        """Stripe was asked, and its answer does not fit what we asked for."""
        group = await self._session.get_one(Group, checkout.group_id)
        answer = StripeEvent(kind="checkout.session", stripe_id=seen.stripe_id)
        await self._staff(group, lambda texts: views.parked(texts, group, answer))

    async def _keepers_of(self, group: Group, news: RefundNews, screen: Say) -> None:
        """Whoever gave a refund; everybody who keeps the money where Stripe was asked without us."""
        by_id = news.payment.entered_by_id
        if by_id is None:
            await self._staff(group, screen)
        elif by_id != news.member.id:
            await self._member(group, await self._session.get_one(Member, by_id), screen)

    async def _staff(self, group: Group, screen: Say) -> None:
        await Notifier(self._session, group, self._unit.calls).staff(screen)

    async def _member(self, group: Group, member: Member, screen: Say) -> None:
        await Notifier(self._session, group, self._unit.calls).member(member, screen)
