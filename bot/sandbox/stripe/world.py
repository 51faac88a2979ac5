"""The accounts, their keys and both modes of each; the clock and the ids. The rules are in `business`."""

import secrets
import string
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from bot.sandbox.model import Clock, JsonObject
from bot.sandbox.stripe.errors import SandboxError
from bot.sandbox.stripe.model import BalanceEntry, Charge, Dispute, Event, Intent, Payout, Refund, Session
from bot.sandbox.stripe.money import Tariff

_LETTERS: Final = string.ascii_letters + string.digits
Stored = Session | Intent | Charge | Refund | Dispute | BalanceEntry | Payout | Event


class MovableClock:
    """The time here: the real one (or another), moved by what a test adds."""

    def __init__(self, base: Clock = time.time) -> None:
        self._base = base
        self._moved = 0.0

    def __call__(self) -> int:
        """Return the moment in whole seconds."""
        return int(self._base() + self._moved)

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._moved += seconds


@dataclass(slots=True)
class Mode:
    """Everything one account has in test mode, or in live mode."""

    account: "Account"
    livemode: bool
    clock: MovableClock
    on_event: Callable[["Mode", Event], None]
    sessions: dict[str, Session] = field(default_factory=dict)
    intents: dict[str, Intent] = field(default_factory=dict)
    charges: dict[str, Charge] = field(default_factory=dict)
    refunds: dict[str, Refund] = field(default_factory=dict)
    disputes: dict[str, Dispute] = field(default_factory=dict)
    entries: dict[str, BalanceEntry] = field(default_factory=dict)
    payouts: dict[str, Payout] = field(default_factory=dict)
    events: dict[str, Event] = field(default_factory=dict)
    request: tuple[str, str | None] | None = (
        None  # the id and the idempotency key of the request that is served
    )
    holds_fees: bool = False
    refunds_become: str = "succeeded"

    @property
    def word(self) -> str:
        """`live` or `test`."""
        return "live" if self.livemode else "test"

    def emit(self, kind: str, shown: JsonObject, previous: JsonObject | None = None) -> None:
        """Record an event about an object as it is now, and hand it to whom it concerns."""
        request, key = self.request or (None, None)
        event = Event(new_id("evt_"), self.clock(), kind, shown, previous, request, key)
        self.events[event.id] = event
        self.on_event(self, event)


@dataclass(slots=True)
class Account:
    """One account with Stripe, its tariff and its two modes."""

    id: str
    name: str
    email: str
    created: int
    tariff: Tariff
    days_until_available: int = 3
    charges_enabled: bool = True
    methods: tuple[str, ...] = ("card",)
    test: Mode = field(init=False)
    live: Mode = field(init=False)

    def mode(self, livemode: bool) -> Mode:
        """Return one of the two modes."""
        return self.live if livemode else self.test


@dataclass(frozen=True, slots=True)
class Key:
    """An API key: whose it is, and what it may do (None: everything)."""

    mode: Mode
    rights: frozenset[str] | None


class World:
    """All accounts and keys."""

    def __init__(self, clock: MovableClock, on_event: Callable[[Mode, Event], None]) -> None:
        self.clock = clock
        self.accounts: dict[str, Account] = {}
        self.keys: dict[str, Key] = {}
        self._on_event = on_event

    def add_account(
        self,
        name: str,
        id_: str | None = None,
        *,
        keys: tuple[str, ...] = (),
        tariff: Tariff = Tariff(),  # noqa: B008 — frozen
    ) -> Account:
        """Open an account with its keys (`sk_test_…`, `sk_live_…`). Raises: `SandboxError`."""
        id_ = id_ or new_id("acct_1")
        if id_ in self.accounts:
            raise SandboxError(f"the account {id_} exists")
        account = Account(
            id_, name, f"contact@{id_.removeprefix('acct_').lower()}.example", self.clock(), tariff
        )
        account.test = Mode(account, False, self.clock, self._on_event)
        account.live = Mode(account, True, self.clock, self._on_event)
        self.accounts[id_] = account
        for key in keys:
            self.add_key(key, id_)
        return account

    def add_key(self, key: str, account_id: str, rights: frozenset[str] | None = None) -> None:
        """Register a key; `rights` are those of a restricted one (`rk_…`). Raises: `SandboxError`."""
        kind, _, rest = key.partition("_")
        word, _, secret = rest.partition("_")
        if kind not in {"sk", "rk"} or word not in {"test", "live"} or not secret:
            raise SandboxError("a key looks like sk_test_…, rk_test_…, sk_live_… or rk_live_…")
        if key in self.keys:
            raise SandboxError("this key is somebody's")
        self.keys[key] = Key(self.account(account_id).mode(word == "live"), rights)

    def account(self, id_: str | None = None) -> Account:
        """Return an account; without an id, the only one. Raises: `SandboxError`."""
        if id_ is None and len(self.accounts) == 1:
            return next(iter(self.accounts.values()))
        found = self.accounts.get(id_ or "")
        if found is None:
            raise SandboxError(
                f"there is no account {id_}" if id_ else "there are several accounts: which one?"
            )
        return found

    def modes(self) -> list[Mode]:
        """Return both modes of every account."""
        return [mode for account in self.accounts.values() for mode in (account.test, account.live)]


def new_id(prefix: str, length: int = 24) -> str:
    """Return an id nobody has."""
    return prefix + "".join(secrets.choice(_LETTERS) for _ in range(length))
