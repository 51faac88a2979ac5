"""Workbooks: the formats our sheets share, names that a sheet may have, and cells that hold what they say."""

from __future__ import annotations

import io
from enum import StrEnum
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from ledger.exports.cells import amount, is_formula, quantity
from ledger.exports.handover import HandOver
from ledger.exports.wording import Wording

LONGEST_NAME = 31
"""Of a sheet, in UTF-16 units."""
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
_RESERVED = "history"
_HEAD = "#E8EFE0"
_LINE = "#B8C4A8"


def sheet_name(wanted: str, taken: set[str]) -> str:
    """Returns ``wanted`` as a sheet may be called, unlike any in ``taken`` (which it joins)."""
    name = " ".join(wanted.translate(_FORBIDDEN).split()).strip("'").strip()
    base = "-" if not name or name.casefold() == _RESERVED else name
    number, found = 1, _cut(base, "")
    while found.casefold() in taken:
        number += 1
        found = _cut(base, f" ({number})")
    taken.add(found.casefold())
    return found


def _cut(name: str, suffix: str) -> str:
    while len((name + suffix).encode("utf-16-le")) > 2 * LONGEST_NAME:
        name = name[:-1]
    return name.rstrip(" '") + suffix


class Look(StrEnum):
    """How a cell looks."""

    TITLE = "title"
    NOTE = "note"
    HEAD = "head"
    HEAD_NUMBER = "head_number"
    HEAD_MIDDLE = "head_middle"
    HEAD_TURNED = "head_turned"
    TEXT = "text"
    TEXT_BOLD = "text_bold"
    NUMBER = "number"
    NUMBER_BOLD = "number_bold"
    GRID = "grid"
    GRID_BOLD = "grid_bold"
    MONEY = "money"
    MONEY_BOLD = "money_bold"


class Book:
    """A workbook under way; :meth:`finish` gives its bytes."""

    def __init__(self, handover: HandOver, wording: Wording) -> None:
        self.handover = handover
        self.wording = wording
        self._out = io.BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self._book = xlsxwriter.Workbook(self._out, options)
        self._taken: set[str] = set()
        self._looks = _looks(wording.money_format)
        self._formats: dict[tuple[Look, bool], Format] = {}

    def sheet(self, name: str, title: str, *, landscape: bool = False) -> Worksheet:
        """Adds a sheet with its title, the distribution under it, ready to be printed on A4."""
        sheet = self._book.add_worksheet(sheet_name(name, self._taken))
        sheet.set_paper(9)
        sheet.set_margins(0.4, 0.4, 0.5, 0.6)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&R&P / &N")
        if landscape:
            sheet.set_landscape()
        self.text(sheet, 0, 0, f"{title} · {self.handover.group}", Look.TITLE)
        about = f"{self.wording.when(self.handover.starts_at)} · {self.handover.place}"
        if self.handover.provisional:
            about = f"{self.wording.provisional.upper()} · {about}"
        self.text(sheet, 1, 0, about, Look.NOTE)
        return sheet

    def text(self, sheet: Worksheet, row: int, column: int, text: str, look: Look) -> None:
        """Writes a text, and never a formula: not now, nor when somebody edits the cell."""
        sheet.write_string(row, column, text, self._format(look, is_formula(text)))

    def count(self, sheet: Worksheet, row: int, column: int, number: int) -> None:
        """Writes a whole number."""
        sheet.write_number(row, column, number, self._format(Look.NUMBER))

    def money(self, sheet: Worksheet, row: int, column: int, cents: int, *, bold: bool = False) -> None:
        """Writes an amount of cents as a number in the group's currency."""
        value = float(amount(cents, self.handover.currency))
        sheet.write_number(row, column, value, self._format(Look.MONEY_BOLD if bold else Look.MONEY))

    def quantity(self, sheet: Worksheet, row: int, column: int, milli: int, look: Look = Look.NUMBER) -> None:
        """Writes a quantity, in thousandths of its unit, as a number."""
        sheet.write_number(row, column, float(quantity(milli)), self._format(look))

    def finish(self) -> bytes:
        """Returns the file's bytes."""
        self._book.close()
        return self._out.getvalue()

    def _format(self, look: Look, quoted: bool = False) -> Format:
        """``quoted``: with the mark that tells a spreadsheet that a text was typed as text."""
        if (look, quoted) not in self._formats:
            properties = {**self._looks[look], **({"quote_prefix": True} if quoted else {})}
            self._formats[look, quoted] = self._book.add_format(properties)
        return self._formats[look, quoted]


def _looks(money_format: str) -> dict[Look, dict[str, Any]]:
    head = {"bold": True, "bg_color": _HEAD, "bottom": 1, "valign": "vcenter", "text_wrap": True}
    line = {"bottom": 4, "bottom_color": _LINE}
    strong = {"bold": True, "top": 1}
    money = {"num_format": money_format}
    right = {"align": "right"}
    grid = {"align": "center", "left": 4, "left_color": _LINE}
    return {
        Look.TITLE: {"bold": True, "font_size": 14},
        Look.NOTE: {"italic": True},
        Look.HEAD: head,
        Look.HEAD_NUMBER: {**head, **right},
        Look.HEAD_MIDDLE: {**head, "align": "center", "left": 1, "left_color": _LINE},
        Look.HEAD_TURNED: {**head, **grid, "rotation": 90, "valign": "bottom"},
        Look.TEXT: line,
        Look.TEXT_BOLD: strong,
        Look.NUMBER: {**line, **right},
        Look.NUMBER_BOLD: {**strong, **right},
        Look.GRID: {**line, **grid},
        Look.GRID_BOLD: {**strong, **grid},
        Look.MONEY: {**line, **money},
        Look.MONEY_BOLD: {**strong, **money},
    }
