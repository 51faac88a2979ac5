"""The page around paying: who only looks whether it is there changes nothing, and nobody frames or keeps it."""

from __future__ import annotations

import base64
import hashlib
import re

from tests.support.card_desk import CardDesk


async def test_who_asks_whether_a_link_is_there_opens_nothing(desk: CardDesk) -> None:
    """A link preview, a mail scanner: HEAD asks nobody at Stripe and writes nothing."""
    payment = await desk.expect()
    token = await desk.offer(payment)
    before = await desk.rows("checkouts")
    for query in ({}, {"back": "1"}):
        looked = await desk.browser.head(f"{desk.street.url}/pay/{token}", params=query)
        assert (looked.status_code, looked.content) == (200, b"")
    assert (await desk.browser.head(f"{desk.street.url}/pay/nobodys")).status_code == 404
    assert await desk.rows("checkouts") == before
    assert list(desk.stripe.requests) == []
    assert (await desk.go(token)).status_code == 303


async def test_every_answer_of_the_pay_page_is_framed_and_kept_by_nobody(desk: CardDesk) -> None:
    payment = await desk.expect()
    token = await desk.offer(payment)
    answers = [await desk.go(token), await desk.go(token, back="1"), await desk.go("nobodys")]
    assert [one.status_code for one in answers] == [303, 200, 404]
    for one in answers:
        assert one.headers["Cache-Control"] == "no-store"
        assert one.headers["X-Frame-Options"] == "DENY"
        assert one.headers["Referrer-Policy"] == "no-referrer"
        assert one.headers["X-Content-Type-Options"] == "nosniff"
        policy = one.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        for style in re.findall(r"<style>(.*?)</style>", one.text, re.DOTALL):
            digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
            assert f"style-src 'sha256-{digest}'" in policy
        assert "style=" not in one.text
        assert "<script" not in one.text
