-- A payment's money is never changed, nor the order it pays; what pays none may be put in the place of what pays one.

DROP TRIGGER payments_immutable;
CREATE TRIGGER payments_immutable BEFORE UPDATE ON payments
WHEN NEW.id <> OLD.id OR NEW.group_id <> OLD.group_id OR NEW.member_id <> OLD.member_id OR NEW.method <> OLD.method
  OR NEW.amount_cents <> OLD.amount_cents OR NEW.reference <> OLD.reference
  OR (OLD.order_id IS NOT NULL AND NEW.order_id IS NOT OLD.order_id)
BEGIN SELECT RAISE(ABORT, 'payments: a payment''s money is never changed'); END;
