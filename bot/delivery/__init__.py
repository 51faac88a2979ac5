"""The way of an update through the bot: inbox, dispatcher, durable conversation, outbox."""
