"""Hand-overs made of values, and the words of their files; names that trouble whoever writes them down."""

import datetime as dt
import random
from collections.abc import Sequence

from bot.sheets.views.sheets import wording
from bot.ui.texts import Texts
from ledger.exports.handover import Due, DueKind, HandOver, Item, MemberOrder
from ledger.groups.models import Method
from ledger.money import line_amount
from ledger.names import name_key

FRENCH, ENGLISH = wording(Texts("fr")), wording(Texts("en"))
STARTS = dt.datetime(2026, 12, 1, 17, 30, tzinfo=dt.UTC)
PRODUCERS = {1: "Ferme des Tilleuls", 2: "Le Rucher de l'Œuvre", 3: "Moulin d'Émile"}
PRODUCTS = (
    ("Carottes de sable", "kg", 240),
    ("Colis de légumes", "pièce", 1235),
    ("Miel de tilleul", "500 g", 800),
    ("Tomme de brebis", "kg", 2890),
    ("Pain complet", "pièce", 435),
    ("Œufs plein air", "6 pièces", 310),
    ("Farine de blé ancien", "1 kg", 220),
    ("Côtes de bœuf", "kg", 1850),
    ("Lentilles vertes", "500 g", 500),
    ("Jus de pomme", "1 L", 390),
)
NASTY = (
    '=HYPERLINK("http://example.invalid";"clic")',
    "+33 6 12 34 56 78",
    "-5",
    "@everyone",
    '<b>&"',
    "]]> --> </para>",
    "🍅 Léa 👩‍🌾",
    "דוד כהן",
    "محمد بن علي",
    "A" * 129,
    "Marie-Antoinette Joséphine de la Tour du Pin-Gouvernet de Montmorency-Luxembourg",
    "Zoé\u202eétrange\u0000\u200b",
)


def item(product: int, milli: int, *, producer: int | None = None, price: int | None = None) -> Item:
    """A line of the product of that number."""
    name, unit, usual = PRODUCTS[product]
    cents = price or usual
    owner = producer or product % len(PRODUCERS) + 1
    return Item(owner, product + 1, name, unit, unit == "kg", milli, cents, line_amount(cents, milli))


def order(member: str, *items: Item, dues: Sequence[Due] | None = None) -> MemberOrder:
    """An order, to be paid by cheque unless said otherwise."""
    total = sum(one.amount_cents for one in items)
    cheque = Due(DueKind.EXPECTED, total, Method.CHEQUE, "K7M-3P9X")
    return MemberOrder(member, items, tuple((cheque,) if dues is None else dues))


def handover(*orders: MemberOrder, provisional: bool = False, **values: object) -> HandOver:
    """A distribution with these orders."""
    wanted = {one.producer_id for each in orders for one in each.items}
    given = {
        "distribution_id": 7,
        "group": "AMAP des Lilas",
        "currency": "EUR",
        "place": "Salle des fêtes, 12 rue de l'Église",
        "starts_at": STARTS,
        "closes_at": STARTS - dt.timedelta(days=1),
        "provisional": provisional,
        "producers": {number: name for number, name in PRODUCERS.items() if number in wanted},
        "orders": tuple(sorted(orders, key=lambda one: name_key(one.member))),
    }
    return HandOver(**(given | values))  # type: ignore[arg-type]


def crowd(members: int = 60, lines: int = 5, *, names: Sequence[str] = ()) -> HandOver:
    """A full distribution; some members have these names."""
    chance = random.Random(7)
    first = ("Anne", "Bruno", "Éloïse", "Zoë", "Marie", "François", "Jérôme", "Chloé", "Noël", "Inès")
    last = ("Dupont", "Lefèvre", "Nguyễn", "O'Connor", "Müller", "Garçon", "Petit-Jean")
    made = []
    for number in range(members):
        name = (
            names[number] if number < len(names) else f"{chance.choice(first)} {chance.choice(last)} {number}"
        )
        chosen = [
            item(product, chance.choice((250, 500, 1350)) if PRODUCTS[product][1] == "kg" else 2000)
            for product in chance.sample(range(len(PRODUCTS)), min(lines, len(PRODUCTS)))
        ]
        total = sum(one.amount_cents for one in chosen)
        method = chance.choice((Method.CHEQUE, Method.CASH, Method.TRANSFER))
        dues = chance.choice(
            (
                (Due(DueKind.EXPECTED, total, method, "K7M-3P9X"),),
                (Due(DueKind.RECEIVED, total, method, "K7M-3P9X"),),
                (Due(DueKind.ELSEWHERE, total, Method.MEMBER_CREDIT),),
                (
                    Due(DueKind.EXPECTED, total - 300, method, "K7M-3P9X"),
                    Due(DueKind.ELSEWHERE, 300, Method.MEMBER_CREDIT),
                ),
                (
                    Due(DueKind.RECEIVED, total + 133, method, "K7M-3P9X"),
                    Due(DueKind.OVERPAID, -133),
                ),
            )
        )
        made.append(order(name, *chosen, dues=dues))
    return handover(*made)
