"""Cards: the loop that asks Stripe and writes down what it says, and the links by which members pay.

Every question walks the same way: a unit of work that says what is about to be asked (and commits it), the question, a
unit of work that writes the answer down together with the messages it causes. Cut short anywhere, the row asks for the
question to be put again; answered twice, the second answer changes nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cards.host_key import standing
from bot.cards.news import CardNews
from bot.cards.views import cards as views
from bot.edge.unit import Edge
from bot.ui.texts import Texts
from ledger.db import utc_now
from ledger.errors import LedgerError
from ledger.groups.models import Group
from ledger.payments.card import accounts, asking, checkouts, events, movements, refunds
from ledger.payments.card.checkouts import NotOurs, PaymentUnderWay
from ledger.payments.card.gateway import (
    AnswerLost,
    CardBusy,
    CardKeyRefused,
    CardRefused,
    CardUnavailable,
    Gateway,
    Movement,
    Seen,
    Wish,
)
from ledger.payments.card.keys import KeyUnreadable, Vault
from ledger.payments.card.models import CardAccount, CardRefund, Checkout, CheckoutState
from ledger.payments.models import Payment, PaymentState
from ledger.payments.service import AlreadySettled, get_payment
from ledger.reference import format_reference

log = logging.getLogger(__name__)

ASK_AGAIN = 0.3
"""Seconds until an answer that somebody else waits for as well is asked for again."""
AT_A_TIME = 8
"""How many questions are under way at once."""
LONGEST_OPEN = dt.timedelta(hours=25)
"""Stripe lets nobody pay a session a day after it was made."""
POLL_EVERY = 2.0
"""Seconds between looks for what other processes left to be asked."""


class CardClosed(Exception):
    """The payment is not expected by card (any more); ``payment`` is how it stands."""

    def __init__(self, payment: Payment) -> None:
        super().__init__()
        self.payment = payment


@dataclass
class Cards:
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

    # — what handlers use —

    def wake(self) -> None:
        """Something was committed that Stripe is to be asked about."""
        self._woken.set()

    def link(self, token: str) -> str | None:
        """Where a checkout is paid: our own address, if there is one."""
        return f"{self.public_url.rstrip('/')}/pay/{token}" if self.public_url else None

    async def offer(self, session: AsyncSession, group: Group, payment: Payment, language: str) -> str | None:
        """The link by which a payment is paid; none where it follows in a message of its own: :meth:`wake` then."""
        tell = self.public_url is None
        checkout = await checkouts.want(session, group, payment.id, language, tell=tell)
        return self.link(checkout.token)

    async def close(self, checkout_id: int) -> bool:
        """See to it that nobody can pay a checkout any more; if it was paid meanwhile, that is written down.

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

    # — what the web uses —

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
        """Ask Stripe how a checkout stands, as far as it answers; returns the payment as it stands then, and whether that
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

    async def _renew(self, checkout_id: int) -> None:
        async with self.edge.database.unit_of_work() as session:
            await checkouts.renew(session, checkout_id)

    async def _no_key(self, checkout: Checkout, error: LedgerError) -> None:
        """Whoever keeps the group's money is told, once a checkout."""
        async with self._telling() as (session, news):
            if await checkouts.postpone(session, checkout.id) == 1:
                await news.no_key(checkout, error)

    # — the loop —

    async def run(self) -> None:
        """The loop, until cancelled; as many processes as wished may run it."""
        await self.mind_keys()
        while True:
            self._woken.clear()
            try:
                await self.work_off()
            except Exception as error:
                log.error("cards: %s; again in a moment", type(error).__name__, exc_info=True)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POLL_EVERY):
                    await self._woken.wait()

    async def mind_keys(self) -> None:
        """Follow what the configuration says of keys; whoever keeps a group's money is told when its key cannot be read."""
        async with self._telling() as (session, news):
            await accounts.follow_host(session, self.host_key, self.host_group)
            found = await standing(session, self.host_key, self.host_group)
            if found is not None:
                log.log(found.level, "%s", found.said)
            for group in await accounts.mind_keys(session, self.reads):
                if group.takes_cards:
                    log.info("group %s: its Stripe key can be read again", group.id)
                else:
                    log.error(
                        "group %s: its Stripe key cannot be read: is encryption_key another one?", group.id
                    )
                await news.of_key(group)

    async def work_off(self) -> None:
        """Handle every event that came in, and ask Stripe everything that is due."""
        await self._while_due(self._next_event)
        now = utc_now()
        async with self.edge.database.snapshot() as session:
            is_due = await asking.is_due(session, Checkout, now) or await asking.is_due(
                session, CardRefund, now
            )
        if is_due:
            await asyncio.gather(
                *(self._while_due(self._next_checkout, self._next_refund) for _ in range(AT_A_TIME))
            )
        async with self.edge.database.snapshot() as session:
            due = await accounts.due(session, utc_now())
        for account_id in due:
            await self._guarded(partial(self._follow, account_id))

    async def _while_due(self, *kinds: Callable[[], Awaitable[bool]]) -> None:
        for take_next in kinds:
            while await self._guarded(take_next):
                pass

    async def _guarded(self, work: Callable[[], Awaitable[bool]]) -> bool:
        """What breaks on one thing is taken up again later, and does not keep the others waiting."""
        try:
            return await work()
        except Exception as error:
            log.error("cards: %s; again later", type(error).__name__, exc_info=True)
            return False

    async def _next_event(self) -> bool:
        async with self._telling() as (session, news):
            event = await events.take(session)
            if event is None:
                return False
            outcome = "ignored"
            try:
                async with session.begin_nested():
                    seen = events.session_in(event)
                    if events.is_elsewhere(event):
                        if events.mark_in(event) is not None:
                            raise NotOurs("account")
                    elif event.kind == events.FAILED and seen is not None and seen.token is not None:
                        await checkouts.look_soon(session, seen.token)  # it does not say why
                        outcome = "looked"
                    elif seen is not None:
                        outcome = await self._event_of_checkout(session, news, seen)
                    elif event.kind.startswith(events.ABOUT_MONEY):
                        await accounts.look_soon(session, event.account_id)
                        outcome = "looked"
                    elif event.kind.startswith(events.ABOUT_PAYMENTS):
                        mark = events.mark_in(event)
                        if mark is not None:
                            await checkouts.look_soon(session, mark)
                            outcome = "looked"
            except NotOurs as refusal:
                outcome = f"parked: {refusal.field}"
            except (LedgerError, IntegrityError, DataError, KeyError, TypeError, AttributeError) as error:
                outcome = f"parked: {type(error).__name__}"
            if outcome.startswith("parked"):
                log.error("stripe event %s (%s): %s", event.stripe_id, event.kind, outcome)
                await news.parked(event)
            await events.finish(session, event, outcome)
        return True

    async def _event_of_checkout(self, session: AsyncSession, news: CardNews, seen: Seen) -> str:
        checkout = await events.checkout_of(session, seen)
        if checkout is None:
            if seen.token is not None:
                raise NotOurs("session")
            return "ignored"
        if (await accounts.get_account(session, checkout.account_id)).sealed_key is not None:
            raise NotOurs("account")  # it is the host's secret that signed it
        learnt = await checkouts.learn(session, checkout.id, seen)
        if learnt is not None:
            await news.of_checkout(learnt)
        elif not seen.is_paid and seen.url is None:
            await checkouts.look_soon(session, checkout.token)
        return "learnt"

    async def _next_checkout(self) -> bool:
        async with self.edge.database.unit_of_work() as session:
            checkout = await checkouts.take_due(session, utc_now())
            if checkout is None:
                return False
            account = await accounts.get_account(session, checkout.account_id)
            payment = await get_payment(session, checkout.group_id, checkout.payment_id)
            looks = checkout.looks
        try:
            seen = await self._ask(account, checkout)
            if payment.state is not PaymentState.EXPECTED and not seen.is_paid and not seen.is_over:
                seen = await self.gateway.expire(self._key(account), seen.stripe_id)
            learnt = await self._learn(checkout.id, seen)
            if learnt is None or not (learnt.is_over or learnt.receipt):
                async with self.edge.database.unit_of_work() as session:
                    await checkouts.postpone(session, checkout.id)
        except AnswerLost:
            log.error(
                "checkout %s: Stripe keeps an error as its answer; another takes its place", checkout.id
            )
            await self._renew(checkout.id)
        except CardRefused as refusal:
            await self._refused(checkout, refusal)
        except (CardUnavailable, CardKeyRefused, KeyUnreadable) as error:
            log.warning("checkout %s: %s", checkout.id, type(error).__name__)
            async with self._telling() as (session, news):
                await checkouts.postpone(session, checkout.id)
                if checkout.tell and not looks:
                    await news.unavailable(checkout, error)
        return True

    async def _refused(self, checkout: Checkout, refusal: CardRefused) -> None:
        """Stripe will not have this session: the next attempt is another one. One it had may have been paid: asked again."""
        log.error("checkout %s: Stripe refuses: %s", checkout.id, refusal.code)
        async with self._telling() as (session, news):
            if checkout.stripe_id is not None and utc_now() < checkout.created_at + LONGEST_OPEN:
                await checkouts.postpone(session, checkout.id)
            else:
                learnt = await checkouts.give_up(session, checkout.id)
                if learnt is not None:
                    await news.refused(learnt)

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

    def chat_link(self, token: str) -> str:
        """The link back into the private chat, which shows how a checkout's payment stands."""
        return f"{self.telegram_links}/{self.bot_username}?start=p_{token}"

    async def _learn(
        self, checkout_id: int, seen: Seen, *, is_replaced: bool = False
    ) -> checkouts.News | None:
        """Write down what Stripe says of a checkout, with what members are told of it.

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

    async def _next_refund(self) -> bool:
        async with self.edge.database.unit_of_work() as session:
            taken = await refunds.take_due(session, utc_now())
            if taken is None:
                return False
            refund, checkout = taken
            account = await accounts.get_account(session, checkout.account_id)
        try:
            await self._make(account, checkout, refund)
        except (CardUnavailable, CardKeyRefused, KeyUnreadable) as error:
            log.warning("refund %s: %s", refund.id, type(error).__name__)
            async with self.edge.database.unit_of_work() as session:
                await refunds.postpone(session, refund.id)
        return True

    async def _make(self, account: CardAccount, checkout: Checkout, refund: CardRefund) -> None:
        assert checkout.payment_intent is not None
        stripe_id, status = None, "failed"
        is_first = refund.looks == 1
        try:
            key = self._key(account)
            done = (
                None
                if is_first
                else await self.gateway.find_refund(key, checkout.payment_intent, refund.token)
            )  # a token is good for a day only, and an attempt may be older
            stripe_id, status = done or await self.gateway.refund(
                key, checkout.payment_intent, refund.amount_cents, refund.token
            )
        except AnswerLost:
            if is_first:
                raise
            log.error("refund %s: Stripe keeps an error as its answer; asked anew", refund.id)
            async with self.edge.database.unit_of_work() as session:
                await refunds.ask_anew(session, refund.id)
            return
        except CardRefused as refusal:
            log.error("refund %s: Stripe refuses: %s", refund.id, refusal.code)
        except (CardKeyRefused, KeyUnreadable) as error:
            if not is_first:  # nobody knows what became of the attempt before
                raise
            log.error("refund %s: %s", refund.id, type(error).__name__)
        async with self._telling() as (session, news):
            if stripe_id is None or status in ("failed", "canceled"):
                learnt = await refunds.failed(session, refund.id, stripe_id)
            else:
                learnt = await refunds.made(session, refund.id, stripe_id)
            if learnt is not None:
                await news.of_refund(learnt)
            await accounts.look_soon(session, account.id)

    async def _follow(self, account_id: int) -> bool:
        """Write down what moved at Stripe since the last look; returns whether all of it was seen."""
        begun = utc_now()
        async with self.edge.database.snapshot() as session:
            account = await accounts.get_account(session, account_id)
        soon, is_complete = False, True
        waiting: list[Movement] = []
        try:
            key = self._key(account)
            found = [movement async for movement in self.gateway.movements(key, movements.since(account))]
            async with self.edge.database.snapshot() as session:
                known = await movements.known(session, account, [movement.stripe_id for movement in found])
            for movement in reversed(found):
                if movement.stripe_id not in known:
                    try:
                        if not await self._write(key, account_id, movement, waiting):
                            waiting.append(movement)
                            soon |= not movement.is_at_a_bank
                    except (NotOurs, IntegrityError) as error:
                        log.error(
                            "card movement %s: %s", movement.stripe_id, type(error).__name__, exc_info=True
                        )
                        soon, is_complete = True, False
        except (CardUnavailable, CardRefused, CardKeyRefused, KeyUnreadable) as error:
            log.warning("card account %s: %s", account_id, type(error).__name__)
            soon, is_complete = isinstance(error, CardUnavailable), False
        async with self.edge.database.unit_of_work() as session:
            await movements.looked(
                session, account_id, begun, is_complete=is_complete, soon=soon, waiting=waiting
            )
        return is_complete

    async def _write(
        self, key: str, account_id: int, movement: Movement, waiting: Sequence[Movement]
    ) -> bool:
        paid_out: list[str] = []
        if movement.category == "payout" and movement.status == "paid" and movement.source is not None:
            paid_out = await self.gateway.paid_out(key, movement.source)
        if any(one.stripe_id in paid_out for one in waiting):
            return False  # what it brought to the bank is not all known yet
        async with self._telling() as (session, news):
            is_done, learnt = await movements.write(session, account_id, movement, paid_out)
            if learnt is not None:
                await news.of_movement(learnt)
        return is_done

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
