"""The checks of cards: what was paid, given back and moved at Stripe, and that the account ``card`` is made of nothing else.

Refunds that Stripe has not made yet are not counted as given back: it may refuse them, where somebody gave the money back
in its dashboard at the same moment.
"""

from __future__ import annotations

from ledger.payments.card.categories import MEANINGS, Meaning, meaning
from ledger.verify.check import Check

_FAILED = meaning(Meaning.PAYMENT_FAILED)
_BOOKED_BEFORE = meaning(Meaning.PAYMENT, Meaning.REFUND, Meaning.REFUND_FAILED, Meaning.HELD)
"""But for its fee, such a movement is in the books already, or moves nothing that Stripe holds."""
_KNOWN = ", ".join(f"'{category}'" for category in MEANINGS)
_DUE = f"""CASE WHEN NOT m.is_ours OR m.category NOT IN ({_KNOWN}) THEN 0
    WHEN m.category IN ({_BOOKED_BEFORE})
        OR (m.category IN ({_FAILED}) AND sum(CASE x.kind WHEN 'failed-card' THEN 1 ELSE 0 END) = 0)
    THEN -m.fee_cents ELSE m.amount_cents - m.fee_cents END"""
"""What a movement does to what Stripe holds for the group. A payment that failed before it was booked moves nothing."""
_COST = f"""CASE WHEN NOT m.is_ours OR m.category NOT IN ({_KNOWN}) THEN 0
    WHEN m.category IN ({meaning(Meaning.FEE)}) THEN m.fee_cents - m.amount_cents ELSE m.fee_cents END"""
"""What of a movement is an expense: what Stripe calls a fee, and the fee within everything else; never anything else."""
_POSTED = f"""LEFT JOIN transactions x ON x.group_id = m.group_id AND x.key IN (
                'card:' || m.account_id || ':' || m.stripe_id, 'card:fee:' || m.account_id || ':' || m.stripe_id)
            LEFT JOIN transfers t ON t.transaction_id = x.id
            LEFT JOIN postings p ON p.transfer_id = t.id AND p.account_id = a.id
            WHERE m.category NOT IN ({meaning(Meaning.PAYOUT, Meaning.PAYOUT_BACK)})"""

CARDS = (
    Check(
        "cards",
        "{amount} were received by card, and {count} paid checkouts brought {paid}",
        """
        SELECT p.group_id, 'payment:' || p.id AS subject, p.amount_cents AS amount, count(c.id) AS count,
            coalesce(sum(c.amount_cents), 0) AS paid
        FROM payments p LEFT JOIN checkouts c ON c.payment_id = p.id AND c.state = 'paid'
        WHERE p.method = 'card' AND p.state = 'received' AND p.amount_cents > 0
        GROUP BY p.id, p.group_id, p.amount_cents
        HAVING count(c.id) <> 1 OR sum(c.amount_cents) <> p.amount_cents
        """,
    ),
    Check(
        "cards",
        "the checkout brought {amount} {currency}, but its payment of {expected} {unit} by {method} is {state}",
        """
        SELECT c.group_id, 'checkout:' || c.id AS subject, c.amount_cents AS amount, c.currency,
            p.amount_cents AS expected, a.currency AS unit, p.method, p.state
        FROM checkouts c
        JOIN payments p ON p.id = c.payment_id
        JOIN accounts a ON a.group_id = p.group_id AND a.kind = 'card'
        WHERE c.state = 'paid' AND (p.method <> 'card' OR p.state <> 'received'
            OR p.amount_cents <> c.amount_cents OR a.currency <> c.currency)
        """,
    ),
    Check(
        "cards",
        "the checkout was paid, but by which payment at Stripe is not known",
        """
        SELECT group_id, 'checkout:' || id AS subject FROM checkouts
        WHERE state = 'paid' AND payment_intent IS NULL
        """,
    ),
    Check(
        "cards",
        "{count} checkouts of the payment are alive",
        """
        SELECT min(group_id) AS group_id, 'payment:' || payment_id AS subject, count(*) AS count
        FROM checkouts WHERE state IN ('wanted', 'open') GROUP BY payment_id HAVING count(*) > 1
        """,
    ),
    Check(
        "cards",
        "step {step} moves {settled}, but by card the payment is of {amount} or nothing",
        """
        SELECT s.group_id, 'payment:' || s.payment_id AS subject, s.step, s.amount_cents AS settled,
            p.amount_cents AS amount
        FROM settlements s JOIN payments p ON p.id = s.payment_id
        WHERE p.method = 'card' AND s.kind = 'received' AND s.amount_cents <> p.amount_cents
        """,
    ),
    Check(
        "cards",
        "{amount} to a card are {state}, but the refund is of {refunded} and {refund_state}",
        """
        SELECT p.group_id, 'payment:' || p.id AS subject, p.amount_cents AS amount, p.state,
            coalesce(r.amount_cents, 0) AS refunded, coalesce(r.state, 'missing') AS refund_state
        FROM payments p LEFT JOIN card_refunds r ON r.payment_id = p.id
        WHERE p.method = 'card' AND p.amount_cents < 0 AND (r.id IS NULL OR r.amount_cents <> -p.amount_cents
            OR p.state <> CASE r.state WHEN 'failed' THEN 'cancelled' ELSE 'received' END)
        """,
    ),
    Check(
        "cards",
        "the refund is no payment to the card of member {member_id}, whose checkout is {state}",
        """
        SELECT r.group_id, 'card_refund:' || r.id AS subject, paid.member_id, c.state
        FROM card_refunds r
        JOIN checkouts c ON c.id = r.checkout_id
        JOIN payments paid ON paid.id = c.payment_id
        JOIN payments back ON back.id = r.payment_id
        WHERE c.state <> 'paid' OR back.member_id <> paid.member_id OR back.method <> 'card' OR back.amount_cents >= 0
        """,
    ),
    Check(
        "cards",
        "{made} went back out of a checkout of {amount}",
        """
        SELECT c.group_id, 'checkout:' || c.id AS subject, c.amount_cents AS amount, sum(r.amount_cents) AS made
        FROM card_refunds r JOIN checkouts c ON c.id = r.checkout_id
        WHERE r.state = 'made'
        GROUP BY c.id, c.group_id, c.amount_cents HAVING sum(r.amount_cents) > c.amount_cents
        """,
    ),
    Check(
        "cards",
        "the checkout says that {disputed} were taken back by disputes, the books say {posted}",
        """
        SELECT * FROM (
            SELECT c.group_id, 'checkout:' || c.id AS subject, c.disputed_cents AS disputed,
                coalesce(d.posted, 0) AS posted
            FROM checkouts c LEFT JOIN (
                SELECT x.group_id, x.subject, sum(-p.amount_cents) AS posted
                FROM transactions x
                JOIN accounts a ON a.group_id = x.group_id AND a.kind = 'card'
                JOIN transfers t ON t.transaction_id = x.id
                JOIN postings p ON p.transfer_id = t.id AND p.account_id = a.id
                WHERE x.kind IN ('disputed-card', 'dispute-won', 'failed-card')
                GROUP BY x.group_id, x.subject
            ) AS d ON d.group_id = c.group_id AND d.subject = 'payment:' || c.payment_id AND c.state = 'paid'
        ) AS both_say WHERE disputed <> CASE WHEN posted < 0 THEN 0 ELSE posted END
        """,
    ),
    Check(
        "cards",
        "the {kind} posted transaction {transaction_id}, which is not the group's to post or moves no card money",
        """
        SELECT m.group_id, 'card_movement:' || m.id AS subject, m.kind, m.transaction_id
        FROM card_movements m
        WHERE m.transaction_id IS NOT NULL AND (NOT m.is_ours OR NOT EXISTS (
            SELECT 1 FROM transfers t
            JOIN postings p ON p.transfer_id = t.id
            JOIN accounts a ON a.id = p.account_id AND a.kind = 'card'
            WHERE t.transaction_id = m.transaction_id))
        """,
    ),
    Check(
        "cards",
        "the {category} of {amount} less {fee} must move {due} besides what was booked before, and moved {posted}",
        f"""
        SELECT * FROM (
            SELECT m.group_id, 'card_movement:' || m.id AS subject, m.category, m.amount_cents AS amount,
                m.fee_cents AS fee, {_DUE} AS due, coalesce(sum(p.amount_cents), 0) AS posted
            FROM card_movements m
            JOIN accounts a ON a.group_id = m.group_id AND a.kind = 'card'
            {_POSTED}
            GROUP BY m.id, m.group_id, m.category, m.amount_cents, m.fee_cents, m.is_ours
        ) AS moved WHERE due <> posted
        """,  # noqa: S608 - Stripe's words, of a list of our own
    ),
    Check(
        "cards",
        "the {category} of {amount} costs {fee}, and {posted} were booked as fees for it",
        f"""
        SELECT * FROM (
            SELECT m.group_id, 'card_movement:' || m.id AS subject, m.category, m.amount_cents AS amount,
                {_COST} AS fee, coalesce(sum(p.amount_cents), 0) AS posted
            FROM card_movements m
            JOIN accounts a ON a.group_id = m.group_id AND a.kind = 'card-fees'
            {_POSTED}
            GROUP BY m.id, m.group_id, m.category, m.amount_cents, m.fee_cents, m.is_ours
        ) AS spent WHERE fee <> posted
        """,  # noqa: S608 - Stripe's words, of a list of our own
    ),
    Check(
        "cards",
        "the bank did not pay: Stripe's balance has {brought} of the checkout, and the books {booked}",
        f"""
        SELECT * FROM (
            SELECT c.group_id, 'checkout:' || c.id AS subject, m.brought,
                CASE c.state WHEN 'paid' THEN c.amount_cents ELSE 0 END + coalesce((
                    SELECT sum(p.amount_cents) FROM transactions x
                    JOIN accounts a ON a.group_id = x.group_id AND a.kind = 'card'
                    JOIN transfers t ON t.transaction_id = x.id
                    JOIN postings p ON p.transfer_id = t.id AND p.account_id = a.id
                    WHERE x.group_id = c.group_id AND x.kind = 'failed-card'
                        AND x.subject = 'payment:' || c.payment_id), 0) AS booked
            FROM checkouts c JOIN (
                SELECT checkout_id, sum(amount_cents) AS brought FROM card_movements
                WHERE category IN ({meaning(Meaning.PAYMENT, Meaning.PAYMENT_FAILED)})
                GROUP BY checkout_id
                HAVING sum(CASE WHEN category IN ({_FAILED}) THEN 1 ELSE 0 END) > 0
            ) AS m ON m.checkout_id = c.id
        ) AS failed WHERE brought <> booked
        """,  # noqa: S608 - Stripe's words, of a list of our own
    ),
    Check(
        "cards",
        "the payment is said to be under way, but is {state}, and {count} checkouts of it are asked about",
        """
        SELECT p.group_id, 'payment:' || p.id AS subject, p.state, count(c.id) AS count
        FROM payments p LEFT JOIN checkouts c ON c.payment_id = p.id AND c.state IN ('wanted', 'open')
        WHERE p.under_way_since IS NOT NULL
        GROUP BY p.id, p.group_id, p.state HAVING p.state = 'received' OR count(c.id) = 0
        """,
    ),
    Check(
        "cards",
        "the {kind} moves the account card by {amount}, and nothing that was paid or moved at Stripe says why",
        """
        SELECT x.group_id, 'transaction:' || x.id AS subject, x.kind, p.amount_cents AS amount
        FROM accounts a
        JOIN postings p ON p.account_id = a.id
        JOIN transactions x ON x.id = p.transaction_id
        WHERE a.kind = 'card' AND x.id NOT IN (
            SELECT s.transaction_id FROM settlements s JOIN payments paid ON paid.id = s.payment_id
            WHERE paid.method = 'card' AND s.transaction_id IS NOT NULL
            UNION ALL
            SELECT m.transaction_id FROM card_movements m WHERE m.is_ours AND m.transaction_id IS NOT NULL
            UNION ALL
            SELECT fee.id FROM card_movements m
            JOIN transactions fee ON fee.group_id = m.group_id
                AND fee.key = 'card:fee:' || m.account_id || ':' || m.stripe_id
            WHERE m.is_ours)
        """,
    ),
)
