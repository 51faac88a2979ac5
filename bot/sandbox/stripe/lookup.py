"""Finding objects: by id in one account's mode, and by an id from anywhere for who stands outside."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from bot.sandbox.model import JsonObject
from bot.sandbox.stripe.errors import SandboxError, no_such
from bot.sandbox.stripe.model import BalanceEntry, Charge, Dispute, Event, Intent, Payout, Refund, Session
from bot.sandbox.stripe.objects.account import event_object
from bot.sandbox.stripe.objects.balance import entry_object, payout_object
from bot.sandbox.stripe.objects.checkout import session_object
from bot.sandbox.stripe.objects.payments import charge_object, intent_object
from bot.sandbox.stripe.objects.returns import dispute_object, refund_object
from bot.sandbox.stripe.world import Mode, World

T = TypeVar("T", Session, Intent, Charge, Refund, Dispute, BalanceEntry, Payout, Event)


def find(mode: Mode, kind: type[T], id_: str, param: str) -> T:
    """Return an object of this mode. Raises: `StripeError` as Stripe does."""
    collection = _COLLECTIONS[kind]
    found = collection.of(mode).get(id_)
    if found is None:
        other = mode.account.mode(not mode.livemode)
        raise no_such(collection.name, id_, param, other.word if id_ in collection.of(other) else None)
    assert isinstance(found, kind)
    return found


def find_anywhere(world: World, kind: type[T], id_: str) -> tuple[Mode, T]:
    """Return an object and where it is. Raises: `SandboxError` if nobody has it."""
    for mode in world.modes():
        found = _COLLECTIONS[kind].of(mode).get(id_)
        if found is not None:
            assert isinstance(found, kind)
            return mode, found
    raise SandboxError(f"there is no {_COLLECTIONS[kind].name} {id_}")


def show(mode: Mode, id_: str) -> JsonObject | None:
    """Return any object of this mode as JSON, or None if there is none of this id."""
    for collection in _COLLECTIONS.values():
        if id_ in collection.of(mode):
            return collection.show(mode, collection.of(mode)[id_])
    return None


@dataclass(frozen=True)
class _Collection:
    name: str
    of: Callable[[Mode], dict[str, object]]
    show: Callable[[Mode, object], JsonObject]


def _collection(
    kind: type[T], name: str, attribute: str, shown: Callable[[Mode, T], JsonObject]
) -> _Collection:
    def of(mode: Mode) -> dict[str, object]:
        found: dict[str, object] = getattr(mode, attribute)
        return found

    def show_checked(mode: Mode, one: object) -> JsonObject:
        assert isinstance(one, kind)
        return shown(mode, one)

    return _Collection(name, of, show_checked)


_COLLECTIONS: Final[dict[type, _Collection]] = {
    Session: _collection(Session, "checkout.session", "sessions", session_object),
    Intent: _collection(Intent, "payment_intent", "intents", intent_object),
    Charge: _collection(Charge, "charge", "charges", charge_object),
    Refund: _collection(Refund, "refund", "refunds", refund_object),
    Dispute: _collection(Dispute, "dispute", "disputes", dispute_object),
    BalanceEntry: _collection(BalanceEntry, "balance transaction", "entries", entry_object),
    Payout: _collection(Payout, "payout", "payouts", payout_object),
    Event: _collection(Event, "event", "events", event_object),
}
