"""What an earlier version left in people's chats and in the conversations' rows is understood: every verb, every question.

The buttons are those that its screens made, in each of their lengths; the rows are those of its conversations.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import pytest

from bot.edge.draft import Draft
from bot.edge.handling import Conversation
from bot.routes import handlers
from bot.ui.screen import BELOW, verb_of
from bot.ui.taps import VERBS

ROUTES = handlers()
"""Made first: with them the rooms declare their taps."""
OLD_VERBS = """
    lang home groups group
    order dist cat qty qask basket empty drop confirm paymix pay found foundfor add again producers
    payother payswitch paydrop cardpay
    topup askback askbackoff balance history orders ordercancel mutes mute remgo
    validate awaited awaitedother transfers pmt rcv rcvlate refuse undo other pinstead pinstm
    balances member mhistory payfor openfor
    refund gift writeoff leftgroup rfundo adjundo rqgrant rqdeny
    settings payments negative methods method grouplang joinpolicy invite setask
    cardset cardoffer cardkey cardstop coordinators rolepick role setrole
    ppadd ppinvite pprevoke ppback ppout ppkeep ppno
    distributions newdist dmove dcancel dcancelyes
    day dorders dorder dval dvalnext dunval dclose dleave dleft dreport dundo
    dgoods dprod dlines dline dqty dprice dpall dwalk dnot dnotyes dnone chundo daddpay daddm dcash dcount
    dfor forbasket board boardnow boardleft catalogue import importno
    sheets sheetspage sheet sheetxlsx sheetcsv sheettable sheetdoor sheetpick
"""
OLD_BUTTONS = """
    lang:fr home groups group:1
    order +dist:1 cat:1:0:0 qty:1:1:0:-1000 qask:1:1:0 basket basket:1 empty:1 drop:1:1 confirm:1 paymix:1:1
    pay:cheque:1:1235 pay:cheque:1:1235:1000 found:bread:1:2:1000 foundfor:bread:1 add:1:1:0 again:1 producers:1:0
    +payother:1 payother:1:1 payswitch:cash:1:0:0 payswitch:cash:1:0:0:1 paydrop:2:0:3 +cardpay:7
    topup:1 +topup:1:1235 askback:1 askbackoff:1 +balance history:0 orders ordercancel:1
    +mutes:1 mute:1:0:1 +remgo:1:1
    validate:1 awaited:1:0 awaitedother:0 transfers:0 pmt:1 rcv:1:0:1235 rcv:1:0:1235:1235 rcvlate:1:1:800
    refuse:1:0 undo:1:1 other:1:0 pinstead:1:0 pinstm:1:0:cash
    balances:0:0 member:1 mhistory:3:0 payfor:3 openfor:3
    refund:2 refund:2:1 gift:3 writeoff:3 writeoff:2:1 leftgroup:2:1 rfundo:1:1 adjundo:2 rqgrant:1 rqdeny:1
    settings payments:1 payments:1:0 negative:1 negative:1:1 methods:1 method:1:cheque:0
    grouplang:1 grouplang:1:fr joinpolicy:1 joinpolicy:1:chat invite:1 invite:1:1 setask:1:payee_name
    cardset:1 cardoffer:1:0 cardkey:1 cardstop:1:1 cardstop:1:1:1
    coordinators rolepick:0 role:1 setrole:3:0:1
    ppadd ppinvite:3 pprevoke:3 ppback:2 ppout:3 ppkeep:3 ppno:3
    distributions newdist dmove:1 dcancel:1 dcancelyes:1:2:1038814845820
    day:1 dorders:1:0 dorder:1 dval:1:2379:348522948144 dvalnext:1:2379:348522948144 dunval:1:1
    dclose:1 dleave:1:2:1:396953045295 dleft:1 dreport:1 dundo:1:1
    dgoods:1:0 dprod:1:3 dlines:1:0 dline:1 dqty:3 dprice:3 dpall:1:3 dwalk:1:3 dnot:1:3
    dnotyes:1:3:2:678867888451 dnone:3:0 chundo:1 daddpay:1 daddm:1:cash dcash:1 dcount:1:opening dcount:1:closing
    dfor:1 forbasket:1:4 board:1 boardnow:1 boardleft:1:0 +catalogue:0 import:1:0 importno:1
    sheets:1 sheetspage:1:1 +sheet:1:2 +sheetxlsx:1:0 +sheetcsv:1:0 +sheettable:1 +sheetdoor:1 +sheetpick:1
"""
OLD_ROWS: list[tuple[str, str, dict[str, Any]]] = [
    ("card_settings", "key", {"group": 1}),
    ("coordinators", "name", {}),
    ("distributions", "date", {}),
    ("distributions", "time", {"date": "2026-12-03"}),
    ("distributions", "place", {"date": "2026-12-03", "starts": "2026-12-03T17:30:00+00:00"}),
    ("distributions", "closing", {
        "date": "2026-12-03", "starts": "2026-12-03T17:30:00+00:00", "place": "Hall",
        "proposed": "2026-12-02T19:00:00+00:00"}),
    ("distributions", "confirm", {
        "group": 1, "place": "Hall", "starts": "2026-12-03T17:30:00+00:00", "closes": "2026-12-02T19:00:00+00:00"}),
    ("handover_for", "member", {"group": 1, "distribution": 1}),
    ("handover_goods", "quantity", {"group": 1, "line": 3, "step": 0}),
    ("handover_goods", "quantity", {"group": 1, "line": 3, "step": 0, "quantity": 45000}),
    ("handover_goods", "price", {"group": 1, "line": 3, "step": 0, "price": 600}),
    ("handover_goods", "price_for_all", {"distribution": 1, "product": 3}),
    ("handover_goods", "confirm_price", {"distribution": 1, "product": 3, "price": 600, "seen": 1077027037387}),
    ("handover_weighing", "weight", {
        "group": 1, "distribution": 1, "product": 3, "lines": [3, 5], "at": 1, "line": 5, "step": 0}),
    ("handover_money", "instead", {
        "group": 1, "payment": 1, "steps": 0, "method": "cash", "proposed": [1235], "typed": 12350}),
    ("handover_money", "unannounced", {
        "group": 1, "order": 1, "method": "cash", "seen": 564931759621, "proposed": [1235]}),
    ("handover_money", "count", {"group": 1, "distribution": 1, "kind": "closing"}),
    ("handover_money", "reason", {
        "group": 1, "distribution": 1, "kind": "closing", "counted": 5000, "expected": 6000}),
    ("handover_plan", "line", {"group": 1, "distribution": 1}),
    ("handover_plan", "date", {"group": 1, "distribution": 1}),
    ("handover_plan", "time", {"group": 1, "distribution": 1, "date": "2026-12-04"}),
    ("handover_plan", "place", {
        "group": 1, "distribution": 1, "date": "2026-12-04", "starts": "2026-12-04T17:30:00+00:00"}),
    ("handover_plan", "confirm", {
        "group": 1, "distribution": 1, "date": "2026-12-04", "starts": "2026-12-04T17:30:00+00:00",
        "was": ["Hall", "2026-12-02T00:00:12.800001+00:00", "2026-12-01T00:00:12.800001+00:00"],
        "place": "Hall", "closes": "2026-12-01T00:00:12.800001+00:00"}),
    ("members", "name", {}),
    ("order", "quantity", {"basket": 1, "product": 1, "page": 0}),
    ("payment", "member", {"kind": "payment"}),
    ("payment", "amount", {"kind": "payment", "member": 3}),
    ("payment", "method", {"kind": "payment", "member": 3, "amount": 1500}),
    ("payment", "date", {"kind": "payment", "member": 3, "amount": 1500, "method": "cheque"}),
    ("payment", "note", {
        "kind": "payment", "member": 3, "amount": 1500, "method": "cheque", "dated": "2026-11-25"}),
    ("payment", "awaited", {
        "kind": "payment", "member": 3, "amount": 1500, "method": "cheque", "dated": "2026-11-25", "note": ""}),
    ("payment", "confirm", {
        "kind": "payment", "member": 3, "amount": 1500, "method": "cheque", "dated": "2026-11-25", "note": "",
        "another": True, "seen": 564931759621}),
    ("payment", "confirm", {"kind": "opening", "amount": -2000, "member": 3, "seen": 442627503494}),
    ("people", "name", {"group": 1}),
    ("people", "add", {"group": 1, "name": "Jeanne Petit"}),
    ("people", "leave", {"group": 1}),
    ("refund_declining", "decline", {"group": 1, "request": 1}),
    ("refund_requests", "amount", {"member": 2}),
    ("refund_requests", "way", {"member": 2, "amount": 500}),
    ("refund_requests", "confirm", {"member": 2, "amount": 500, "way": "transfer", "note": "on file"}),
    ("refunds", "amount", {"kind": "refund", "group": 1, "member": 2, "out": True}),
    ("refunds", "way", {"kind": "refund", "group": 1, "member": 2, "request": 1, "amount": 235}),
    ("refunds", "reason", {"kind": "writeoff", "group": 1, "member": 2, "out": True, "amount": 2000}),
    ("refunds", "confirm", {
        "kind": "refund", "group": 1, "member": 2, "out": False, "amount": 500, "method": "cash", "reason": "eggs"}),
    ("settings", "value", {"option": "iban", "group": 1}),
    ("settings", "value", {"option": "time_zone", "group": 1, "zone": "America/Martinique"}),
    ("settling", "out", {"group": 1, "member": 1}),
    ("topup", "amount", {"member": 2}),
    ("topup", "method", {"member": 2, "amount": 5000}),
    ("validate", "amount", {"payment": 1}),
]  # fmt: skip


def words_of(data: str) -> list[str]:
    return data.removeprefix(BELOW).split(":")


def plain(value: Any) -> Any:
    """A value as JSON has it, dates as Python writes them."""
    if isinstance(value, dt.date):
        return value.isoformat()
    return [plain(one) for one in value] if isinstance(value, list | tuple) else value


def draft_of(name: str, state: str) -> type[Draft]:
    """The draft of the one conversation that goes on from there."""
    found = [
        one.draft
        for one in ROUTES
        if isinstance(one, Conversation) and one.name == name and state in one.states
    ]
    assert len(found) == 1, (name, state, found)
    return found[0]


def test_there_is_a_button_of_every_old_verb() -> None:
    assert {verb_of(data) for data in OLD_BUTTONS.split()} == set(OLD_VERBS.split())


@pytest.mark.parametrize("data", OLD_BUTTONS.split())
def test_an_old_button_carries_what_its_tap_asks_for(data: str) -> None:
    verb, *words = words_of(data)
    found = VERBS[verb].parse(words)
    assert found.packed[: len(words)] == words


@pytest.mark.parametrize(("name", "state", "data"), OLD_ROWS)
def test_an_old_conversation_goes_on_with_all_it_was_told(
    name: str, state: str, data: dict[str, Any]
) -> None:
    draft = draft_of(name, state)
    assert set(data) <= set(draft.__struct_fields__)
    told = msgspec.convert(data, draft, strict=False)
    assert {field: plain(getattr(told, field)) for field in data} == {
        field: plain(value) for field, value in data.items()
    }
