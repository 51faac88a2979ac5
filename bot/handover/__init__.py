"""Distribution day: orders, goods, the till, the end."""
