"""What happens to money at Stripe: each verb changes the objects of one mode and emits its events."""
