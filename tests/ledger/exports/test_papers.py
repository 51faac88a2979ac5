"""The PDFs are read back: everybody is there, the figures agree, and no name breaks a page."""

import io
import re
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from ledger.exports.door_list import door_list, still_expected
from ledger.exports.handover import Due, DueKind, HandOver
from ledger.exports.paper import BOX, TICKED, glyphs
from ledger.exports.picking_list import blocks, picking_list
from ledger.exports.printable import MARK, printable
from ledger.exports.wording import Wording
from ledger.groups.models import Method
from tests.ledger.exports.samples import ENGLISH, FRENCH, NASTY, crowd, handover, item, order

Build = Callable[[HandOver, Wording], bytes]
BOTH = pytest.mark.parametrize("build", [door_list, picking_list])


def pages(data: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(data)).pages]


def read(data: bytes) -> str:
    """All pages. The fonts draw a no-break space and a space alike, so it is read back as one or the other."""
    return "".join(pages(data)).replace("\u00a0", " ")


def spaced(text: str) -> str:
    return text.replace("\u00a0", " ")


def squeezed(text: str) -> str:
    """Without spaces and line ends, which pages put where they like."""
    return re.sub(r"\s", "", text)


@BOTH
def test_sixty_members_with_five_lines_are_two_to_four_pages(build: Build) -> None:
    assert 2 <= len(pages(build(crowd(), FRENCH))) <= 4


@BOTH
def test_every_page_has_the_group_the_distribution_and_its_number(build: Build) -> None:
    found = pages(build(crowd(), FRENCH))
    for number, text in enumerate(found, start=1):
        assert "AMAP des Lilas" in text
        assert "Salle des fêtes, 12 rue de l'Église" in text
        assert "1er décembre 2026 à 18 h 30" in text
        assert squeezed(FRENCH.page(number) + str(len(found))) in squeezed(text)


def test_the_door_list_repeats_its_heads() -> None:
    *full, _ = pages(door_list(crowd(), FRENCH))
    assert full
    for text in full:
        assert FRENCH.member in text
        assert FRENCH.reference in text


def test_a_product_that_goes_on_in_the_next_column_says_its_name_again() -> None:
    handed = handover(*(order(f"Membre {n}", item(0, 500)) for n in range(150)))
    found = "".join(pages(picking_list(handed, FRENCH)))
    assert found.count("Carottes de sable") >= 3
    assert all(f"Membre {n}" in found for n in range(150))


@pytest.mark.parametrize("wording", [FRENCH, ENGLISH])
def test_the_door_list_says_what_everybody_pays_and_how(wording: Wording) -> None:
    handed = handover(
        order("Anne", item(1, 1000)),
        order("Bœuf", item(1, 1000), dues=[Due(DueKind.RECEIVED, 1235, Method.CASH, "AAA-2222")]),
        order("Chloé", item(1, 1000), dues=[Due(DueKind.ELSEWHERE, 1235, Method.MEMBER_CREDIT)]),
        order("Denis", item(1, 1000), dues=[Due(DueKind.MISSING, 1235)]),
    )
    text = read(door_list(handed, wording))
    assert text.count(spaced(wording.money(1235))) == 10
    for word in ("Anne", "Bœuf", "Chloé", "Denis", "K7M-3P9X", "AAA-2222", wording.missing):
        assert word in text
    assert wording.methods[Method.MEMBER_CREDIT] in text
    assert text.count(BOX) == 4 + 2, "one for everybody, one for what is to come"
    assert text.count(TICKED) == 1
    assert spaced(wording.money(handed.total_cents)) in text
    assert still_expected(handed) == {Method.CHEQUE: (1, 1235), None: (1, 1235)}
    assert spaced(wording.money(2470)) in text


def test_what_everybody_pays_adds_up() -> None:
    handed = crowd()
    text = read(door_list(handed, FRENCH))
    assert "\u202f" in text, "the narrow space between thousands"
    assert spaced(FRENCH.money(handed.total_cents)) in text
    expected = sum(
        due.amount_cents for one in handed.orders for due in one.dues if due.kind is DueKind.EXPECTED
    )
    assert spaced(FRENCH.money(expected)) in text
    assert sum(cents for _, cents in still_expected(handed).values()) == expected


def test_the_picking_list_has_every_share_once() -> None:
    handed = handover(
        order("Anne", item(0, 1200), item(1, 1000)),
        order("Zoé", item(0, 500), item(0, 500), item(2, 0)),
    )
    carrots, parcel = sorted(blocks(handed), key=lambda block: block.product)
    assert (carrots.shares, carrots.quantity_milli) == ((("Anne", 1200), ("Zoé", 1000)), 2200)
    assert parcel.shares == (("Anne", 1000),)
    (text,) = pages(picking_list(handed, FRENCH))
    assert "2,2 kg" in text
    assert "1,2 kg" in text
    assert "Miel" not in text, "it did not come"
    assert text.count(BOX) == 3


def test_the_quantities_of_the_picking_list_are_those_of_the_orders() -> None:
    handed = crowd()
    ordered: dict[str, int] = {}
    for one in handed.orders:
        for line in one.items:
            ordered[line.product] = ordered.get(line.product, 0) + line.quantity_milli
    assert {block.product: block.quantity_milli for block in blocks(handed)} == ordered
    text = squeezed("".join(pages(picking_list(handed, FRENCH))))
    for block in blocks(handed):
        assert squeezed(FRENCH.quantity(block.quantity_milli, block.unit)) in text


@BOTH
def test_no_name_breaks_a_page(build: Build) -> None:
    handed = crowd(30, names=NASTY)
    names = dict.fromkeys((1, 2, 3), "B" * 300) | {2: '<para>&"', 3: "🍅🍅"}
    handed = handover(*handed.orders, producers=names, group="G" * 200, place="<i>é" * 60)
    text = squeezed("".join(pages(build(handed, FRENCH))))
    for name in NASTY:
        if name[0] not in "דم":  # what is read from the right, a reader of PDFs may turn again
            assert squeezed(printable(name, glyphs())) in text, name
    assert MARK in text


@BOTH
def test_right_to_left_names_are_there(build: Build) -> None:
    text = squeezed("".join(pages(build(handover(order("דוד כהן", item(1, 1000))), FRENCH))))
    name = squeezed("דוד כהן")
    assert name in text or name[::-1] in text


@BOTH
def test_a_distribution_without_orders_says_so(build: Build) -> None:
    (text,) = pages(build(handover(), FRENCH))
    assert FRENCH.nothing_ordered in text


@BOTH
def test_what_is_provisional_says_so_on_every_page(build: Build) -> None:
    handed = handover(*crowd().orders, provisional=True)
    assert all(FRENCH.provisional.upper() in text for text in pages(build(handed, FRENCH)))
    assert FRENCH.provisional.upper() not in "".join(pages(build(crowd(), FRENCH)))


@BOTH
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(names=st.lists(st.text(max_size=150), min_size=1, max_size=12), product=st.text(max_size=3000))
def test_whatever_the_names_are_there_is_a_list(build: Build, names: list[str], product: str) -> None:
    line = item(0, 1000)
    odd = type(line)(1, 1, product, product[:20], True, 1000, 100, 100)
    handed = handover(*(order(name, line, odd) for name in names), group=product, place=product)
    assert pages(build(handed, ENGLISH))
