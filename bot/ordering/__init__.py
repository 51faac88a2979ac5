"""Ordering: the catalogue, the basket, how it is paid."""
