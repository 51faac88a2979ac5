"""What a workbook's XML would make a reader do, found out by expat, which allocates for what is there."""

from __future__ import annotations

import re
from collections import Counter
from xml.parsers import expat

from ledger.catalogue.errors import FileKind, NotACatalogue, TooManyColumns, TooManyRows, UnpacksTooLarge
from ledger.catalogue.tables import MAX_COLUMNS

MAX_UNPACKED = 20_000_000
MAX_SHEET_ROWS = 10_000
"""The last row of a sheet that may hold a value: 5,000 lines with a blank one after each."""
MAX_ROWS = 5_000
MAX_ANNOUNCED = 1_000_000
MAX_ELEMENTS = 1_000_000
"""XML elements in the whole workbook: ten times what 5,000 lines need, and a second of work."""
MAX_DEPTH = 100

_REFERENCE = re.compile(r"([A-Za-z]{1,3})([1-9][0-9]{0,6})")


class PartInspector:
    """Walks the parts of one workbook. ``inspect`` each of them, then ask for ``shared_text_used``."""

    def __init__(self, filename: str) -> None:
        self.filename = filename
        self.elements = 0
        self.string_lengths: list[int] = []
        self.string_uses: Counter[str] = Counter()

    def inspect(self, content: bytes) -> int:
        """Checks one part; gives how many cells hold a formula error.

        Raises NotACatalogue (unsafe: a DTD; damaged: not well-formed, impossible positions or counts),
        TooManyRows, TooManyColumns, UnpacksTooLarge. Only UTF-8 passes: the library behind reads it whatever the
        part declares.
        """
        part = _Part(self)
        _refuse_other_encodings(content, self.filename)
        parser = expat.ParserCreate("UTF-8")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = part.doctype
        parser.StartElementHandler = part.start
        parser.EndElementHandler = part.end
        parser.CharacterDataHandler = part.text
        try:
            parser.Parse(content, True)
        except expat.ExpatError:
            raise NotACatalogue(FileKind.DAMAGED, self.filename) from None
        return part.errors

    def shared_text_used(self) -> int:
        """Counts the characters all cells hold together, a shared string once for every cell that shows it."""
        lengths = self.string_lengths
        return sum(
            count * lengths[int(index)]
            for index, count in self.string_uses.items()
            if index.isascii() and index.isdigit() and len(index) < 9 and int(index) < len(lengths)
        )


def _refuse_other_encodings(content: bytes, filename: str) -> None:
    """Expat follows a UTF-16 mark even if told otherwise, and would see other elements than the library does."""
    try:
        if "\0" not in content.decode("utf-8"):
            return
    except UnicodeDecodeError:
        pass
    raise NotACatalogue(FileKind.DAMAGED, filename)


class _Part:
    """The state while one part is parsed: where we are in which cell."""

    def __init__(self, whole: PartInspector) -> None:
        self.errors = 0
        self._whole = whole
        self._depth = 0
        self._in_sheet = False
        self._row = 0
        self._column = 0
        self._cell_kind = ""
        self._index: list[str] | None = None
        self._string_length: int | None = None

    def doctype(self, *_: object) -> None:
        raise NotACatalogue(FileKind.UNSAFE, self._whole.filename)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._check_size()
        self._check_counts(attributes)
        name = tag.rpartition(":")[2]
        if name == "sheetData":
            self._in_sheet = True
        elif name == "si":
            self._string_length = 0
        elif self._in_sheet:
            self._start_in_sheet(name, attributes)

    def _start_in_sheet(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            self._row = self._row_number(attributes.get("r"))
            self._column = 0
        elif name == "c":
            self._start_cell(attributes)
        else:
            self._check_position()
            if name == "v" and self._cell_kind == "s":
                self._index = []

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self._column += 1
        if "r" in attributes:
            self._row, self._column = self._position(attributes["r"])
        self._cell_kind = attributes.get("t", "")
        self.errors += self._cell_kind == "e"

    def _check_position(self) -> None:
        """Only a cell with something in it counts: people format whole columns down to row 1048576."""
        if self._row > MAX_SHEET_ROWS:
            raise TooManyRows(MAX_ROWS)
        if self._column > MAX_COLUMNS:
            raise TooManyColumns(MAX_COLUMNS)

    def end(self, tag: str) -> None:
        self._depth -= 1
        name = tag.rpartition(":")[2]
        if name == "sheetData":
            self._in_sheet = False
        elif name == "si" and self._string_length is not None:
            self._whole.string_lengths.append(self._string_length)
            self._string_length = None
        elif name == "v" and self._index is not None:
            self._whole.string_uses["".join(self._index).strip()] += 1
            self._index = None

    def text(self, text: str) -> None:
        if self._string_length is not None:
            self._string_length += len(text)
        if self._index is not None:
            self._index.append(text)

    def _check_size(self) -> None:
        self._depth += 1
        self._whole.elements += 1
        if self._whole.elements > MAX_ELEMENTS:
            raise UnpacksTooLarge(MAX_UNPACKED)
        if self._depth > MAX_DEPTH:
            raise self._damaged()

    def _check_counts(self, attributes: dict[str, str]) -> None:
        for name in ("count", "uniqueCount"):
            announced = attributes.get(name, "0")
            if len(announced) > 9 or not announced.isdigit() or int(announced) > MAX_ANNOUNCED:
                raise self._damaged()

    def _row_number(self, text: str | None) -> int:
        if text is None:
            return self._row + 1
        if not (text.isascii() and text.isdigit() and 0 < len(text) < 8 and int(text) > 0):
            raise self._damaged()
        return int(text)

    def _position(self, reference: str) -> tuple[int, int]:
        match = _REFERENCE.fullmatch(reference)
        if match is None:
            raise self._damaged()
        column = 0
        for letter in match[1].upper():
            column = column * 26 + ord(letter) - ord("A") + 1
        return int(match[2]), column

    def _damaged(self) -> NotACatalogue:
        return NotACatalogue(FileKind.DAMAGED, self._whole.filename)
