"""The checks of distribution day: corrections, validations, the till."""

from __future__ import annotations

from ledger.verify.check import Check

HANDOVER = (
    Check(
        "I3",
        "the corrected line costs {amount}, but {price} times {quantity} thousandths is {due}",
        """
        SELECT group_id, 'correction:' || id AS subject, amount_cents AS amount, price_cents AS price,
            quantity_milli AS quantity, (price_cents * quantity_milli + 500) / 1000 AS due
        FROM corrections WHERE amount_cents <> (price_cents * quantity_milli + 500) / 1000
        """,
    ),
    Check(
        "I3",
        "the line has {count} corrections, the last is number {last}",
        """
        SELECT min(group_id) AS group_id, 'line:' || order_line_id AS subject, count(*) AS count, max(step) AS last
        FROM corrections GROUP BY order_line_id HAVING count(*) <> max(step) OR min(step) <> 1
        """,
    ),
    Check(
        "I3",
        "the correction changes what is owed by {difference}, its transaction by {posted}",
        """
        SELECT k.group_id, 'correction:' || k.id AS subject, k.difference, coalesce(t.posted, 0) AS posted
        FROM (
            SELECT n.id, n.group_id, n.transaction_id, o.member_id,
                CASE WHEN c.method IS NULL THEN 0 ELSE n.amount_cents
                    - coalesce(lag(n.amount_cents, 1) OVER history, l.amount_cents) END AS difference
            FROM corrections n
            JOIN order_lines l ON l.id = n.order_line_id
            JOIN confirmations c ON c.id = l.confirmation_id
            JOIN orders o ON o.id = l.order_id
            WINDOW history AS (PARTITION BY n.order_line_id ORDER BY n.step)
        ) AS k
        LEFT JOIN (
            SELECT n.id, sum(p.amount_cents) AS posted
            FROM corrections n
            JOIN order_lines l ON l.id = n.order_line_id
            JOIN orders o ON o.id = l.order_id
            JOIN accounts a ON a.group_id = n.group_id AND a.kind = 'members' AND a.owner_id = o.member_id
            JOIN postings p ON p.transaction_id = n.transaction_id AND p.account_id = a.id
            GROUP BY n.id
        ) AS t ON t.id = k.id
        WHERE k.difference <> coalesce(t.posted, 0)
        """,
    ),
    Check(
        "I3",
        "the correction is of another distribution's order than its change",
        """
        SELECT k.group_id, 'correction:' || k.id AS subject
        FROM corrections k
        JOIN changes c ON c.id = k.change_id
        JOIN order_lines l ON l.id = k.order_line_id
        JOIN orders o ON o.id = l.order_id
        WHERE o.distribution_id <> c.distribution_id
        """,
    ),
    *(
        Check(
            "I4",
            "of {count} validations and undoings the last is number {last}, and {wrong} are out of turn",
            f"""
            SELECT min(group_id) AS group_id, '{owner}:' || {owner}_id AS subject, count(*) AS count,
                max(step) AS last, sum(CASE WHEN (kind = 'undone') <> (step % 2 = 0) THEN 1 ELSE 0 END) AS wrong
            FROM {owner}_steps GROUP BY {owner}_id
            HAVING count(*) <> max(step) OR min(step) <> 1
                OR sum(CASE WHEN (kind = 'undone') <> (step % 2 = 0) THEN 1 ELSE 0 END) > 0
            """,  # noqa: S608 - names of our own tables
        )
        for owner in ("order", "distribution")
    ),
    Check(
        "I4",
        "settlement {settlement_id} is not of a payment for the order whose validation made it",
        """
        SELECT x.group_id, 'order:' || s.order_id AS subject, x.settlement_id
        FROM step_settlements x
        JOIN order_steps s ON s.id = x.order_step_id
        JOIN settlements t ON t.id = x.settlement_id
        JOIN payments p ON p.id = t.payment_id
        WHERE s.kind <> 'validated' OR t.kind NOT IN ('received', 'cancelled')
            OR coalesce(p.order_id, 0) <> s.order_id
        """,
    ),
    Check(
        "till",
        "{counted} were counted instead of {expected}, but {posted} were posted",
        """
        SELECT n.group_id, 'cash_count:' || n.id AS subject, n.counted_cents AS counted,
            n.expected_cents AS expected, coalesce(sum(p.amount_cents), 0) AS posted
        FROM cash_counts n
        JOIN accounts a ON a.group_id = n.group_id AND a.kind = 'cash'
        LEFT JOIN postings p ON p.transaction_id = n.transaction_id AND p.account_id = a.id
        GROUP BY n.id, n.group_id, n.counted_cents, n.expected_cents
        HAVING n.counted_cents - n.expected_cents <> coalesce(sum(p.amount_cents), 0)
        """,
    ),
)
