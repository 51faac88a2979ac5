"""The group's books and business: everything Cagnotte knows about money, and nothing about Telegram."""
