"""What the refusals about paying another way, refunds, gifts and write-offs say."""

from __future__ import annotations

from bot.ui import money
from bot.ui.texts import Html, Texts
from ledger.errors import LedgerError
from ledger.orders.charging import InvalidSplit
from ledger.orders.switching import PaymentChanged, SameChoice
from ledger.payments.adjustments import MoreThanDebt, NoReason
from ledger.payments.models import RequestState
from ledger.payments.refunds import AlreadyTakenBack, MoreThanCredit, MoreThanTheWayTakes
from ledger.payments.requests import RequestDecided, RequestOpen
from ledger.payments.service import Replaced


def refusal(texts: Texts, error: LedgerError) -> Html | None:
    """The sentence for a refusal about money that is given back, given up or paid otherwise; none for any other."""
    t = texts.t
    match error:
        case InvalidSplit():
            return t("The parts do not fit the total any more. Nothing was ordered: choose again how to pay.")
        case SameChoice():
            return t("It is paid like this already. Nothing was changed.")
        case PaymentChanged():
            return t("This payment changed meanwhile. Here is how it stands.")
        case Replaced():
            return t(
                "The member pays this another way meanwhile, so it is not taken back. Nothing was changed: look at the "
                "payment that took its place."
            )
        case MoreThanCredit(credit=credit, asked=asked):
            return t(
                "{asked} is more than the credit: {credit} are left. Nothing was recorded: type another amount.",
                asked=texts.money(asked),
                credit=texts.money(credit),
            )
        case MoreThanTheWayTakes(method=method, most=most, asked=asked):
            return t(
                "{method}: at most {most} can be given back, not {asked}. Nothing was recorded: take less, or another way.",
                method=money.method(texts, method),
                most=texts.money(most),
                asked=texts.money(asked),
            )
        case MoreThanDebt(owed=owed, asked=asked):
            return t(
                "{asked} is more than what is owed: {owed}. Nothing was recorded: type another amount.",
                asked=texts.money(asked),
                owed=texts.money(owed),
            )
        case NoReason():
            return t("I need a reason, in at most 100 characters. Nothing was recorded.")
        case AlreadyTakenBack(by=by, at=at):
            return t(
                "{name} took this back already at {time} ({day}). Nothing was booked twice.",
                name=by,
                time=texts.time(at),
                day=texts.day(at),
            )
        case RequestOpen(amount=amount):
            return t(
                "You asked for {amount} already, and nobody has answered yet. Nothing was sent twice.",
                amount=texts.money(amount),
            )
        case RequestDecided():
            return request_decided(texts, error)
    return None


def request_decided(texts: Texts, error: RequestDecided) -> Html:
    """What became of a request, by whom and when."""
    values = {"name": error.by, "time": texts.time(error.at), "day": texts.day(error.at)}
    if error.state is RequestState.GRANTED:
        return texts.t(
            "{name} refunded this already at {time} ({day}). Nothing was given back twice.", **values
        )
    if error.state is RequestState.REFUSED:
        return texts.t("{name} declined this request at {time} ({day}). Nothing was changed.", **values)
    return texts.t("{name} took this request back at {time} ({day}). Nothing was changed.", **values)
