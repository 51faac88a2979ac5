"""What a refusal says: what happened, that the money is safe, and what to do; in the reader's language."""

from __future__ import annotations

import html
import re

from bot.refusals import cards as card_errors
from bot.refusals import handover as handover_errors
from bot.refusals import money as money_errors
from bot.refusals import people as people_errors
from bot.ui.screen import Screen
from bot.ui.texts import Html, Texts
from ledger.catalogue import errors as catalogue
from ledger.catalogue.service import AlreadyImported
from ledger.errors import LedgerError, NotAllowed, NotFound
from ledger.groups.service import ChatTaken, InvalidOption, LastCoordinator, LastMethod, OptionFixed
from ledger.money import InvalidAmount, exponent_of
from ledger.orders.baskets import InvalidQuantity, OrdersClosed
from ledger.orders.distributions import InvalidDistribution
from ledger.orders.service import (
    AlreadyConfirmed,
    EmptyBasket,
    MethodNotOffered,
    NoLongerOffered,
    NotEnoughCredit,
    OrderFixed,
    OutOfStock,
    PriceChanged,
)
from ledger.payments.models import SettlementKind
from ledger.payments.service import AlreadySettled, InvalidPayment, NotSettled


def sentence(texts: Texts, error: LedgerError) -> Html:
    """The sentence for one refusal."""
    parts = (
        _anywhere,
        _ordering,
        _options,
        handover_errors.refusal,
        people_errors.refusal,
        money_errors.refusal,
        card_errors.refusal,
    )
    found = (said for refusal in parts if (said := refusal(texts, error)) is not None)
    return next(found, texts.t("This is not possible. Nothing was changed."))


def _anywhere(texts: Texts, error: LedgerError) -> Html | None:
    """What is refused to who may not, what is gone, payments, files."""
    t = texts.t
    match error:
        case NotAllowed(needed="member"):
            return t(
                "You are not a member of this group. Nothing was changed. Open the group's “Order” button, "
                "or ask a coordinator for the invitation link."
            )
        case NotAllowed(needed="treasurer"):
            return t("Only the group's coordinators and treasurers can do this. Nothing was changed.")
        case NotAllowed():
            return t("Only the group's coordinators can do this. Nothing was changed.")
        case NotFound(what="group"):
            return t(
                "You are in no group yet. Open the “Order” button in your group's chat. To start a group, add me to its "
                "chat and send /setup there."
            )
        case NotFound(what="member"):
            return t("I know no member by that name in this group. Nothing was changed.")
        case NotFound(what="payment"):
            return t("I found no payment with this reference in this group. No money was moved.")
        case NotFound():
            return t("This is not there any more. Nothing was changed.")
        case AlreadySettled():
            return already_settled(texts, error)
        case NotSettled():
            return t("This payment is awaited: there is nothing to undo.")
        case InvalidAmount() | InvalidPayment(field="amount"):
            return amount_again(texts)
        case InvalidPayment(field="date"):
            return t("A payment's date cannot be in the future. Nothing was recorded.")
        case InvalidPayment():
            return t("Only cheque, cash and bank transfer can be entered by hand. Nothing was recorded.")
        case InvalidQuantity():
            return t("This quantity is not possible. Your basket was not changed.")
        case InvalidDistribution(field="starts_at"):
            return t("The distribution must be in the future. Nothing was announced.")
        case InvalidDistribution():
            return t("Orders must close in the future and before the distribution. Nothing was announced.")
        case AlreadyImported():
            return t("This file was imported already. Nothing was imported twice.")
        case catalogue.UnreadableCatalogue():
            return catalogue_file(texts, error)
    return None


def _ordering(texts: Texts, error: LedgerError) -> Html | None:
    """What keeps an order from being placed."""
    t = texts.t
    match error:
        case NotEnoughCredit(balance=balance, needed=needed):
            return t(
                "Not enough credit: your balance is {balance}, {missing} is missing. Nothing was ordered: "
                "choose another way to pay.",
                balance=texts.money(balance),
                missing=texts.money(needed - balance),
            )
        case PriceChanged(shown=shown, now=now):
            return t(
                "Prices changed meanwhile: the total is {now} instead of {shown}. Nothing was ordered: choose again.",
                now=texts.money(now),
                shown=texts.money(shown),
            )
        case OutOfStock(product=product, left_milli=left):
            return t(
                "{product}: only {left} left. Nothing was ordered: change your basket.",
                product=product,
                left=texts.number(left),
            )
        case NoLongerOffered(product=product):
            return t(
                "{product} is not offered any more. Nothing was ordered: change your basket.", product=product
            )
        case OrdersClosed(distribution=distribution):
            return t(
                "Orders for the distribution of {when} are closed. Nothing was changed.",
                when=texts.day_and_time(distribution.starts_at),
            )
        case EmptyBasket():
            return t("Your basket is empty. Nothing was ordered.")
        case AlreadyConfirmed():
            return t("This basket was ordered already. It is not ordered twice.")
        case MethodNotOffered():
            return t(
                "The group does not take this way of paying any more. Nothing was ordered: choose another."
            )
        case OrderFixed():
            return t("With payments on, an order cannot be cancelled: ask a coordinator at the distribution.")
    return None


def _options(texts: Texts, error: LedgerError) -> Html | None:
    """What a group's options do not take."""
    t = texts.t
    match error:
        case LastCoordinator():
            return t("A group keeps at least one coordinator. Name another one first.")
        case LastMethod():
            return t("A group offers at least one way to pay. Offer another one first. Nothing was changed.")
        case ChatTaken(title=title):
            return t(
                "This chat is the one of the group {group} already. Take another chat for the coordinators. "
                "Nothing was changed.",
                group=title,
            )
        case OptionFixed():
            return t("The currency is fixed: amounts were recorded in it.")
        case InvalidOption():
            return t("This value is not possible. Nothing was changed.")
    return None


def already_settled(texts: Texts, error: AlreadySettled) -> Html:
    """Who settled the payment, and when."""
    values = {"name": error.by, "time": texts.time(error.at), "day": texts.day(error.at)}
    if error.kind is SettlementKind.RECEIVED and error.amount_cents is not None:
        amount = texts.money(abs(error.amount_cents))
        if error.by_card and error.amount_cents < 0:
            return texts.t(
                "Given back to the card by {name} at {time} ({day}): {amount}.", amount=amount, **values
            )
        if error.by_card:
            return texts.t(
                "Paid by card at {time} ({day}): {amount}. Nothing was booked twice.", amount=amount, **values
            )
        return texts.t(
            "Already confirmed by {name} at {time} ({day}): {amount}. Nothing was booked twice.",
            amount=texts.money(error.amount_cents),
            **values,
        )
    if error.kind is SettlementKind.CANCELLED:
        return texts.t("Cancelled by {name} at {time} ({day}): it is not awaited.", **values)
    return texts.t(
        "Already marked as not received by {name} at {time} ({day}). Nothing was changed.", **values
    )


def amount_again(texts: Texts) -> Html:
    """The text is no amount."""
    decimals, example = exponent_of(texts.currency), texts.bare_money(1250)
    if not decimals:
        return texts.t(
            "I did not understand this amount. Nothing was recorded. Type it like {example}, without decimals.",
            example=example,
        )
    return texts.nt(
        "I did not understand this amount. Nothing was recorded. Type it like {example}, with at most {n} decimal.",
        "I did not understand this amount. Nothing was recorded. Type it like {example}, with at most {n} decimals.",
        decimals,
        example=example,
    )


def catalogue_file(texts: Texts, error: LedgerError) -> Html:
    """Why a file is not a catalogue we can read, and what to do."""
    t = texts.t
    match error:
        case catalogue.FileTooLarge(limit=limit):
            return t(
                "This file is too large (over {mb} MB). Nothing was imported. Send the product lines only.",
                mb=limit // 1_000_000,
            )
        case catalogue.UnpacksTooLarge():
            return t("This file unpacks to something far too large for a catalogue. Nothing was imported.")
        case catalogue.MissingColumns(names=names):
            return t(
                "The columns {names} are missing from this file. The first line must name them: "
                "product;unit;price;producer;vat;stock. Nothing was imported.",
                names=", ".join(column_name(texts, name) for name in names),
            )
        case catalogue.TooManyRows(limit=limit):
            return t("This file has more than {limit} lines. Nothing was imported.", limit=limit)
        case catalogue.EmptyCatalogue():
            return t("There is no product in this file. Nothing was imported.")
        case catalogue.TooManyColumns(limit=limit):
            return t("This file has more than {limit} columns. Nothing was imported.", limit=limit)
        case catalogue.RepeatedColumns(names=names):
            return t(
                "Two columns of this file mean the same ({names}). Keep one of them. Nothing was imported.",
                names=", ".join(column_name(texts, name) for name in names),
            )
        case catalogue.NotACatalogue(kind=kind):
            return not_a_catalogue(texts, kind)
    return t(
        "I cannot read this file as a catalogue. Send a CSV file, or an Excel file saved as .xlsx. Nothing was imported."
    )


def not_a_catalogue(texts: Texts, kind: catalogue.FileKind) -> Html:
    """What the file is instead, and what to do with it."""
    t = texts.t
    kinds = catalogue.FileKind
    what = {
        kinds.PDF: t("This file is a PDF, whatever its name says."),
        kinds.IMAGE: t("This file is a picture."),
        kinds.LEGACY_XLS: t("This is an Excel file of the old kind (.xls)."),
        kinds.XLSB: t("This is a binary Excel file (.xlsb)."),
        kinds.ENCRYPTED: t("This Excel file is protected by a password. Take the password off first."),
        kinds.ODS: t("This is a LibreOffice file (.ods)."),
        kinds.WORD: t("This is a Word document."),
        kinds.ZIP: t("This is a zip archive. Take the catalogue out of it first."),
        kinds.ARCHIVE: t("This is an archive. Take the catalogue out of it first."),
        kinds.MARKUP: t("This is a web page or a formatted text, whatever its name says."),
        kinds.ENCODING: t("I cannot read the characters of this text file. Save it as CSV in UTF-8."),
        kinds.DAMAGED: t("This file is damaged. Open it in your spreadsheet and save it again."),
        kinds.UNSAFE: t("This file holds something a catalogue has no need of, so I do not open it."),
    }.get(kind, t("This file is not a table."))
    do = t("Nothing was imported. Send a CSV file, or an Excel file saved as .xlsx.")
    return Html(f"{what} {do}")


def column_name(texts: Texts, column: str | None) -> str:
    """A column of a catalogue, plain."""
    return {
        "product": texts.label("product"),
        "producer": texts.label("producer"),
        "unit": texts.label("unit"),
        "price": texts.label("price"),
        "vat": texts.label("VAT"),
        "stock": texts.label("stock"),
        "weighed": texts.label("weighed"),
    }.get(column or "", texts.label("whole line"))


def apology(texts: Texts) -> Screen:
    """A fault of ours."""
    return Screen(
        texts.t(
            "⚠️ Sorry, something went wrong on our side. Nothing was recorded and no money was moved. "
            "Please try again; if it happens again, tell a coordinator."
        )
    )


def overflow(texts: Texts) -> Screen:
    """To somebody who sends more than can be taken."""
    return Screen(
        texts.t(
            "⏳ You are sending me more than I can take at once. I am answering what I have, one after "
            "another, and do not take what you send meanwhile: nothing is recorded for it and no money is "
            "moved. Wait for my last answer, then send what is missing again."
        )
    )


def plain(sentence: str) -> str:
    """A sentence of HTML as plain text, for toasts."""
    return html.unescape(re.sub(r"<[^>]+>", "", sentence))
