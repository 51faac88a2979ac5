"""Payments: what members say they give, and what becomes of it."""
