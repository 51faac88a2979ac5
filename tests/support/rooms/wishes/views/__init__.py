"""What people read about wishes."""
