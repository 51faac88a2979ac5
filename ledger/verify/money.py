"""The checks of what pays an order (mixed, or changed for another payment), of refunds, gifts and write-offs."""

from __future__ import annotations

from ledger.verify.check import Check

MONEY = (
    Check(
        "I3",
        "confirmation {id} is for {amount}, but {credit} of member credit and a payment of {rest} pay it",
        """
        SELECT c.group_id, 'order:' || c.order_id AS subject, c.id, c.amount_cents AS amount,
            c.credit_cents AS credit, coalesce(p.amount_cents, 0) AS rest
        FROM confirmations c LEFT JOIN payments p ON p.id = c.payment_id
        WHERE c.credit_cents + coalesce(p.amount_cents, 0) <> CASE WHEN c.method IS NULL THEN 0 ELSE c.amount_cents END
            OR (c.method = 'member_credit' AND c.payment_id IS NOT NULL)
        """,
    ),
    Check(
        "I3",
        "confirmation {id} is paid by payment {payment_id}, which is another order's or another method's",
        """
        SELECT c.group_id, 'order:' || c.order_id AS subject, c.id, c.payment_id
        FROM confirmations c
        JOIN payments p ON p.id = c.payment_id
        JOIN orders o ON o.id = c.order_id
        WHERE p.member_id <> o.member_id OR p.method <> c.method OR coalesce(p.order_id, 0) <> o.id
        """,
    ),
    Check(
        "I3",
        "payment {id} is for the order of another member or another group",
        """
        SELECT p.group_id, 'order:' || p.order_id AS subject, p.id
        FROM payments p LEFT JOIN orders o ON o.id = p.order_id AND o.member_id = p.member_id AND o.group_id = p.group_id
        WHERE p.order_id IS NOT NULL AND o.id IS NULL
        """,
    ),
    Check(
        "I4",
        "the payment of {amount} (and {before} of member credit) was changed for {new} (and {after}), and is {state}",
        """
        SELECT s.group_id, 'payment:' || s.payment_id AS subject, p.amount_cents AS amount, p.state,
            s.credit_before_cents AS before, coalesce(n.amount_cents, 0) AS new, s.credit_after_cents AS after
        FROM payment_switches s
        JOIN payments p ON p.id = s.payment_id
        LEFT JOIN payments n ON n.id = s.replaced_by_id
        WHERE p.state <> 'cancelled'
            OR p.amount_cents + s.credit_before_cents <> coalesce(n.amount_cents, 0) + s.credit_after_cents
            OR (n.id IS NOT NULL AND (n.member_id <> p.member_id OR coalesce(n.order_id, 0) <> coalesce(p.order_id, 0)))
        """,
    ),
    Check(
        "refunds",
        "the request was granted with payment {payment_id}, which gives its member nothing back",
        """
        SELECT r.group_id, 'refund_request:' || r.id AS subject, r.payment_id
        FROM refund_requests r JOIN payments p ON p.id = r.payment_id
        WHERE p.member_id <> r.member_id OR p.amount_cents >= 0
        """,
    ),
    Check(
        "refunds",
        "the {kind} has no reason, or moves another account than a member's and {account}",
        """
        SELECT x.group_id, 'transaction:' || x.id AS subject, x.kind, k.account
        FROM transactions x
        JOIN (SELECT 'gift' AS kind, 'adjustments' AS account UNION ALL SELECT 'write-off', 'write-offs'
            UNION ALL SELECT 'left-to-group', 'write-offs') AS k ON k.kind = x.kind
        WHERE x.note_id IS NULL OR EXISTS (
            SELECT 1 FROM postings p JOIN accounts a ON a.id = p.account_id
            WHERE p.transaction_id = x.id AND a.kind <> 'members' AND a.kind <> k.account)
        """,
    ),
    Check(
        "refunds",
        "note {note_id} is about member {noted}, not about member {member_id}, whom it is written to",
        """
        SELECT r.group_id, r.subject, r.note_id, n.member_id AS noted, r.member_id
        FROM (
            SELECT group_id, 'payment:' || id AS subject, member_id, note_id FROM payments
            UNION ALL SELECT group_id, 'refund_request:' || id, member_id, note_id FROM refund_requests
            UNION ALL SELECT group_id, 'refund_request:' || id, member_id, answer_id FROM refund_requests
        ) AS r
        JOIN notes n ON n.id = r.note_id
        WHERE n.member_id IS NULL OR n.member_id <> r.member_id
        """,
    ),
)
