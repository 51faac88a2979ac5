-- What a checkout asks for never changes, what it brought stays; refunds and events end once, and what moved money is kept.

CREATE TRIGGER checkouts_start_wanted BEFORE INSERT ON checkouts WHEN NEW.state <> 'wanted'
BEGIN SELECT RAISE(ABORT, 'cards: a checkout starts wanted'); END;
CREATE TRIGGER checkouts_immutable BEFORE UPDATE ON checkouts
WHEN NEW.id <> OLD.id OR NEW.group_id <> OLD.group_id OR NEW.account_id <> OLD.account_id OR NEW.token <> OLD.token
  OR NEW.amount_cents <> OLD.amount_cents OR NEW.currency <> OLD.currency
  OR (OLD.stripe_id IS NOT NULL AND NEW.stripe_id IS NOT OLD.stripe_id)
BEGIN SELECT RAISE(ABORT, 'cards: what a checkout asks for is never changed'); END;
CREATE TRIGGER checkouts_end_once BEFORE UPDATE ON checkouts
WHEN (OLD.state = 'paid' AND (NEW.state <> 'paid' OR NEW.payment_id <> OLD.payment_id
    OR (OLD.payment_intent IS NOT NULL AND NEW.payment_intent IS NOT OLD.payment_intent)))
  OR (OLD.state = 'closed' AND NEW.state NOT IN ('closed', 'paid'))
BEGIN SELECT RAISE(ABORT, 'cards: a checkout that was paid stays paid'); END;
-- The payment it is for is another one only where that was received by it, as a payment of its own.
CREATE TRIGGER checkouts_bring_a_payment BEFORE UPDATE ON checkouts
WHEN (NEW.payment_id <> OLD.payment_id AND NEW.state <> 'paid')
  OR (NEW.state = 'paid' AND NOT EXISTS (
    SELECT 1 FROM payments WHERE id = NEW.payment_id AND group_id = NEW.group_id AND method = 'card'
      AND state = 'received' AND amount_cents = NEW.amount_cents))
BEGIN SELECT RAISE(ABORT, 'cards: a checkout is paid with a payment received by card'); END;
CREATE TRIGGER checkouts_kept BEFORE DELETE ON checkouts
BEGIN SELECT RAISE(ABORT, 'cards: checkouts are never deleted'); END;
CREATE TRIGGER settlements_keep_card_money BEFORE INSERT ON settlements
WHEN NEW.kind = 'undone' AND EXISTS (SELECT 1 FROM checkouts WHERE payment_id = NEW.payment_id AND state = 'paid')
BEGIN SELECT RAISE(ABORT, 'cards: what was paid by card stays received'); END;

CREATE TRIGGER card_refunds_immutable BEFORE UPDATE ON card_refunds
WHEN NEW.id <> OLD.id OR NEW.group_id <> OLD.group_id OR NEW.checkout_id <> OLD.checkout_id
  OR NEW.payment_id <> OLD.payment_id OR NEW.amount_cents <> OLD.amount_cents
  OR (OLD.state <> 'wanted' AND NEW.token <> OLD.token)
  OR (OLD.stripe_id IS NOT NULL AND NEW.stripe_id IS NOT OLD.stripe_id)
BEGIN SELECT RAISE(ABORT, 'cards: what a refund gives back is never changed'); END;
CREATE TRIGGER card_refunds_end_once BEFORE UPDATE ON card_refunds
WHEN (OLD.state = 'failed' AND NEW.state <> 'failed') OR (OLD.state = 'made' AND NEW.state = 'wanted')
BEGIN SELECT RAISE(ABORT, 'cards: a refund ends once'); END;
CREATE TRIGGER card_refunds_kept BEFORE DELETE ON card_refunds
BEGIN SELECT RAISE(ABORT, 'cards: refunds are never deleted'); END;

CREATE TRIGGER card_movements_immutable BEFORE UPDATE ON card_movements
WHEN OLD.transaction_id IS NOT NULL OR NEW.id <> OLD.id OR NEW.group_id <> OLD.group_id
  OR NEW.account_id <> OLD.account_id OR NEW.stripe_id <> OLD.stripe_id OR NEW.kind <> OLD.kind
  OR NEW.amount_cents <> OLD.amount_cents OR NEW.fee_cents <> OLD.fee_cents
BEGIN SELECT RAISE(ABORT, 'cards: a movement is never changed'); END;
CREATE TRIGGER card_movements_kept BEFORE DELETE ON card_movements WHEN OLD.transaction_id IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'cards: a movement that was posted is never deleted'); END;

CREATE TRIGGER stripe_events_done_once BEFORE UPDATE ON stripe_events
WHEN OLD.done_at IS NOT NULL OR NEW.id <> OLD.id OR NEW.group_id <> OLD.group_id OR NEW.account_id <> OLD.account_id
  OR NEW.stripe_id <> OLD.stripe_id OR NEW.kind <> OLD.kind
BEGIN SELECT RAISE(ABORT, 'cards: an event is handled once'); END;
CREATE TRIGGER stripe_events_kept BEFORE DELETE ON stripe_events
BEGIN SELECT RAISE(ABORT, 'cards: events are never deleted'); END;
