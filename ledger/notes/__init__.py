"""What people typed, in rows that can be erased."""
