-- The books refuse by themselves what must never happen, and keep balances and postings with each transfer.

CREATE TRIGGER transfers_checked BEFORE INSERT ON transfers
BEGIN
    SELECT RAISE(ABORT, 'books: transaction of another group')
    WHERE NEW.group_id IS NOT (SELECT group_id FROM transactions WHERE id = NEW.transaction_id);
    SELECT RAISE(ABORT, 'books: account of another group')
    WHERE NEW.group_id IS NOT (SELECT group_id FROM accounts WHERE id = NEW.debit_account_id)
       OR NEW.group_id IS NOT (SELECT group_id FROM accounts WHERE id = NEW.credit_account_id);
    SELECT RAISE(ABORT, 'books: accounts of two currencies')
    WHERE (SELECT currency FROM accounts WHERE id = NEW.debit_account_id)
        IS NOT (SELECT currency FROM accounts WHERE id = NEW.credit_account_id);
    SELECT RAISE(ABORT, 'books: not enough credit')
    WHERE NEW.within_credit = 1
      AND (SELECT balance_cents FROM accounts WHERE id = NEW.debit_account_id) + NEW.amount_cents > 0;
END;

CREATE TRIGGER transfers_posted AFTER INSERT ON transfers
BEGIN
    INSERT INTO postings (account_id, seq, group_id, transaction_id, transfer_id, amount_cents, balance_after_cents)
    SELECT id, last_seq + 1, group_id, NEW.transaction_id, NEW.id, NEW.amount_cents, balance_cents + NEW.amount_cents
    FROM accounts WHERE id = NEW.debit_account_id;
    UPDATE accounts SET balance_cents = balance_cents + NEW.amount_cents, last_seq = last_seq + 1
    WHERE id = NEW.debit_account_id;
    INSERT INTO postings (account_id, seq, group_id, transaction_id, transfer_id, amount_cents, balance_after_cents)
    SELECT id, last_seq + 1, group_id, NEW.transaction_id, NEW.id, -NEW.amount_cents, balance_cents - NEW.amount_cents
    FROM accounts WHERE id = NEW.credit_account_id;
    UPDATE accounts SET balance_cents = balance_cents - NEW.amount_cents, last_seq = last_seq + 1
    WHERE id = NEW.credit_account_id;
END;

-- A posting continues its account and mirrors its transfer. It is unique for both, and the trigger above writes it with the
-- transfer itself: nothing else can.
CREATE TRIGGER postings_by_transfers_only BEFORE INSERT ON postings
BEGIN
    SELECT RAISE(ABORT, 'books: a posting does not follow its transfer')
    WHERE NOT EXISTS (
        SELECT 1 FROM transfers
        WHERE id = NEW.transfer_id AND transaction_id = NEW.transaction_id AND group_id = NEW.group_id
          AND ((debit_account_id = NEW.account_id AND amount_cents = NEW.amount_cents)
            OR (credit_account_id = NEW.account_id AND amount_cents = -NEW.amount_cents)))
    OR NOT EXISTS (
        SELECT 1 FROM accounts
        WHERE id = NEW.account_id AND NEW.seq = last_seq + 1
          AND NEW.balance_after_cents = balance_cents + NEW.amount_cents);
END;

CREATE TRIGGER accounts_start_empty BEFORE INSERT ON accounts WHEN NEW.balance_cents <> 0 OR NEW.last_seq <> 0
BEGIN SELECT RAISE(ABORT, 'books: an account starts empty'); END;

CREATE TRIGGER accounts_follow_postings BEFORE UPDATE ON accounts
WHEN NEW.id <> OLD.id OR NEW.group_id <> OLD.group_id OR NEW.kind <> OLD.kind OR NEW.owner_id <> OLD.owner_id
  OR NEW.currency <> OLD.currency OR NEW.last_seq <> OLD.last_seq + 1
  OR NEW.balance_cents IS NOT
    (SELECT balance_after_cents FROM postings WHERE account_id = NEW.id AND seq = NEW.last_seq)
BEGIN SELECT RAISE(ABORT, 'books: an account changes only by a posting'); END;

CREATE TRIGGER accounts_kept BEFORE DELETE ON accounts
BEGIN SELECT RAISE(ABORT, 'books: accounts are never deleted'); END;

CREATE TRIGGER transactions_immutable BEFORE UPDATE ON transactions
BEGIN SELECT RAISE(ABORT, 'books: transactions are never changed'); END;
CREATE TRIGGER transactions_kept BEFORE DELETE ON transactions
BEGIN SELECT RAISE(ABORT, 'books: transactions are never deleted'); END;
CREATE TRIGGER transfers_immutable BEFORE UPDATE ON transfers
BEGIN SELECT RAISE(ABORT, 'books: transfers are never changed'); END;
CREATE TRIGGER transfers_kept BEFORE DELETE ON transfers
BEGIN SELECT RAISE(ABORT, 'books: transfers are never deleted'); END;
CREATE TRIGGER postings_immutable BEFORE UPDATE ON postings
BEGIN SELECT RAISE(ABORT, 'books: postings are never changed'); END;
CREATE TRIGGER postings_kept BEFORE DELETE ON postings
BEGIN SELECT RAISE(ABORT, 'books: postings are never deleted'); END;

-- A payment's state follows its settlements, and its money never changes.

CREATE TRIGGER settlements_follow BEFORE INSERT ON settlements
WHEN NEW.step <> (SELECT count(*) + 1 FROM settlements WHERE payment_id = NEW.payment_id)
  OR NEW.group_id IS NOT (SELECT group_id FROM payments WHERE id = NEW.payment_id)
BEGIN SELECT RAISE(ABORT, 'payments: a settlement out of turn'); END;

CREATE TRIGGER settlements_settle AFTER INSERT ON settlements
BEGIN
    UPDATE payments SET state = CASE NEW.kind WHEN 'undone' THEN 'expected' ELSE NEW.kind END
    WHERE id = NEW.payment_id;
END;

CREATE TRIGGER settlements_immutable BEFORE UPDATE ON settlements
BEGIN SELECT RAISE(ABORT, 'payments: settlements are never changed'); END;
CREATE TRIGGER settlements_kept BEFORE DELETE ON settlements
BEGIN SELECT RAISE(ABORT, 'payments: settlements are never deleted'); END;
CREATE TRIGGER payments_immutable BEFORE UPDATE ON payments
WHEN NEW.id <> OLD.id OR NEW.group_id <> OLD.group_id OR NEW.member_id <> OLD.member_id OR NEW.method <> OLD.method
  OR NEW.amount_cents <> OLD.amount_cents OR NEW.reference <> OLD.reference
BEGIN SELECT RAISE(ABORT, 'payments: a payment''s money is never changed'); END;
CREATE TRIGGER payments_start_expected BEFORE INSERT ON payments WHEN NEW.state <> 'expected'
BEGIN SELECT RAISE(ABORT, 'payments: a payment starts expected'); END;
CREATE TRIGGER payments_follow_settlements BEFORE UPDATE ON payments
WHEN NEW.state <> coalesce((
    SELECT CASE kind WHEN 'undone' THEN 'expected' ELSE kind END
    FROM settlements WHERE payment_id = NEW.id ORDER BY step DESC LIMIT 1), 'expected')
BEGIN SELECT RAISE(ABORT, 'payments: a state changes only by a settlement'); END;
CREATE TRIGGER payments_kept BEFORE DELETE ON payments
BEGIN SELECT RAISE(ABORT, 'payments: payments are never deleted'); END;
