"""Workbooks are read back: every figure a number, every text a text, every sheet with a name it may have."""

import io
import re
import zipfile
from collections.abc import Callable

import pytest
from python_calamine import CalamineWorkbook

from ledger.exports.handover import HandOver
from ledger.exports.order_sheets import order_sheets
from ledger.exports.order_workbook import order_workbook
from ledger.exports.table_workbook import table_workbook
from ledger.exports.wording import Wording
from ledger.exports.workbook import LONGEST_NAME, sheet_name
from tests.ledger.exports.samples import ENGLISH, FRENCH, NASTY, crowd, handover, item, order


def read(data: bytes) -> dict[str, list[list[object]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def parts(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return "".join(archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml"))


def whole(handed: HandOver, wording: Wording) -> bytes:
    return order_workbook(handed, order_sheets(handed), wording)


@pytest.mark.parametrize("wording", [FRENCH, ENGLISH])
def test_the_order_workbook_has_a_sheet_a_producer_and_the_totals(wording: Wording) -> None:
    handed = crowd()
    sheets = read(whole(handed, wording))
    assert list(sheets) == [wording.total, "Ferme des Tilleuls", "Le Rucher de l'Œuvre", "Moulin d'Émile"]
    cents = 0
    for sheet in order_sheets(handed):
        rows = sheets[sheet.producer]
        assert rows[3] == [
            wording.product, wording.unit, wording.quantity_head, wording.members_head, wording.price,
            wording.amount,
        ]  # fmt: skip
        lines = rows[4 : 4 + len(sheet.rows)]
        for read_back, row in zip(lines, sheet.rows, strict=True):
            assert read_back == [
                row.product, row.unit, row.quantity_milli / 1000, row.members, row.price_cents / 100,
                row.amount_cents / 100,
            ]  # fmt: skip
        total = rows[4 + len(sheet.rows)]
        assert (total[0], total[5]) == (wording.total, sheet.total_cents / 100)
        cents += sheet.total_cents
    assert sheets[wording.total][-1] == [wording.total, handed.total_cents / 100]
    assert cents == handed.total_cents


def test_one_producer_s_workbook_holds_nobody_else_s_orders() -> None:
    handed = crowd()
    data = order_workbook(handed, order_sheets(handed)[:1], FRENCH)
    assert list(read(data)) == ["Ferme des Tilleuls"]
    assert "Moulin" not in parts(data)


@pytest.mark.parametrize("wording", [FRENCH, ENGLISH])
def test_the_table_says_who_gets_what(wording: Wording) -> None:
    handed = handover(
        order("Zoé", item(0, 1200), item(1, 1000)),
        order("Éloïse", item(1, 2000), item(2, 0)),
        order("Anne", item(1, 1000), item(1, 1000)),
    )
    (rows,) = read(table_workbook(handed, wording)).values()
    products = ["Carottes de sable", "Colis de légumes", "Miel de tilleul"]
    assert rows[4][2:] == products
    assert rows[5] == [wording.member, wording.amount, "kg", "pièce", "500 g"]
    assert [row[0] for row in rows[6:]] == ["Anne", "Éloïse", "Zoé", wording.total]
    assert rows[6][1:] == [24.70, "", 2.0, ""]
    assert rows[7][1:] == [24.70, "", 2.0, 0.0], "what did not come is a 0, and what was not ordered is empty"
    assert rows[8][1:] == [15.23, 1.2, 1.0, ""]
    assert rows[9][1:] == [handed.total_cents / 100, 1.2, 5.0, 0.0]


def test_the_table_s_totals_are_those_of_its_rows() -> None:
    handed = crowd()
    (rows,) = read(table_workbook(handed, FRENCH)).values()
    members, total = rows[6:-1], rows[-1]
    assert len(members) == 60
    for column in range(1, len(total)):
        summed = sum(row[column] for row in members if isinstance(row[column], float))
        assert total[column] == pytest.approx(summed, abs=1e-9)
    assert total[1] == handed.total_cents / 100


@pytest.mark.parametrize("build", [whole, table_workbook])
def test_names_are_texts_and_never_formulas(build: Callable[[HandOver, Wording], bytes]) -> None:
    handed = crowd(len(NASTY), names=NASTY)
    handed = handover(*handed.orders, producers=dict(enumerate(NASTY, start=1)), group="=1+1", place="@x")
    data = build(handed, FRENCH)
    texts = {cell for rows in read(data).values() for row in rows for cell in row if isinstance(cell, str)}
    expected = NASTY[:3] if build is whole else [name for name in NASTY if "\x00" not in name]
    assert texts >= set(expected)
    xml = parts(data)
    assert "<f>" not in xml
    assert "<hyperlink" not in xml
    assert 'quotePrefix="1"' in xml


@pytest.mark.parametrize("build", [whole, table_workbook])
def test_heads_stay_in_view(build: Callable[[HandOver, Wording], bytes]) -> None:
    assert 'state="frozen"' in parts(build(crowd(3), FRENCH))


@pytest.mark.parametrize("build", [whole, table_workbook])
def test_a_distribution_without_orders_makes_a_workbook(build: Callable[[HandOver, Wording], bytes]) -> None:
    (rows,) = read(build(handover(), FRENCH)).values()
    assert rows[-1][:2] == [FRENCH.total, 0.0]


def test_what_is_provisional_says_so() -> None:
    handed = handover(order("Anne", item(0, 1000)), provisional=True)
    for data in (whole(handed, FRENCH), table_workbook(handed, FRENCH)):
        for rows in read(data).values():
            assert FRENCH.provisional.upper() in str(rows[1][0])


def test_amounts_are_shown_in_the_currency() -> None:
    assert re.fullmatch(r'#,##0\.00"[\u00a0\u202f ]€"', FRENCH.money_format)
    assert ENGLISH.money_format == '"€"#,##0.00'


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        ("Ferme [A]/B: *C?\\", "Ferme A B C"),
        ("'Chez Paul'", "Chez Paul"),
        ("", "-"),
        ("***", "-"),
        ("History", "-"),
        ("A" * 50, "A" * 31),
        ("🍅" * 20, "🍅" * 15),
        ("A" * 30 + "' fin", "A" * 30),
    ],
)
def test_sheet_names_are_those_a_spreadsheet_takes(wanted: str, name: str) -> None:
    assert sheet_name(wanted, set()) == name


def test_sheet_names_are_unlike_each_other_whatever_their_case() -> None:
    taken: set[str] = set()
    names = [sheet_name(wanted, taken) for wanted in ("Ferme", "FERME", "ferme", "F" * 40, "f" * 40, "", "?")]
    assert names == ["Ferme", "FERME (2)", "ferme (3)", "F" * 31, "f" * 27 + " (2)", "-", "- (2)"]
    assert all(len(name.encode("utf-16-le")) <= 2 * LONGEST_NAME for name in names)
