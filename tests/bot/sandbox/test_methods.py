"""The hand-written table of methods against aiogram's models of the same Bot API.

aiogram takes some seconds to import: only the process that runs these tests does, not every one that collects them.
"""

import types
import typing

import pytest

from bot.sandbox.calls import HANDLERS
from bot.sandbox.methods import METHODS, Method

EVERY_METHOD = list(METHODS.values())
# What aiogram still has for old bots and the manual no longer lists.
GONE = {"disable_web_page_preview", "allow_sending_without_reply", "reply_to_message_id"}


def model_of(method: Method) -> typing.Any:
    import aiogram.methods

    return getattr(aiogram.methods, method.name[0].upper() + method.name[1:])


def kinds(annotation: typing.Any) -> set[str]:
    """The table's words for one of aiogram's types."""
    from aiogram.client.default import Default
    from aiogram.types import InputFile

    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return kinds(typing.get_args(annotation)[0])
    if origin in {typing.Union, types.UnionType}:
        return set().union(*(kinds(one) for one in typing.get_args(annotation)))
    if origin is list:
        return {"list"}
    if annotation in {type(None), Default}:
        return set()
    plain = {int: "int", str: "str", bool: "bool", InputFile: "file"}
    return {plain.get(annotation, "object")}


ACCEPTED = {
    "chat": [{"int", "str"}],
    "file": [{"file"}, {"file", "str"}],
    "int": [{"int"}],
    "str": [{"str"}],
    "bool": [{"bool"}],
    "list": [{"list"}],
    "object": [{"object"}],
}


@pytest.mark.parametrize("method", EVERY_METHOD, ids=lambda method: method.name)
def test_parameters_are_those_aiogram_knows(method: Method) -> None:
    known = model_of(method).model_fields
    assert set(method.types) == set(known) - GONE
    for name, kind in method.types.items():
        assert kinds(known[name].annotation) in ACCEPTED[kind], name


@pytest.mark.parametrize("method", EVERY_METHOD, ids=lambda method: method.name)
def test_the_same_parameters_are_required(method: Method) -> None:
    required = {name for name, field in model_of(method).model_fields.items() if field.is_required()}
    assert set(method.required) == required


def test_every_method_of_the_table_is_served() -> None:
    assert set(HANDLERS) == {method.name for method in EVERY_METHOD}
