"""Why a file is refused as a whole, one class a case; what is wrong with one line is a ``RowProblem``."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from ledger.errors import LedgerError


class FileKind(StrEnum):
    """What a file that is no catalogue turned out to be, so that the sentence can say what to do instead."""

    PDF = "pdf"
    IMAGE = "image"
    LEGACY_XLS = "xls"
    XLSB = "xlsb"
    ENCRYPTED = "encrypted"
    ODS = "ods"
    WORD = "docx"
    ZIP = "zip"
    ARCHIVE = "archive"
    MARKUP = "markup"
    BINARY = "binary"
    ENCODING = "encoding"
    DAMAGED = "damaged"
    UNSAFE = "unsafe"


class UnreadableCatalogue(LedgerError):
    """Base of everything that refuses a file as a whole. Nothing was read from it."""


class FileTooLarge(UnreadableCatalogue):
    """The file has ``size`` bytes, more than ``limit``."""

    def __init__(self, size: int, limit: int) -> None:
        super().__init__()
        self.size = size
        self.limit = limit


class NotACatalogue(UnreadableCatalogue):
    """Neither CSV nor a readable XLSX, whatever ``filename`` says; ``kind`` is what it looks like."""

    def __init__(self, kind: FileKind, filename: str = "") -> None:
        super().__init__()
        self.kind = kind
        self.filename = filename


class UnpacksTooLarge(UnreadableCatalogue):
    """The workbook unpacks to more than ``limit`` bytes, or has far too many parts: as good as a zip bomb."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit = limit


class TooManyRows(UnreadableCatalogue):
    """More than ``limit`` lines of products."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit = limit


class TooManyColumns(UnreadableCatalogue):
    """Something stands to the right of column number ``limit``."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit = limit


class MissingColumns(UnreadableCatalogue):
    """No header row holds the needed columns; ``names`` are those missing (values of ``Column``)."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__()
        self.names = tuple(names)


class RepeatedColumns(UnreadableCatalogue):
    """Two headers mean the same column (``names``, values of ``Column``): which one counts is unclear."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__()
        self.names = tuple(names)


class EmptyCatalogue(UnreadableCatalogue):
    """The file is empty, or there is no line under its header."""
