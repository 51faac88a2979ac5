"""Paying by card: the engine end to end, over HTTP, against a stand-in for Stripe."""
