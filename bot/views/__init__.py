"""What people read: pure functions from data and a language to text and buttons. No session, no sending."""
