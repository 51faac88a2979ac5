"""Serving the payment page: shown, filled in, paid once."""

import datetime
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.sandbox.control import is_same_origin
from bot.sandbox.stripe.business import charging
from bot.sandbox.stripe.business.checkout import expire_overdue
from bot.sandbox.stripe.business.disputing import open_dispute
from bot.sandbox.stripe.cards import (
    CardTyped,
    debit_failure,
    dispute_reason,
    iban_typed,
    knows_iban,
    means,
    mistakes,
    refusal,
)
from bot.sandbox.stripe.errors import SandboxError, StripeError
from bot.sandbox.stripe.kinds import Email
from bot.sandbox.stripe.lookup import find_anywhere
from bot.sandbox.stripe.model import Means, Payer, Session
from bot.sandbox.stripe.page.render import POLICY, TEST_CARD, Typed, closed_page, payment_page
from bot.sandbox.stripe.page.texts import failure_word, language
from bot.sandbox.stripe.world import Mode, World

_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_DEBIT_SECONDS = 60
_MAX_BODY = 20_000


class PaymentPage:
    """Serves `/c/pay/<session>`."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def __call__(self, request: Request) -> Response:
        """Show the page, or do what its form says."""
        accepted = request.headers.get("accept-language")
        try:
            mode, session = find_anywhere(self.world, Session, request.path_params["session"])
        except SandboxError:
            return HTMLResponse(closed_page(None, language(None, accepted)), 404, _HEADERS)
        expire_overdue(mode)
        spoken = language(session.locale, accepted)
        if request.method != "POST":
            return _shown(mode, session, spoken, Typed())
        if not is_same_origin(request):
            return Response("Another site may not do this.", 403)
        body = await request.body()
        if len(body) > _MAX_BODY:
            return Response("Too much.", 413)
        form = {key: values[0] for key, values in parse_qs(body.decode(errors="replace")).items()}
        return _submitted(mode, session, spoken, form)


def success_address(session: Session) -> str:
    """Return where a payer is sent after paying, with the session's id where the address asks for it."""
    return session.success_url.replace("{CHECKOUT_SESSION_ID}", session.id)


def _submitted(mode: Mode, session: Session, spoken: str, form: dict[str, str]) -> Response:
    card = CardTyped(form.get("number", ""), form.get("expiry", ""), form.get("cvc", ""))
    email, name = form.get("email", "").strip(), form.get("name", "").strip()
    if session.status == "complete":
        return RedirectResponse(success_address(session), 303)
    if session.status != "open":
        return _shown(mode, session, spoken, Typed())
    if form.get("do") == "fill":
        filled = Typed(TEST_CARD, email or "marie@example.com", name or "Marie Test")
        return _shown(mode, session, spoken, filled)
    iban = iban_typed(form.get("iban", "")) if "sepa_debit" in session.methods else ""
    wrong = mistakes(card, _month(mode)) if not iban else {}
    if iban and not knows_iban(iban):
        wrong["iban"] = "iban_wrong"
    if session.customer_email is None and not _is_email(email):
        wrong["email"] = "email_wrong"
    if wrong:
        return _shown(mode, session, spoken, Typed(card, email, name, iban, wrong), 422)
    payer = Payer(session.customer_email or email, name or None)
    if iban:
        debit = charging.begin(mode, session, Means("sepa_debit", iban[-4:]), payer)
        debit.ends_at, debit.ends_in = mode.clock() + _DEBIT_SECONDS, debit_failure(iban)
        return RedirectResponse(success_address(session), 303)
    error = refusal(card, livemode=mode.livemode)
    if error is not None:
        charging.decline(mode, session, means(card), payer, error)
        word = failure_word(error.code, error.decline_code)
        return _shown(mode, session, spoken, Typed(card, email, name, failure=word), 402)
    charge = charging.pay(mode, session, means(card), payer)
    reason = dispute_reason(card)
    if reason is not None:
        open_dispute(mode, charge, reason)
    return RedirectResponse(success_address(session), 303)


def _shown(mode: Mode, session: Session, spoken: str, typed: Typed, status: int = 200) -> Response:
    if session.status != "open":
        return HTMLResponse(closed_page(session, spoken), 200, _HEADERS)
    page = payment_page(session, mode.account.name, spoken, typed, livemode=mode.livemode)
    return HTMLResponse(page, status, _HEADERS)


def _is_email(text: str) -> bool:
    try:
        Email().read("email", text)
    except StripeError:
        return False
    return True


def _month(mode: Mode) -> tuple[int, int]:
    now = datetime.datetime.fromtimestamp(mode.clock(), datetime.UTC)
    return now.year, now.month
