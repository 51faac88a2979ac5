-- What was corrected, validated and counted is kept; mistakes are taken back by rows of their own.

CREATE TRIGGER corrections_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON corrections
FOR EACH STATEMENT EXECUTE FUNCTION never_changed();
CREATE TRIGGER order_lines_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON order_lines
FOR EACH STATEMENT EXECUTE FUNCTION never_changed();
CREATE TRIGGER order_steps_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON order_steps
FOR EACH STATEMENT EXECUTE FUNCTION never_changed();
