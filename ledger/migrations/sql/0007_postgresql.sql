-- What a checkout asks for never changes, what it brought stays; refunds and events end once, and what moved money is kept.

CREATE FUNCTION cards_refused() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'cards: %', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER checkouts_start_wanted BEFORE INSERT ON checkouts FOR EACH ROW WHEN (NEW.state <> 'wanted')
EXECUTE FUNCTION cards_refused('a checkout starts wanted');
CREATE TRIGGER checkouts_immutable BEFORE UPDATE ON checkouts FOR EACH ROW
WHEN (NEW.id <> OLD.id OR NEW.group_id <> OLD.group_id OR NEW.account_id <> OLD.account_id OR NEW.token <> OLD.token
  OR NEW.amount_cents <> OLD.amount_cents OR NEW.currency <> OLD.currency
  OR (OLD.stripe_id IS NOT NULL AND NEW.stripe_id IS DISTINCT FROM OLD.stripe_id))
EXECUTE FUNCTION cards_refused('what a checkout asks for is never changed');
CREATE TRIGGER checkouts_end_once BEFORE UPDATE ON checkouts FOR EACH ROW
WHEN ((OLD.state = 'paid' AND (NEW.state <> 'paid' OR NEW.payment_id <> OLD.payment_id
    OR (OLD.payment_intent IS NOT NULL AND NEW.payment_intent IS DISTINCT FROM OLD.payment_intent)))
  OR (OLD.state = 'closed' AND NEW.state NOT IN ('closed', 'paid')))
EXECUTE FUNCTION cards_refused('a checkout that was paid stays paid');

-- The payment it is for is another one only where that was received by it, as a payment of its own.
CREATE FUNCTION checkouts_bring_a_payment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'paid' OR NOT EXISTS (
        SELECT 1 FROM payments WHERE id = NEW.payment_id AND group_id = NEW.group_id AND method = 'card'
          AND state = 'received' AND amount_cents = NEW.amount_cents) THEN
        RAISE EXCEPTION 'cards: a checkout is paid with a payment received by card'
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER checkouts_bring_a_payment BEFORE UPDATE ON checkouts FOR EACH ROW
WHEN (NEW.payment_id <> OLD.payment_id OR NEW.state = 'paid') EXECUTE FUNCTION checkouts_bring_a_payment();
CREATE TRIGGER checkouts_kept BEFORE DELETE OR TRUNCATE ON checkouts
FOR EACH STATEMENT EXECUTE FUNCTION never_changed();

CREATE FUNCTION settlements_keep_card_money() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM checkouts WHERE payment_id = NEW.payment_id AND state = 'paid') THEN
        RAISE EXCEPTION 'cards: what was paid by card stays received' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER settlements_keep_card_money BEFORE INSERT ON settlements FOR EACH ROW
WHEN (NEW.kind = 'undone') EXECUTE FUNCTION settlements_keep_card_money();

CREATE TRIGGER card_refunds_immutable BEFORE UPDATE ON card_refunds FOR EACH ROW
WHEN (NEW.id <> OLD.id OR NEW.group_id <> OLD.group_id OR NEW.checkout_id <> OLD.checkout_id
  OR NEW.payment_id <> OLD.payment_id OR NEW.amount_cents <> OLD.amount_cents
  OR (OLD.state <> 'wanted' AND NEW.token <> OLD.token)
  OR (OLD.stripe_id IS NOT NULL AND NEW.stripe_id IS DISTINCT FROM OLD.stripe_id))
EXECUTE FUNCTION cards_refused('what a refund gives back is never changed');
CREATE TRIGGER card_refunds_end_once BEFORE UPDATE ON card_refunds FOR EACH ROW
WHEN ((OLD.state = 'failed' AND NEW.state <> 'failed') OR (OLD.state = 'made' AND NEW.state = 'wanted'))
EXECUTE FUNCTION cards_refused('a refund ends once');
CREATE TRIGGER card_refunds_kept BEFORE DELETE OR TRUNCATE ON card_refunds
FOR EACH STATEMENT EXECUTE FUNCTION never_changed();

CREATE TRIGGER card_movements_immutable BEFORE UPDATE ON card_movements FOR EACH ROW
WHEN (OLD.transaction_id IS NOT NULL OR NEW.id <> OLD.id OR NEW.group_id <> OLD.group_id
  OR NEW.account_id <> OLD.account_id OR NEW.stripe_id <> OLD.stripe_id OR NEW.kind <> OLD.kind
  OR NEW.amount_cents <> OLD.amount_cents OR NEW.fee_cents <> OLD.fee_cents)
EXECUTE FUNCTION cards_refused('a movement is never changed');
CREATE TRIGGER card_movements_kept BEFORE DELETE ON card_movements FOR EACH ROW
WHEN (OLD.transaction_id IS NOT NULL) EXECUTE FUNCTION cards_refused('a movement that was posted is never deleted');

CREATE TRIGGER stripe_events_done_once BEFORE UPDATE ON stripe_events FOR EACH ROW
WHEN (OLD.done_at IS NOT NULL OR NEW.id <> OLD.id OR NEW.group_id <> OLD.group_id OR NEW.account_id <> OLD.account_id
  OR NEW.stripe_id <> OLD.stripe_id OR NEW.kind <> OLD.kind)
EXECUTE FUNCTION cards_refused('an event is handled once');
CREATE TRIGGER stripe_events_kept BEFORE DELETE OR TRUNCATE ON stripe_events
FOR EACH STATEMENT EXECUTE FUNCTION never_changed();
