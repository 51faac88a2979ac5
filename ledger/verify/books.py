"""The checks of the books alone: transactions, transfers, postings and balances."""

from __future__ import annotations

from ledger.verify.check import Check

BOOKS = (
    Check(
        "I1",
        "the transaction sums to {total} {currency}",
        """
        SELECT p.group_id, 'transaction:' || p.transaction_id AS subject, sum(p.amount_cents) AS total, a.currency
        FROM postings p JOIN accounts a ON a.id = p.account_id
        GROUP BY p.group_id, p.transaction_id, a.currency HAVING sum(p.amount_cents) <> 0
        """,
    ),
    Check(
        "I1",
        "posting {seq} ({amount}) brings {before} to {after}; it should be number {number}",
        """
        SELECT group_id, 'account:' || account_id AS subject, seq, amount_cents AS amount, before,
            balance_after_cents AS after, number
        FROM (
            SELECT group_id, account_id, seq, amount_cents, balance_after_cents,
                lag(balance_after_cents, 1) OVER history AS before, row_number() OVER history AS number
            FROM postings WINDOW history AS (PARTITION BY account_id ORDER BY seq)
        ) AS numbered
        WHERE seq <> number OR amount_cents = 0 OR balance_after_cents <> coalesce(before, 0) + amount_cents
        """,
    ),
    Check(
        "I1",
        "the account says {balance} after {last_seq} postings; its {count} postings sum to {total}",
        """
        SELECT a.group_id, 'account:' || a.id AS subject, a.balance_cents AS balance, a.last_seq,
            coalesce(p.count, 0) AS count, coalesce(p.total, 0) AS total
        FROM accounts a LEFT JOIN (
            SELECT account_id, count(*) AS count, max(seq) AS last, sum(amount_cents) AS total
            FROM postings GROUP BY account_id
        ) AS p ON p.account_id = a.id
        LEFT JOIN postings newest ON newest.account_id = a.id AND newest.seq = p.last
        WHERE a.balance_cents <> coalesce(p.total, 0) OR a.last_seq <> coalesce(p.count, 0)
            OR a.last_seq <> coalesce(p.last, 0) OR a.balance_cents <> coalesce(newest.balance_after_cents, 0)
        """,
    ),
    Check(
        "I1",
        "the posting of {amount} on account {account_id} is not one of its transfer",
        """
        SELECT p.group_id, 'transfer:' || p.transfer_id AS subject, p.amount_cents AS amount, p.account_id
        FROM postings p LEFT JOIN transfers t ON t.id = p.transfer_id
        WHERE t.id IS NULL OR t.transaction_id <> p.transaction_id OR NOT (
            (p.account_id = t.debit_account_id AND p.amount_cents = t.amount_cents)
            OR (p.account_id = t.credit_account_id AND p.amount_cents = -t.amount_cents))
        """,
    ),
    Check(
        "I1",
        "the transfer has {count} postings instead of two",
        """
        SELECT t.group_id, 'transfer:' || t.id AS subject, count(p.account_id) AS count
        FROM transfers t LEFT JOIN postings p ON p.transfer_id = t.id
        GROUP BY t.id, t.group_id HAVING count(p.account_id) <> 2
        """,
    ),
    Check(
        "I1",
        "the transaction has no transfer",
        """
        SELECT x.group_id, 'transaction:' || x.id AS subject FROM transactions x
        WHERE NOT EXISTS (SELECT 1 FROM transfers t WHERE t.transaction_id = x.id)
        """,
    ),
    Check(
        "I6",
        "the group's accounts sum to {total} {currency}",
        """
        SELECT group_id, 'group:' || group_id AS subject, sum(balance_cents) AS total, currency
        FROM accounts GROUP BY group_id, currency HAVING sum(balance_cents) <> 0
        """,
    ),
    Check(
        "I7",
        "an order by member credit left the account {owed} below zero",
        """
        SELECT * FROM (
            SELECT t.group_id, 'transaction:' || t.transaction_id AS subject, (
                SELECT p.balance_after_cents FROM postings p
                WHERE p.transfer_id = t.id AND p.account_id = t.debit_account_id
                ORDER BY p.seq LIMIT 1) AS owed
            FROM transfers t WHERE t.within_credit
        ) AS spent WHERE owed > 0
        """,
    ),
)
