"""The parameters of one request, typed by the operation's table; nested hashes are the same again."""

from typing import TypeVar

from bot.sandbox.model import Json, JsonObject

T = TypeVar("T")


class Given:
    """What was given, to be asked for by name and type."""

    __slots__ = ("values",)

    def __init__(self, values: JsonObject) -> None:
        self.values = values

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def text(self, name: str) -> str | None:
        """Return a text, or None if it was not given."""
        return _of(str, self.values.get(name))

    def integer(self, name: str) -> int | None:
        """Return a number, or None if it was not given."""
        return _of(int, self.values.get(name))

    def inner(self, name: str) -> "Given":
        """Return a hash; one that was not given is empty."""
        return Given(_of(dict, self.values.get(name)) or {})

    def several(self, name: str) -> list["Given"]:
        """Return a list of hashes; one that was not given is empty."""
        return [Given(one) for one in self.listed(name) if isinstance(one, dict)]

    def listed(self, name: str) -> list[Json]:
        """Return a list; one that was not given is empty."""
        return _of(list, self.values.get(name)) or []

    def texts(self, name: str) -> list[str]:
        """Return a list of texts."""
        return [str(one) for one in self.listed(name)]

    def mapping(self, name: str) -> dict[str, str]:
        """Return metadata; what was not given is empty."""
        return {key: str(value) for key, value in self.inner(name).values.items()}


def _of(kind: type[T], value: Json) -> T | None:
    assert value is None or isinstance(value, kind)
    return value
