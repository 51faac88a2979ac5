"""The life of a Checkout Session: opened, paid or expired."""

from typing import Final

from bot.sandbox.stripe.business.charging import finish_due
from bot.sandbox.stripe.errors import StripeError, invalid, missing
from bot.sandbox.stripe.given import Given
from bot.sandbox.stripe.model import Item, Session
from bot.sandbox.stripe.money import in_errors
from bot.sandbox.stripe.objects.checkout import session_object
from bot.sandbox.stripe.objects.payments import intent_object
from bot.sandbox.stripe.session_params import MOST
from bot.sandbox.stripe.world import Mode, new_id

_LEAST_CENTS: Final = 50
_SHORTEST, _LONGEST = 30 * 60, 24 * 60 * 60


def open_session(mode: Mode, given: Given, base_url: str) -> Session:
    """Open a session from checked parameters. Raises: `StripeError` for what only their sum shows to be wrong."""
    now = mode.clock()
    success_url = given.text("success_url")
    if success_url is None:
        raise missing("success_url")
    items = _items(given)
    _check_total(sum(one.amount for one in items))
    id_ = new_id(f"cs_{mode.word}_a1", 56)
    allowed = (
        tuple(given.texts("allowed_payment_method_types"))
        if "allowed_payment_method_types" in given
        else None
    )
    texts = {
        place: given.inner("custom_text").inner(place).text("message") for place in ("after_submit", "submit")
    }
    session = Session(
        id=id_,
        created=now,
        expires_at=_expiry(given, now),
        items=items,
        success_url=success_url,
        url=f"{base_url}/c/pay/{id_}",
        cancel_url=given.text("cancel_url"),
        client_reference_id=given.text("client_reference_id"),
        customer_email=given.text("customer_email"),
        locale=given.text("locale"),
        submit_type=given.text("submit_type"),
        custom_text={place: message for place, message in texts.items() if message is not None},
        metadata=given.mapping("metadata"),
        methods=allowed or mode.account.methods,
        allowed_methods=allowed,
        for_intent=given.inner("payment_intent_data").values,
        collects_phone=given.inner("phone_number_collection").values.get("enabled") is True,
    )
    mode.sessions[id_] = session
    return session


def expire(mode: Mode, session: Session) -> None:
    """Close an open session for good, and cancel its payment. Raises: `StripeError` if it is not open."""
    if session.status != "open":
        raise invalid(
            'Only Checkout Sessions with a status in ["open"] can be expired. '
            f"This Checkout Session has a status of `{session.status}`."
        )
    session.status = "expired"
    intent = mode.intents.get(session.intent or "")
    if intent is not None:
        intent.status, intent.canceled_at, intent.cancellation_reason = "canceled", mode.clock(), "expired"
        mode.emit("payment_intent.canceled", intent_object(mode, intent))
    mode.emit("checkout.session.expired", session_object(mode, session))


def expire_overdue(mode: Mode) -> None:
    """Close the sessions whose time is up, and end the debits that end by themselves."""
    now = mode.clock()
    finish_due(mode)
    for session in mode.sessions.values():
        if session.status == "open" and session.expires_at <= now:
            expire(mode, session)


def _items(given: Given) -> list[Item]:
    asked = given.several("line_items")
    if not asked:
        raise missing("line_items")
    return [_item(one, f"line_items[{index}]") for index, one in enumerate(asked)]


def _item(given: Given, name: str) -> Item:
    if "price_data" not in given:
        raise invalid(
            "You must specify either `price` or `price_data` when creating a Checkout Session.",
            f"{name}[price]", "parameter_missing",
        )  # fmt: skip
    price = given.inner("price_data")
    if "product_data" not in price:
        raise invalid(
            "You must specify either `product` or `product_data` when creating a price.",
            f"{name}[price_data]", "parameter_missing",
        )  # fmt: skip
    quantity, unit_amount = given.integer("quantity"), price.integer("unit_amount")
    if quantity is None:
        raise invalid(
            f"Quantity is required. Add `quantity` to `{name}`", f"{name}[quantity]", "parameter_missing"
        )
    if unit_amount is None:
        raise missing(f"{name}[price_data][unit_amount]")
    product = price.inner("product_data")
    return Item(
        id=new_id("li_1"),
        price=new_id("price_1"),
        product=new_id("prod_", 14),
        name=product.text("name") or "",
        unit_amount=unit_amount,
        quantity=quantity,
        description=product.text("description"),
        metadata=given.mapping("metadata"),
    )


def _check_total(cents: int) -> None:
    if cents < _LEAST_CENTS:
        raise StripeError(
            400,
            f"The Checkout Session's total amount due must add up to at least {in_errors(_LEAST_CENTS)} eur",
            code="amount_too_small",
        )
    if cents > MOST:
        raise invalid(
            f"The Checkout Session's total amount due must be no more than {in_errors(MOST)} eur",
            code="amount_too_large",
        )


def _expiry(given: Given, now: int) -> int:
    wanted = given.integer("expires_at")
    if wanted is None:
        return now + _LONGEST
    if wanted < now + _SHORTEST:
        raise invalid(
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.",
            "expires_at",
        )
    if wanted > now + _LONGEST:
        raise invalid(
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.",
            "expires_at",
        )
    return wanted
