-- The guards that were lifted, as they were; and a note is erased or it stays.

CREATE TRIGGER transactions_immutable BEFORE UPDATE ON transactions
BEGIN SELECT RAISE(ABORT, 'books: transactions are never changed'); END;
CREATE TRIGGER refund_requests_decided_once BEFORE UPDATE ON refund_requests
WHEN OLD.state <> 'open' OR NEW.id <> OLD.id OR NEW.group_id <> OLD.group_id OR NEW.member_id <> OLD.member_id
  OR NEW.amount_cents <> OLD.amount_cents OR NEW.way <> OLD.way
BEGIN SELECT RAISE(ABORT, 'payments: a refund request is decided once'); END;

CREATE TRIGGER notes_erased_only BEFORE UPDATE ON notes
WHEN OLD.text IS NULL OR NEW.text IS NOT NULL OR NEW.id <> OLD.id OR NEW.group_id <> OLD.group_id
  OR NEW.member_id IS NOT OLD.member_id
BEGIN SELECT RAISE(ABORT, 'notes: a note is erased, never rewritten'); END;
CREATE TRIGGER notes_kept BEFORE DELETE ON notes
BEGIN SELECT RAISE(ABORT, 'notes: notes are never deleted'); END;
