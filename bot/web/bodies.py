"""Bodies of requests, read no further than is reasonable."""

from __future__ import annotations

from starlette.requests import Request

LARGEST = 1_000_000
"""Bytes. Telegram's updates and Stripe's events are a few kilobytes."""


async def bounded_body(request: Request) -> bytes | None:
    """The body, or none where it is too large."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            return None
    return body
