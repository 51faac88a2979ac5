"""A local Bot API server with a chat page: try the bot without a token, and drive it in tests.

It stands alone: it knows nothing of Cagnotte, and any bot can be pointed at it with a base URL.
Everything lives in memory and is gone when the server stops.
"""
