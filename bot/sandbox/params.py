"""From the raw parameters of a request to typed ones, refusing what the method does not know or is missing.

Text comes from forms, so numbers, booleans and nested values are read from text too.
"""

import json
from typing import TypeVar

from bot.sandbox.errors import ApiError, bad_request
from bot.sandbox.methods import Method
from bot.sandbox.model import Json, JsonObject

Upload = tuple[str, bytes]
T = TypeVar("T")

_TRUE = frozenset({"true", "1", "yes", "t", "y"})
_EMPTY = {
    "chat_id": "chat_id is empty",
    "text": "message text is empty",
    "document": "there is no document in the request",
    "photo": "there is no photo in the request",
    "message_id": "message identifier is not specified",
    "user_id": "invalid user_id specified",
    "file_id": "file_id not specified",
    "commands": "can't parse commands list",
}


class Params:
    """The parameters of one call, already of the type the method's table says."""

    __slots__ = ("files", "values")

    def __init__(self, values: JsonObject, files: dict[str, Upload]) -> None:
        self.values = values
        self.files = files

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def text(self, name: str) -> str | None:
        """Return a text, or None if it was not given."""
        return self._get(name, str)

    def integer(self, name: str) -> int | None:
        """Return a number, or None if it was not given."""
        return self._get(name, int)

    def flag(self, name: str) -> bool:
        """Return a boolean; what was not given is false."""
        return bool(self.values.get(name))

    def items(self, name: str) -> list[Json] | None:
        """Return a list, or None if it was not given."""
        return self._get(name, list)

    def object(self, name: str) -> JsonObject | None:
        """Return an object, or None if it was not given."""
        return self._get(name, dict)

    def _get(self, name: str, kind: type[T]) -> T | None:
        value = self.values.get(name)
        return value if isinstance(value, kind) else None


def read_params(method: Method, raw: dict[str, Json], files: dict[str, Upload]) -> Params:
    """Check the raw parameters against the method's table and give them their types.

    Raises: `ApiError` 400 for an unknown, missing or ill-typed parameter.
    """
    types = method.types
    values: JsonObject = {}
    for name, value in raw.items():
        kind = types.get(name)
        if kind is None:
            raise bad_request(f'unknown parameter "{name}" of the method {method.name}')
        if value is None or (value == "" and name not in _MAY_BE_EMPTY):
            continue
        values[name] = value if kind == "str" and type(value) is str else _typed(name, kind, value)
    for name in files:
        if types.get(name) == "file":
            values[name] = f"attach://{name}"
        elif f"attach://{name}" not in raw.values():
            raise bad_request(f'unknown file "{name}" in the request')
    for name in method.required:
        if name not in values:
            raise _missing(name)
    return Params(values, files)


_MAY_BE_EMPTY = frozenset({"url", "text", "description", "short_description", "name", "caption"})


def _missing(name: str) -> ApiError:
    return bad_request(_EMPTY.get(name, f'parameter "{name}" is required'))


def _typed(name: str, kind: str, value: Json) -> Json:
    if kind == "int":
        return _integer(name, value)
    if kind == "bool":
        return value if isinstance(value, bool) else str(value).strip().lower() in _TRUE
    if kind == "chat":
        return _chat(value)
    if kind in {"list", "object"}:
        return _nested(name, kind, value)
    if isinstance(value, dict | list):
        raise bad_request(f'parameter "{name}" must be a text')
    return str(value)


def _integer(name: str, value: Json) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    try:
        return int(str(value))
    except ValueError:
        raise bad_request(f'parameter "{name}" must be an integer') from None


def _chat(value: Json) -> int | str:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    text = str(value).strip()
    return int(text) if text.lstrip("-").isdecimal() and text.isascii() else text


def _nested(name: str, kind: str, value: Json) -> Json:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {name.replace('_', ' ')} JSON object") from None
    if value is None or isinstance(value, list if kind == "list" else dict):
        return value
    raise bad_request(
        f"object expected as {name.replace('_', ' ')}" if kind == "object" else f"{name} is not a list"
    )
