-- A payment's money is never changed, nor the order it pays; what pays none may be put in the place of what pays one.

CREATE OR REPLACE FUNCTION payments_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.id <> OLD.id OR NEW.group_id <> OLD.group_id OR NEW.member_id <> OLD.member_id OR NEW.method <> OLD.method
       OR NEW.amount_cents <> OLD.amount_cents OR NEW.reference <> OLD.reference
       OR (OLD.order_id IS NOT NULL AND NEW.order_id IS DISTINCT FROM OLD.order_id) THEN
        RAISE EXCEPTION 'payments: a payment''s money is never changed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
