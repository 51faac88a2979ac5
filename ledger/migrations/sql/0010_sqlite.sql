-- A movement is kept with the meaning Stripe gives it, and with the checkout it is about; neither changes once it posted.

ALTER TABLE card_movements ADD COLUMN checkout_id INTEGER
    CONSTRAINT fk_card_movements_checkout_id REFERENCES checkouts (id);
DROP TRIGGER card_movements_immutable;
UPDATE card_movements SET category = CASE
    WHEN kind IN ('charge', 'payment') THEN 'charge'
    WHEN kind IN ('refund', 'payment_refund') THEN 'refund'
    WHEN kind IN ('refund_failure', 'payment_refund_failure') THEN 'refund_failure'
    WHEN kind IN ('payout_failure', 'payout_cancel') THEN 'payout_reversal'
    WHEN kind = 'adjustment' AND (source LIKE 're\_%' ESCAPE '\' OR source LIKE 'pyr\_%' ESCAPE '\') THEN 'refund_failure'
    WHEN kind = 'adjustment' AND amount_cents < 0 THEN 'dispute'
    WHEN kind = 'adjustment' THEN 'dispute_reversal'
    WHEN kind IN ('stripe_fee', 'stripe_fx_fee') THEN 'fee'
    WHEN kind = 'tax_fee' THEN 'tax'
    WHEN kind = 'reserve_transaction' THEN 'risk_reserved_funds'
    ELSE kind END;
CREATE TRIGGER card_movements_immutable BEFORE UPDATE ON card_movements
WHEN OLD.transaction_id IS NOT NULL OR NEW.id <> OLD.id OR NEW.group_id <> OLD.group_id
  OR NEW.account_id <> OLD.account_id OR NEW.stripe_id <> OLD.stripe_id OR NEW.kind <> OLD.kind
  OR NEW.category <> OLD.category OR NEW.amount_cents <> OLD.amount_cents OR NEW.fee_cents <> OLD.fee_cents
BEGIN SELECT RAISE(ABORT, 'cards: a movement is never changed'); END;
