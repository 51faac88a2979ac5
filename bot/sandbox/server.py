"""The sandbox as one server: the Bot API, the control API and the chat page on one port."""

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.sandbox.bot_api import BotApi
from bot.sandbox.control import Control
from bot.sandbox.core import Core
from bot.sandbox.limits import RateLimiter
from bot.sandbox.model import Clock, Limits
from bot.sandbox.webhook import Webhook
from bot.sandbox.world import World

_PAGE = Path(__file__).parent / "page"
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


class Sandbox:
    """A local Telegram: one bot, a world of people and chats, all of it in memory.

    `app` is the ASGI application; `world` has plain methods to put people and groups into it. `/t.me/<bot>?start=…` is
    the chat page too: pages outside may lead back with it, as they do with Telegram's own links.
    """

    def __init__(
        self,
        token: str = "123456:TEST",  # noqa: S107 — a token for nobody but this server
        username: str = "cagnotte_bot",
        limits: Limits = Limits(),  # noqa: B008 — frozen
        *,
        name: str = "Cagnotte",
        language: str = "fr",
        clock: Clock = time.time,
    ) -> None:
        self.world = World(token, username, name, clock)
        self.webhook = Webhook(self.world.updates, clock)
        self.limiter = RateLimiter(limits, clock)
        self.api = BotApi(Core(self.world, self.limiter, self.webhook))
        self.control = Control(self.world, self.api, language)
        self._site = Starlette(
            routes=[
                Mount("/sandbox/api", routes=self.control.routes()),
                Route("/", _page, methods=["GET"]),
                Route(f"/t.me/{username}", _page, methods=["GET"]),
                Route("/page/{name}", _page, methods=["GET"]),
            ]
        )
        self._site.router.redirect_slashes = False

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request: the Bot API by hand, everything else by Starlette."""
        if scope["type"] == "http" and scope["path"].startswith(("/bot", "/file/bot")):
            await self.api(scope, receive, send)
        else:
            await self._site(scope, receive, send)

    @contextlib.asynccontextmanager
    async def serve(self, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
        """Serve until the end of the block, in this event loop, leaving signals alone. Yields the URL."""
        self.world.events.open()
        try:
            async with serve_app(self.app, host, port, self._hang_up) as url:
                yield url
        finally:
            await self.webhook.stop()

    def _hang_up(self) -> None:
        """Send home who waits in a long poll."""
        self.world.events.close()
        self.world.updates.close()


@contextlib.asynccontextmanager
async def serve_app(
    app: ASGIApp, host: str = "127.0.0.1", port: int = 0, on_end: Callable[[], None] | None = None
) -> AsyncIterator[str]:
    """Serve an ASGI application in this event loop until the end of the block. Yields its URL.

    On an address of this machine alone, only who asks for this machine is answered: a page out there whose name was
    pointed here meanwhile asks for its own, and gets nothing.
    """
    listening = _listen(host, port)
    hosts = ["127.0.0.1", "localhost"] if host in ("127.0.0.1", "localhost") else ["*"]
    config = uvicorn.Config(
        TrustedHostMiddleware(app, hosts, www_redirect=False),
        http="httptools", interface="asgi3", ws="none", lifespan="off", log_config=None,
        access_log=False, timeout_graceful_shutdown=2, timeout_keep_alive=60, server_header=False,
    )  # fmt: skip
    server = _Server(config)
    running = asyncio.create_task(server.serve(sockets=[listening]))
    starting = asyncio.create_task(server.is_up.wait())
    try:
        await asyncio.wait([running, starting], return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
        yield f"http://{host}:{listening.getsockname()[1]}"
    finally:
        starting.cancel()
        server.should_exit = True
        server.is_leaving.set()
        if on_end is not None:
            on_end()
        await running
        listening.close()


class _Server(uvicorn.Server):
    """A server that leaves the process's signals to the program it is part of, and says when it is up."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = asyncio.Event()
        self.is_leaving = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to listen."""
        await super().startup(sockets)
        self.is_up.set()

    async def main_loop(self) -> None:
        """Keep the clock of the answers' dates, until it is time to leave."""
        counter = 0
        while not await self.on_tick(counter):
            counter += 1
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0.1):
                    await self.is_leaving.wait()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


def _listen(host: str, port: int) -> socket.socket:
    # asyncio turns Nagle's delays off only for sockets that say they are TCP.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((host, port))
    return listening


async def _page(request: Request) -> Response:
    """Serve the chat page and its few files."""
    name = request.path_params.get("name", "index.html")
    path = _PAGE / name
    if path.parent != _PAGE or path.suffix not in {".html", ".css", ".js", ".svg"} or not path.is_file():
        return Response("Not found", 404)
    return FileResponse(path, headers=_HEADERS)
