"""Checkout Sessions."""

from bot.sandbox.model import JsonObject
from bot.sandbox.stripe.business.checkout import expire, open_session
from bot.sandbox.stripe.calls.asked import Asked
from bot.sandbox.stripe.lists import page
from bot.sandbox.stripe.model import Session
from bot.sandbox.stripe.objects.checkout import item_object, session_object


def create(asked: Asked) -> JsonObject:
    """Open a session."""
    return session_object(asked.mode, open_session(asked.mode, asked.given, asked.base_url))


def retrieve(asked: Asked) -> JsonObject:
    """Return a session."""
    return asked.shown(asked.find(Session))


def expire_now(asked: Asked) -> JsonObject:
    """Close an open session."""
    session = asked.find(Session)
    expire(asked.mode, session)
    return session_object(asked.mode, session)


def list_all(asked: Asked) -> JsonObject:
    """Return sessions, newest first."""
    email = asked.given.inner("customer_details").text("email")
    return asked.listed(
        "checkout.session",
        asked.mode.sessions,
        lambda one: asked.wants("status", one.status),
        lambda one: asked.wants("payment_intent", one.intent),
        lambda one: email is None or (one.payer.email if one.payer else one.customer_email) == email,
    )


def list_lines(asked: Asked) -> JsonObject:
    """Return a session's lines in their order."""
    session = asked.find(Session)
    lines = [item_object(asked.mode, session, one) for one in session.items]
    return page(lines, asked.given, asked.path, "item").as_json()
