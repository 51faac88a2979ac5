"""What a button carries: packed, it fits and comes back as it was; forged, it is like something that is gone."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rights import May
from bot.ui.taps import ANYWHERE, FURTHEST, Id, Number, Old, Tap, command, step, tap
from ledger.errors import NotFound
from ledger.groups.models import Group, Method


@step("everything")
class Everything(Tap, frozen=True):
    """One field of each kind."""

    row: Id
    cents: Number
    method: Method
    wanted: bool = False
    words: str | None = None


@step("of_a_group")
class OfAGroup(Tap, frozen=True):
    """A row that a button may leave out, after another field."""

    method: Method
    group: Id | None = None


numbers = st.integers(1, FURTHEST - 1)
taps = st.builds(
    Everything,
    row=numbers,
    cents=numbers.map(lambda number: -number),
    method=st.sampled_from(Method),
    wanted=st.booleans(),
    words=st.none() | st.text("abc:é ~", min_size=1, max_size=3),
)


@given(taps)
def test_what_is_packed_is_what_is_parsed(one: Everything) -> None:
    assert Everything.parse(one.packed) == one


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["7", "-250", "cash"], Everything(7, -250, Method.CASH)),
        (["7", "0", "cheque", "1"], Everything(7, 0, Method.CHEQUE, True)),
        (["7", "0", "card", "0", "a", "b"], Everything(7, 0, Method.CARD, False, "a:b")),
    ],
)
def test_fields_at_the_end_may_be_missing_and_a_text_may_hold_colons(words: list[str], found: Tap) -> None:
    assert Everything.parse(words) == found


@pytest.mark.parametrize(
    "words",
    [
        [], ["7"], ["7", "1"], ["x", "1", "cash"], ["0", "1", "cash"], ["-7", "1", "cash"], ["07", "1", "cash"],
        ["+7", "1", "cash"], ["7.0", "1", "cash"], ["7e1", "1", "cash"], [" 7", "1", "cash"], ["٧", "1", "cash"],
        ["7", "1_0", "cash"], ["9" * 40, "1", "cash"], ["7", "1" + "0" * 15, "cash"], ["7", "1", "gold"],
        ["7", "1", "CASH"], ["7", "1", "cash", "2"], ["7", "1", "cash", "true"], ["7", "", "cash"], ["7", "1", ""],
    ],
)  # fmt: skip
def test_what_no_screen_ever_said_is_not_found(words: list[str]) -> None:
    with pytest.raises(NotFound):
        Everything.parse(words)


def test_a_field_too_many_is_not_found() -> None:
    @step("one")
    class One(Tap, frozen=True):
        row: Id

    with pytest.raises(NotFound):
        One.parse(["1", "2"])


def test_a_button_longer_than_telegram_takes_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="too long"):
        _ = Everything(7, 0, Method.CASH, words="é" * 30).data


def made(**declaration: Any) -> None:
    class Some(Tap, frozen=True):
        other: Id

    tap("some.tap", may=May.ORDER, at=ANYWHERE, **declaration)(Some)


def test_a_declaration_that_cannot_hold_is_refused() -> None:
    with pytest.raises(TypeError, match="needs a field named step"):
        made(old=Old.STEP)
    with pytest.raises(TypeError, match="needs a field named seen"):
        made(old=Old.SEEN)

    class Nothing(Tap, frozen=True):
        pass

    with pytest.raises(TypeError, match="names no row"):
        tap("no.row", may=May.ORDER, at=ANYWHERE, of=Group)(Nothing)
    with pytest.raises(TypeError, match="names no group"):
        tap("no.group", may=May.ORDER, at=ANYWHERE, in_this_group=True)(Nothing)


def test_two_may_not_say_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    for table in ("VERBS", "COMMANDS"):
        monkeypatch.setattr(f"bot.ui.taps.{table}", {})
    made()
    with pytest.raises(TypeError, match="another tap"):
        made()
    command("order", "commander", may=May.ORDER)
    with pytest.raises(TypeError, match="another command"):
        command("panier", "commander", may=May.ORDER)


@pytest.mark.parametrize(
    ("one", "row"),
    [
        (Everything(7, 1, Method.CASH), 7),
        (OfAGroup(Method.CASH, 3), 3),
        (OfAGroup(Method.CASH), None),
    ],
)
def test_the_row_a_tap_is_about_is_its_first_id(one: Tap, row: int | None) -> None:
    assert one.row == row
