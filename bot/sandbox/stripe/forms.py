"""Reading Stripe's form encoding: `a[b][0][c]=d` becomes nested dictionaries, all values text.

A list is a dictionary whose keys are numbers; the parameter's type decides later what was meant.
"""

import re
from typing import TypeAlias
from urllib.parse import parse_qsl

from bot.sandbox.stripe.errors import invalid

Form: TypeAlias = dict[str, "str | Form"]

_KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_PART = re.compile(r"\[([^\[\]]*)\]")
_DEEPEST = 10


def read_form(text: str) -> Form:
    """Decode a body or a query string. Raises: `StripeError` if a name is malformed or used in two ways."""
    form: Form = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        _put(form, name, value)
    return form


def _put(form: Form, name: str, value: str) -> None:
    match = _KEY.fullmatch(name)
    if match is None:
        raise invalid(f"Invalid parameter name: {name}")
    path = [match[1], *_PART.findall(match[2])]
    if len(path) > _DEEPEST:
        raise invalid(f"Invalid parameter name: {name}")
    here = form
    for part in path[:-1]:
        inner = here.setdefault(_index(here, part), {})
        if isinstance(inner, str):
            raise invalid(f"Invalid parameter: {name} is used as a value and as a hash", match[1])
        here = inner
    last = _index(here, path[-1])
    if isinstance(here.get(last), dict):
        raise invalid(f"Invalid parameter: {name} is used as a value and as a hash", match[1])
    here[last] = value


def _index(here: Form, part: str) -> str:
    """`a[]` appends."""
    return part or str(len(here))
