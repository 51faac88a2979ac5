"""What the refusals of distribution day say."""

from __future__ import annotations

from bot.ui.texts import Html, Texts
from ledger.errors import LedgerError
from ledger.orders.corrections import AlreadyUndone, ChangedSince, NothingToChange
from ledger.orders.rescheduling import AlreadyCancelled, DistributionValidated
from ledger.orders.seen import SeenChanged
from ledger.orders.till import ReasonNeeded
from ledger.orders.validation import AlreadyValidated, ExpectedChanged, NotValidated, OrdersLeftOpen


def refusal(texts: Texts, error: LedgerError) -> Html | None:
    """The sentence for a refusal of distribution day; none for any other."""
    t = texts.t
    match error:
        case AlreadyValidated(by=by, at=at):
            return t(
                "Already validated by {name} at {time} ({day}). Nothing was done twice.",
                name=by,
                time=texts.time(at),
                day=texts.day(at),
            )
        case NotValidated(by=str(by), at=at) if at is not None:
            return t(
                "{name} took this validation back already, at {time} ({day}). Nothing was changed.",
                name=by,
                time=texts.time(at),
                day=texts.day(at),
            )
        case NotValidated():
            return t("This is not validated: there is nothing to undo.")
        case ExpectedChanged():
            return t("What is awaited for this order changed meanwhile. Nothing was recorded: look again.")
        case SeenChanged():
            return t("This changed since your screen was made. Nothing was recorded: look again.")
        case OrdersLeftOpen(count=count):
            return texts.nt(
                "{n} order is not validated. The distribution stays open.",
                "{n} orders are not validated. The distribution stays open.",
                count,
            )
        case AlreadyUndone(by=by, at=at):
            return t(
                "{name} undid this already, at {time} ({day}). Nothing was changed twice.",
                name=by,
                time=texts.time(at),
                day=texts.day(at),
            )
        case ChangedSince():
            return t("Part of this was corrected again later. Undo the later correction first.")
        case NothingToChange():
            return t("It is like this already. Nothing was changed.")
        case ReasonNeeded():
            return t("The till differs from the books: a reason is needed. Nothing was recorded.")
        case AlreadyCancelled(by=str(by), at=at):
            return t(
                "{name} cancelled this distribution already, at {time} ({day}). Nothing was done twice.",
                name=by,
                time=texts.time(at),
                day=texts.day(at),
            )
        case AlreadyCancelled(at=at):
            return t(
                "This distribution was cancelled already, at {time} ({day}). Nothing was done twice.",
                time=texts.time(at),
                day=texts.day(at),
            )
        case DistributionValidated():
            return t(
                "This distribution is validated: it took place. Undo its validation first. Nothing was changed."
            )
    return None
