"""Which operation a request asks for, and by what right."""

import base64
import binascii
import re
from typing import Final

from bot.sandbox.stripe.errors import StripeError, invalid, not_served
from bot.sandbox.stripe.operations import (
    FAMILIES_NOT_SERVED,
    OPERATIONS,
    OPERATIONS_NOT_SERVED,
    VERSION,
    VERSIONS,
    Operation,
)
from bot.sandbox.stripe.world import Key, World


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path))


# What has the fewest ids in its path comes first: /v1/charges/search is not the charge "search".
_ROUTES: Final[list[tuple[str, re.Pattern[str], Operation | None]]] = sorted(
    [
        *((one.method, _pattern(one.path), one) for one in OPERATIONS),
        *((line.split(" ")[0], _pattern(line.split(" ")[1]), None) for line in OPERATIONS_NOT_SERVED),
    ],
    key=lambda route: route[1].groups,
)


def route(method: str, path: str) -> tuple[Operation, dict[str, str]]:
    """Return the operation and the ids in its path. Raises: `StripeError` if it is unknown, or not served."""
    for its_method, pattern, operation in _ROUTES:
        match = pattern.fullmatch(path) if its_method == method else None
        if match is not None:
            if operation is None:
                raise not_served(f"{method} {path}")
            return operation, match.groupdict()
    parts = path.split("/")
    if parts[1] == "v2" or parts[2:3] == ["accounts"] or FAMILIES_NOT_SERVED.intersection(parts[2:3]):
        raise not_served(f"{method} {path}")
    raise StripeError(
        404,
        f"Unrecognized request URL ({method}: {path}). Please see https://stripe.com/docs or we can help at "
        "https://support.stripe.com/.",
    )


def authenticate(world: World, authorization: str | None) -> Key:
    """Return the key a request came with. Raises: `StripeError` if it has none, or nobody's."""
    key = _given_key(authorization)
    if key is None:
        raise StripeError(
            401,
            "You did not provide an API key. You need to provide your API key in the Authorization header, using "
            "Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
        )
    found = world.keys.get(key)
    if found is None:
        raise StripeError(401, f"Invalid API Key provided: {_hidden(key)}")
    return found


def authorize(key: Key, operation: Operation, wanted_account: str | None) -> None:
    """Check that a key may do this, on this account. Raises: `StripeError`."""
    account = key.mode.account.id
    if wanted_account not in {None, account}:
        raise StripeError(
            403,
            f"The provided key does not have access to account '{wanted_account}' (or that account does not exist). "
            "Application access may have been revoked.",
            code="account_invalid",
        )
    if key.rights is None or operation.right in key.rights:
        return
    if operation.right.endswith("_read") and operation.right.replace("_read", "_write") in key.rights:
        return
    raise StripeError(
        403,
        f"The provided key does not have the required permissions for this endpoint on account '{account}'. Having the "
        f"'rak_{operation.right}' permission would allow this request to continue.",
    )


def check_version(version: str | None) -> str:
    """Return the API version of a request. Raises: `StripeError` if this server does not speak it."""
    if version is None:
        return VERSION
    if version not in VERSIONS:
        raise invalid(f"Invalid Stripe API version: {version}")
    return version


def _given_key(authorization: str | None) -> str | None:
    scheme, _, value = (authorization or "").partition(" ")
    if scheme.lower() == "bearer":
        return value.strip() or None
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value, validate=True).decode().partition(":")[0] or None
        except (binascii.Error, UnicodeDecodeError):
            return None
    return None


def _hidden(key: str) -> str:
    return f"{key[:8]}{'*' * max(len(key) - 12, 3)}{key[-4:]}" if len(key) > 12 else "*" * len(key)
