"""What the API refuses, in Stripe's own shape: one function a case that several callers share."""

from bot.sandbox.model import JsonObject

_DOCS = "https://stripe.com/docs/error-codes/"


class StripeError(Exception):
    """A request refused: the HTTP status and the fields of Stripe's error object."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        decline_code: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.kind = kind
        self.code = code
        self.param = param
        self.decline_code = decline_code

    def as_json(self) -> JsonObject:
        """Return the error object without the envelope, as `last_payment_error` holds it too."""
        body: JsonObject = {"message": self.message, "type": self.kind}
        if self.code is not None:
            body["code"] = self.code
            body["doc_url"] = _DOCS + self.code.replace("_", "-")
        if self.param is not None:
            body["param"] = self.param
        if self.decline_code is not None:
            body["decline_code"] = self.decline_code
        return body


class SandboxError(Exception):
    """A wish of a test or of the demo that this world cannot grant."""


def invalid(message: str, param: str | None = None, code: str | None = None) -> StripeError:
    """Build the refusal of a request that can never succeed as it is."""
    return StripeError(400, message, code=code, param=param)


def missing(param: str) -> StripeError:
    """Build the refusal of a request without a parameter it needs."""
    return invalid(f"Missing required param: {param}.", param, "parameter_missing")


def unknown(params: list[str]) -> StripeError:
    """Build the refusal of parameters Stripe does not know."""
    names = ", ".join(params)
    return invalid(
        f"Received unknown parameter{'s' if len(params) > 1 else ''}: {names}", params[0], "parameter_unknown"
    )


def no_such(kind: str, id_: str, param: str, elsewhere: str | None = None) -> StripeError:
    """Build the refusal of an id that is not this account's; `elsewhere` is the mode that does have it."""
    message = f"No such {kind}: '{id_}'"
    if elsewhere is not None:
        here = "test" if elsewhere == "live" else "live"
        message += f"; a similar object exists in {elsewhere} mode, but a {here} mode key was used to make this request."
    return StripeError(404, message, code="resource_missing", param=param)


def not_served(what: str, param: str | None = None) -> StripeError:
    """Build this server's own refusal of what the real Stripe knows and the stand-in does not do."""
    message = f"{what} is known to Stripe, but this stand-in does not serve it."
    return StripeError(501, message, kind="api_error", code="sandbox_not_served", param=param)
