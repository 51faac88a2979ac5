"""Noise: truncated, random and mutated files, and what the spreadsheet library may throw at us."""

import contextlib
import datetime
import io
import random
import re
import zipfile
from functools import partial

import pytest

from ledger.catalogue import workbook as workbook_module
from ledger.catalogue.errors import (
    FileKind,
    NotACatalogue,
    UnreadableCatalogue,
)
from ledger.catalogue.reader import read_catalogue
from tests.support.catalogues import DATA, SHEET, refused_as, with_part, workbook, zipped

read = partial(read_catalogue, filename="catalogue.xlsx")


def test_every_truncation() -> None:
    data = (DATA / "catalogue.xlsx").read_bytes()
    for length in range(4, len(data), 37):
        assert refused_as(data[:length]) is FileKind.DAMAGED


def test_random_bytes() -> None:
    dice = random.Random(2025)
    for size in (1, 10, 100, 1_000, 100_000):
        for start in (b"", b"PK\x03\x04"):
            with pytest.raises(UnreadableCatalogue):
                read(start + dice.randbytes(size))


def test_bytes_flipped_anywhere_are_refused_or_harmless() -> None:
    """Of the zip itself: what is read is what was written, or nothing is."""
    data = (DATA / "catalogue.xlsx").read_bytes()
    good = read(data)
    dice = random.Random(7)
    for _ in range(300):
        damaged = bytearray(data)
        damaged[dice.randrange(4, len(data))] ^= 1 << dice.randrange(8)
        try:
            assert read(bytes(damaged)) == good
        except UnreadableCatalogue:
            continue


def test_mutated_parts_never_get_past_the_reader() -> None:
    """Of the XML inside, with a correct checksum: anything but an exception of ours, a panic or an abort is fine."""
    dice = random.Random(11)
    data = workbook()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for _ in range(400):
        part = dice.choice(sorted(parts))
        try:
            read(zipped((parts | {part: mutated(parts[part], dice)}).items(), zipfile.ZIP_STORED))
        except UnreadableCatalogue:
            continue


def mutated(xml: bytes, dice: random.Random) -> bytes:
    """One to three changes: bytes swapped for others, a piece dropped or doubled, a number made huge or negative."""
    for _ in range(dice.randint(1, 3)):
        at, length = dice.randrange(len(xml)), dice.randint(1, 30)
        digits = [n for n, byte in enumerate(xml) if 48 <= byte <= 57] or [at]
        number = dice.choice(digits)
        xml = dice.choice(
            [
                xml[:at] + dice.randbytes(1) + xml[at + 1 :],
                xml[:at] + xml[at + length :],
                xml[:at] + xml[at : at + length] * 2 + xml[at + length :],
                xml[:number]
                + dice.choice([b"99999999999", b"-1", b"4294967295", b"1e308", b"x"])
                + xml[number + 1 :],
            ]
        )
    return xml or b" "


def test_a_panic_of_the_library_is_a_damaged_file(monkeypatch: pytest.MonkeyPatch) -> None:
    panic = type("PanicException", (BaseException,), {})

    def panicking(*_: object) -> list[object]:
        raise panic

    monkeypatch.setattr(workbook_module, "_cells", panicking)
    assert refused_as(workbook()) is FileKind.DAMAGED


@pytest.mark.parametrize("other", [KeyboardInterrupt, SystemExit])
def test_other_interruptions_pass(monkeypatch: pytest.MonkeyPatch, other: type[BaseException]) -> None:
    def interrupted(*_: object) -> list[object]:
        raise other

    monkeypatch.setattr(workbook_module, "_cells", interrupted)
    with pytest.raises(other):
        read(workbook())


@pytest.mark.parametrize("number", ["1e18", "1e308", "-1e18", "99999999999999"])
def test_a_date_beyond_the_end_of_time(number: str) -> None:
    """The library panics on the negative one: a real panic, which it also prints on stderr."""
    rows = [("produit", "prix", "producteur"), ("Miel", datetime.date(2025, 1, 2), "Ruchers")]
    value = re.compile(rb"<v>45\d{3}</v>")
    data = with_part(workbook(rows), SHEET, lambda xml: value.sub(b"<v>%s</v>" % number.encode(), xml))
    if number == "-1e18":
        assert refused_as(data) is FileKind.DAMAGED
    else:
        with contextlib.suppress(NotACatalogue):
            assert not read(data).rows
