"""The web routes. An update is answered 200 only once it is stored; whatever is wrong with it later is our own affair."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging

from sqlalchemy import text
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.delivery import inbox
from bot.edge.intake import Intake
from bot.web.bodies import bounded_body
from bot.web.metrics import PATIENCE, Metrics, Recent
from bot.web.stripe import StripeDoor
from ledger.db import Database

log = logging.getLogger(__name__)


def web_app(
    database: Database,
    intake: Intake,
    webhook_secret: str | None,
    stripe: StripeDoor,
    metrics: Metrics | None = None,
) -> Starlette:
    """The application. Without a secret there is no webhook (the bot polls); the figures may be told elsewhere."""

    async def telegram(request: Request) -> Response:
        given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        if webhook_secret is None or not hmac.compare_digest(given.encode(), webhook_secret.encode()):
            return PlainTextResponse("wrong secret", status_code=403)
        body = await bounded_body(request)
        if body is None:
            return PlainTextResponse("too large", status_code=413)
        try:
            update = json.loads(body)
            inbox.update_id_of(update)
        except (ValueError, RecursionError):
            return PlainTextResponse("not an update", status_code=400)
        try:
            await intake.take([update])
        except Exception as error:
            log.error("webhook: the update could not be stored: %s", type(error).__name__)
            return PlainTextResponse("try again", status_code=503)
        return PlainTextResponse("")

    async def live(_: Request) -> Response:
        return JSONResponse({"status": "live"})

    async def reaches_database() -> str | None:
        try:
            async with asyncio.timeout(PATIENCE), database.snapshot() as session:
                await session.execute(text("SELECT 1"))
        except Exception as error:
            return type(error).__name__
        return None

    readiness = Recent(reaches_database)

    async def ready(_: Request) -> Response:
        if why := await readiness.get():
            return JSONResponse({"status": "not ready", "why": why}, status_code=503)
        return JSONResponse({"status": "ready"})

    app = Starlette(
        routes=[
            Route("/telegram", telegram, methods=["POST"]),
            Route("/stripe", stripe.take_event, methods=["POST"]),
            Route("/pay/{token}", stripe.pay, methods=["GET"]),
            Route("/health/live", live),
            Route("/health/ready", ready),
            *([Route("/metrics", metrics.answer)] if metrics else []),
        ],
        exception_handlers={ClientDisconnect: _hung_up},
    )
    # A redirect would repeat the request's own Host, which anybody may write.
    app.router.redirect_slashes = False
    return app


def _hung_up(request: Request, _: Exception) -> Response:
    """Whoever asked is gone before they had asked: no fault of ours."""
    log.info("web: somebody hung up in the middle of a request to /%s", request.url.path.split("/")[1])
    return Response(status_code=400)
