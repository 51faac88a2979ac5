"""From what is kept to Stripe's objects as JSON, as of API version 2026-10-28.endive. Pure functions.

What is another object stands as its id; `expand` puts the object there when it is asked for.
"""
