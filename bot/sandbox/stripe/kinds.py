"""The kinds of parameters: each reads raw text into a typed value, or refuses it in Stripe's words.

What is known to Stripe but not served here is declared too, so that it is refused as such and not as unknown.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar
from urllib.parse import urlsplit

from bot.sandbox.model import Json, JsonObject
from bot.sandbox.stripe.errors import StripeError, invalid, missing, not_served, unknown
from bot.sandbox.stripe.forms import Form

Raw = str | Form
_EMAIL = re.compile(r"[^\s@<>(),;:\"\[\]]+@[^\s@<>(),;:\"\[\]]+\.[^\s@.<>(),;:\"\[\]]{2,}")
_URL_LENGTH = 5000


class Kind:
    """A kind of parameter."""

    swagger: ClassVar[str]  # the name of the kind in the published description

    def read(self, name: str, raw: Raw) -> Json:
        """Return the typed value of `raw`. Raises: `StripeError`."""
        raise NotImplementedError


@dataclass(frozen=True)
class NotServed(Kind):
    """Known to Stripe, refused here."""

    swagger = "any"

    def read(self, name: str, raw: Raw) -> Json:
        """Refuse it."""
        raise not_served(f"The parameter {name}", name)


@dataclass(frozen=True)
class Text(Kind):
    """A text of at most `longest` characters."""

    longest: int | None = 5000
    swagger = "string"

    def read(self, name: str, raw: Raw) -> Json:
        """Refuse what is empty, too long or a hash."""
        text = _text(name, raw)
        if self.longest is not None and len(text) > self.longest:
            raise invalid(f"Invalid string: {text[:40]}…; must be at most {self.longest} characters", name)
        return text


class Url(Text):
    """An absolute address: http(s), or the scheme of an app."""

    def read(self, name: str, raw: Raw) -> Json:
        """Refuse what is no absolute address."""
        text = _text(name, raw)
        try:
            parts = urlsplit(text)
            is_absolute = bool(
                parts.scheme and (parts.hostname if parts.scheme in {"http", "https"} else parts.netloc)
            )
        except ValueError:
            is_absolute = False
        if not is_absolute or len(text) > _URL_LENGTH or re.search(r"\s", text):
            raise invalid("Not a valid URL", name, "url_invalid")
        return text


class Email(Text):
    """An email address."""

    def read(self, name: str, raw: Raw) -> Json:
        """Refuse what is no address."""
        text = _text(name, raw)
        if not _EMAIL.fullmatch(text) or len(text) > 800:
            raise invalid(f"Invalid email address: {text}", name, "email_invalid")
        return text


class Currency(Text):
    """A currency; only euros are served."""

    def read(self, name: str, raw: Raw) -> Json:
        """Refuse what is no currency, or another one than the euro."""
        text = _text(name, raw).lower()
        if not re.fullmatch("[a-z]{3}", text):
            raise invalid(f"Invalid currency: {text}.", name)
        if text != "eur":
            raise not_served(f"The currency {text}", name)
        return text


@dataclass(frozen=True)
class Integer(Kind):
    """A whole number from `least` to `most`."""

    least: int | None = None
    most: int | None = None
    swagger = "integer"

    def read(self, name: str, raw: Raw) -> Json:
        """Refuse what is no number, or out of bounds."""
        text = _text(name, raw)
        if not re.fullmatch(r"-?[0-9]{1,18}", text):
            raise invalid(f"Invalid integer: {text}", name, "parameter_invalid_integer")
        value = int(text)
        if self.least is not None and value < self.least:
            raise invalid(
                f"This value must be greater than or equal to {self.least}.",
                name,
                "parameter_invalid_integer",
            )
        if self.most is not None and value > self.most:
            raise invalid(
                f"This value must be less than or equal to {self.most}.", name, "parameter_invalid_integer"
            )
        return value


@dataclass(frozen=True)
class Boolean(Kind):
    """True or false."""

    swagger = "boolean"

    def read(self, name: str, raw: Raw) -> Json:
        """Refuse any other word."""
        text = _text(name, raw)
        if text not in {"true", "false"}:
            raise invalid(f"Invalid boolean: {text}", name)
        return text == "true"


@dataclass(frozen=True)
class Choice(Kind):
    """One of a few words, of which some are not served."""

    served: tuple[str, ...]
    refused: tuple[str, ...] = ()
    swagger = "string"

    def read(self, name: str, raw: Raw) -> Json:
        """Refuse any other word."""
        text = _text(name, raw)
        if text in self.refused:
            raise not_served(f"The value {text} of {name}", name)
        if text not in self.served:
            words = sorted((*self.served, *self.refused))
            listed = f"{', '.join(words[:-1])}, or {words[-1]}" if len(words) > 1 else words[0]
            raise invalid(f"Invalid {name}: must be one of {listed}", name)
        return text


@dataclass(frozen=True)
class ListOf(Kind):
    """Several values of one kind."""

    inner: Kind
    most: int | None = None
    swagger = "array"

    def read(self, name: str, raw: Raw) -> Json:
        """Refuse what is no list; the first bad member is named."""
        if isinstance(raw, str) or not all(key.isdecimal() for key in raw):
            raise invalid("Invalid array", name)
        if self.most is not None and len(raw) > self.most:
            raise invalid(f"You can only specify up to {self.most} {name}.", name)
        ordered = sorted(raw.items(), key=lambda one: int(one[0]))
        return [self.inner.read(f"{name}[{key}]", value) for key, value in ordered]


@dataclass(frozen=True)
class Hash(Kind):
    """Named values; a name that ends in `!` is required."""

    declared: Mapping[str, Kind]
    fields: dict[str, Kind] = field(init=False)
    required: tuple[str, ...] = field(init=False)
    swagger = "object"

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", {key.rstrip("!"): kind for key, kind in self.declared.items()})
        object.__setattr__(self, "required", tuple(key[:-1] for key in self.declared if key.endswith("!")))

    def read(self, name: str, raw: Raw) -> JsonObject:
        """Refuse what is no hash, has unknown names, or lacks one."""
        if isinstance(raw, str):
            raise invalid("Invalid object", name)
        path = {key: f"{name}[{key}]" if name else key for key in (*raw, *self.fields)}
        if strange := [path[key] for key in raw if key not in self.fields]:
            raise unknown(strange)
        for key in self.required:
            if key not in raw:
                raise missing(path[key])
        return {key: self.fields[key].read(path[key], value) for key, value in raw.items()}


@dataclass(frozen=True)
class Metadata(Kind):
    """Up to 50 names of 40 characters with values of 500."""

    swagger = "object"

    def read(self, name: str, raw: Raw) -> JsonObject:
        """Refuse what is too much."""
        if isinstance(raw, str):
            raise invalid("Invalid object", name)
        if len(raw) > 50:
            raise invalid(f"Metadata can have up to 50 keys, but you passed in {len(raw)}.", name)
        for key, value in raw.items():
            if len(key) > 40:
                raise _too_long("keys", 40, "a key", key, name)
            if isinstance(value, dict):
                raise invalid(
                    f"Metadata values must be strings, but for key '{key}' you passed in a value of type `hash`",
                    name,
                )
            if len(value) > 500:
                raise _too_long("values", 500, "a value", value, name)
        return {key: str(value) for key, value in raw.items() if value != ""}


@dataclass(frozen=True)
class Moment(Kind):
    """A moment in seconds, or a range with `gt`, `gte`, `lt`, `lte`."""

    swagger = "moment"
    _range: ClassVar[Hash] = Hash({word: Integer(0) for word in ("gt", "gte", "lt", "lte")})

    def read(self, name: str, raw: Raw) -> Json:
        """Refuse what is neither."""
        return Integer(0).read(name, raw) if isinstance(raw, str) else self._range.read(name, raw)


def _text(name: str, raw: Raw) -> str:
    if not isinstance(raw, str):
        raise invalid(f"Invalid string: {name} is a hash", name)
    if raw == "":
        raise invalid(
            f"You passed an empty string for '{name}'. We assume empty values are an attempt to unset a parameter; "
            f"however '{name}' cannot be unset. You should remove '{name}' from your request or supply a non-empty value.",
            name, "parameter_invalid_empty",
        )  # fmt: skip
    return raw


def _too_long(what: str, most: int, one: str, value: str, name: str) -> StripeError:
    return invalid(
        f"Metadata {what} can have up to {most} characters, but you passed in {one} that is {len(value)} characters. "
        f"Invalid {one.split()[1]}: {value}", name,
    )  # fmt: skip
