"""The service's database: orders, their events and keys, on SQLite or PostgreSQL."""
