"""What may be tapped and typed to order: the catalogue, the basket, and how it is paid."""

from __future__ import annotations

from bot.rights import May
from bot.ui.taps import Answered, Id, Number, Old, Place, Tap, command, tap
from ledger.groups.models import Method
from ledger.orders.models import Basket, Distribution

ORDER = command("order", "commander", may=May.ORDER, answered=Answered.ALONE)
BASKET = command("basket", "panier", may=May.ORDER, answered=Answered.ALONE)


@tap("order.start", was="order", may=May.ORDER, at=Place.PRIVATE)
class Start(Tap, frozen=True):
    """The catalogue of the distribution that takes orders, or a choice between several."""


@tap("order.at", was="dist", may=May.ORDER, at=Place.PRIVATE, of=Distribution)
class OrderAt(Tap, frozen=True):
    """The catalogue of this distribution."""

    distribution: Id


@tap("shop.page", was="cat", may=May.ORDER, at=Place.PRIVATE, old=Old.GONE, of=Basket)
class Page(Tap, frozen=True):
    """A page of the catalogue, a product's quantity opened on it (0: none's)."""

    basket: Id
    page: Number
    product: Number


@tap("shop.add", was="add", may=May.ORDER, at=Place.PRIVATE, old=Old.GONE, of=Basket)
class Add(Tap, frozen=True):
    """One of a product, from a page of the catalogue."""

    basket: Id
    product: Id
    page: Number


@tap("shop.change", was="qty", may=May.ORDER, at=Place.PRIVATE, old=Old.GONE, of=Basket)
class Change(Tap, frozen=True):
    """So much more (or less) of a product, in thousandths of its unit."""

    basket: Id
    product: Id
    page: Number
    delta: Number


@tap("shop.type", was="qask", may=May.ORDER, at=Place.PRIVATE, old=Old.GONE, of=Basket)
class TypeQuantity(Tap, frozen=True):
    """How much of a product is typed."""

    basket: Id
    product: Id
    page: Number


@tap("shop.producers", was="producers", may=May.ORDER, at=Place.PRIVATE, old=Old.GONE, of=Basket)
class Producers(Tap, frozen=True):
    """Whose products? A page of names."""

    basket: Id
    page: Number


@tap("found", may=May.ORDER, at=Place.PRIVATE, old=Old.GONE, of=Basket)
class Found(Tap, frozen=True):
    """So much more (or less) of a product that the words found."""

    query: str
    basket: Id
    product: Number
    delta: Number


@tap("found.at", was="foundfor", may=May.ORDER, at=Place.PRIVATE, of=Distribution)
class FoundAt(Tap, frozen=True):
    """What the words find, for this distribution."""

    query: str
    distribution: Id


@tap("basket", may=May.ORDER, at=Place.PRIVATE, old=Old.GONE, of=Basket)
class ShowBasket(Tap, frozen=True):
    """What is in this basket, or in one's own of today."""

    basket: Id | None = None


@tap("basket.empty", was="empty", may=May.ORDER, at=Place.PRIVATE, old=Old.GONE, of=Basket)
class Empty(Tap, frozen=True):
    """Everything out."""

    basket: Id


@tap("basket.drop", was="drop", may=May.ORDER, at=Place.PRIVATE, old=Old.GONE, of=Basket)
class TakeOut(Tap, frozen=True):
    """One product out."""

    basket: Id
    product: Id


@tap("basket.again", was="again", may=May.ORDER, at=Place.PRIVATE, old=Old.GONE, of=Basket)
class Again(Tap, frozen=True):
    """Filled like the last order."""

    basket: Id


@tap("basket.confirm", was="confirm", may=May.ORDER, at=Place.PRIVATE, old=Old.GONE, of=Basket)
class Confirm(Tap, frozen=True):
    """It is right: how will it be paid?"""

    basket: Id


@tap("basket.mix", was="paymix", may=May.ORDER, at=Place.PRIVATE, old=Old.GONE, of=Basket)
class Mix(Tap, frozen=True):
    """Member credit first, or not after all."""

    basket: Id
    is_mixed: bool


@tap("basket.pay", was="pay", may=May.ORDER, at=Place.PRIVATE, old=Old.GONE, of=Basket)
class Pay(Tap, frozen=True):
    """Ordered, to be paid by this method: ``agreed`` cents, of which ``credit`` are paid by member credit first."""

    method: Method
    basket: Id
    agreed: Number
    credit: Number | None = None
