"""What leaves the books as files. Builders are pure: values in, bytes out; ``handover`` alone asks the database."""
