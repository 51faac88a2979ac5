"""What an update changed, as events tell it."""

from bot.sandbox.model import JsonObject


def changed(before: JsonObject, after: JsonObject) -> JsonObject:
    """Return the old values of what is no longer the same; what was not there before was null."""
    return {key: before.get(key) for key, value in after.items() if before.get(key) != value}
