-- What was corrected, validated and counted is kept; mistakes are taken back by rows of their own.

CREATE TRIGGER corrections_immutable BEFORE UPDATE ON corrections
BEGIN SELECT RAISE(ABORT, 'orders: corrections are never changed'); END;
CREATE TRIGGER corrections_kept BEFORE DELETE ON corrections
BEGIN SELECT RAISE(ABORT, 'orders: corrections are never deleted'); END;
CREATE TRIGGER order_lines_immutable BEFORE UPDATE ON order_lines
BEGIN SELECT RAISE(ABORT, 'orders: order lines are never changed'); END;
CREATE TRIGGER order_lines_kept BEFORE DELETE ON order_lines
BEGIN SELECT RAISE(ABORT, 'orders: order lines are never deleted'); END;
CREATE TRIGGER order_steps_immutable BEFORE UPDATE ON order_steps
BEGIN SELECT RAISE(ABORT, 'orders: validations are never changed'); END;
CREATE TRIGGER order_steps_kept BEFORE DELETE ON order_steps
BEGIN SELECT RAISE(ABORT, 'orders: validations are never deleted'); END;
