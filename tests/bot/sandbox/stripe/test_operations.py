"""The hand-written table of operations against Stripe's published description and Stripe's own library."""

import re
from typing import Any

import pytest
import stripe
from stripe.params import RefundCreateParams
from stripe.params.checkout import SessionCreateParams

from bot.sandbox.stripe import kinds
from bot.sandbox.stripe.calls import HANDLERS
from bot.sandbox.stripe.expand import EXPANDABLE
from bot.sandbox.stripe.operations import (
    FAMILIES_NOT_SERVED,
    OPERATIONS,
    OPERATIONS_NOT_SERVED,
    VERSION,
    VERSIONS,
    Operation,
)
from tests.bot.sandbox.stripe import description
from tests.bot.sandbox.stripe.description import GONE_IN_ENDIVE, NEW_IN_ENDIVE, Schema

SERVED_FAMILIES = {
    "account", "accounts", "balance", "balance_transactions", "charges", "checkout", "disputes", "events",
    "payment_intents", "payouts", "refunds",
}  # fmt: skip


def every_operation() -> set[str]:
    return {
        f"{method.upper()} {path}"
        for path, about in description.published()["paths"].items()
        for method in about
    }


def compare(name: str, kind: kinds.Kind, schema: Schema) -> None:
    """Fail unless a parameter's kind is the published one."""
    if isinstance(kind, kinds.NotServed):
        return
    if isinstance(kind, kinds.Moment):
        assert {one["type"] for one in schema["anyOf"]} == {"integer", "object"}, name
        return
    for one in schema.get("anyOf", []):
        if one["type"] == kind.swagger and "enum" not in one:
            schema = one
    assert schema["type"] == kind.swagger, name
    if isinstance(kind, kinds.Choice):
        assert sorted((*kind.served, *kind.refused)) == sorted(one for one in schema["enum"] if one), name
    elif isinstance(kind, kinds.ListOf):
        compare(f"{name}[]", kind.inner, schema["items"])
    elif isinstance(kind, kinds.Hash):
        compare_all(name, kind, schema["properties"], set(schema.get("required", [])))
    elif isinstance(kind, kinds.Metadata):
        assert schema["additionalProperties"] == {"type": "string"}, name
    else:
        assert "enum" not in schema, name
        if type(kind) is kinds.Text:
            assert schema.get("maxLength") in {kind.longest, None}, name
    if isinstance(kind, kinds.Currency):
        assert schema["format"] == "currency", name


def compare_all(name: str, ours: kinds.Hash, theirs: dict[str, Schema], required: set[str]) -> None:
    assert set(ours.fields) - NEW_IN_ENDIVE == set(theirs) - GONE_IN_ENDIVE, name
    assert required <= set(ours.required) | {"line_items"}, name
    for key, kind in ours.fields.items():
        if key not in NEW_IN_ENDIVE:
            compare(f"{name}[{key}]", kind, theirs[key])


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_parameters_are_the_published_ones(operation: Operation) -> None:
    theirs, required = description.parameters(operation.method, operation.path)
    compare_all(operation.name, operation.params, theirs, required)


def test_what_endive_changed_is_what_the_library_says() -> None:
    ours = next(one for one in OPERATIONS if one.name == "create_session").params.fields
    theirs = SessionCreateParams.__annotations__
    assert set(ours) <= set(theirs)
    assert set(ours) >= NEW_IN_ENDIVE
    assert not GONE_IN_ENDIVE & set(theirs)
    types = ours["allowed_payment_method_types"]
    assert isinstance(types, kinds.ListOf)
    assert isinstance(types.inner, kinds.Choice)
    words = set(re.findall(r"'([a-z0-9_]+)'", str(theirs["allowed_payment_method_types"])))
    assert words == {*types.inner.served, *types.inner.refused}


def test_the_librarys_version_is_spoken() -> None:
    assert stripe.api_version == VERSION
    assert VERSION in VERSIONS


def test_refunds_have_the_librarys_parameters() -> None:
    ours = next(one for one in OPERATIONS if one.name == "create_refund").params.fields
    assert set(ours) <= set(RefundCreateParams.__annotations__)


def test_what_is_not_served_is_known_to_stripe() -> None:
    served = {f"{one.method} {one.path}" for one in OPERATIONS}
    assert served <= every_operation()
    families: dict[str, set[str]] = {}
    for one in every_operation():
        if one.split(" ")[1].startswith("/v1/"):
            families.setdefault(one.split("/")[2], set()).add(one)
    assert set(families) - SERVED_FAMILIES == FAMILIES_NOT_SERVED
    theirs: set[str] = set().union(*(families[one] for one in SERVED_FAMILIES))
    deeper = {one for one in theirs if one.count("/") > 3 and "/v1/accounts/" in one}
    assert theirs - served - deeper == set(OPERATIONS_NOT_SERVED)


def test_every_operation_of_the_table_is_done() -> None:
    assert set(HANDLERS) == {one.name for one in OPERATIONS}


@pytest.mark.parametrize("name", EXPANDABLE)
def test_what_can_be_expanded_is_as_published(name: str) -> None:
    schemas: dict[str, Any] = description.published()["components"]["schemas"]
    about = schemas[name]["properties"]
    theirs = {key for key, one in about.items() if "x-expansionResources" in one}
    ours = set(EXPANDABLE[name])
    lists = {key for key in ours - theirs if "has_more" in about[key].get("properties", {})}
    assert ours - lists == theirs
