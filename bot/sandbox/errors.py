"""What the server refuses, in Telegram's own words: one function a case that several callers share."""

from bot.sandbox.model import JsonObject


class ApiError(Exception):
    """A request refused, with the code, the sentence and the parameters the client will read."""

    def __init__(self, code: int, description: str, parameters: JsonObject | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def as_json(self) -> JsonObject:
        """Return the body of the refusal."""
        body: JsonObject = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        return body


def bad_request(text: str, parameters: JsonObject | None = None) -> ApiError:
    """Build the refusal of a request that can never succeed as it is."""
    return ApiError(400, f"Bad Request: {text}", parameters)


def forbidden(text: str) -> ApiError:
    """Build the refusal of something the bot may not do here."""
    return ApiError(403, f"Forbidden: {text}")


def unauthorized() -> ApiError:
    """Build the refusal of an unknown token."""
    return ApiError(401, "Unauthorized")


def not_found() -> ApiError:
    """Build the refusal of an unknown method or malformed token."""
    return ApiError(404, "Not Found")


def conflict(text: str) -> ApiError:
    """Build the refusal of two ways of fetching updates at once."""
    return ApiError(409, f"Conflict: {text}")


def too_many_requests(retry_after: int) -> ApiError:
    """Build the refusal of a bot that writes too fast; `retry_after` is in seconds."""
    return ApiError(429, f"Too Many Requests: retry after {retry_after}", {"retry_after": retry_after})


def migrated(new_chat_id: int) -> ApiError:
    """Build the refusal of the old id of a group that became a supergroup."""
    return bad_request("group chat was upgraded to a supergroup chat", {"migrate_to_chat_id": new_chat_id})


def cannot_parse_entities(reason: str) -> ApiError:
    """Build the refusal of text whose markup is wrong."""
    return bad_request(f"can't parse entities: {reason}")


def chat_not_found() -> ApiError:
    """Build the refusal of a chat nobody knows, or that the bot has never seen."""
    return bad_request("chat not found")


def query_too_old() -> ApiError:
    """Build the refusal of an answer to a tap that expired, was answered, or never was."""
    return bad_request("query is too old and response timeout expired or query ID is invalid")


def not_modified() -> ApiError:
    """Build the refusal of an edit that changes nothing."""
    return bad_request(
        "message is not modified: specified new message content and reply markup are exactly the same "
        "as a current content and reply markup of the message"
    )
