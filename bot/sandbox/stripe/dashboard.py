"""What is done by people and banks and not through the API: plain methods, for tests and for the demo.

Objects are named by their ids, whoever's they are. What cannot be done raises `SandboxError`, or `StripeError` where
the dashboard refuses as the API does.
"""

from dataclasses import dataclass

from bot.sandbox.stripe.business import charging, disputing, paying_out, refunding
from bot.sandbox.stripe.business.checkout import expire
from bot.sandbox.stripe.cards import declined
from bot.sandbox.stripe.errors import SandboxError
from bot.sandbox.stripe.lookup import find_anywhere
from bot.sandbox.stripe.model import (
    BalanceEntry,
    Charge,
    Dispute,
    Intent,
    Means,
    Payer,
    Payout,
    Refund,
    Session,
)
from bot.sandbox.stripe.session_params import METHODS
from bot.sandbox.stripe.world import Mode, World, new_id

_BECOMES = frozenset({"succeeded", "pending", "failed"})


@dataclass(frozen=True, slots=True)
class Balance:
    """An account's books in one mode, in cents.

    `total` = `charged` − `fees` − `refunded` − `disputed` − `paid_out` + `other` = `available` + `pending`, to the cent.
    """

    available: int
    pending: int
    charged: int
    fees: int
    refunded: int
    disputed: int
    paid_out: int
    other: int = 0

    @property
    def total(self) -> int:
        """What is with Stripe."""
        return self.available + self.pending


class Dashboard:
    """The payers, the banks and the account's own people."""

    def __init__(self, world: World) -> None:
        self._world = world

    def mode(self, account: str | None = None, *, livemode: bool = False) -> Mode:
        """Return one mode of an account, to look at everything in it."""
        return self._world.account(account).mode(livemode)

    def pay(self, session: str, email: str = "marie@example.com", name: str | None = None) -> str:
        """Pay a session with a good card; returns the charge's id."""
        mode, found = find_anywhere(self._world, Session, session)
        payer = Payer(found.customer_email or email, name)
        return charging.pay(mode, found, Means("card", "4242"), payer).id

    def decline(
        self, session: str, code: str = "card_declined", decline_code: str | None = "generic_decline"
    ) -> str:
        """Try to pay a session with a card that is refused; returns the charge's id."""
        mode, found = find_anywhere(self._world, Session, session)
        payer = Payer(found.customer_email or "marie@example.com")
        return charging.decline(mode, found, Means("card", "0002"), payer, declined(code, decline_code)).id

    def begin_debit(self, session: str) -> str:
        """Complete a session by a SEPA debit that takes days (`unpaid`); returns the charge's id."""
        mode, found = find_anywhere(self._world, Session, session)
        payer = Payer(found.customer_email or "marie@example.com")
        return charging.begin(mode, found, Means("sepa_debit", "3201"), payer).id

    def finish_debit(
        self, session: str, *, is_paid: bool = True, reason: str = "payment_intent_payment_attempt_failed"
    ) -> None:
        """Let such a debit succeed or fail."""
        mode, found = find_anywhere(self._world, Session, session)
        charging.finish(mode, found, None if is_paid else declined(reason, None))

    def fail_late(self, session: str, reason: str = "insufficient_funds") -> None:
        """Let a debit that had succeeded come back all the same."""
        mode, found = find_anywhere(self._world, Session, session)
        charging.fail_late(mode, found, declined(reason, None))

    def switch_on(self, *methods: str, account: str | None = None) -> None:
        """Offer these means of payment besides cards on the pages that are opened from now on."""
        known = [one for one in METHODS if one in methods or one == "card"]
        if not set(methods) <= set(known):
            raise SandboxError(f"means of payment are {METHODS}")
        self._world.account(account).methods = tuple(known)

    def move(
        self,
        kind: str,
        amount: int,
        category: str,
        *,
        fee: int = 0,
        charge: str | None = None,
        account: str | None = None,
        livemode: bool = False,
    ) -> str:
        """Book what neither payers nor members cause: a top-up, a reserve, a transfer; returns its id.

        `charge`: what it is about, where it is about a payment.
        """
        mode = self.mode(account, livemode=livemode)
        now = mode.clock()
        entry = BalanceEntry(new_id("txn_1"), now, kind, category, amount, now, charge, fee, "Fee")
        mode.entries[entry.id] = entry
        return entry.id

    def expire(self, session: str) -> None:
        """Cancel an open session."""
        expire(*find_anywhere(self._world, Session, session))

    def hold_fees(self, account: str | None = None, *, livemode: bool = False) -> None:
        """From now on, let the balance transactions of new charges come late."""
        self.mode(account, livemode=livemode).holds_fees = True

    def book_fees(self, account: str | None = None, *, livemode: bool = False) -> list[str]:
        """Book all that came late, with `charge.updated`, and hold back no more; returns the charges' ids."""
        mode = self.mode(account, livemode=livemode)
        mode.holds_fees = False
        late = [one for one in mode.charges.values() if one.entry is None and one.status == "succeeded"]
        for charge in late:
            charging.book_late_fee(mode, charge)
        return [one.id for one in late]

    def refund(self, charge: str, amount: int | None = None, reason: str | None = None) -> str:
        """Refund a charge or the charge of a PaymentIntent, all or `amount` cents; returns the refund's id."""
        if charge.startswith("pi_"):
            mode, intent = find_anywhere(self._world, Intent, charge)
            charge = intent.latest_charge or charge
        mode, found = find_anywhere(self._world, Charge, charge)
        return refunding.refund(mode, found, amount, reason).id

    def let_refunds(self, become: str, account: str | None = None, *, livemode: bool = False) -> None:
        """Let new refunds be `succeeded`, `pending`, or `failed` right after they were made."""
        if become not in _BECOMES:
            raise SandboxError(f"refunds become one of {sorted(_BECOMES)}")
        self.mode(account, livemode=livemode).refunds_become = become

    def settle_refund(self, refund: str) -> None:
        """Let a pending refund succeed."""
        refunding.settle_refund(*find_anywhere(self._world, Refund, refund))

    def fail_refund(self, refund: str, reason: str = "expired_or_canceled_card") -> None:
        """Let a refund come back; its money returns to the balance."""
        refunding.fail_refund(*find_anywhere(self._world, Refund, refund), reason)

    def dispute(self, charge: str, reason: str = "fraudulent", amount: int | None = None) -> str:
        """Let the payer's bank take a charge back; returns the dispute's id."""
        return disputing.open_dispute(*find_anywhere(self._world, Charge, charge), reason, amount).id

    def close_dispute(self, dispute: str, *, is_won: bool) -> None:
        """Decide a dispute."""
        disputing.close_dispute(*find_anywhere(self._world, Dispute, dispute), is_won=is_won)

    def pay_out(self, account: str | None = None, *, livemode: bool = False, arrives: bool = True) -> str:
        """Pay out everything available, by default until it is at the bank; returns the payout's id."""
        mode = self.mode(account, livemode=livemode)
        payout = paying_out.pay_out(mode)
        if arrives:
            paying_out.arrive(mode, payout)
        return payout.id

    def arrive(self, payout: str) -> None:
        """Let a payout reach the bank."""
        paying_out.arrive(*find_anywhere(self._world, Payout, payout))

    def fail_payout(self, payout: str, code: str = "account_closed") -> None:
        """Let the bank send a payout back."""
        paying_out.fail_payout(*find_anywhere(self._world, Payout, payout), code)

    def balance(self, account: str | None = None, *, livemode: bool = False) -> Balance:
        """Return an account's books, summed from every balance transaction."""
        mode = self.mode(account, livemode=livemode)
        now = mode.clock()
        by_category: dict[str, int] = {}
        for one in mode.entries.values():
            by_category[one.category] = by_category.get(one.category, 0) + one.amount
        return Balance(
            available=sum(one.net for one in mode.entries.values() if one.available_on <= now),
            pending=sum(one.net for one in mode.entries.values() if one.available_on > now),
            charged=by_category.pop("charge", 0) + by_category.pop("charge_failure", 0),
            fees=sum(one.fee for one in mode.entries.values()),
            refunded=-by_category.pop("refund", 0) - by_category.pop("refund_failure", 0),
            disputed=-by_category.pop("dispute", 0) - by_category.pop("dispute_reversal", 0),
            paid_out=-by_category.pop("payout", 0) - by_category.pop("payout_reversal", 0),
            other=sum(by_category.values()),
        )
