-- A payment that was replaced is over, and which one replaced it is never rewritten. A request is decided once.

CREATE FUNCTION payment_switches_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF 'cancelled' IS DISTINCT FROM (SELECT state FROM payments WHERE id = NEW.payment_id) THEN
        RAISE EXCEPTION 'payments: only a cancelled payment is replaced' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payment_switches_follow BEFORE INSERT ON payment_switches
FOR EACH ROW EXECUTE FUNCTION payment_switches_follow();
CREATE TRIGGER payment_switches_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON payment_switches
FOR EACH STATEMENT EXECUTE FUNCTION never_changed();

CREATE FUNCTION settlements_end_with_a_switch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM payment_switches WHERE payment_id = NEW.payment_id) THEN
        RAISE EXCEPTION 'payments: the payment was replaced' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER settlements_end_with_a_switch BEFORE INSERT ON settlements
FOR EACH ROW EXECUTE FUNCTION settlements_end_with_a_switch();

CREATE FUNCTION refund_requests_decided_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'open' OR NEW.id <> OLD.id OR NEW.group_id <> OLD.group_id OR NEW.member_id <> OLD.member_id
       OR NEW.amount_cents <> OLD.amount_cents OR NEW.way <> OLD.way THEN
        RAISE EXCEPTION 'payments: a refund request is decided once' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refund_requests_decided_once BEFORE UPDATE ON refund_requests
FOR EACH ROW EXECUTE FUNCTION refund_requests_decided_once();
CREATE TRIGGER refund_requests_kept BEFORE DELETE OR TRUNCATE ON refund_requests
FOR EACH STATEMENT EXECUTE FUNCTION never_changed();
