"""Payments: received, entered, topped up, paid another way."""
