"""The reader's language, as the files need it: words, and ways to write amounts, quantities and dates.

The ledger knows no language: whoever asks for a file (``bot/sheets/views/sheets.py``) says how its reader reads.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ledger.groups.models import Method


@dataclass(frozen=True, slots=True)
class Wording:
    """Words are plain text; ``money`` takes cents, ``quantity`` thousandths and a unit.

    ``money_format`` is a spreadsheet's; ``page`` makes ``page 3 of `` of 3: the number of pages is drawn after it.
    """

    order_sheet: str
    table: str
    door_list: str
    picking_list: str
    provisional: str
    nothing_ordered: str
    rounded: str
    producer: str
    product: str
    unit: str
    quantity_head: str
    members_head: str
    price: str
    amount: str
    total: str
    member: str
    method_head: str
    reference: str
    here: str
    paid: str
    still_expected: str
    missing: str
    overpaid: str
    methods: Mapping[Method | None, str]
    decimal_mark: str
    money_format: str
    money: Callable[[int], str]
    quantity: Callable[[int, str], str]
    when: Callable[[dt.datetime], str]
    page: Callable[[int], str]
