"""A stand-in for Stripe's API: Checkout, payments, refunds, disputes, payouts and signed events, over HTTP.

It stands alone: it knows nothing of Cagnotte, nor of Stripe's own library, and refuses what Stripe refuses.
Everything lives in memory and is gone when the server stops.
"""
