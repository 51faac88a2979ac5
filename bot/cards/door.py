"""The door to Stripe: the links by which members pay, their pages opened, looked at and closed.

Every question walks the same way: a unit of work that says what is about to be asked (and commits it), the question, a
unit of work that writes the answer down together with the messages it causes. Cut short anywhere, the row asks for the
question to be put again; answered twice, the second answer changes nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from bot.cards.news import CardNews
from bot.cards.views import cards as views
from bot.edge.unit import Edge
from bot.ui.texts import Texts
from ledger.db import utc_now
from ledger.errors import LedgerError
from ledger.groups.models import Group
from ledger.payments.card import accounts, checkouts
from ledger.payments.card.checkouts import NotOurs, PaymentUnderWay
from ledger.payments.card.gateway import (
    AnswerLost,
    CardBusy,
    CardKeyRefused,
    CardRefused,
    CardUnavailable,
    Gateway,
    Seen,
    Wish,
)
from ledger.payments.card.keys import KeyUnreadable, Vault
from ledger.payments.card.models import CardAccount, Checkout, CheckoutState
from ledger.payments.models import Payment, PaymentState
from ledger.payments.service import AlreadySettled, get_payment
from ledger.reference import format_reference

log = logging.getLogger(__name__)

ASK_AGAIN = 0.3
"""Seconds until an answer that somebody else waits for as well is asked for again."""


class CardClosed(Exception):
    """The payment is not expected by card (any more); ``payment`` is how it stands."""

    def __init__(self, payment: Payment) -> None:
        super().__init__()
        self.payment = payment


@dataclass
class Door:
    """One process's door to Stripe. ``public_url`` is where our own web server is reached, if it is.

    ``host_key`` is the configuration's, ``host_group`` the number of the group it is for, where the host names one.
    ``telegram_links``: where links into chats lead.
    """

    edge: Edge
    gateway: Gateway
    vault: Vault
    host_key: str | None
    public_url: str | None
    bot_username: str
    telegram_links: str = "https://t.me"
    host_group: int | None = None
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    def wake(self) -> None:
        """Something was committed that Stripe is to be asked about."""
        self._woken.set()

    def link(self, token: str) -> str | None:
        """Where a checkout is paid: our own address, if there is one."""
        return f"{self.public_url.rstrip('/')}/pay/{token}" if self.public_url else None

    def chat_link(self, token: str) -> str:
        """The link back into the private chat, which shows how a checkout's payment stands."""
        return f"{self.telegram_links}/{self.bot_username}?start=p_{token}"

    async def offer(self, session: AsyncSession, group: Group, payment: Payment, language: str) -> str | None:
        """The link by which a payment is paid; none where it follows in a message of its own: :meth:`wake` then."""
        tell = self.public_url is None
        checkout = await checkouts.want(session, group, payment.id, language, tell=tell)
        return self.link(checkout.token)

    async def close(self, checkout_id: int) -> bool:
        """Sees to it that nobody can pay a checkout any more; if it was paid meanwhile, that is written down.

        With a key that does not serve any more nothing can be closed (false): what is paid nevertheless becomes avoir.
        Raises :class:`CardUnavailable`, where it may still be paid; :class:`PaymentUnderWay`, where it is paid by a means
        that takes days.
        """
        async with self.edge.database.unit_of_work() as session:
            checkout = await checkouts.hold_to_close(session, checkout_id)
            if checkout is None:
                return True
            account = await accounts.get_account(session, checkout.account_id)
        try:
            seen = await self._ask(account, checkout)
            if not seen.is_paid and not seen.is_over:
                seen = await self.gateway.expire(self._key(account), seen.stripe_id)
        except (CardKeyRefused, KeyUnreadable) as error:
            log.warning("checkout %s is not closed: %s", checkout_id, type(error).__name__)
            return checkout.stripe_id is None
        except CardRefused as refusal:
            log.error("checkout %s: Stripe refuses: %s", checkout_id, refusal.code)
            if checkout.stripe_id is not None:
                return False
        except AnswerLost:
            log.error("checkout %s: nobody knows its page, so nobody can pay it", checkout_id)
        else:
            if seen.is_paid or seen.is_under_way or seen.failure is not None:
                await self._learn(checkout_id, seen)
            if seen.is_under_way:
                raise PaymentUnderWay(utc_now(), checkout.amount_cents)
            if seen.is_paid:
                return True
            if not seen.is_over:
                raise CardUnavailable
        async with self.edge.database.unit_of_work() as session:
            await checkouts.close(session, checkout_id)
        return True

    async def open(self, token: str) -> str:
        """Stripe's own page for a link of ours: a session that is made now, or the one that is alive.

        Raises :class:`CardClosed`, :class:`~ledger.errors.NotFound`, :class:`CardUnavailable`, :class:`CardRefused`,
        :class:`CardKeyRefused`, :class:`~ledger.payments.card.checkouts.CardNotOffered`.
        """
        for _ in range(3):  # a session that ran out, or whose answer is lost, is followed by a new one
            checkout, account = await self._hold(token)
            try:
                seen = await self._ask_patiently(account, checkout)
            except AnswerLost:
                await self._renew(checkout.id)
                continue
            except (CardKeyRefused, KeyUnreadable) as error:
                await self._no_key(checkout, error)
                raise
            news = await self._learn(checkout.id, seen, is_replaced=True)
            if news and news.is_over:
                continue
            async with self.edge.database.snapshot() as session:
                found = await session.get_one(Checkout, checkout.id)
                payment = await session.get_one(Payment, found.payment_id)
            if found.state is CheckoutState.OPEN and payment.state is PaymentState.EXPECTED and seen.url:
                return seen.url
            raise CardClosed(payment)
        raise CardUnavailable

    async def look_at(self, token: str) -> tuple[Payment, bool]:
        """Asks Stripe how a checkout stands, as far as it answers; returns the payment as it stands then, and whether that
        may be behind what the member did."""
        async with self.edge.database.snapshot() as session:
            checkout = await checkouts.by_token(session, token)
            account = await accounts.get_account(session, checkout.account_id)
        is_behind = False
        if checkout.state is CheckoutState.OPEN:
            try:
                await self._learn(checkout.id, await self._ask(account, checkout))
            except (CardUnavailable, CardRefused, CardKeyRefused, KeyUnreadable):
                log.info("checkout %s: Stripe could not be asked just now", checkout.id)
                is_behind = True
        async with self.edge.database.snapshot() as session:
            checkout = await checkouts.by_token(session, token)
            return await get_payment(session, checkout.group_id, checkout.payment_id), is_behind

    async def may_be_paid(self, token: str) -> bool:
        """Whether somebody may have paid what a link is for, without our knowing."""
        async with self.edge.database.snapshot() as session:
            return await checkouts.may_be_paid(session, (await checkouts.by_token(session, token)).payment_id)

    async def _hold(self, token: str) -> tuple[Checkout, CardAccount]:
        try:
            async with self.edge.database.unit_of_work() as session:
                known = await checkouts.by_token(session, token)
                group = await session.get_one(Group, known.group_id)
                checkout = await checkouts.want(session, group, known.payment_id, known.language)
                await checkouts.hold(session, checkout)
                return checkout, await accounts.get_account(session, checkout.account_id)
        except AlreadySettled:
            async with self.edge.database.snapshot() as session:
                known = await checkouts.by_token(session, token)
                payment = await get_payment(session, known.group_id, known.payment_id)
            raise CardClosed(payment) from None

    async def _ask_patiently(self, account: CardAccount, checkout: Checkout) -> Seen:
        """As :meth:`_ask`, also while somebody else asks the very same."""
        for _ in range(10):
            try:
                return await self._ask(account, checkout)
            except CardBusy:
                await asyncio.sleep(ASK_AGAIN)
        return await self._ask(account, checkout)

    async def _ask(self, account: CardAccount, checkout: Checkout) -> Seen:
        """How Stripe has a checkout; one it was never (or perhaps) asked for is asked for again, as the same request."""
        key = self._key(account)
        if checkout.stripe_id is not None:
            return await self.gateway.look(key, checkout.stripe_id)
        async with self.edge.database.snapshot() as session:
            payment = await session.get_one(Payment, checkout.payment_id)
        back = self.link(checkout.token)
        return await self.gateway.create(
            key,
            Wish(
                token=checkout.token,
                amount_cents=checkout.amount_cents,
                currency=checkout.currency,
                what=views.what(Texts(checkout.language), payment),
                reference=format_reference(payment.reference),
                group_id=checkout.group_id,
                language=checkout.language,
                return_url=f"{back}?back=1" if back else self.chat_link(checkout.token),
            ),
        )

    async def _learn(
        self, checkout_id: int, seen: Seen, *, is_replaced: bool = False
    ) -> checkouts.News | None:
        """Writes down what Stripe says of a checkout, with what members are told of it.

        ``is_replaced``: of one that is over they are told nothing, since another takes its place at once.
        """
        async with self._telling() as (session, news):
            learnt = None
            try:
                async with session.begin_nested():
                    learnt = await checkouts.learn(session, checkout_id, seen)
            except NotOurs as refusal:
                log.error("checkout %s: what Stripe says does not fit: %s", checkout_id, refusal.field)
                await checkouts.close(session, checkout_id)
                await news.misfit(await session.get_one(Checkout, checkout_id), seen)
            if learnt is not None and not (learnt.is_over and is_replaced):
                await news.of_checkout(learnt)
        return learnt

    async def _renew(self, checkout_id: int) -> None:
        async with self.edge.database.unit_of_work() as session:
            await checkouts.renew(session, checkout_id)

    async def _no_key(self, checkout: Checkout, error: LedgerError) -> None:
        """Whoever keeps the group's money is told, once a checkout."""
        async with self._telling() as (session, news):
            if await checkouts.postpone(session, checkout.id) == 1:
                await news.no_key(checkout, error)

    def _key(self, account: CardAccount) -> str:
        """The secret key of an account. Raises :class:`KeyUnreadable`."""
        if account.sealed_key is not None:
            return self.vault.unseal(account.group_id, account.sealed_key)
        if self.host_key is None or accounts.is_live(self.host_key) != account.livemode:
            raise KeyUnreadable
        return self.host_key

    def reads(self, account: CardAccount) -> bool:
        """Whether an account's key can be read."""
        try:
            self._key(account)
        except KeyUnreadable:
            return False
        return True

    @contextlib.asynccontextmanager
    async def _telling(self) -> AsyncIterator[tuple[AsyncSession, CardNews]]:
        """A unit of work with what members read of it."""
        async with self.edge.unit_of_work() as unit:
            yield unit.session, CardNews(self, unit)
