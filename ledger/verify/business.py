"""The checks of orders, payments and the stock."""

from __future__ import annotations

from ledger import reference
from ledger.verify.check import Check

BUSINESS = (
    Check(
        "I3",
        "the line costs {amount}, but {price} times {quantity} thousandths is {due}",
        """
        SELECT group_id, 'order:' || order_id AS subject, amount_cents AS amount, price_cents AS price,
            quantity_milli AS quantity, (price_cents * quantity_milli + 500) / 1000 AS due
        FROM order_lines WHERE amount_cents <> (price_cents * quantity_milli + 500) / 1000
        """,
    ),
    Check(
        "I3",
        "confirmation {id} is for {amount}, its lines sum to {total}",
        """
        SELECT c.group_id, 'order:' || c.order_id AS subject, c.id, c.amount_cents AS amount,
            coalesce(sum(l.amount_cents), 0) AS total
        FROM confirmations c LEFT JOIN order_lines l ON l.confirmation_id = c.id AND l.order_id = c.order_id
        GROUP BY c.group_id, c.order_id, c.id, c.amount_cents
        HAVING c.amount_cents <> coalesce(sum(l.amount_cents), 0)
        """,
    ),
    Check(
        "I3",
        "the member owes {debt} for lines of {total}",
        """
        SELECT o.group_id, 'order:' || o.id AS subject, coalesce(d.debt, 0) AS debt, coalesce(c.total, 0) AS total
        FROM orders o
        LEFT JOIN (
            SELECT l.order_id, sum(coalesce(k.amount_cents, l.amount_cents)) AS total
            FROM order_lines l
            JOIN orders o ON o.id = l.order_id AND o.cancelled_at IS NULL
            JOIN confirmations c ON c.id = l.confirmation_id
            LEFT JOIN (
                SELECT order_line_id, max(step) AS step FROM corrections GROUP BY order_line_id
            ) AS last ON last.order_line_id = l.id
            LEFT JOIN corrections k ON k.order_line_id = l.id AND k.step = last.step
            WHERE c.method IS NOT NULL GROUP BY l.order_id
        ) AS c ON c.order_id = o.id
        LEFT JOIN (
            SELECT o.id AS order_id, sum(p.amount_cents) AS debt
            FROM orders o
            JOIN transactions x ON x.group_id = o.group_id AND x.subject = 'order:' || o.id
            JOIN transfers t ON t.transaction_id = x.id
            JOIN accounts a ON a.group_id = o.group_id AND a.kind = 'members' AND a.owner_id = o.member_id
            JOIN postings p ON p.transfer_id = t.id AND p.account_id = a.id
            GROUP BY o.id
        ) AS d ON d.order_id = o.id
        WHERE coalesce(d.debt, 0) <> coalesce(c.total, 0)
        """,
    ),
    Check(
        "I4",
        "the payment is {state}, its {count} settlements (the last is number {last}) say {said}",
        """
        SELECT p.group_id, 'payment:' || p.id AS subject, p.state, coalesce(s.count, 0) AS count,
            coalesce(s.last, 0) AS last, coalesce(newest.kind, 'expected') AS said
        FROM payments p LEFT JOIN (
            SELECT payment_id, count(*) AS count, max(step) AS last FROM settlements GROUP BY payment_id
        ) AS s ON s.payment_id = p.id
        LEFT JOIN settlements newest ON newest.payment_id = p.id AND newest.step = s.last
        WHERE coalesce(s.count, 0) <> coalesce(s.last, 0) OR p.state <>
            CASE coalesce(newest.kind, 'undone') WHEN 'undone' THEN 'expected' ELSE newest.kind END
        """,
    ),
    Check(
        "I4",
        "step {step} is {kind}: odd steps settle, even steps undo",
        """
        SELECT group_id, 'payment:' || payment_id AS subject, step, kind FROM settlements
        WHERE step < 1 OR (kind = 'undone') <> (step % 2 = 0)
        """,
    ),
    Check(
        "I4",
        "step {step} is {kind} with {amount}, but credits the member {credited}",
        """
        SELECT s.group_id, 'payment:' || s.payment_id AS subject, s.step, s.kind, s.amount_cents AS amount,
            coalesce(sum(-p.amount_cents), 0) AS credited
        FROM settlements s
        JOIN payments m ON m.id = s.payment_id
        LEFT JOIN accounts a ON a.group_id = m.group_id AND a.kind = 'members' AND a.owner_id = m.member_id
        LEFT JOIN transfers t ON t.transaction_id = s.transaction_id
        LEFT JOIN postings p ON p.transfer_id = t.id AND p.account_id = a.id
        WHERE s.kind <> 'undone'
        GROUP BY s.group_id, s.payment_id, s.step, s.kind, s.amount_cents
        HAVING coalesce(s.amount_cents, 0) <> coalesce(sum(-p.amount_cents), 0)
        """,
    ),
    Check(
        "I4",
        "step {step} undoes step {step} - 1 without reversing what it posted",
        """
        SELECT s.group_id, 'payment:' || s.payment_id AS subject, s.step
        FROM settlements s
        LEFT JOIN settlements undone ON undone.payment_id = s.payment_id AND undone.step = s.step - 1
        LEFT JOIN transactions x ON x.id = s.transaction_id
        WHERE s.kind = 'undone' AND coalesce(x.reverses_id, 0) <> coalesce(undone.transaction_id, 0)
        """,
    ),
    Check(
        "I4",
        "step {step} was reversed by transaction {reversal}, but nobody undid it",
        """
        SELECT s.group_id, 'payment:' || s.payment_id AS subject, s.step, x.id AS reversal
        FROM settlements s
        JOIN transactions x ON x.reverses_id = s.transaction_id
        LEFT JOIN settlements undo ON undo.payment_id = s.payment_id AND undo.step = s.step + 1
            AND undo.transaction_id = x.id
        WHERE s.kind <> 'undone' AND undo.id IS NULL
        """,
    ),
    Check(
        "I4",
        "the payment of {amount} is a {purpose}, which does not fit its sign or what it refers to ({refers})",
        """
        SELECT group_id, 'payment:' || id AS subject, amount_cents AS amount, purpose,
            coalesce('order ' || order_id, 'nothing') AS refers
        FROM payments
        WHERE purpose NOT IN ('order', 'top_up', 'refund')
            OR (purpose = 'order') <> (order_id IS NOT NULL) OR (purpose = 'refund') <> (amount_cents < 0)
        """,
    ),
    Check(
        "I8",
        "the reference {reference} names {count} payments",
        """
        SELECT min(group_id) AS group_id, 'payment:' || max(id) AS subject, reference, count(*) AS count
        FROM payments GROUP BY reference HAVING count(*) > 1
        """,
    ),
    Check(
        "stock",
        "there are {stock} thousandths of {name}",
        """
        SELECT group_id, 'product:' || id AS subject, stock_milli AS stock, name
        FROM products WHERE stock_milli < 0
        """,
    ),
)


def references(position: str) -> Check:
    """Length, symbols and check character, as ``ledger.reference.is_valid``; ``position`` finds a text in a text."""
    symbols = [
        f"{position}('{reference.ALPHABET}', substr(reference, {n + 1}, 1))" for n in range(reference.LENGTH)
    ]
    weighted = " + ".join(
        f"{weight} * ({symbol} - 1)" for weight, symbol in zip(reference.WEIGHTS, symbols, strict=True)
    )
    unknown = " OR ".join(f"{symbol} = 0" for symbol in symbols)
    return Check(
        "I8",
        "{reference} is no reference",
        f"""
        SELECT group_id, 'payment:' || id AS subject, reference FROM payments
        WHERE length(reference) <> {reference.LENGTH} OR {unknown}
            OR ({weighted}) % {len(reference.ALPHABET)} <> 0
        """,  # noqa: S608 - constants of ledger.reference
    )
