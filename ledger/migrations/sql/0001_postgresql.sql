-- The books refuse by themselves what must never happen, and keep balances and postings with each transfer.

CREATE FUNCTION transfers_posted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    debit accounts%ROWTYPE;
    credit accounts%ROWTYPE;
BEGIN
    -- Both rows are locked in the order of their ids, so that two transfers cannot wait for each other.
    IF NEW.debit_account_id < NEW.credit_account_id THEN
        UPDATE accounts SET balance_cents = balance_cents + NEW.amount_cents, last_seq = last_seq + 1
        WHERE id = NEW.debit_account_id RETURNING * INTO debit;
        UPDATE accounts SET balance_cents = balance_cents - NEW.amount_cents, last_seq = last_seq + 1
        WHERE id = NEW.credit_account_id RETURNING * INTO credit;
    ELSE
        UPDATE accounts SET balance_cents = balance_cents - NEW.amount_cents, last_seq = last_seq + 1
        WHERE id = NEW.credit_account_id RETURNING * INTO credit;
        UPDATE accounts SET balance_cents = balance_cents + NEW.amount_cents, last_seq = last_seq + 1
        WHERE id = NEW.debit_account_id RETURNING * INTO debit;
    END IF;
    IF debit.group_id IS DISTINCT FROM NEW.group_id OR credit.group_id IS DISTINCT FROM NEW.group_id THEN
        RAISE EXCEPTION 'books: account of another group' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF debit.currency <> credit.currency THEN
        RAISE EXCEPTION 'books: accounts of two currencies' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.within_credit AND debit.balance_cents > 0 THEN
        RAISE EXCEPTION 'books: not enough credit' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.group_id IS DISTINCT FROM (SELECT group_id FROM transactions WHERE id = NEW.transaction_id) THEN
        RAISE EXCEPTION 'books: transaction of another group' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    INSERT INTO postings (account_id, seq, group_id, transaction_id, transfer_id, amount_cents, balance_after_cents)
    VALUES (debit.id, debit.last_seq, NEW.group_id, NEW.transaction_id, NEW.id, NEW.amount_cents, debit.balance_cents),
           (credit.id, credit.last_seq, NEW.group_id, NEW.transaction_id, NEW.id, -NEW.amount_cents, credit.balance_cents);
    RETURN NULL;
END $$;
CREATE TRIGGER transfers_posted AFTER INSERT ON transfers FOR EACH ROW EXECUTE FUNCTION transfers_posted();

CREATE FUNCTION postings_by_transfers_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Only the trigger above writes postings and balances: it is the one place where an insert happens inside a trigger.
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'books: a posting does not follow its transfer' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER postings_by_transfers_only BEFORE INSERT ON postings
FOR EACH ROW EXECUTE FUNCTION postings_by_transfers_only();

CREATE FUNCTION accounts_start_empty() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'books: an account starts empty' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER accounts_start_empty BEFORE INSERT ON accounts FOR EACH ROW
WHEN (NEW.balance_cents <> 0 OR NEW.last_seq <> 0) EXECUTE FUNCTION accounts_start_empty();

CREATE FUNCTION accounts_follow_postings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_trigger_depth() < 2 OR NEW.id <> OLD.id OR NEW.group_id <> OLD.group_id OR NEW.kind <> OLD.kind
       OR NEW.owner_id <> OLD.owner_id OR NEW.currency <> OLD.currency OR NEW.last_seq <> OLD.last_seq + 1 THEN
        RAISE EXCEPTION 'books: an account changes only by a posting' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER accounts_follow_postings BEFORE UPDATE ON accounts
FOR EACH ROW EXECUTE FUNCTION accounts_follow_postings();

CREATE FUNCTION never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'books: % are never changed or deleted', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER accounts_kept BEFORE DELETE OR TRUNCATE ON accounts FOR EACH STATEMENT EXECUTE FUNCTION never_changed();
CREATE TRIGGER transactions_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON transactions
FOR EACH STATEMENT EXECUTE FUNCTION never_changed();
CREATE TRIGGER transfers_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON transfers
FOR EACH STATEMENT EXECUTE FUNCTION never_changed();
CREATE TRIGGER postings_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON postings
FOR EACH STATEMENT EXECUTE FUNCTION never_changed();

-- A payment's state follows its settlements, and its money never changes.

CREATE FUNCTION settlements_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.step <> (SELECT count(*) + 1 FROM settlements WHERE payment_id = NEW.payment_id)
       OR NEW.group_id IS DISTINCT FROM (SELECT group_id FROM payments WHERE id = NEW.payment_id) THEN
        RAISE EXCEPTION 'payments: a settlement out of turn' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER settlements_follow BEFORE INSERT ON settlements FOR EACH ROW EXECUTE FUNCTION settlements_follow();

CREATE FUNCTION settlements_settle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE payments SET state = CASE NEW.kind WHEN 'undone' THEN 'expected' ELSE NEW.kind END
    WHERE id = NEW.payment_id;
    RETURN NULL;
END $$;
CREATE TRIGGER settlements_settle AFTER INSERT ON settlements FOR EACH ROW EXECUTE FUNCTION settlements_settle();
CREATE TRIGGER settlements_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON settlements
FOR EACH STATEMENT EXECUTE FUNCTION never_changed();

CREATE FUNCTION payments_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.id <> OLD.id OR NEW.group_id <> OLD.group_id OR NEW.member_id <> OLD.member_id OR NEW.method <> OLD.method
       OR NEW.amount_cents <> OLD.amount_cents OR NEW.reference <> OLD.reference THEN
        RAISE EXCEPTION 'payments: a payment''s money is never changed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_immutable BEFORE UPDATE ON payments FOR EACH ROW EXECUTE FUNCTION payments_immutable();

CREATE FUNCTION payments_start_expected() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'payments: a payment starts expected' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER payments_start_expected BEFORE INSERT ON payments FOR EACH ROW
WHEN (NEW.state <> 'expected') EXECUTE FUNCTION payments_start_expected();

CREATE FUNCTION payments_follow_settlements() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> coalesce((
        SELECT CASE kind WHEN 'undone' THEN 'expected' ELSE kind END
        FROM settlements WHERE payment_id = NEW.id ORDER BY step DESC LIMIT 1), 'expected') THEN
        RAISE EXCEPTION 'payments: a state changes only by a settlement' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_follow_settlements BEFORE UPDATE ON payments
FOR EACH ROW EXECUTE FUNCTION payments_follow_settlements();

CREATE TRIGGER payments_kept BEFORE DELETE OR TRUNCATE ON payments FOR EACH STATEMENT EXECUTE FUNCTION never_changed();
