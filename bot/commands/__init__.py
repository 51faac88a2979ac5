"""What is asked and answered in one go."""
