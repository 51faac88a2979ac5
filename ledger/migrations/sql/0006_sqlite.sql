-- A payment that was replaced is over, and which one replaced it is never rewritten. A request is decided once.

CREATE TRIGGER payment_switches_follow BEFORE INSERT ON payment_switches
WHEN 'cancelled' IS NOT (SELECT state FROM payments WHERE id = NEW.payment_id)
BEGIN SELECT RAISE(ABORT, 'payments: only a cancelled payment is replaced'); END;
CREATE TRIGGER payment_switches_immutable BEFORE UPDATE ON payment_switches
BEGIN SELECT RAISE(ABORT, 'payments: switches are never changed'); END;
CREATE TRIGGER payment_switches_kept BEFORE DELETE ON payment_switches
BEGIN SELECT RAISE(ABORT, 'payments: switches are never deleted'); END;
CREATE TRIGGER settlements_end_with_a_switch BEFORE INSERT ON settlements
WHEN EXISTS (SELECT 1 FROM payment_switches WHERE payment_id = NEW.payment_id)
BEGIN SELECT RAISE(ABORT, 'payments: the payment was replaced'); END;

CREATE TRIGGER refund_requests_decided_once BEFORE UPDATE ON refund_requests
WHEN OLD.state <> 'open' OR NEW.id <> OLD.id OR NEW.group_id <> OLD.group_id OR NEW.member_id <> OLD.member_id
  OR NEW.amount_cents <> OLD.amount_cents OR NEW.way <> OLD.way
BEGIN SELECT RAISE(ABORT, 'payments: a refund request is decided once'); END;
CREATE TRIGGER refund_requests_kept BEFORE DELETE ON refund_requests
BEGIN SELECT RAISE(ABORT, 'payments: refund requests are never deleted'); END;
