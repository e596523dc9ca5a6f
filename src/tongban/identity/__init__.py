"""People, staff, API clients, and who has read whose data."""
