-- The guards that were lifted, as they were; and a note is erased or it stays.

CREATE TRIGGER transactions_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON transactions
FOR EACH STATEMENT EXECUTE FUNCTION never_changed();
CREATE TRIGGER refund_requests_decided_once BEFORE UPDATE ON refund_requests
FOR EACH ROW EXECUTE FUNCTION refund_requests_decided_once();

CREATE FUNCTION notes_erased_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'notes: a note is erased, never rewritten' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER notes_erased_only BEFORE UPDATE ON notes FOR EACH ROW
WHEN (OLD.text IS NULL OR NEW.text IS NOT NULL OR NEW.id <> OLD.id OR NEW.group_id <> OLD.group_id
  OR NEW.member_id IS DISTINCT FROM OLD.member_id)
EXECUTE FUNCTION notes_erased_only();
CREATE TRIGGER notes_kept BEFORE DELETE OR TRUNCATE ON notes FOR EACH STATEMENT EXECUTE FUNCTION never_changed();
