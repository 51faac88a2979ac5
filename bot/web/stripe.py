"""The doors for cards: ``/stripe``, where Stripe tells what happened, and ``/pay/<token>``, where members go to pay.

An event is answered 200 once it is stored, and only if it is signed by Stripe for our key's mode. Nothing a browser does
here books anything: ``/pay`` asks Stripe, whose answer counts. Who only asks whether the page is there (HEAD) asks nobody
and writes nothing.
"""

from __future__ import annotations

import logging
import re

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from bot.cards.door import CardClosed, Door
from bot.cards.views import pay_page
from bot.ui.texts import Texts
from bot.web.bodies import bounded_body
from ledger.errors import LedgerError, NotFound
from ledger.groups.models import Group
from ledger.payments.card import accounts, checkouts, events
from ledger.payments.card.gateway import WrongSignature, event_of

log = logging.getLogger(__name__)

_HEADERS = {
    "Content-Security-Policy": pay_page.POLICY,
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "Cache-Control": "no-store",
}
"""A link is a secret and an answer is true for a moment: nobody frames, keeps or passes on either."""
_LIKE_A_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}")


class StripeDoor:
    """Handlers of the two paths. Without a signing secret no event is taken: then the bot asks by itself."""

    def __init__(self, cards: Door, signing_secret: str | None) -> None:
        self._cards = cards
        self._secret = signing_secret

    async def take_event(self, request: Request) -> Response:
        """Stores an event. 400: not signed by Stripe, too old, or of the other mode; 503: send it again."""
        body = await bounded_body(request)
        if body is None:
            return PlainTextResponse("too large", status_code=413)
        if self._secret is None:
            return PlainTextResponse("no signing secret is configured", status_code=404)
        try:
            event = event_of(body, request.headers.get("Stripe-Signature"), self._secret)
        except WrongSignature:
            return PlainTextResponse("wrong signature", status_code=400)
        except (ValueError, RecursionError):
            return PlainTextResponse("not an event", status_code=400)
        try:
            async with self._cards.edge.unit_of_work() as unit:
                account = await accounts.of_host(unit.session)
                if account is None:
                    return PlainTextResponse("nobody takes cards here yet", status_code=503)
                if account.livemode != event.livemode:
                    log.error("stripe event %s: livemode is not the key's", event.stripe_id)
                    return PlainTextResponse("other livemode", status_code=400)
                await events.store(unit.session, account, event)
                unit.after_commit.append(self._cards.wake)
        except Exception as error:
            log.error("stripe: the event could not be stored: %s", type(error).__name__)
            return PlainTextResponse("try again", status_code=503)
        return PlainTextResponse("")

    async def pay(self, request: Request) -> Response:
        """To Stripe's page; to a word on how things stand where there is nothing to pay, or for who comes back."""
        response = await self._pay(request)
        response.headers.update(_HEADERS)
        return response

    async def _pay(self, request: Request) -> Response:
        token = request.path_params["token"]
        try:
            if not _LIKE_A_TOKEN.fullmatch(token):
                raise NotFound("checkout", token)
            texts, group = await self._reader(token)
        except NotFound:
            return HTMLResponse(pay_page.unknown(Texts("fr"), Texts("en")), status_code=404)
        if request.method == "HEAD":
            return HTMLResponse("")
        chat = self._cards.chat_link(token)
        try:
            if "back" in request.query_params:
                payment, is_behind = await self._cards.look_at(token)
                again = self._cards.link(token) or chat
                page = pay_page.how_it_stands(texts, group, payment, chat, again, is_behind=is_behind)
                return HTMLResponse(page)
            url = await self._cards.open(token)
        except CardClosed as closed:
            return HTMLResponse(pay_page.how_it_stands(texts, group, closed.payment, chat, None))
        except LedgerError as error:
            log.warning("pay: %s", type(error).__name__)
            may_be_paid = await self._cards.may_be_paid(token)
            page = pay_page.not_now(texts, group, error, chat, may_be_paid=may_be_paid)
            return HTMLResponse(page, status_code=503)
        return RedirectResponse(url, status_code=303)

    async def _reader(self, token: str) -> tuple[Texts, Group]:
        async with self._cards.edge.database.snapshot() as session:
            checkout = await checkouts.by_token(session, token)
            group = await session.get_one(Group, checkout.group_id)
        return Texts(checkout.language, group.time_zone, group.currency), group
