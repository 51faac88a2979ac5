"""The signature Stripe puts on an event: HMAC-SHA256 over the moment and the body."""

import hashlib
import hmac


def signature(payload: bytes, secret: str, moment: int) -> str:
    """Return the value of the `Stripe-Signature` header."""
    signed = hmac.new(secret.encode(), f"{moment}.".encode() + payload, hashlib.sha256)
    return f"t={moment},v1={signed.hexdigest()}"
