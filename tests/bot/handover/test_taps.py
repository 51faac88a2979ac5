"""Goods and money on distribution day: old buttons still say what they said, and what was asked before is still known."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from bot.edge.draft import Draft
from bot.handover.correcting import GoodsDraft
from bot.handover.money import InsteadDraft, UnannouncedDraft
from bot.handover.taps.goods import LineNotDelivered, NotDelivered, Products
from bot.handover.taps.money import CountTill, InsteadBy, UnannouncedBy
from bot.handover.till import TillDraft
from bot.handover.weighing import WeighingDraft
from bot.ui.taps import UNSEEN, VERBS, Tap
from ledger.errors import NotFound
from ledger.groups.models import Method
from ledger.orders.handover_models import CountKind


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ("dgoods:3:0", Products(3, 0)),
        ("dnotyes:3:7:14", NotDelivered(3, 7, 14, UNSEEN)),
        ("dnotyes:3:7:14:123456789012", NotDelivered(3, 7, 14, 123456789012)),
        ("dnone:9:2", LineNotDelivered(9, 2)),
        ("pinstm:5:1:cash", InsteadBy(5, 1, Method.CASH)),
        ("daddm:8:transfer", UnannouncedBy(8, Method.TRANSFER)),
        ("dcount:3:closing", CountTill(3, CountKind.CLOSING)),
    ],
)
def test_a_button_of_before_asks_for_the_same(data: str, found: Tap) -> None:
    verb, *words = data.split(":")
    assert VERBS[verb].parse(words) == found
    assert VERBS[found.verb] is VERBS[verb]


@pytest.mark.parametrize("method", ["card", "member_credit", "gold", ""])
def test_only_what_is_given_by_hand_or_by_the_bank_is_entered(method: str) -> None:
    with pytest.raises(NotFound):
        UnannouncedBy.parse(["8", method])
    with pytest.raises(NotFound):
        InsteadBy.parse(["5", "1", method])


@pytest.mark.parametrize(
    ("data", "draft"),
    [
        (
            {"group": 1, "line": 9, "step": 2, "quantity": 12_000},
            GoodsDraft(group=1, line=9, step=2, quantity=12_000),
        ),
        (
            {"distribution": 3, "product": 7, "price": 950, "seen": 12},
            GoodsDraft(distribution=3, product=7, price=950, seen=12),
        ),
        (
            {"distribution": 3, "product": 7, "lines": [9, 4], "at": 1, "group": 1, "line": 4, "step": 0},
            WeighingDraft(group=1, distribution=3, product=7, lines=(9, 4), at=1, line=4, step=0),
        ),
        (
            {"group": 1, "payment": 5, "steps": 1, "method": "cash", "proposed": [1068, 900], "typed": 10680},
            InsteadDraft(group=1, payment=5, steps=1, method=Method.CASH, proposed=(1068, 900), typed=10680),
        ),
        (
            {"group": 1, "order": 8, "method": "cheque", "seen": 12, "proposed": []},
            UnannouncedDraft(group=1, order=8, method=Method.CHEQUE, seen=12),
        ),
        (
            {"group": 1, "distribution": 3, "kind": "closing", "counted": 500, "expected": 800},
            TillDraft(group=1, distribution=3, kind=CountKind.CLOSING, counted=500, expected=800),
        ),
    ],
)
def test_what_a_conversation_kept_before_is_its_draft(data: dict[str, Any], draft: Draft) -> None:
    assert msgspec.convert(data, type(draft), strict=False) == draft
    kept = msgspec.json.decode(msgspec.json.encode(msgspec.to_builtins(draft)))
    assert msgspec.convert(kept, type(draft), strict=False) == draft
